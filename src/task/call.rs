//! A request that outlives the step that made it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::TaskRequest;
use crate::bytecode::{Program, TaskId};
use crate::value::timestamp::Timestamp;

/// One invocation of a task, owned: what an asynchronous handler gets.
#[derive(Clone)]
pub struct TaskCall {
    program: Arc<Program>,
    task: TaskId,
    function_name: Option<Box<str>>,
    payload: Vec<u8>,
    retry_count: u32,
    context: CallContext,
}

/// What a call says of the execution that it belongs to.
#[derive(Clone, Default)]
pub(crate) struct CallContext {
    /// What a callback answers the task with; only where the state waits for one.
    pub(crate) token: Option<Box<str>>,
    /// How long the task may go without a sign of life.
    pub(crate) heartbeat: Option<Duration>,
    /// The time, as the execution sees it.
    pub(crate) now: Timestamp,
    /// Where the randomness of whatever the call starts comes from: every attempt has its own.
    pub(crate) seed: u64,
    /// How many executions started one another before this one.
    pub(crate) nesting_depth: u32,
}

impl TaskCall {
    pub(crate) fn new(program: Arc<Program>, task: TaskId, payload: Vec<u8>, retry_count: u32) -> Self {
        Self { program, task, function_name: None, payload, retry_count, context: CallContext::default() }
    }

    /// The same call, in an execution.
    #[must_use]
    pub(crate) fn within(self, context: CallContext) -> Self {
        Self { context, ..self }
    }

    pub(crate) fn context(&self) -> &CallContext {
        &self.context
    }

    /// The task token, if the state waits for a job, a callback or an activity's worker: `$$.Task.Token`.
    pub fn task_token(&self) -> Option<&str> {
        self.context.token.as_deref()
    }

    /// `HeartbeatSeconds`, if the state has them.
    pub fn heartbeat(&self) -> Option<Duration> {
        self.context.heartbeat
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
