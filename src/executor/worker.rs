//! A worker's executions: the one that runs, and those of its own that wait.

use std::sync::Arc;
use std::time::Duration;

use super::clock::SystemClock;
use super::engine::{Ended, Engine, Suspended};
use super::setup::Setup;
use super::slab::{Slab, SlotKey};
use super::sleeps::millis_ceil;
use super::timer::TimerWheel;
use crate::telemetry::{EndStatus, WorkerMetrics};
use crate::value::timestamp::Timestamp;

/// Runs executions and keeps those that wait, each with a `T` that says where its result belongs.
#[derive(Debug)]
pub(crate) struct Worker<T> {
    engine: Engine,
    suspended: Slab<Waiting<T>>,
    timers: TimerWheel<SlotKey>,
    /// Executions whose time has come, in order; empty but while they are resumed.
    due: Vec<SlotKey>,
    metrics: WorkerMetrics,
    /// For metrics alone: what executions see is the setup's.
    clock: SystemClock,
}

#[derive(Debug)]
struct Waiting<T> {
    suspended: Suspended,
    belongs: T,
}

/// A suspended execution that has ended.
#[derive(Debug)]
pub(crate) struct Resumed<'r, T> {
    /// Where its result belongs.
    pub(crate) belongs: T,
    /// How it ended.
    pub(crate) ended: Ended,
    /// Its output, if it succeeded.
    pub(crate) output: &'r [u8],
    /// Its input, if it failed.
    pub(crate) input: &'r [u8],
}

impl<T> Worker<T> {
    pub(crate) fn new(setup: Arc<Setup>) -> Self {
        let timers = TimerWheel::new(wheel_ms(setup.time.now()));
        Self {
            metrics: WorkerMetrics::new(setup.metrics.clone()),
            engine: Engine::new(setup),
            suspended: Slab::new(),
            timers,
            due: Vec::new(),
            clock: SystemClock::new(),
        }
    }

    /// Runs the execution of `input` until it ends or has to wait; the output is appended to `out`.
    #[inline]
    pub(crate) fn start(&mut self, input: &[u8], seed: u64, now: Timestamp, out: &mut Vec<u8>) -> Ended {
        let timed_from = self.metrics.execution_started().then(|| self.clock.elapsed());
        let ended = self.engine.start(input, seed, now, out);
        match &ended {
            Ended::Succeeded => self.metrics.execution_ended(EndStatus::Succeeded),
            Ended::Failed(failure) => self.metrics.execution_ended(failure.status.into()),
            Ended::Malformed(_) => self.metrics.execution_refused(),
            Ended::Suspended(_) => {}
        }
        if let (Some(from), Ended::Succeeded | Ended::Failed(_)) = (timed_from, &ended) {
            self.metrics.add_sampled_duration(self.clock.elapsed().saturating_sub(from));
        }
        ended
    }

    /// Publishes what was counted if the last time was long enough ago.
    pub(crate) fn publish_if_due(&mut self) {
        self.metrics.publish_if_due(self.clock.elapsed(), self.engine.counters());
    }

    /// Publishes what was counted, before a wait.
    pub(crate) fn publish(&mut self) {
        self.metrics.publish(self.engine.counters());
    }

    /// Keeps an execution that waits until its time has come.
    pub(crate) fn keep(&mut self, suspended: Suspended, belongs: T) {
        self.metrics.execution_parked();
        let wake_ms = wheel_ms(suspended.wake_at);
        let key = self.suspended.insert(Waiting { suspended, belongs });
        self.timers.insert(wake_ms, key);
    }

    /// Whether any execution waits.
    pub(crate) fn is_waiting(&self) -> bool {
        self.suspended.len() > 0
    }

    /// A time not later than that at which the next waiting execution can go on.
    pub(crate) fn next_wake(&self) -> Option<Timestamp> {
        let next_ms = self.timers.next_ms()?;
        Some(Timestamp::from_millis(i64::try_from(next_ms).unwrap_or(i64::MAX)))
    }

    /// Goes on with the executions whose time has come; `ended` gets those that end.
    pub(crate) fn resume_due(&mut self, now: Timestamp, mut ended: impl FnMut(Resumed<'_, T>)) {
        let mut due = std::mem::take(&mut self.due);
        self.timers.advance(wheel_ms(now), &mut due);
        let (mut output, mut input) = (Vec::new(), Vec::new());
        for key in due.drain(..) {
            let Some(Waiting { suspended, belongs }) = self.suspended.remove(key) else { continue };
            self.metrics.execution_resumed();
            let started_at = suspended.started_at();
            output.clear();
            input.clear();
            match self.engine.resume(suspended, now, &mut output, &mut input) {
                Ended::Suspended(suspended) => self.keep(suspended, belongs),
                end => {
                    self.metrics.execution_ended(match &end {
                        Ended::Failed(failure) => failure.status.into(),
                        _ => EndStatus::Succeeded,
                    });
                    self.metrics.add_suspended_duration(self.since(started_at));
                    ended(Resumed { belongs, ended: end, output: &output, input: &input });
                }
            }
        }
        self.due = due;
    }

    fn since(&self, started_at: Timestamp) -> Duration {
        let ms = self.engine.setup().time.now().to_millis().saturating_sub(started_at.to_millis());
        Duration::from_millis(u64::try_from(ms).unwrap_or(0))
    }
}

impl<T> Drop for Worker<T> {
    fn drop(&mut self) {
        self.publish();
    }
}

/// Milliseconds on the wheel; times before 1970 are all past.
fn wheel_ms(time: Timestamp) -> u64 {
    u64::try_from(millis_ceil(time)).unwrap_or(0)
}
