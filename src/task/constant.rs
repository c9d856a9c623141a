//! The handler that always answers the same.

use std::sync::Arc;

use super::{FixedReply, Reply, TaskError, TaskHandler, TaskRequest};
use crate::json::{Document, ParseError};

/// Answers every request with one document, parsed once.
#[derive(Debug, Clone)]
pub struct Constant {
    document: Arc<Document>,
}

impl Constant {
    /// A handler for this JSON text.
    pub fn new(json: impl Into<Box<[u8]>>, nesting_depth_max: u32) -> Result<Self, ParseError> {
        Ok(Self { document: Arc::new(Document::parse(json, nesting_depth_max)?) })
    }
}

impl TaskHandler for Constant {
    fn call(&self, _request: &TaskRequest<'_>, reply: &mut Reply) -> Result<(), TaskError> {
        reply.document(Arc::clone(&self.document));
        Ok(())
    }

    fn fixed_reply(&self) -> Option<FixedReply> {
        Some(FixedReply::Document(Arc::clone(&self.document)))
    }
}
