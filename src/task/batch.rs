//! Handlers that answer many requests at once: micro-batching by count and time.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use super::{AsyncTaskHandler, IntoReply, Reply, TaskCall, TaskError, TaskFuture, TaskRequest};

/// When a batch is full, and how long one that is not waits for more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BatchOptions {
    /// Requests in a batch at most.
    pub count_max: usize,
    /// How long the first request of a batch waits for others at most.
    pub wait_max: Duration,
}

impl BatchOptions {
    /// Both bounds; a batch has one request at least.
    pub fn new(count_max: usize, wait_max: Duration) -> Self {
        Self { count_max: count_max.max(1), wait_max }
    }
}

/// Answers many requests of Task states at once, on a thread where it may block.
///
/// Closures `Fn(&[TaskRequest<'_>]) -> Vec<Result<T, TaskError>>` are such handlers, with `T` as for
/// [`TaskHandler`](super::TaskHandler).
pub trait BatchTaskHandler: Send + Sync {
    /// Answers the requests: one answer each, in their order.
    fn call(&self, requests: &[TaskRequest<'_>]) -> Vec<Result<Reply, TaskError>>;
}

impl<F, T> BatchTaskHandler for F
where
    F: Fn(&[TaskRequest<'_>]) -> Vec<Result<T, TaskError>> + Send + Sync,
    T: IntoReply,
{
    fn call(&self, requests: &[TaskRequest<'_>]) -> Vec<Result<Reply, TaskError>> {
        let into_reply = |answer: T| {
            let mut reply = Reply::default();
            answer.into_reply(&mut reply);
            reply
        };
        self(requests).into_iter().map(|answer| answer.map(into_reply)).collect()
    }
}

/// Collects requests of all executions into batches for a [`BatchTaskHandler`].
///
/// A batch is handed over when it is full, or when its first request has waited long enough. Requests whose
/// execution has ended meanwhile are left out; once handed over, a batch is answered as a whole.
pub struct Batched {
    shared: Arc<Shared>,
}

struct Shared {
    handler: Box<dyn BatchTaskHandler>,
    options: BatchOptions,
    open: Mutex<Open>,
}

/// The batch that is being collected.
#[derive(Default)]
struct Open {
    /// Which one: the timer of an earlier batch finds another number.
    number: u64,
    members: Vec<Member>,
}

struct Member {
    call: TaskCall,
    answer: oneshot::Sender<Result<Reply, TaskError>>,
}

impl Batched {
    /// Batches for a handler.
    pub fn new(options: BatchOptions, handler: impl BatchTaskHandler + 'static) -> Self {
        let open = Mutex::default();
        Self { shared: Arc::new(Shared { handler: Box::new(handler), options, open }) }
    }
}

impl AsyncTaskHandler for Batched {
    fn call(&self, call: TaskCall) -> TaskFuture {
        let shared = Arc::clone(&self.shared);
        Box::pin(async move {
            let (answer, answered) = oneshot::channel();
            shared.join(Member { call, answer });
            let lost = |_| Err(TaskError::new("States.Runtime", "the batch handler panicked"));
            answered.await.unwrap_or_else(lost)
        })
    }
}

impl Shared {
    /// Adds a request to the open batch, and closes it if it is full then.
    fn join(self: &Arc<Self>, member: Member) {
        let mut open = self.lock();
        open.members.push(member);
        if open.members.len() >= self.options.count_max {
            self.close(open);
        } else if open.members.len() == 1 {
            let (shared, number) = (Arc::clone(self), open.number);
            tokio::spawn(async move {
                tokio::time::sleep(shared.options.wait_max).await;
                let open = shared.lock();
                if open.number == number {
                    shared.close(open);
                }
            });
        }
    }

    fn close(self: &Arc<Self>, mut open: MutexGuard<'_, Open>) {
        let Open { number, members } = std::mem::take(&mut *open);
        open.number = number + 1;
        drop(open);
        let shared = Arc::clone(self);
        tokio::task::spawn_blocking(move || shared.answer(members));
    }

    fn answer(&self, mut members: Vec<Member>) {
        members.retain(|member| !member.answer.is_closed());
        if members.is_empty() {
            return;
        }
        let requests: Vec<_> = members.iter().map(|member| member.call.as_request()).collect();
        let answers = self.handler.call(&requests);
        let (given, expected) = (answers.len(), requests.len());
        let mut answers = answers.into_iter();
        for member in members {
            let answer = if given == expected { answers.next() } else { None };
            let miscounted = || {
                let cause = format!("the batch handler gave {given} answers to {expected} requests");
                Err(TaskError::new("States.Runtime", cause))
            };
            // Whoever does not wait any more needs no answer.
            let _ = member.answer.send(answer.unwrap_or_else(miscounted));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Batched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batched").field("options", &self.shared.options).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytecode::TaskId;
    use crate::task::ReplyBody;

    fn call(payload: &str) -> TaskCall {
        let definition = r#"{"StartAt":"T","States":{"T":{"Type":"Task","Resource":"r:a:b","End":true}}}"#;
        let program =
            crate::compiler::compile(definition, &crate::compiler::CompileOptions::default()).expect("valid");
        TaskCall::new(Arc::new(program), TaskId(0), payload.into(), 0)
    }

    /// Answers each request with the size of its batch and its own payload.
    fn sizes(requests: &[TaskRequest<'_>]) -> Vec<Result<String, TaskError>> {
        let size = requests.len();
        let answer = |request: &TaskRequest<'_>| match request.payload {
            b"0" => Err(TaskError::new("Zero", "refused")),
            payload => Ok(format!("[{size},{}]", String::from_utf8_lossy(payload))),
        };
        requests.iter().map(answer).collect()
    }

    fn text(answer: &Result<Reply, TaskError>) -> String {
        match answer.as_ref().map(Reply::body) {
            Ok(ReplyBody::Json(json)) => String::from_utf8_lossy(json).into_owned(),
            Ok(_) => "(other)".to_owned(),
            Err(error) => error.error.clone(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn batches_are_bounded_by_count_and_by_time() {
        let options = BatchOptions::new(3, Duration::from_millis(5));
        let handler = Batched::new(options, sizes);
        let calls: Vec<_> =
            ["1", "0", "3", "4"].map(|payload| tokio::spawn(handler.call(call(payload)))).into();
        let mut answers = Vec::new();
        for call in calls {
            answers.push(text(&call.await.expect("no panic")));
        }
        assert_eq!(answers, ["[3,1]", "Zero", "[3,3]", "[1,4]"]);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_left_is_left_out_and_a_wrong_count_fails_all() {
        let options = BatchOptions::new(3, Duration::from_millis(5));
        let handler = Batched::new(options, sizes);
        let gone = tokio::spawn(handler.call(call("1")));
        let stays = tokio::spawn(handler.call(call("2")));
        tokio::task::yield_now().await;
        gone.abort();
        assert_eq!(text(&stays.await.expect("no panic")), "[1,2]");

        let short = |_: &[TaskRequest<'_>]| vec![Ok("1")];
        let handler = Batched::new(BatchOptions::new(2, Duration::ZERO), short);
        let [first, second] = ["1", "2"].map(|payload| tokio::spawn(handler.call(call(payload))));
        for answer in [first, second] {
            assert_eq!(text(&answer.await.expect("no panic")), "States.Runtime");
        }
    }
}
