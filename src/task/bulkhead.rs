//! Bounds around a handler: what one Resource may take of the process and of what answers it.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, Semaphore};
use tokio::time::{Instant, sleep_until, timeout};

use super::{AsyncTaskHandler, Reply, Resource, TaskCall, TaskError, TaskFuture};

/// The bounds of a [`Bulkhead`]; none unless set.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct BulkheadOptions {
    /// Requests that the handler has at once; others wait for their turn.
    pub concurrency_max: Option<NonZeroUsize>,
    /// Requests that it gets in a second, evenly spaced.
    pub rate_per_second: Option<NonZeroUsize>,
    /// How long it may take for one, from when it gets it. Then the request fails with `States.Timeout`.
    pub timeout: Option<Duration>,
    /// Requests that may wait for their turn. One more fails at once, with `Lambda.TooManyRequestsException` if it is
    /// for a Lambda function and `Aslx.TooManyRequests` otherwise.
    pub queue_max: Option<usize>,
}

/// A handler with bounds around it, which all executions share.
///
/// ```
/// use aslx::task::{Bulkhead, BulkheadOptions, TaskCall, TaskRegistry};
///
/// let mut bounds = BulkheadOptions::default();
/// bounds.rate_per_second = std::num::NonZeroUsize::new(50);
/// let mut tasks = TaskRegistry::new();
/// tasks.handle_async("*:function:Price", Bulkhead::new(bounds, |_: TaskCall| async { Ok("12.5") }));
/// ```
pub struct Bulkhead {
    shared: Arc<Shared>,
}

struct Shared {
    handler: Arc<dyn AsyncTaskHandler>,
    options: BulkheadOptions,
    places: Option<Semaphore>,
    rate: Option<RateLimit>,
    waiting: AtomicUsize,
}

impl Bulkhead {
    /// Bounds around `handler`.
    pub fn new(options: BulkheadOptions, handler: impl AsyncTaskHandler + 'static) -> Self {
        Self::shared(options, Arc::new(handler))
    }

    pub(super) fn shared(options: BulkheadOptions, handler: Arc<dyn AsyncTaskHandler>) -> Self {
        let places = options.concurrency_max.map(|max| Semaphore::new(max.get().min(Semaphore::MAX_PERMITS)));
        let rate = options.rate_per_second.map(RateLimit::new);
        let shared = Shared { handler, options, places, rate, waiting: AtomicUsize::new(0) };
        Self { shared: Arc::new(shared) }
    }
}

impl AsyncTaskHandler for Bulkhead {
    fn call(&self, call: TaskCall) -> TaskFuture {
        let shared = Arc::clone(&self.shared);
        Box::pin(async move { shared.answer(call).await })
    }
}

impl Shared {
    async fn answer(&self, call: TaskCall) -> Result<Reply, TaskError> {
        let mut wait = Wait { shared: self, is_counted: false };
        let _place = match &self.places {
            None => None,
            Some(places) => Some(if let Ok(place) = places.try_acquire() {
                place
            } else {
                wait.begin(&call)?;
                places.acquire().await.map_err(|error| {
                    TaskError::new("States.Runtime", format!("the bulkhead is closed: {error}"))
                })?
            }),
        };
        if let Some(rate) = &self.rate
            && !rate.try_pass()
        {
            wait.begin(&call)?;
            rate.pass().await;
        }
        drop(wait);
        let Some(time) = self.options.timeout else { return self.handler.call(call).await };
        timeout(time, self.handler.call(call)).await.unwrap_or_else(|_| {
            let cause = format!("the handler did not answer within {} s", time.as_secs_f64());
            Err(TaskError::new("States.Timeout", cause))
        })
    }
}

/// A request that waits, or could do so; it is counted as long as it does.
struct Wait<'s> {
    shared: &'s Shared,
    is_counted: bool,
}

