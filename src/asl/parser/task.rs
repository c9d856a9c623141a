//! Task and Parallel.

use super::{
    field_table::StateType,
    graph::{self, Scope},
    object::Object,
    path::PathRule,
    placeholder,
    reader::Reader,
    scalar::NumberNames,
    simple_states::SECONDS_MAX,
    template::TemplateKind,
};
use crate::asl::model::{
    IntField, MachineType, Parallel, PayloadTemplate, QueryLanguage, StateGraph, Task, Text,
};
use crate::asl::validate::{IntegrationPattern, Recognition, integration_pattern, recognize};
use crate::diagnostic::{Code, Diagnostic};
use crate::json::Tag;

pub(super) fn task(reader: &mut Reader<'_>, object: &Object<'_>, scope: &mut Scope<'_>) -> Option<Task> {
    let language = scope.language;
    reader.require(object, &["Resource"]);
    let resource = resource(reader, object);
    let parameters = reader.template(object, "Parameters", language, TemplateKind::Any);
    let arguments = reader.template(object, "Arguments", language, TemplateKind::Arguments);
    let result_selector = reader.template(object, "ResultSelector", language, TemplateKind::Any);
    let result_path = reader.path_field(object, "ResultPath", PathRule::ResultPath);
    let credentials = credentials(reader, object, language, resource.as_ref());
    let names = NumberNames::seconds("TimeoutSeconds", "TimeoutSecondsPath");
    let timeout_seconds = reader.int_or_path(object, names, 1..=SECONDS_MAX, language);
    let names = NumberNames::seconds("HeartbeatSeconds", "HeartbeatSecondsPath");
    let heartbeat_seconds = reader.int_or_path(object, names, 1..=SECONDS_MAX, language);
    check_heartbeat(reader, object, timeout_seconds.as_ref(), heartbeat_seconds.as_ref());
    let (retry, catch) = reader.error_handlers(object, scope, StateType::Task);
    let transition = reader.transition(object, scope);
    Some(Task {
        resource: resource?,
        parameters,
        arguments,
        result_selector,
        result_path,
        credentials,
        timeout_seconds,
        heartbeat_seconds,
        retry: retry?,
        catch: catch?,
        transition: transition?,
    })
}

fn resource(reader: &mut Reader<'_>, object: &Object<'_>) -> Option<Text> {
    let field = object.get("Resource")?;
    if reader.take_cloudformation_function(&field) {
        let span = reader.span(field.node);
        return Some(Text { text: String::new(), span, location: field.location });
    }
    let resource = reader.text(&field)?;
    if placeholder::is_in(&resource.text) {
        return Some(resource);
    }
    match recognize(&resource.text) {
        Recognition::Known => {}
        Recognition::Unknown { help } => {
            let message = format!(
                "The resource provided {} is not recognized. The value is not a valid resource ARN, or the resource \
                 is not available in this region.",
                resource.text
            );
            let mut diagnostic = Diagnostic::error(Code::SchemaValidationFailed, message, resource.span)
                .at(resource.location.clone());
            diagnostic.help = help;
            reader.report(diagnostic);
        }
        Recognition::Foreign => {
            let message = "The Resource is no ARN of Lambda or Step Functions: AWS would refuse it";
            let diagnostic = Diagnostic::warning(Code::ForeignResource, message, resource.span);
            reader.report(diagnostic.at(resource.location.clone()));
        }
    }
    if reader.machine_type == MachineType::Express {
        refuse_in_express(reader, &resource);
    }
    Some(resource)
}

/// Express machines know request and response only (AWS docs, "Service integration patterns").
fn refuse_in_express(reader: &mut Reader<'_>, resource: &Text) {
    // The blank at the end of the second text is AWS's.
    let message = match integration_pattern(&resource.text) {
        IntegrationPattern::RequestResponse => return,
        IntegrationPattern::RunJob => "Express state machine does not support '.sync' service integration",
        IntegrationPattern::TaskToken => {
            "Express state machine does not support '.waitForTaskToken' service integration "
        }
        IntegrationPattern::Activity => "Express state machine does not support Activity ARN",
    };
    reader.schema_error(resource.span, &resource.location, message);
}

fn credentials(
    reader: &mut Reader<'_>,
    object: &Object<'_>,
    language: QueryLanguage,
    resource: Option<&Text>,
) -> Option<PayloadTemplate> {
    let template = reader.template(object, "Credentials", language, TemplateKind::Object)?;
    let has = |name| reader.doc.member(template.node, name).is_some();
    let has_role = reader.doc.tag(template.node) != Tag::Object
        || has("RoleArn")
        || (language == QueryLanguage::JsonPath && has("RoleArn.$"));
    if !has_role {
        let message = "The field 'RoleArn' is required but was missing";
        reader.schema_error(template.span, &template.location, message);
    }
    let pattern = resource.map(|resource| integration_pattern(&resource.text));
    if pattern == Some(IntegrationPattern::Activity) {
        let message = "The field 'Credentials' is not supported for activities";
        reader.schema_error(template.span, &template.location, message);
    }
    Some(template)
}

/// A heartbeat that may come later than the timeout would never be missed (States Language, "Timeouts and Heartbeats").
fn check_heartbeat(
    reader: &mut Reader<'_>,
    object: &Object<'_>,
    timeout: Option<&IntField>,
    heartbeat: Option<&IntField>,
) {
    let (Some(&IntField::Literal(timeout)), Some(&IntField::Literal(heartbeat))) = (timeout, heartbeat)
    else {
        return;
    };
    if heartbeat >= timeout
        && let Some(field) = object.get("HeartbeatSeconds")
    {
        let message = "'HeartbeatSeconds' must be smaller than 'TimeoutSeconds'";
        reader.schema_error(reader.span(field.node), &field.location, message);
    }
}

pub(super) fn parallel(
    reader: &mut Reader<'_>,
    object: &Object<'_>,
    scope: &mut Scope<'_>,
) -> Option<Parallel> {
    let language = scope.language;
    reader.require(object, &["Branches"]);
    let branches = branches(reader, object);
    let parameters = reader.template(object, "Parameters", language, TemplateKind::Any);
    let arguments = reader.template(object, "Arguments", language, TemplateKind::Arguments);
    let result_selector = reader.template(object, "ResultSelector", language, TemplateKind::Any);
    let result_path = reader.path_field(object, "ResultPath", PathRule::ResultPath);
    let (retry, catch) = reader.error_handlers(object, scope, StateType::Parallel);
    let transition = reader.transition(object, scope);
    Some(Parallel {
        branches: branches?,
        parameters,
        arguments,
        result_selector,
        result_path,
        retry: retry?,
        catch: catch?,
        transition: transition?,
    })
}

fn branches(reader: &mut Reader<'_>, object: &Object<'_>) -> Option<Vec<StateGraph>> {
    let field = object.get("Branches")?;
    let elements = reader.filled_array(&field)?;
    let mut branches = Vec::with_capacity(elements.len());
    for element in elements {
        let Some(branch) = reader.object_field(&element) else {
            branches.push(None);
            continue;
        };
        reader.refuse_unknown_fields(&branch, &["Comment", "StartAt", "States"]);
        reader.comment(&branch);
        branches.push(graph::read(reader, &branch));
    }
    branches.into_iter().collect()
}
