//! The Map state.

use super::{
    field_table::StateType,
    graph::{self, Scope},
    map_io,
    object::{Field, Object},
    path::PathRule,
    placeholder,
    reader::Reader,
    scalar::NumberNames,
    template::TemplateKind,
};
use crate::asl::model::{ExecutionType, MachineType, Map, ProcessorMode, StateGraph};
use crate::asl::validate::label_problem;
use crate::diagnostic::{Code, Diagnostic};

/// What only a Distributed Map uses.
const DISTRIBUTED_ONLY: [&str; 5] =
    ["ItemReader", "ItemBatcher", "ResultWriter", "Label", "ToleratedFailure"];

pub(super) fn read(reader: &mut Reader<'_>, object: &Object<'_>, scope: &mut Scope<'_>) -> Option<Map> {
    let language = scope.language;
    reader.refuse_several(object, &["ItemSelector", "Parameters"]);
    let selector = if object.has("ItemSelector") { "ItemSelector" } else { "Parameters" };
    let item_selector = reader.template(object, selector, language, TemplateKind::Any);
    let items_path = reader.path_field(object, "ItemsPath", PathRule::Value);
    let items = reader.template(object, "Items", language, TemplateKind::Arguments);
    let processor = processor(reader, object);
    let names = NumberNames::of_map("MaxConcurrency", "MaxConcurrencyPath");
    let max_concurrency = reader.int_or_path(object, names, 0..=i64::from(u32::MAX), language);
    let names = NumberNames::of_map("ToleratedFailureCount", "ToleratedFailureCountPath");
    let tolerated_failure_count = reader.int_or_path(object, names, 0..=i64::from(u32::MAX), language);
    let names = NumberNames::of_map("ToleratedFailurePercentage", "ToleratedFailurePercentagePath");
    let tolerated_failure_percentage = reader.float_or_path(object, names, 0.0..=100.0, language);
    let item_reader = object.get("ItemReader").and_then(|field| map_io::reader(reader, &field, language));
    let item_batcher = object.get("ItemBatcher").and_then(|field| map_io::batcher(reader, &field, language));
    let result_writer = object.get("ResultWriter").and_then(|field| map_io::writer(reader, &field, language));
    let label = object.get("Label").and_then(|field| label(reader, &field));
    let result_selector = reader.template(object, "ResultSelector", language, TemplateKind::Any);
    let result_path = reader.path_field(object, "ResultPath", PathRule::ResultPath);
    let (retry, catch) = reader.error_handlers(object, scope, StateType::Map);
    let transition = reader.transition(object, scope);
    let (processor, mode) = processor?;
    if mode == ProcessorMode::Inline {
        warn_of_distributed_fields(reader, object);
    }
    let (item_reader, item_batcher, result_writer) =
        (item_reader.map(Box::new), item_batcher.map(Box::new), result_writer.map(Box::new));
    Some(Map {
        items_path,
        items,
        item_selector,
        processor,
        mode,
        max_concurrency,
        tolerated_failure_count,
        tolerated_failure_percentage,
        item_reader,
        item_batcher,
        result_writer,
        label,
        result_selector,
        result_path,
        retry: retry?,
        catch: catch?,
        transition: transition?,
    })
}

/// `ItemProcessor`, or `Iterator` as it was called before; exactly one of them.
fn processor(reader: &mut Reader<'_>, object: &Object<'_>) -> Option<(StateGraph, ProcessorMode)> {
    let names = ["ItemProcessor", "Iterator"];
    reader.refuse_several(object, &names);
    let Some(field) = names.iter().find_map(|name| object.get(name)) else {
        let message =
            format!("This object should have only one of the following fields: [{}]", names.join(", "));
        reader.schema_error(object.opening(), &object.location, message);
        return None;
    };
    let processor = reader.object_field(&field)?;
    reader.refuse_unknown_fields(&processor, &["Comment", "ProcessorConfig", "StartAt", "States"]);
    reader.comment(&processor);
    let mode = match processor.get("ProcessorConfig") {
        Some(config) => processor_config(reader, &config),
        None => Some(ProcessorMode::Inline),
    };
    let graph = graph::read(reader, &processor);
    Some((graph?, mode?))
}

fn processor_config(reader: &mut Reader<'_>, field: &Field) -> Option<ProcessorMode> {
    let config = reader.object_field(field)?;
    reader.refuse_unknown_fields(&config, &["Mode", "ExecutionType"]);
    let mode = config.get("Mode");
    let is_distributed = match &mode {
        Some(field) if placeholder::is_whole_node(reader, field.node) => {
            reader.take_placeholder(field);
            return Some(ProcessorMode::Inline);
        }
        Some(field) => reader.one_of(field, &["INLINE", "DISTRIBUTED"])? == 1,
        None => false,
    };
    let execution_type = config.get("ExecutionType");
    if !is_distributed {
        if let Some(found) = execution_type {
            let message = "Field 'ExecutionType' is not supported";
            let mut diagnostic =
                Diagnostic::error(Code::SchemaValidationFailed, message, reader.span(found.key))
                    .at(config.location);
            diagnostic.help = Some("only with `\"Mode\": \"DISTRIBUTED\"`".to_owned());
            reader.report(diagnostic);
        }
        return Some(ProcessorMode::Inline);
    }
    if reader.machine_type == MachineType::Express
        && let Some(mode) = mode
    {
        let message =
            "The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines";
        reader.schema_error(reader.span(mode.node), &mode.location, message);
    }
    if !reader.require(&config, &["ExecutionType"]) {
        return None;
    }
    let execution_type = match reader.one_of(&execution_type?, &["STANDARD", "EXPRESS"]) {
        Some(1) => ExecutionType::Express,
        _ => ExecutionType::Standard,
    };
    Some(ProcessorMode::Distributed { execution_type })
}

fn label(reader: &mut Reader<'_>, field: &Field) -> Option<String> {
    let text = reader.string(field)?;
    if placeholder::is_in(&text) {
        return Some(text);
    }
    let span = reader.span(field.node);
    let diagnostic = if let Some(message) = label_problem(&text) {
        Diagnostic::error(Code::InvalidLabelName, message, span)
    } else if !reader.labels.insert(text.clone()) {
        Diagnostic::error(Code::DuplicateLabelName, format!("Duplicate Label name: {text}"), span)
    } else {
        return Some(text);
    };
    reader.report(diagnostic.at(field.location.clone()));
    None
}

/// AWS accepts these fields on an inline Map; all but the tolerances, which this program honours, are then idle.
fn warn_of_distributed_fields(reader: &mut Reader<'_>, object: &Object<'_>) {
    for member in object.members() {
        if !DISTRIBUTED_ONLY.iter().any(|prefix| member.name.starts_with(prefix)) {
            continue;
        }
        let message = format!(
            "'{}' is documented for Distributed Map states only, and this one is inline",
            member.name
        );
        let span = reader.span(member.key);
        reader.report(
            Diagnostic::warning(Code::InlineMapIgnoresField, message, span)
                .at(object.location.clone())
                .help("set `\"Mode\": \"DISTRIBUTED\"` in its ProcessorConfig, or remove the field"),
        );
    }
}
