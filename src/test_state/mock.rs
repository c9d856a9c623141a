//! What may be mocked and how: the checks that come before anything runs, in AWS's order.

use super::refusal::Refusal;
use super::request::{FieldValidationMode, Mock, TestRequest};
use super::schema;
use super::subject::Subject;
use crate::asl::model::{State, StateKind};
use crate::json::{Document, NodeId, Tag};
use crate::limits::Limits;
use crate::task::{Integration, IntegrationPattern, Resource};

/// What is answered where the state works.
#[derive(Debug)]
pub(super) enum MockedAnswer {
    /// A result.
    Result(Document),
    /// An error and its cause.
    Error(Option<String>, Option<String>),
}

/// Whether a state has a mock if it needs one, and one that fits it; the answer, if there is one.
pub(super) fn check(
    subject: &Subject,
    request: &TestRequest,
    limits: &Limits,
) -> Result<Option<MockedAnswer>, Refusal> {
    let state = subject.state();
    let Some(mock) = &request.mock else { return check_unmocked(state, request).map(|()| None) };
    if !matches!(state.kind, StateKind::Task(_) | StateKind::Map(_) | StateKind::Parallel(_)) {
        let kind = state.kind.type_name();
        let message = format!("State type '{kind}' is not supported when a mock is specified");
        return Err(Refusal::validation(message));
    }
    if request.reveal_secrets {
        let message = "TestState does not support RevealSecrets when a mock is specified.";
        return Err(Refusal::validation(message));
    }
    match (&mock.result, &mock.error_output) {
        (Some(result), None) => check_result(state, mock, result, limits).map(Some),
        (None, Some(output)) if output.error.is_none() => {
            Err(Refusal::validation("An error must be specified in the errorOutput of a mock."))
        }
        (None, Some(output)) => Ok(Some(MockedAnswer::Error(output.error.clone(), output.cause.clone()))),
        _ => Err(Refusal::validation(
            "A test mock should have only one of the following fields: [result, errorOutput].",
        )),
    }
}

fn check_unmocked(state: &State, request: &TestRequest) -> Result<(), Refusal> {
    if request.state_configuration.map_iteration_failure_count.is_some() {
        let message = "TestState does not support MapIterationFailureCount when a mock is not specified.";
        return Err(Refusal::validation(message));
    }
    match &state.kind {
        StateKind::Map(_) | StateKind::Parallel(_) => Err(Refusal::definition(
            "TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]",
        )),
        StateKind::Task(_) if request.role_arn.is_none() => {
            Err(Refusal::validation("RoleArn must be specified when testing a Task state"))
        }
        StateKind::Task(task) => {
            let message = format!(
                "{} is not called here: add a mock with a result or an errorOutput to the request",
                task.resource.text
            );
            Err(Refusal::validation(message))
        }
        _ if request.context.is_some() => {
            Err(Refusal::validation("TestState does not support Context when a mock is not specified."))
        }
        _ => Ok(()),
    }
}

fn check_result(state: &State, mock: &Mock, result: &str, limits: &Limits) -> Result<MockedAnswer, Refusal> {
    let document = Document::parse(result.as_bytes(), limits.nesting_depth_max)
        .map_err(|_| Refusal::validation("Mocked result must be valid JSON"))?;
    let doc = document.doc();
    let tag = doc.tag(NodeId::ROOT);
    let refuse = |message: &str| Err(Refusal::validation(message));
    match &state.kind {
        StateKind::Map(map) if map.result_writer.is_some() && tag != Tag::Object => {
            return refuse("Mocked result must be a JSON object.");
        }
        StateKind::Map(map) if map.result_writer.is_none() && tag != Tag::Array => {
            return refuse("Mocked result must be an array.");
        }
        StateKind::Parallel(_) if tag != Tag::Array => return refuse("Mocked result must be an array."),
        StateKind::Parallel(parallel) if doc.count(NodeId::ROOT) != parallel.branches.len() => {
            return refuse(
                "Mocked result must contain the same number of items as number of Parallel branches.",
            );
        }
        StateKind::Task(task) if mock.field_validation_mode != FieldValidationMode::None => {
            schema::check(&task.resource.text, doc, mock.field_validation_mode)?;
        }
        _ => {}
    }
    Ok(MockedAnswer::Result(document))
}

/// Whether a task gets a token: AWS gives one to tasks that it waits for.
pub(super) fn has_token(state: &State) -> bool {
    let StateKind::Task(task) = &state.kind else { return false };
    match Resource::parse(&task.resource.text) {
        Resource::Integration(Integration { pattern, .. }) => pattern != IntegrationPattern::RequestResponse,
        _ => false,
    }
}
