//! Child executions of Map Runs: how they get into an executor's queue, and how their ends come back.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::engine::Ended;
use super::job::{AnswerTo, Job, Pending, Whereabouts};
use super::pool::Shared;
use super::setup::Setup;
use crate::bytecode::GraphId;
use crate::map_run::{Child, ChildEnd};
use crate::value::timestamp::Timestamp;
use crate::vm::Names;

/// Where a child execution begins, and as what.
#[derive(Debug)]
pub(crate) struct ChildEntry {
    pub(super) graph: GraphId,
    pub(super) names: Arc<Names>,
    /// When it starts, under a virtual clock.
    pub(super) started_at: Timestamp,
}

/// How a child ended; the time of its start if it never did.
#[derive(Debug)]
pub(super) struct ChildEnded {
    pub(super) number: u64,
    pub(super) end: Result<ChildEnd, Timestamp>,
}

/// The way back to a Map Run: says "lost" if it is dropped without an end.
#[derive(Debug)]
pub(super) struct ChildAnswer {
    number: u64,
    started_at: Timestamp,
    end: Option<ChildEnd>,
    sender: mpsc::UnboundedSender<ChildEnded>,
}

impl ChildAnswer {
    /// Sends how the child ended.
    pub(super) fn send(mut self, ended: Ended, output: Vec<u8>, ended_at: Timestamp) {
        self.end = child_end(ended, output, self.started_at, ended_at);
    }
}

/// How a child ended, if it has.
pub(super) fn child_end(
    ended: Ended,
    output: Vec<u8>,
    started_at: Timestamp,
    ended_at: Timestamp,
) -> Option<ChildEnd> {
    let output = match ended {
        Ended::Succeeded => Ok(output),
        Ended::Failed(failure) => Err(failure),
        Ended::Malformed(error) => Err(super::engine::runtime(&format!("An item is not JSON: {error}"))),
        Ended::Suspended(_) => return None,
    };
    Some(ChildEnd { output, started_at, ended_at })
}

impl Drop for ChildAnswer {
    fn drop(&mut self) {
        let end = self.end.take().ok_or(self.started_at);
        // A run that is gone has lost its driver too.
        let _ = self.sender.send(ChildEnded { number: self.number, end });
    }
}

/// An executor as Map Runs see it.
#[derive(Clone)]
pub(crate) struct Children(pub(super) Arc<Shared>);

impl Children {
    /// A permit for one more child, if there is one.
    pub(super) fn permit(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0.child_permits).try_acquire_owned().ok()
    }

    /// Puts a child into the queue.
    pub(super) fn start(
        &self,
        setup: &Arc<Setup>,
        child: Child,
        entry: ChildEntry,
        permit: Option<OwnedSemaphorePermit>,
        sender: mpsc::UnboundedSender<ChildEnded>,
    ) -> Arc<Whereabouts> {
        let started_at = if setup.time.is_virtual() { entry.started_at } else { setup.time.now() };
        let answer = ChildAnswer { number: child.number, started_at, end: None, sender };
        let whereabouts = Arc::new(Whereabouts::default());
        let pending = Pending {
            answer: AnswerTo::MapRun(answer),
            whereabouts: Arc::clone(&whereabouts),
            _permit: permit,
        };
        let (setup, entry) = (Arc::clone(setup), Some(entry));
        self.push(Job { setup, entry, input: child.input, seed: child.seed, pending });
        whereabouts
    }

    /// Puts an execution into the queue.
    pub(super) fn push(&self, job: Job) {
        self.0.jobs.push(job);
        self.0.signal.notify();
    }
}

impl std::fmt::Debug for Children {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Children").finish_non_exhaustive()
    }
}
