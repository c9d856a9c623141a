//! `ItemReader`, `ItemBatcher` and `ResultWriter` of a Distributed Map: their fields.

use super::{
    object::{Field, Object},
    placeholder,
    reader::Reader,
    scalar::NumberNames,
    template::TemplateKind,
};
use crate::asl::model::{
    InputType, ItemBatcher, ItemReader, ManifestType, PayloadTemplate, QueryLanguage, ReaderAction,
    ReaderConfig, ResultWriter, Transformation, WriterConfig,
};
use crate::diagnostic::{Code, Diagnostic};

/// Most items that `MaxItems` allows.
const ITEMS_MAX: i64 = 100_000_000;
/// Most bytes in one batch: the size of a state's input.
const BATCH_BYTES_MAX: i64 = 262_144;
/// In the order of their words.
const INPUT_TYPES: [InputType; 5] =
    [InputType::Csv, InputType::Json, InputType::JsonLines, InputType::Parquet, InputType::Manifest];
const READER_CONFIG_FIELDS: [&str; 9] = [
    "InputType",
    "ManifestType",
    "Transformation",
    "CSVDelimiter",
    "CSVHeaderLocation",
    "CSVHeaders",
    "ItemsPointer",
    "MaxItems",
    "MaxItemsPath",
];

pub(super) fn reader(reader: &mut Reader<'_>, field: &Field, language: QueryLanguage) -> Option<ItemReader> {
    let object = reader.object_field(field)?;
    reader.refuse_unknown_fields(&object, &["Resource", "Parameters", "Arguments", "ReaderConfig"]);
    reader.require(&object, &["Resource"]);
    let action = resource(reader, &object, &["s3:getObject", "s3:listObjectsV2"]);
    let parameters = parameters(reader, &object, language);
    let action = if action == Some(1) { ReaderAction::ListObjects } else { ReaderAction::GetObject };
    let mut read = ItemReader { config: ReaderConfig::new(action), parameters, max_items: None };
    if let Some(config) = object.get("ReaderConfig") {
        reader_config(reader, &config, language, &mut read);
    }
    Some(read)
}

