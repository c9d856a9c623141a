//! `ItemReader`, `ItemBatcher` and `ResultWriter` of a Distributed Map: checked, and left as JSON.

use super::{
    object::{Field, Object},
    placeholder,
    reader::Reader,
    scalar::NumberNames,
    template::TemplateKind,
};
use crate::asl::model::QueryLanguage;
use crate::diagnostic::{Code, Diagnostic};
use crate::json::NodeId;

/// Most items that `MaxItems` allows.
const ITEMS_MAX: i64 = 100_000_000;
/// Most bytes in one batch: the size of a state's input.
const BATCH_BYTES_MAX: i64 = 262_144;

pub(super) fn reader(reader: &mut Reader<'_>, field: &Field, language: QueryLanguage) -> Option<NodeId> {
    let object = reader.object_field(field)?;
    reader.refuse_unknown_fields(&object, &["Resource", "Parameters", "Arguments", "ReaderConfig"]);
    reader.require(&object, &["Resource"]);
    resource(reader, &object, &["s3:getObject", "s3:listObjectsV2"]);
    parameters(reader, &object, language);
    if let Some(config) = object.get("ReaderConfig") {
        reader_config(reader, &config, language);
    }
    Some(field.node)
}

fn reader_config(reader: &mut Reader<'_>, field: &Field, language: QueryLanguage) -> Option<()> {
    let config = reader.object_field(field)?;
    reader.refuse_unknown_fields(
        &config,
        &[
            "InputType",
            "ManifestType",
            "Transformation",
            "CSVDelimiter",
            "CSVHeaderLocation",
            "CSVHeaders",
            "ItemsPointer",
            "MaxItems",
            "MaxItemsPath",
        ],
    );
    let mut word = |name, words: &[&str]| config.get(name).and_then(|field| reader.one_of(&field, words));
    let input_type = word("InputType", &["CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"]);
    word("ManifestType", &["ATHENA_DATA", "S3_INVENTORY"]);
    word("Transformation", &["NONE", "LOAD_AND_FLATTEN"]);
    word("CSVDelimiter", &["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"]);
    let header_location = word("CSVHeaderLocation", &["FIRST_ROW", "GIVEN"]);
    if let Some(pointer) = config.get("ItemsPointer") {
        reader.string(&pointer);
    }
    if let Some(headers) = config.get("CSVHeaders")
        && let Some(headers) = reader.filled_array(&headers)
    {
        for header in &headers {
            reader.string(header);
        }
    }
    if input_type == Some(0) && !config.has("CSVHeaderLocation") {
        reader.schema_error(config.opening(), &config.location, "The field 'CSVHeaderLocation' is required");
    }
    if matches!(input_type, Some(1 | 2)) && config.has("CSVHeaderLocation") {
        let message = "Field 'CSVHeaderLocation' is not supported";
        reader.schema_error(config.opening(), &config.location, message);
    }
    if header_location == Some(1) {
        reader.require(&config, &["CSVHeaders"]);
    }
    path_only(reader, &config, "MaxItemsPath", language);
    let names = NumberNames::of_map("MaxItems", "MaxItemsPath");
    reader.int_or_path(&config, names, 0..=ITEMS_MAX, language);
    Some(())
}

pub(super) fn batcher(reader: &mut Reader<'_>, field: &Field, language: QueryLanguage) -> Option<NodeId> {
    let object = reader.object_field(field)?;
    let items = NumberNames::of_map("MaxItemsPerBatch", "MaxItemsPerBatchPath");
    let bytes = NumberNames::of_map("MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath");
    let numbers = [items.value, items.path, bytes.value, bytes.path];
    reader.refuse_unknown_fields(&object, &[&numbers[..], &["BatchInput"]].concat());
    if !numbers.iter().any(|name| object.has(name)) {
        let message = format!("At least one of these fields is required: [{}]", numbers.join(", "));
        reader.schema_error(object.opening(), &object.location, message);
    }
    for (names, max) in [(items, ITEMS_MAX), (bytes, BATCH_BYTES_MAX)] {
        path_only(reader, &object, names.path, language);
        reader.int_or_path(&object, names, 0..=max, language);
    }
    reader.template(&object, "BatchInput", language, TemplateKind::Any);
    Some(field.node)
}

pub(super) fn writer(reader: &mut Reader<'_>, field: &Field, language: QueryLanguage) -> Option<NodeId> {
    let object = reader.object_field(field)?;
    if object.is_empty() {
        reader.schema_error(object.span, &object.location, "Value cannot be empty");
        return None;
    }
    reader.refuse_unknown_fields(&object, &["Resource", "Parameters", "Arguments", "WriterConfig"]);
    if !object.has("WriterConfig") || object.has("Parameters") || object.has("Arguments") {
        reader.require(&object, &["Resource"]);
    }
    resource(reader, &object, &["s3:putObject"]);
    parameters(reader, &object, language);
    if let Some(config) = object.get("WriterConfig").and_then(|field| reader.object_field(&field)) {
        reader.refuse_unknown_fields(&config, &["OutputType", "Transformation"]);
        let mut word = |name, words: &[&str]| config.get(name).and_then(|field| reader.one_of(&field, words));
        word("OutputType", &["JSON", "JSONL"]);
        word("Transformation", &["NONE", "COMPACT", "FLATTEN"]);
    }
    Some(field.node)
}

/// `arn:PARTITION:states:::` and one of `actions`.
fn resource(reader: &mut Reader<'_>, object: &Object<'_>, actions: &[&str]) -> Option<()> {
    let field = object.get("Resource")?;
    let text = reader.text(&field)?;
    let mut parts = text.text.splitn(6, ':');
    let prefix = [parts.next(), parts.nth(1), parts.next(), parts.next()];
    let fits = prefix == [Some("arn"), Some("states"), Some(""), Some("")]
        && parts.next().is_some_and(|action| actions.contains(&action));
    if !fits && !placeholder::is_in(&text.text) {
        let message = "The field 'Resource' does not match any of the allowed values";
        let help = format!("write `arn:aws:states:::{}`", actions.join("` or `arn:aws:states:::"));
        reader.report(
            Diagnostic::error(Code::SchemaValidationFailed, message, text.span).at(text.location).help(help),
        );
    }
    Some(())
}

/// `Parameters` or `Arguments`, by language.
fn parameters(reader: &mut Reader<'_>, object: &Object<'_>, language: QueryLanguage) {
    let (own, foreign) = match language {
        QueryLanguage::JsonPath => ("Parameters", "Arguments"),
        QueryLanguage::Jsonata => ("Arguments", "Parameters"),
    };
    if object.has(foreign) {
        reader.other_language_field(object, foreign, language);
    }
    reader.template(object, own, language, TemplateKind::Object);
}

fn path_only(reader: &mut Reader<'_>, object: &Object<'_>, name: &str, language: QueryLanguage) {
    if language == QueryLanguage::Jsonata && object.has(name) {
        reader.other_language_field(object, name, language);
    }
}
