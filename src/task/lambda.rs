//! `arn:aws:states:::lambda:invoke`: the function by its name, the payload out of the parameters, the reply
//! in the service's envelope (AWS docs, "Invoke an AWS Lambda function with Step Functions").

use std::borrow::Cow;
use std::sync::Arc;

use super::registry::Entry;
use super::{Reply, ReplyBody, Resource, TaskError, TaskHandler, TaskRequest};
use crate::json::{Doc, NodeId, Parser, Tag, Tape};

const ENVELOPE_START: &[u8] = br#"{"ExecutedVersion":"$LATEST","Payload":"#;
const ENVELOPE_END: &[u8] = br#","StatusCode":200}"#;

/// Deepest nesting of a request that is looked into; the VM bounds what it writes far below.
const NESTING_DEPTH_MAX: u32 = 10_000;

/// Buffers for one invocation.
#[derive(Debug)]
pub(super) struct InvokeScratch {
    parser: Parser,
    tape: Tape,
    reply: Reply,
}

/// The service integration, in front of the handlers of single functions.
pub(super) struct LambdaInvoke {
    /// The handler, if the definition names the function.
    handler: Option<Arc<dyn TaskHandler>>,
    /// Otherwise all of them: the request names it.
    entries: Arc<[Entry]>,
    /// A call back's output is what the state gets; a response comes in its envelope.
    has_envelope: bool,
}

impl LambdaInvoke {
    /// `handler`: that of the function named in the definition.
    pub(super) fn new(
        resource: Resource<'_>,
        handler: Option<Arc<dyn TaskHandler>>,
        entries: Arc<[Entry]>,
    ) -> Self {
        Self { handler, entries, has_envelope: resource.has_response_envelope() }
    }

    /// The service's response around a function's reply.
    pub(super) fn wrap(payload: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(ENVELOPE_START);
        out.extend_from_slice(payload);
        out.extend_from_slice(ENVELOPE_END);
    }

    fn invoke(
        &self,
        request: &TaskRequest<'_>,
        reply: &mut Reply,
        scratch: &mut InvokeScratch,
    ) -> Result<(), TaskError> {
        let InvokeScratch { parser, tape, reply: answer } = scratch;
        parser.parse(request.payload, tape).map_err(|error| {
            TaskError::new("States.Runtime", format!("the request of lambda:invoke is not JSON: {error}"))
        })?;
        let doc = Doc::new(request.payload, tape);
        let name = function_name_in(doc);
        let payload = doc_member(doc, "Payload").map_or(&b"{}"[..], |payload| doc.raw(payload));
        let named;
        let handler = match &self.handler {
            Some(handler) => handler,
            None => {
                named = name.as_deref().and_then(|name| Entry::find_function(&self.entries, name));
                named.or_else(|| Entry::find(&self.entries, request.resource)).ok_or_else(|| {
                    let name = name.as_deref().unwrap_or("(none)");
                    let cause =
                        format!("no handler answers the function '{name}' of state '{}'", request.state);
                    TaskError::new("States.Runtime", cause)
                })?
            }
        };
        answer.reset();
        handler.call(&request.for_function(name.as_deref(), payload), answer)?;
        let body = match answer.body() {
            ReplyBody::Json(json) => json,
            ReplyBody::Payload => payload,
            ReplyBody::Document(document) => document.doc().bytes(),
        };
        if self.has_envelope {
            Self::wrap(body, reply.json());
        } else {
            reply.json().extend_from_slice(body);
        }
        Ok(())
    }
}

impl TaskHandler for LambdaInvoke {
    fn call(&self, request: &TaskRequest<'_>, reply: &mut Reply) -> Result<(), TaskError> {
        let mut scratch = reply.invoke.take().unwrap_or_else(|| {
            let parser = Parser::new(NESTING_DEPTH_MAX);
            Box::new(InvokeScratch { parser, tape: Tape::default(), reply: Reply::default() })
        });
        let result = self.invoke(request, reply, &mut scratch);
        reply.invoke = Some(scratch);
        result
    }
}

fn doc_member(doc: Doc<'_>, key: &str) -> Option<NodeId> {
    (doc.tag(NodeId::ROOT) == Tag::Object).then(|| doc.member(NodeId::ROOT, key)).flatten()
}

/// The `FunctionName` of a request or of a definition's parameters.
pub(super) fn function_name_in(doc: Doc<'_>) -> Option<Cow<'_, str>> {
    let node = doc_member(doc, "FunctionName")?;
    matches!(doc.tag(node), Tag::String | Tag::EscapedString).then(|| doc.string(node).to_text())
}
