//! A worker's counts: plain numbers of its own, published now and then.

use std::sync::Arc;
use std::time::Duration;

use super::duration::Durations;
use super::execution::{EndStatus, ExecutionMetrics};
use crate::vm::Counters;

/// How old published counts may be; a worker inside a handler or an execution publishes when it comes back.
pub const PUBLISH_INTERVAL: Duration = Duration::from_millis(100);

/// Of so many executions one is timed, if it does not suspend.
const SAMPLE_EVERY: u64 = 1024;

/// What one worker counts of the executions of one state machine.
///
/// An execution is started, may be suspended and resumed, and ends, in the counts of one worker or of several:
/// only the sums over all workers mean something.
#[derive(Debug)]
pub struct WorkerMetrics {
    counts: Counts,
    /// What of `counts` has been published.
    published: Counts,
    published_at: Duration,
    sampled: Durations,
    suspended: Durations,
    metrics: Option<Arc<ExecutionMetrics>>,
}

/// Counts since the worker began.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    started: u64,
    ended: [u64; EndStatus::ALL.len()],
    parked: i64,
}

impl Counts {
    fn in_flight(&self) -> i64 {
        self.started.wrapping_sub(self.ended.iter().sum()) as i64
    }
}

impl WorkerMetrics {
    /// Counts that are published in `metrics`; without, never.
    pub fn new(metrics: Option<Arc<ExecutionMetrics>>) -> Self {
        Self {
            counts: Counts::default(),
            published: Counts::default(),
            published_at: Duration::ZERO,
            sampled: Durations::default(),
            suspended: Durations::default(),
            metrics,
        }
    }

    /// An execution has started; whether to take the time until it ends or suspends.
    #[inline]
    pub fn execution_started(&mut self) -> bool {
        self.counts.started += 1;
        self.counts.started % SAMPLE_EVERY == 1
    }

    /// The execution that was started last is none: its input is not JSON.
    pub fn execution_refused(&mut self) {
        self.counts.started -= 1;
    }

    /// An execution has ended.
    #[inline]
    pub fn execution_ended(&mut self, status: EndStatus) {
        self.counts.ended[status as usize] += 1;
    }

    /// An execution waits, and occupies no worker.
    pub fn execution_parked(&mut self) {
        self.counts.parked += 1;
    }

    /// An execution that waited goes on.
    pub fn execution_resumed(&mut self) {
        self.counts.parked -= 1;
    }

    /// How long an execution took that was to be timed and was never suspended.
    pub fn add_sampled_duration(&mut self, duration: Duration) {
        self.sampled.add(duration);
    }

    /// How long an execution took that was suspended at least once.
    pub fn add_suspended_duration(&mut self, duration: Duration) {
        self.suspended.add(duration);
    }

    /// Publishes if the last time was [`PUBLISH_INTERVAL`] ago. `now` counts from any moment, always the same.
    #[inline]
    pub fn publish_if_due(&mut self, now: Duration, states: &mut Counters) {
        if now.saturating_sub(self.published_at) >= PUBLISH_INTERVAL {
            self.published_at = now;
            self.publish(states);
        }
    }

    /// Goes on with another program of the same state machine, whose states have handles of their own.
    pub fn switch(&mut self, metrics: Option<Arc<ExecutionMetrics>>, states: &mut Counters) {
        self.publish(states);
        self.metrics = metrics;
    }

    /// Adds all that was counted since the last time; `states` are the VM's.
    ///
    /// To be called before the worker waits or changes programs, and when it ends.
    pub fn publish(&mut self, states: &mut Counters) {
        let Some(metrics) = &self.metrics else { return };
        states.drain(|state, counts| metrics.add_state(state, counts));
        self.publish_own();
    }

    fn publish_own(&mut self) {
        let Some(metrics) = &self.metrics else { return };
        let (now, before) = (self.counts, self.published);
        metrics.started.increment(now.started - before.started);
        for (counter, (now, before)) in metrics.ended.iter().zip(now.ended.iter().zip(before.ended)) {
            counter.increment(now - before);
        }
        metrics.in_flight.increment((now.in_flight() - before.in_flight()) as f64);
        metrics.parked.increment((now.parked - before.parked) as f64);
        self.sampled.publish(&metrics.duration_sampled);
        self.suspended.publish(&metrics.duration_suspended);
        self.published = now;
    }
}

/// With the worker go the executions that it left unfinished: a run that was stopped has none in flight.
impl Drop for WorkerMetrics {
    fn drop(&mut self) {
        self.publish_own();
        if let Some(metrics) = &self.metrics {
            metrics.in_flight.decrement(self.counts.in_flight() as f64);
            metrics.parked.decrement(self.counts.parked as f64);
        }
    }
}
