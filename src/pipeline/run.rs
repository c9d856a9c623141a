//! A run: its workers around what they share.

use std::sync::Arc;
use std::thread::{Builder, Scope};

use crossbeam_deque::{Stealer, Worker as Deque};

use super::commit::Committer;
use super::drain::Drain;
use super::error::RunError;
use super::line_range::LineRange;
use super::summary::Summary;
use super::worker::LineWorker;
use crate::executor::{Admission, Children, Driver, Executor, Setup, Signal, SystemClock, Watchdog};
use crate::source::Feed;

/// What the workers of a run share.
pub(super) struct Run {
    pub(super) setup: Arc<Setup>,
    pub(super) feed: Feed,
    pub(super) committer: Committer,
    pub(super) admission: Arc<Admission>,
    pub(super) signal: Arc<Signal>,
    pub(super) drain: Drain,
    /// Drives asynchronous handlers, if there are any.
    pub(super) driver: Option<Arc<Driver>>,
    /// Runs child executions of Map Runs, if there are any.
    pub(super) executor: Option<Executor>,
    /// Watches handlers that run on the workers' threads, if somebody wants to know.
    pub(super) watchdog: Option<Arc<Watchdog>>,
    /// The workers' ranges, by the workers' numbers.
    pub(super) siblings: Vec<Stealer<LineRange>>,
    /// Bytes of a range; whoever works alone takes chunks whole.
    pub(super) range_bytes: usize,
    pub(super) seed: u64,
    pub(super) needs_exact_time: bool,
    /// Longest line of the inputs as they are read.
    pub(super) line_bytes_max: u32,
    /// Whether the inputs are dead letters.
    pub(super) is_replay: bool,
    /// Whether output lines come in envelopes.
    pub(super) is_enveloped: bool,
    /// Whether dead letters go anywhere.
    pub(super) has_failures: bool,
}

impl Run {
    /// Where children of Map Runs run.
    pub(super) fn children(&self) -> Option<Children> {
        self.executor.as_ref().map(Executor::children)
    }
}

/// Runs everything; the calling thread is one of the workers.
pub(super) fn run(mut run: Run, workers: usize) -> Result<Summary, RunError> {
    let clock = SystemClock::new();
    let mut deques: Vec<_> = (0..workers.max(1)).map(|_| Deque::new_lifo()).collect();
    run.siblings = deques.iter().map(Deque::stealer).collect();
    let spawned = std::thread::scope(|scope| {
        let _end = EndOfWatch(run.watchdog.as_deref());
        let own = deques.pop();
        let spawned = spawn(&run, deques, scope);
        if spawned.is_err() {
            run.committer.stop(None);
        }
        if let Some(own) = own {
            work(&run, workers - 1, own);
        }
        spawned
    });
    let Run { committer, feed, .. } = run;
    let committed = committer.finish(&feed);
    spawned?;
    match committed.error {
        Some(error) => Err(error),
        None => Ok(Summary::new(&committed.progress, clock.elapsed(), committed.output_closed)),
    }
}

/// Ends the watchdog's thread, also if this one unwinds: the scope waits for it.
struct EndOfWatch<'r>(Option<&'r Watchdog>);

impl Drop for EndOfWatch<'_> {
    fn drop(&mut self) {
        if let Some(watchdog) = self.0 {
            watchdog.end();
        }
    }
}

/// Starts the watchdog, and a worker for each of the deques.
fn spawn<'s>(run: &'s Run, deques: Vec<Deque<LineRange>>, scope: &'s Scope<'s, '_>) -> Result<(), RunError> {
    if let Some(watchdog) = &run.watchdog {
        let thread = Builder::new().name("aslx-watchdog".to_owned());
        let watch = || watchdog.watch(|| Arc::clone(&run.setup));
        thread.spawn_scoped(scope, watch).map_err(RunError::Spawn)?;
    }
    for (number, deque) in deques.into_iter().enumerate() {
        let thread = Builder::new().name(format!("aslx-worker-{number}"));
        thread.spawn_scoped(scope, move || work(run, number, deque)).map_err(RunError::Spawn)?;
    }
    Ok(())
}

fn work(run: &Run, number: usize, ranges: Deque<LineRange>) {
    let mut alarm = Alarm { run, is_over: false };
    LineWorker::new(run, number, ranges).work();
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
