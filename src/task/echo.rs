//! The handler that repeats what it is given.

use super::{FixedReply, Reply, TaskError, TaskHandler, TaskRequest};

/// Answers every request with its own payload.
#[derive(Debug, Clone, Copy, Default)]
pub struct Echo;

impl TaskHandler for Echo {
    fn call(&self, _request: &TaskRequest<'_>, reply: &mut Reply) -> Result<(), TaskError> {
        reply.payload();
        Ok(())
    }

    fn fixed_reply(&self) -> Option<FixedReply> {
        Some(FixedReply::Payload)
    }
}