fn reader_config(
    reader: &mut Reader<'_>,
    field: &Field,
    language: QueryLanguage,
    read: &mut ItemReader,
) -> Option<()> {
    let config = reader.object_field(field)?;
    reader.refuse_unknown_fields(&config, &READER_CONFIG_FIELDS);
    let mut word = |name, words: &[&str]| config.get(name).and_then(|field| reader.one_of(&field, words));
    let input_type = word("InputType", &["CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"]);
    let manifest_type = word("ManifestType", &["ATHENA_DATA", "S3_INVENTORY"]);
    let transformation = word("Transformation", &["NONE", "LOAD_AND_FLATTEN"]);
    let delimiter = word("CSVDelimiter", &["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"]);
    let header_location = word("CSVHeaderLocation", &["FIRST_ROW", "GIVEN"]);
    let read_config = &mut read.config;
    read_config.input_type = input_type.and_then(|at| INPUT_TYPES.get(at).copied());
    read_config.manifest_type =
        manifest_type.map(|at| if at == 0 { ManifestType::AthenaData } else { ManifestType::S3Inventory });
    read_config.is_flattened = transformation == Some(1);
    read_config.csv_delimiter = delimiter.and_then(|at| b",|; \t".get(at).copied()).unwrap_or(b',');
    read_config.items_pointer = config.get("ItemsPointer").and_then(|pointer| reader.string(&pointer));
    let headers = config.get("CSVHeaders").and_then(|headers| reader.filled_array(&headers));
    if let Some(headers) = headers {
        let headers: Vec<_> = headers.iter().filter_map(|header| reader.string(header)).collect();
        // Headers that are given for a first row to hold are idle.
        read_config.csv_headers = (header_location != Some(0)).then_some(headers);
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
    read.max_items = reader.int_or_path(&config, names, 0..=ITEMS_MAX, language);
    Some(())
}

pub(super) fn batcher(
    reader: &mut Reader<'_>,
    field: &Field,
    language: QueryLanguage,
) -> Option<ItemBatcher> {
    let object = reader.object_field(field)?;
    let items = NumberNames::of_map("MaxItemsPerBatch", "MaxItemsPerBatchPath");
    let bytes = NumberNames::of_map("MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath");
    let numbers = [items.value, items.path, bytes.value, bytes.path];
    reader.refuse_unknown_fields(&object, &[&numbers[..], &["BatchInput"]].concat());
    if !numbers.iter().any(|name| object.has(name)) {
        let message = format!("At least one of these fields is required: [{}]", numbers.join(", "));
        reader.schema_error(object.opening(), &object.location, message);
    }
    let mut number = |names: NumberNames, max| {
        path_only(reader, &object, names.path, language);
        reader.int_or_path(&object, names, 0..=max, language)
    };
    let (items_max, bytes_max) = (number(items, ITEMS_MAX), number(bytes, BATCH_BYTES_MAX));
    let input = reader.template(&object, "BatchInput", language, TemplateKind::Any);
    Some(ItemBatcher { items_max, bytes_max, input })
}

pub(super) fn writer(
    reader: &mut Reader<'_>,
    field: &Field,
    language: QueryLanguage,
) -> Option<ResultWriter> {
    let object = reader.object_field(field)?;
    if object.is_empty() {
        reader.schema_error(object.span, &object.location, "Value cannot be empty");
        return None;
    }
    reader.refuse_unknown_fields(&object, &["Resource", "Parameters", "Arguments", "WriterConfig"]);
    if !object.has("WriterConfig") || object.has("Parameters") || object.has("Arguments") {
        reader.require(&object, &["Resource"]);
    }
    let is_exported = object.has("Resource");
    resource(reader, &object, &["s3:putObject"]);
    let parameters = parameters(reader, &object, language);
    // AWS docs, "ResultWriter": what is exported is whole unless it says otherwise.
    let mut config = WriterConfig { is_exported, is_lines: false, transformation: Transformation::None };
    if let Some(given) = object.get("WriterConfig").and_then(|field| reader.object_field(&field)) {
        reader.refuse_unknown_fields(&given, &["OutputType", "Transformation"]);
        let mut word = |name, words: &[&str]| given.get(name).and_then(|field| reader.one_of(&field, words));
        config.is_lines = word("OutputType", &["JSON", "JSONL"]) == Some(1);
        config.transformation = match word("Transformation", &["NONE", "COMPACT", "FLATTEN"]) {
            Some(1) => Transformation::Compact,
            Some(2) => Transformation::Flatten,
            _ => Transformation::None,
        };
    }
    Some(ResultWriter { config, parameters })
}

/// `arn:PARTITION:states:::` and one of `actions`, as its index.
fn resource(reader: &mut Reader<'_>, object: &Object<'_>, actions: &[&str]) -> Option<usize> {
    let field = object.get("Resource")?;
    let text = reader.text(&field)?;
    let mut parts = text.text.splitn(6, ':');
    let prefix = [parts.next(), parts.nth(1), parts.next(), parts.next()];
    let is_arn = prefix == [Some("arn"), Some("states"), Some(""), Some("")];
    let action = parts.next().filter(|_| is_arn);
    let found = action.and_then(|found| actions.iter().position(|action| *action == found));
    if found.is_none() && !placeholder::is_in(&text.text) {
        let message = "The field 'Resource' does not match any of the allowed values";
        let help = format!("write `arn:aws:states:::{}`", actions.join("` or `arn:aws:states:::"));
        reader.report(
            Diagnostic::error(Code::SchemaValidationFailed, message, text.span).at(text.location).help(help),
        );
    }
    found
}

/// `Parameters` or `Arguments`, by language.
fn parameters(
    reader: &mut Reader<'_>,
    object: &Object<'_>,
    language: QueryLanguage,
) -> Option<PayloadTemplate> {
    let (own, foreign) = match language {
        QueryLanguage::JsonPath => ("Parameters", "Arguments"),
        QueryLanguage::Jsonata => ("Arguments", "Parameters"),
    };
    if object.has(foreign) {
        reader.other_language_field(object, foreign, language);
    }
    reader.template(object, own, language, TemplateKind::Object)
}

fn path_only(reader: &mut Reader<'_>, object: &Object<'_>, name: &str, language: QueryLanguage) {
    if language == QueryLanguage::Jsonata && object.has(name) {
        reader.other_language_field(object, name, language);
    }
}
