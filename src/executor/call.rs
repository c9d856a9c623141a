//! Tasks that are answered later: those an execution has under way, and how they are stopped.
//!
//! A call is over when its [`Answer`] has come back, and not before: one that is stopped, because its time is up,
//! another branch failed, or the execution ended, still stands here until nothing of it runs any more. That is
//! what keeps everything of an execution within its life.

use std::sync::Arc;

use smallvec::SmallVec;
use tokio::sync::oneshot;

use super::map_run::MapRunStart;
use crate::map_run::MapRunError;
use crate::task::{AsyncTaskHandler, Reply, TaskCall, TaskError};
use crate::value::timestamp::Timestamp;
use crate::vm::StrandId;

/// A call to be handed to the driver.
pub(super) struct CallStart {
    /// Which call of its execution.
    pub(super) number: u32,
    pub(super) work: Work,
    /// Resolves when the call is to be stopped.
    pub(super) stopped: oneshot::Receiver<()>,
}

impl CallStart {
    /// Whether child executions come with it.
    pub(super) fn is_map_run(&self) -> bool {
        matches!(self.work, Work::MapRun(_))
    }
}

/// What a call is to do.
pub(super) enum Work {
    /// Ask a handler.
    Task { handler: Arc<dyn AsyncTaskHandler>, call: TaskCall },
    /// Run a Map Run.
    MapRun(MapRunStart),
}

/// How a call ended.
#[derive(Debug)]
pub(super) enum Answer {
    /// The handler answered.
    Replied(Result<Reply, TaskError>),
    /// The Map Run is over.
    MapRun {
        /// The state's result as JSON, or its error.
        result: Result<Vec<u8>, MapRunError>,
        /// When it was over, under a virtual clock.
        ended_at: Timestamp,
    },
    /// The handler panicked with this message.
    Panicked(String),
    /// It was dropped before it answered.
    Stopped,
}

/// What a stopped call's strand is told once nothing of the call runs any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// That `TimeoutSeconds` are over.
    TimedOut,
    /// That it may end: another branch has failed.
    Aborted,
    /// Nothing: the execution has ended.
    Ended,
}

/// The calls that an execution has under way.
#[derive(Debug, Default)]
pub(super) struct Calls {
    open: SmallVec<[OpenCall; 1]>,
    count: u32,
}

#[derive(Debug)]
pub(super) struct OpenCall {
    pub(super) strand: StrandId,
    pub(super) deadline: Option<Timestamp>,
    /// Set once the call is to be stopped.
    pub(super) stop: Option<Stop>,
    number: u32,
    /// Dropped to stop the call.
    stopper: Option<oneshot::Sender<()>>,
}

impl Calls {
    pub(super) fn reset(&mut self) {
        self.open.clear();
        self.count = 0;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Adds a call for a strand.
    pub(super) fn start(&mut self, strand: StrandId, deadline: Option<Timestamp>, work: Work) -> CallStart {
        let (stopper, stopped) = oneshot::channel();
        self.count = self.count.wrapping_add(1);
        let number = self.count;
        self.open.push(OpenCall { strand, deadline, stop: None, number, stopper: Some(stopper) });
        CallStart { number, work, stopped }
    }

    /// Takes out a call that is over.
    pub(super) fn finish(&mut self, number: u32) -> Option<OpenCall> {
        let at = self.open.iter().position(|call| call.number == number)?;
        Some(self.open.remove(at))
    }

    /// The time at which the next call's time is up.
    pub(super) fn next_deadline(&self) -> Option<Timestamp> {
        let running = self.open.iter().filter(|call| call.stop.is_none());
        running.filter_map(|call| call.deadline).min()
    }

    /// Stops the calls whose time is up.
    pub(super) fn stop_overdue(&mut self, now: Timestamp) {
        for call in &mut self.open {
            if call.stop.is_none() && call.deadline.is_some_and(|deadline| deadline <= now) {
                call.stop(Stop::TimedOut);
            }
        }
    }

    /// Stops the call of a strand whose branch is given up; whether there is one.
    pub(super) fn abort(&mut self, strand: StrandId) -> bool {
        let call = self.open.iter_mut().find(|call| call.strand == strand);
        let Some(call) = call else { return false };
        call.stop(Stop::Aborted);
        true
    }

    /// Stops all calls: the execution has ended.
    pub(super) fn stop_all(&mut self) {
        for call in &mut self.open {
            call.stop(Stop::Ended);
        }
    }
}

impl OpenCall {
    fn stop(&mut self, stop: Stop) {
        self.stop = Some(stop);
        self.stopper = None;
    }
}

impl std::fmt::Debug for CallStart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallStart").field("number", &self.number).finish_non_exhaustive()
    }
}
