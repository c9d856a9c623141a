//! What a handler is: request in, reply out.

use std::sync::Arc;

use super::lambda::InvokeScratch;
use crate::json::Document;

const TIMEOUT: &str = "States.Timeout";

/// Answers a Task state, in this process, on the thread that runs the execution.
///
/// Closures `Fn(&TaskRequest<'_>) -> Result<T, TaskError>` are handlers; `T` is JSON text (`Vec<u8>`,
/// `String`, `&'static str`) or a shared [`Document`]. A handler that panics fails its execution with
/// `States.Runtime`; the worker lives on.
///
/// ```
/// use aslx::task::{TaskError, TaskRegistry, TaskRequest};
///
/// let mut tasks = TaskRegistry::new();
/// tasks.handle("arn:aws:lambda:*:function:Approve", |request: &TaskRequest<'_>| {
///     if request.payload.len() > 1_000 {
///         return Err(TaskError::new("TooLong", "the order has too many lines"));
///     }
///     Ok(r#"{"approved":true}"#)
/// });
/// ```
pub trait TaskHandler: Send + Sync {
    /// Answers one request by filling `reply`; a reply left alone is `null`.
    fn call(&self, request: &TaskRequest<'_>, reply: &mut Reply) -> Result<(), TaskError>;

    /// The one reply this handler has for every request, if that is so. It is then taken once and
    /// [`call`](Self::call) is not asked: the request need not even be written.
    fn fixed_reply(&self) -> Option<FixedReply> {
        None
    }
}

/// A reply that does not depend on the request, other than by repeating it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum FixedReply {
    /// The request's payload, unchanged.
    Payload,
    /// A document, parsed once and shared by all executions.
    Document(Arc<Document>),
}

/// One invocation of a task.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct TaskRequest<'r> {
    /// The state's `Resource`.
    pub resource: &'r str,
    /// The Lambda function that the request is for, as the definition or the request names it.
    pub function_name: Option<&'r str>,
    /// The name of the state.
    pub state: &'r str,
    /// The effective input as minified JSON; for `lambda:invoke` its `Payload`.
    pub payload: &'r [u8],
    /// How often the state has been retried: 0 at the first attempt.
    pub retry_count: u32,
}

impl<'r> TaskRequest<'r> {
    /// A request without a function name.
    pub fn new(resource: &'r str, state: &'r str, payload: &'r [u8]) -> Self {
        Self { resource, function_name: None, state, payload, retry_count: 0 }
    }

    /// The same request for another payload and function.
    #[must_use]
    pub fn for_function(self, function_name: Option<&'r str>, payload: &'r [u8]) -> Self {
        Self { function_name, payload, ..self }
    }
}

/// Where a handler puts its answer; its buffer is reused from call to call.
#[derive(Debug, Default)]
pub struct Reply {
    body: Body,
    json: Vec<u8>,
    /// Buffers of the `lambda:invoke` integration; they live here because a handler has none of its own.
    pub(super) invoke: Option<Box<InvokeScratch>>,
}

#[derive(Debug, Default)]
enum Body {
    #[default]
    Json,
    Payload,
    Document(Arc<Document>),
}

/// What a [`Reply`] holds.
#[derive(Debug, Clone, Copy)]
pub enum ReplyBody<'r> {
    /// JSON text.
    Json(&'r [u8]),
    /// The request's payload.
    Payload,
    /// A shared document.
    Document(&'r Arc<Document>),
}

impl Reply {
    /// Empties the reply; the buffer keeps its memory unless one large reply made it huge.
    pub fn reset(&mut self) {
        const KEPT_BYTES_MAX: usize = 1 << 20;
        self.body = Body::Json;
        self.json.clear();
        self.json.shrink_to(KEPT_BYTES_MAX);
    }

    /// The buffer to write one JSON value to.
    pub fn json(&mut self) -> &mut Vec<u8> {
        self.body = Body::Json;
        &mut self.json
    }

    /// Answers with the request's payload.
    pub fn payload(&mut self) {
        self.body = Body::Payload;
    }

    /// Answers with a document that was parsed before.
    pub fn document(&mut self, document: Arc<Document>) {
        self.body = Body::Document(document);
    }

    /// What the handler answered.
    pub fn body(&self) -> ReplyBody<'_> {
        match &self.body {
            Body::Json if self.json.is_empty() => ReplyBody::Json(b"null"),
            Body::Json => ReplyBody::Json(&self.json),
            Body::Payload => ReplyBody::Payload,
            Body::Document(document) => ReplyBody::Document(document),
        }
    }
}

/// Why a task failed: what `Retry` and `Catch` match on, and the text beside it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}{}", cause.as_ref().map_or(String::new(), |cause| format!(": {cause}")))]
pub struct TaskError {
    /// The error name (ASL spec, "Error Representation"); empty if whoever failed the task gave none.
    pub error: String,
    /// The cause, if there is one.
    pub cause: Option<String>,
}

impl TaskError {
    /// An error with its cause.
    pub fn new(error: impl Into<String>, cause: impl Into<String>) -> Self {
        Self { error: error.into(), cause: Some(cause.into()) }
    }

    /// `States.Timeout` as the execution itself reports it: the task has not answered, or not shown life, in time.
    pub fn timed_out() -> Self {
        Self { error: TIMEOUT.to_owned(), cause: None }
    }

    /// Whether it is [`timed_out`](Self::timed_out).
    pub(crate) fn is_timed_out(&self) -> bool {
        self.error == TIMEOUT && self.cause.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_left_alone_is_null_and_reset_forgets_the_last_one() {
        let mut reply = Reply::default();
        assert!(matches!(reply.body(), ReplyBody::Json(b"null")));
        reply.json().extend_from_slice(b"[1]");
        assert!(matches!(reply.body(), ReplyBody::Json(b"[1]")));
        reply.payload();
        assert!(matches!(reply.body(), ReplyBody::Payload));
        reply.reset();
        assert!(matches!(reply.body(), ReplyBody::Json(b"null")));
    }
}
