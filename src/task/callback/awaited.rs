//! A handler behind which a callback is waited for.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use super::callbacks::Callbacks;
use super::waiting::poll_some;
use crate::task::registry::Handler;
use crate::task::{AsyncTaskHandler, Reply, TaskCall, TaskError, TaskFuture};

/// Asks a handler, and takes as its answer what comes back with the task token.
pub(in crate::task) struct Awaited {
    handler: Handler,
    callbacks: Callbacks,
    /// Whether the handler's own answer will do too: that of a job does (`.sync`).
    takes_answer: bool,
}

impl Awaited {
    pub(in crate::task) fn new(handler: Handler, callbacks: Callbacks, takes_answer: bool) -> Self {
        Self { handler, callbacks, takes_answer }
    }
}

impl AsyncTaskHandler for Awaited {
    fn call(&self, call: TaskCall) -> TaskFuture {
        // In the table before the handler is asked: the callback may be faster than its answer.
        let registration = match self.callbacks.register(&call) {
            Ok(registration) => registration,
            Err(error) => return Box::pin(async { Err(error) }),
        };
        let (heartbeat, takes_answer) = (call.heartbeat(), self.takes_answer);
        let mut asked = Some(self.handler.start(call));
        Box::pin(async move {
            let mut outcome = pin!(registration.outcome(heartbeat));
            let mut early: Option<Result<Reply, TaskError>> = None;
            poll_fn(|context| {
                if let Poll::Ready(answer) = poll_some(&mut asked, context) {
                    asked = None;
                    if early.is_none() && (takes_answer || answer.is_err()) {
                        early = Some(registration.close().unwrap_or(answer));
                    }
                }
                if early.is_none()
                    && let Poll::Ready(result) = outcome.as_mut().poll(context)
                {
                    early = Some(result);
                }
                // A handler that was asked is let finish, unless its answer would have been the task's.
                let is_over = early.is_some() && (takes_answer || asked.is_none());
                if is_over { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
            early.unwrap_or_else(|| Err(TaskError::timed_out()))
        })
    }
}
