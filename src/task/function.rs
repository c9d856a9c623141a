//! Rust closures as handlers.

use std::sync::Arc;

use super::{Reply, TaskError, TaskHandler, TaskRequest};
use crate::json::Document;

/// What a closure may answer with.
pub trait IntoReply {
    /// Fills the reply.
    fn into_reply(self, reply: &mut Reply);
}

impl IntoReply for Vec<u8> {
    fn into_reply(mut self, reply: &mut Reply) {
        std::mem::swap(reply.json(), &mut self);
    }
}

impl IntoReply for String {
    fn into_reply(self, reply: &mut Reply) {
        self.into_bytes().into_reply(reply);
    }
}

impl IntoReply for &str {
    fn into_reply(self, reply: &mut Reply) {
        reply.json().extend_from_slice(self.as_bytes());
    }
}

impl IntoReply for Arc<Document> {
    fn into_reply(self, reply: &mut Reply) {
        reply.document(self);
    }
}

impl<F, T> TaskHandler for F
where
    F: Fn(&TaskRequest<'_>) -> Result<T, TaskError> + Send + Sync,
    T: IntoReply,
{
    fn call(&self, request: &TaskRequest<'_>, reply: &mut Reply) -> Result<(), TaskError> {
        self(request)?.into_reply(reply);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::ReplyBody;

    #[test]
    fn closures_answer_with_text_bytes_or_a_document() {
        let request = TaskRequest::new("r", "s", b"{}");
        let mut reply = Reply::default();
        let check = |handler: &dyn TaskHandler, reply: &mut Reply, expected: &[u8]| {
            reply.reset();
            handler.call(&request, reply).expect("the closure succeeds");
            let got = match reply.body() {
                ReplyBody::Json(json) => json.to_vec(),
                ReplyBody::Document(document) => document.doc().bytes().to_vec(),
                ReplyBody::Payload => request.payload.to_vec(),
            };
            assert_eq!(got, expected);
        };
        let document = Arc::new(Document::parse(*b"[2]", 8).unwrap());
        check(&|r: &TaskRequest<'_>| Ok(format!("{:?}", r.state)), &mut reply, b"\"s\"");
        check(&|r: &TaskRequest<'_>| Ok(r.payload.to_vec()), &mut reply, b"{}");
        check(&|_: &TaskRequest<'_>| Ok("1"), &mut reply, b"1");
        check(&move |_: &TaskRequest<'_>| Ok(Arc::clone(&document)), &mut reply, b"[2]");
    }
}
