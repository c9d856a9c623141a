//! Handlers that answer at once, where one that answers later is wanted.

use std::sync::Arc;

use super::{AsyncTaskHandler, Reply, ReplyBody, TaskCall, TaskFuture, TaskHandler};

/// A handler that answers at once, where one that answers later is wanted.
pub(super) struct Immediate(pub(super) Arc<dyn TaskHandler>);

impl AsyncTaskHandler for Immediate {
    fn call(&self, call: TaskCall) -> TaskFuture {
        let mut reply = Reply::default();
        let answered = self.0.call(&call.as_request(), &mut reply);
        Box::pin(async move {
            answered?;
            if matches!(reply.body(), ReplyBody::Payload) {
                *reply.json() = call.into_payload();
            }
            Ok(reply)
        })
    }
}
