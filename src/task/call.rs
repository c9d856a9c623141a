//! A request that outlives the step that made it.

use std::fmt;
use std::sync::Arc;

use super::TaskRequest;
use crate::bytecode::{Program, TaskId};

/// One invocation of a task, owned: what an asynchronous handler gets.
#[derive(Clone)]
pub struct TaskCall {
    program: Arc<Program>,
    task: TaskId,
    function_name: Option<Box<str>>,
    payload: Vec<u8>,
    retry_count: u32,
}

impl TaskCall {
    pub(crate) fn new(program: Arc<Program>, task: TaskId, payload: Vec<u8>, retry_count: u32) -> Self {
        Self { program, task, function_name: None, payload, retry_count }
    }

    /// The state's `Resource`.
    pub fn resource(&self) -> &str {
        &self.program.task(self.task).resource
    }

    /// The name of the state.
    pub fn state(&self) -> &str {
        &self.program.task(self.task).state
    }

    /// The Lambda function that the request is for, as the definition or the request names it.
    pub fn function_name(&self) -> Option<&str> {
        self.function_name.as_deref()
    }

    /// The effective input as minified JSON; for `lambda:invoke` its `Payload`.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The payload, taken out.
    pub fn into_payload(self) -> Vec<u8> {
        self.payload
    }

    /// How often the state has been retried: 0 at the first attempt.
    pub fn retry_count(&self) -> u32 {
        self.retry_count
    }

    /// The same, borrowed, as synchronous handlers get it.
    pub fn as_request(&self) -> TaskRequest<'_> {
        TaskRequest {
            resource: self.resource(),
            function_name: self.function_name(),
            state: self.state(),
            payload: &self.payload,
            retry_count: self.retry_count,
        }
    }

    /// The same request for another payload and function.
    #[must_use]
    pub(super) fn for_function(self, function_name: Option<&str>, payload: Vec<u8>) -> Self {
        Self { function_name: function_name.map(Into::into), payload, ..self }
    }
}

impl fmt::Debug for TaskCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_request().fmt(f)
    }
}
