//! A run: its workers around what they share.

use std::sync::Arc;

use super::commit::Committer;
use super::drain::Drain;
use super::error::RunError;
use super::summary::Summary;
use super::worker::LineWorker;
use crate::executor::{Admission, Setup, Signal, SystemClock};
use crate::source::Feed;

/// What the workers of a run share.
pub(super) struct Run {
    pub(super) setup: Arc<Setup>,
    pub(super) feed: Feed,
    pub(super) committer: Committer,
    pub(super) admission: Arc<Admission>,
    pub(super) signal: Arc<Signal>,
    pub(super) drain: Drain,
    pub(super) seed: u64,
    pub(super) needs_exact_time: bool,
    /// Whether output lines come in envelopes.
    pub(super) is_enveloped: bool,
    /// Whether dead letters go anywhere.
    pub(super) has_failures: bool,
}

/// Runs everything; the calling thread is one of the workers.
pub(super) fn run(run: Run, workers: usize) -> Result<Summary, RunError> {
    let clock = SystemClock::new();
    let spawned: Result<(), RunError> = std::thread::scope(|scope| {
        for number in 1..workers.max(1) {
            let thread = std::thread::Builder::new().name(format!("aslx-worker-{number}"));
            thread.spawn_scoped(scope, || work(&run)).map_err(|error| {
                run.committer.stop(None);
                RunError::Spawn(error)
            })?;
        }
        work(&run);
        Ok(())
    });
    let Run { committer, .. } = run;
    let committed = committer.finish();
    spawned?;
    match committed.error {
        Some(error) => Err(error),
        None => Ok(Summary::new(&committed.progress, clock.elapsed(), committed.output_closed)),
    }
}

fn work(run: &Run) {
    let mut alarm = Alarm { run, is_over: false };
    LineWorker::new(run).work();
    alarm.is_over = true;
}

/// Stops the run if a worker's thread unwinds: the others must not wait for what it will never hand over.
struct Alarm<'r> {
    run: &'r Run,
    is_over: bool,
}

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            self.run.committer.stop(Some(RunError::WorkerPanicked));
        }
    }
}
