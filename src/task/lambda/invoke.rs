//! `arn:aws:states:::lambda:invoke`: the function by its name, the payload out of the parameters, the reply
//! in the service's envelope (AWS docs, "Invoke an AWS Lambda function with Step Functions").

use std::borrow::Cow;
use std::sync::Arc;

use crate::json::{Doc, NodeId, Parser, Tag, Tape};
use crate::task::registry::{Entry, Handler};
use crate::task::{
    AsyncTaskHandler, Reply, ReplyBody, Resource, TaskCall, TaskError, TaskFuture, TaskHandler, TaskRequest,
};

const ENVELOPE_START: &[u8] = br#"{"ExecutedVersion":"$LATEST","Payload":"#;
const ENVELOPE_END: &[u8] = br#","StatusCode":200}"#;

/// Deepest nesting of a request that is looked into; the VM bounds what it writes far below.
const NESTING_DEPTH_MAX: u32 = 10_000;

/// Buffers for one invocation.
#[derive(Debug)]
pub(in crate::task) struct InvokeScratch {
    parser: Parser,
    tape: Tape,
    reply: Reply,
}

impl InvokeScratch {
    fn new() -> Self {
        Self { parser: Parser::new(NESTING_DEPTH_MAX), tape: Tape::default(), reply: Reply::default() }
    }
}

/// The service integration, in front of the handlers of single functions.
pub(in crate::task) struct LambdaInvoke {
    /// The handler, if the definition names the function.
    handler: Option<Handler>,
    /// Otherwise all of them: the request names it.
    entries: Arc<[Entry]>,
    /// A call back's output is what the state gets; a response comes in its envelope.
    has_envelope: bool,
}

/// What a request of the integration asks for.
struct Invocation<'r> {
    function_name: Option<Cow<'r, str>>,
    payload: &'r [u8],
}

impl LambdaInvoke {
    /// `handler`: that of the function named in the definition.
    pub(in crate::task) fn new(
        resource: Resource<'_>,
        handler: Option<Handler>,
        entries: Arc<[Entry]>,
    ) -> Self {
        Self { handler, entries, has_envelope: resource.has_response_envelope() }
    }

    /// The service's response around a function's reply.
    pub(in crate::task) fn wrap(payload: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(ENVELOPE_START);
        out.extend_from_slice(payload);
        out.extend_from_slice(ENVELOPE_END);
    }

    /// The handler of the function that a request names.
    fn find(&self, request: &TaskRequest<'_>, name: Option<&str>) -> Result<&Handler, TaskError> {
        if let Some(handler) = &self.handler {
            return Ok(handler);
        }
        let named = name.and_then(|name| Entry::find_function(&self.entries, name));
        named.or_else(|| Entry::find(&self.entries, request.resource)).ok_or_else(|| {
            let name = name.unwrap_or("(none)");
            let cause = format!("no handler answers the function '{name}' of state '{}'", request.state);
            TaskError::new("States.Runtime", cause)
        })
    }

    /// Answers with what the function answered; `payload` is what it was given.
    fn answer(&self, answer: &Reply, payload: &[u8], reply: &mut Reply) {
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
    }

    fn invoke(
        &self,
        request: &TaskRequest<'_>,
        reply: &mut Reply,
        scratch: &mut InvokeScratch,
    ) -> Result<(), TaskError> {
        let InvokeScratch { parser, tape, reply: answer } = scratch;
        let Invocation { function_name, payload } = unpack(request.payload, parser, tape)?;
        let name = function_name.as_deref();
        let Handler::Sync(handler) = self.find(request, name)? else {
            return Err(TaskError::new(
                "States.Runtime",
                "a handler that answers later was asked to do so now",
            ));
        };
        answer.reset();
        handler.call(&request.for_function(name, payload), answer)?;
        self.answer(answer, payload, reply);
        Ok(())
    }

    /// The handler of one request, and the function's own call.
    fn unpack_call(&self, call: TaskCall) -> Result<(Handler, TaskCall), TaskError> {
        let InvokeScratch { mut parser, mut tape, .. } = InvokeScratch::new();
        let Invocation { function_name, payload } = unpack(call.payload(), &mut parser, &mut tape)?;
        let handler = self.find(&call.as_request(), function_name.as_deref())?.clone();
        let (name, payload) = (function_name.map(Cow::into_owned), payload.to_vec());
        Ok((handler, call.for_function(name.as_deref(), payload)))
    }
}

impl TaskHandler for LambdaInvoke {
    fn call(&self, request: &TaskRequest<'_>, reply: &mut Reply) -> Result<(), TaskError> {
        let mut scratch = reply.invoke.take().unwrap_or_else(|| Box::new(InvokeScratch::new()));
        let result = self.invoke(request, reply, &mut scratch);
        reply.invoke = Some(scratch);
        result
    }
}

impl AsyncTaskHandler for Arc<LambdaInvoke> {
    fn call(&self, call: TaskCall) -> TaskFuture {
        let invoke = Self::clone(self);
        Box::pin(async move {
            let (handler, call) = invoke.unpack_call(call)?;
            let payload = call.payload().to_vec(); // an answer may be the payload itself
            let answer = handler.start(call).await?;
            let mut reply = Reply::default();
            invoke.answer(&answer, &payload, &mut reply);
            Ok(reply)
        })
    }
}

fn unpack<'r>(
    request: &'r [u8],
    parser: &mut Parser,
    tape: &'r mut Tape,
) -> Result<Invocation<'r>, TaskError> {
    parser.parse(request, tape).map_err(|error| {
        TaskError::new("States.Runtime", format!("the request of lambda:invoke is not JSON: {error}"))
    })?;
    let doc = Doc::new(request, tape);
    let payload = doc_member(doc, "Payload").map_or(&b"{}"[..], |payload| doc.raw(payload));
    Ok(Invocation { function_name: function_name_in(doc), payload })
}

fn doc_member(doc: Doc<'_>, key: &str) -> Option<NodeId> {
    (doc.tag(NodeId::ROOT) == Tag::Object).then(|| doc.member(NodeId::ROOT, key)).flatten()
}

/// The `FunctionName` of a request or of a definition's parameters.
pub(in crate::task) fn function_name_in(doc: Doc<'_>) -> Option<Cow<'_, str>> {
    let node = doc_member(doc, "FunctionName")?;
    matches!(doc.tag(node), Tag::String | Tag::EscapedString).then(|| doc.string(node).to_text())
}