impl Wait<'_> {
    /// Counts it, if there may be one more.
    fn begin(&mut self, call: &TaskCall) -> Result<(), TaskError> {
        if self.is_counted {
            return Ok(());
        }
        let max = self.shared.options.queue_max.unwrap_or(usize::MAX);
        let add = |waiting| (waiting < max).then_some(waiting + 1);
        if self.shared.waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add).is_err() {
            return Err(too_many(call, max));
        }
        self.is_counted = true;
        Ok(())
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        if self.is_counted {
            self.shared.waiting.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// The error that definitions retry already, where AWS has one.
fn too_many(call: &TaskCall, queue_max: usize) -> TaskError {
    let resource = Resource::parse(call.resource());
    let is_function = resource.is_lambda_invoke() || matches!(resource, Resource::Function { .. });
    let error = if is_function { "Lambda.TooManyRequestsException" } else { "Aslx.TooManyRequests" };
    TaskError::new(error, format!("Rate exceeded: {queue_max} requests wait for their turn already"))
}

/// Spaces requests evenly.
struct RateLimit {
    /// When the next one may pass. Whoever waits holds the lock, so that all pass in their order.
    next: Mutex<Option<Instant>>,
    interval: Duration,
}

impl RateLimit {
    /// What may be caught up after a pause, or after a timer that fired late.
    const SLACK: Duration = Duration::from_millis(10);

    fn new(rate_per_second: NonZeroUsize) -> Self {
        let interval = Duration::from_secs_f64(1.0 / rate_per_second.get() as f64);
        Self { next: Mutex::default(), interval }
    }

    /// Whether it may pass at once, with nobody ahead; then it has.
    fn try_pass(&self) -> bool {
        self.next.try_lock().is_ok_and(|mut next| self.wait_until(&mut next).is_none())
    }

    /// Passes when its turn comes. Nothing is taken if this is dropped before.
    async fn pass(&self) {
        let mut next = self.next.lock().await;
        while let Some(until) = self.wait_until(&mut next) {
            sleep_until(until).await;
        }
    }

    /// Passes, or says when that may be.
    fn wait_until(&self, next: &mut Option<Instant>) -> Option<Instant> {
        let now = Instant::now();
        let earliest = now.checked_sub(Self::SLACK).unwrap_or(now);
        let due = next.map_or(now, |next| next.max(earliest));
        if due > now {
            return Some(due);
        }
        *next = Some(due + self.interval);
        None
    }
}

impl fmt::Debug for Bulkhead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bulkhead").field("options", &self.shared.options).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytecode::TaskId;
    use crate::compiler::{CompileOptions, compile};
    use crate::task::immediate::Immediate;
    use crate::task::{Echo, ReplyBody};

    fn call(resource: &str) -> TaskCall {
        let definition = format!(
            r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{resource}","Parameters":{{"FunctionName":"F"}},"End":true}}}}}}"#
        );
        let program = compile(&definition, &CompileOptions::default()).expect("a valid definition");
        TaskCall::new(Arc::new(program), TaskId(0), b"1".to_vec(), 0)
    }

    const INVOKE: &str = "arn:aws:states:::lambda:invoke";

    /// A handler that answers after a second with how many it had at once.
    fn slow(at_once: &Arc<AtomicUsize>) -> impl AsyncTaskHandler + use<> {
        let at_once = Arc::clone(at_once);
        move |_: TaskCall| {
            let at_once = Arc::clone(&at_once);
            async move {
                let count = at_once.fetch_add(1, Ordering::SeqCst) + 1;
                tokio::time::sleep(Duration::from_secs(1)).await;
                at_once.fetch_sub(1, Ordering::SeqCst);
                Ok(count.to_string())
            }
        }
    }

    fn text(answer: &Result<Reply, TaskError>) -> String {
        match answer.as_ref().map(Reply::body) {
            Ok(ReplyBody::Json(json)) => String::from_utf8_lossy(json).into_owned(),
            Ok(_) => "(other)".to_owned(),
            Err(error) => error.error.clone(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_the_bound_run_at_once_and_no_more_wait() {
        let at_once = Arc::new(AtomicUsize::new(0));
        let options = BulkheadOptions {
            concurrency_max: NonZeroUsize::new(2),
            queue_max: Some(3),
            ..BulkheadOptions::default()
        };
        let bulkhead = Bulkhead::new(options, slow(&at_once));
        let calls: Vec<_> = (0..7).map(|_| tokio::spawn(bulkhead.call(call(INVOKE)))).collect();
        let begun = Instant::now();
        let mut answers = Vec::new();
        for call in calls {
            answers.push(text(&call.await.expect("no panic")));
        }
        let refused = |answer: &&String| *answer == "Lambda.TooManyRequestsException";
        assert_eq!(answers.iter().filter(refused).count(), 2, "{answers:?}");
        assert_eq!(answers.iter().filter(|answer| ["1", "2"].contains(&answer.as_str())).count(), 5);
        assert_eq!(begun.elapsed(), Duration::from_secs(3));
        // All places are back: what was refused holds none.
        assert_eq!(text(&bulkhead.call(call("arn:x")).await), "1");
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_leaves_the_queue_makes_room_in_it() {
        let at_once = Arc::new(AtomicUsize::new(0));
        let options = BulkheadOptions {
            concurrency_max: NonZeroUsize::new(1),
            queue_max: Some(1),
            ..BulkheadOptions::default()
        };
        let bulkhead = Bulkhead::new(options, slow(&at_once));
        let running = tokio::spawn(bulkhead.call(call("arn:x")));
        let waits = tokio::spawn(bulkhead.call(call("arn:x")));
        tokio::task::yield_now().await;
        assert_eq!(text(&bulkhead.call(call("arn:x")).await), "Aslx.TooManyRequests");
        waits.abort();
        drop(waits.await);
        let next = tokio::spawn(bulkhead.call(call("arn:x")));
        assert_eq!(text(&running.await.expect("no panic")), "1");
        assert_eq!(text(&next.await.expect("no panic")), "1");
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_is_kept_on_average_and_in_order() {
        let options =
            BulkheadOptions { rate_per_second: NonZeroUsize::new(500), ..BulkheadOptions::default() };
        let bulkhead = Bulkhead::shared(options, Arc::new(Immediate(Arc::new(Echo))));
        let begun = Instant::now();
        let calls: Vec<_> = (0..1001)
            .map(|_| {
                let answer = bulkhead.call(call("arn:x"));
                tokio::spawn(async move {
                    assert_eq!(text(&answer.await), "1");
                    Instant::now()
                })
            })
            .collect();
        let mut times = Vec::new();
        for call in calls {
            times.push(call.await.expect("no panic"));
        }
        assert!(times.is_sorted());
        let elapsed = begun.elapsed().as_millis();
        assert!((1990..=2002).contains(&elapsed), "{elapsed} ms");
    }

    #[tokio::test(start_paused = true)]
    async fn a_handler_that_is_late_is_dropped() {
        let at_once = Arc::new(AtomicUsize::new(0));
        let timeout = Some(Duration::from_millis(500));
        let bulkhead =
            Bulkhead::new(BulkheadOptions { timeout, ..BulkheadOptions::default() }, slow(&at_once));
        let error = bulkhead.call(call("arn:x")).await.expect_err("it takes a second");
        assert_eq!(error, TaskError::new("States.Timeout", "the handler did not answer within 0.5 s"));
    }
}
