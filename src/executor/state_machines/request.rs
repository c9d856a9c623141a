//! What a state asks of `StartExecution`, and how that is refused.

use crate::json::{Doc, Document, NodeId, Tag, minify};
use crate::task::{Integration, IntegrationPattern, Resource, TaskCall, TaskError};

const NESTING_DEPTH_MAX: u32 = 1024;

/// What the state waits for, and the form of its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// The start alone.
    Started,
    /// The end (`.sync`), its input and output as JSON in strings.
    Text,
    /// The end (`.sync:2`), its input and output as JSON.
    Json,
    /// The end of an Express execution (`aws-sdk:sfn:startSyncExecution`), failed or not.
    Synchronous,
}

/// A request to start an execution.
#[derive(Debug)]
pub(super) struct StartRequest {
    pub(super) form: Form,
    pub(super) is_sdk: bool,
    pub(super) machine: String,
    pub(super) name: Option<String>,
    /// The input, as minified JSON.
    pub(super) input: Vec<u8>,
}

impl StartRequest {
    pub(super) fn new(call: &TaskCall) -> Result<Self, TaskError> {
        let (form, is_sdk) = form(call.resource());
        let document = Document::parse(call.payload(), NESTING_DEPTH_MAX)
            .map_err(|error| unusable(call, &format!("not JSON: {error}")))?;
        let doc = document.doc();
        let machine = text(doc, "StateMachineArn")
            .ok_or_else(|| unusable(call, "The field 'StateMachineArn' is required but was missing"))?;
        let mut request = Self { form, is_sdk, machine, name: text(doc, "Name"), input: b"{}".to_vec() };
        if let Some(node) = member(doc, "Input") {
            request.input = request.read_input(doc, node)?;
        }
        Ok(request)
    }

    /// A string has JSON in it; anything else is JSON.
    fn read_input(&self, doc: Doc<'_>, node: NodeId) -> Result<Vec<u8>, TaskError> {
        let mut input = Vec::new();
        if !matches!(doc.tag(node), Tag::String | Tag::EscapedString) {
            minify(doc, node, &mut input);
            return Ok(input);
        }
        let text = doc.string(node).to_text();
        let parsed = Document::parse(text.as_bytes(), NESTING_DEPTH_MAX).map_err(|error| {
            let message = format!("Invalid State Machine Execution Input: '{error}'");
            self.refuse("InvalidExecutionInput", &message)
        })?;
        minify(parsed.doc(), NodeId::ROOT, &mut input);
        Ok(input)
    }

    /// An error of the service, as the integration has it.
    pub(super) fn refuse(&self, code: &str, message: &str) -> TaskError {
        if self.is_sdk {
            let cause = format!("{message} (Service: Sfn, Status Code: 400)");
            TaskError::new(format!("Sfn.{code}Exception"), cause)
        } else {
            let cause =
                format!("{message} (Service: AWSStepFunctions; Status Code: 400; Error Code: {code})");
            TaskError::new(format!("StepFunctions.{code}Exception"), cause)
        }
    }
}

fn form(resource: &str) -> (Form, bool) {
    match Resource::parse(resource) {
        Resource::Integration(Integration { action: "startSyncExecution", .. }) => (Form::Synchronous, true),
        Resource::Integration(Integration { service, pattern, .. }) => {
            let form = match pattern {
                IntegrationPattern::RequestResponse | IntegrationPattern::WaitForTaskToken => Form::Started,
                IntegrationPattern::RunJob => Form::Text,
                IntegrationPattern::RunJobJson => Form::Json,
            };
            (form, service != "states")
        }
        _ => (Form::Started, false),
    }
}

fn unusable(call: &TaskCall, reason: &str) -> TaskError {
    let payload = String::from_utf8_lossy(call.payload());
    let cause = format!("The Parameters '{payload}' could not be used to start the Task: [{reason}]");
    TaskError::new("States.Runtime", cause)
}

fn member(doc: Doc<'_>, name: &str) -> Option<NodeId> {
    let is_object = doc.tag(NodeId::ROOT) == Tag::Object;
    let node = is_object.then(|| doc.member(NodeId::ROOT, name)).flatten();
    node.filter(|node| doc.tag(*node) != Tag::Null)
}

fn text(doc: Doc<'_>, name: &str) -> Option<String> {
    let node = member(doc, name).filter(|node| matches!(doc.tag(*node), Tag::String | Tag::EscapedString))?;
    Some(doc.string(node).to_text().into_owned())
}
