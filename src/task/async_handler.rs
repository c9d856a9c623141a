//! Handlers that answer later.

use std::future::Future;
use std::pin::Pin;

use super::{IntoReply, Reply, TaskCall, TaskError};

/// What an asynchronous handler returns: the answer, once it is there.
pub type TaskFuture = Pin<Box<dyn Future<Output = Result<Reply, TaskError>> + Send>>;

/// Answers a Task state later; the execution waits off its worker meanwhile and costs no thread.
///
/// Closures `Fn(TaskCall) -> impl Future<Output = Result<T, TaskError>>` are such handlers, with `T` as for
/// [`TaskHandler`](super::TaskHandler). The future runs on a tokio runtime: the executor's own, or the one that
/// its builder was given. It must not block its thread.
///
/// Nothing of an execution outlives it: the future is dropped where it stands when `TimeoutSeconds` is over, when
/// another branch fails, and when the execution's own time is up; and what comes next (Retry, Catch, the end)
/// comes after that. A future that panics fails its execution with `States.Runtime`.
pub trait AsyncTaskHandler: Send + Sync {
    /// Begins to answer one request.
    fn call(&self, call: TaskCall) -> TaskFuture;
}

impl<F, R, T> AsyncTaskHandler for F
where
    F: Fn(TaskCall) -> R + Send + Sync,
    R: Future<Output = Result<T, TaskError>> + Send + 'static,
    T: IntoReply,
{
    fn call(&self, call: TaskCall) -> TaskFuture {
        let answer = self(call);
        Box::pin(async move {
            let mut reply = Reply::default();
            answer.await?.into_reply(&mut reply);
            Ok(reply)
        })
    }
}
