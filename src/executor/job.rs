//! One execution that was asked for, from the queue to its answer.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::children::{ChildAnswer, ChildEntry};
use super::inbox::Inbox;
use super::outcome::Outcome;
use super::setup::Setup;
use super::slab::SlotKey;
use super::sync::{Mutex, lock};
use crate::json::ParseError;
use crate::value::timestamp::Timestamp;

/// An execution that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Completed {
    /// How it ended.
    pub outcome: Outcome,
    /// Its output as minified JSON; empty unless it succeeded.
    pub output: Vec<u8>,
    /// When it ended, by the clock of its executions.
    pub ended_at: Timestamp,
}

/// Why there was no execution, or no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExecuteError {
    /// The input is not JSON.
    #[error("the input is not JSON: {0}")]
    Malformed(#[from] ParseError),
    /// The executor takes no more executions: it is shutting down.
    #[error("the executor is shutting down")]
    ShutDown,
}

/// An execution to be run.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) setup: Arc<Setup>,
    /// Where it begins, if it is the child of a Map Run.
    pub(super) entry: Option<ChildEntry>,
    pub(super) input: Vec<u8>,
    pub(super) seed: u64,
    pub(super) pending: Pending,
}

/// Who waits for an execution, and what it occupies until it has ended.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) answer: AnswerTo,
    pub(super) whereabouts: Arc<Whereabouts>,
    pub(super) _permit: Option<OwnedSemaphorePermit>,
}

/// Who is told how an execution ended.
#[derive(Debug)]
pub(super) enum AnswerTo {
    /// Whoever asked for it.
    Caller(oneshot::Sender<Result<Completed, ExecuteError>>),
    /// The Map Run it is a child of.
    MapRun(ChildAnswer),
}

/// Where a suspended execution is, so that its caller can give it up.
///
/// Both sides go through the lock: the worker that suspends it learns that it was given up before, or the
/// caller that gives it up learns where it is.
#[derive(Debug, Default)]
pub(super) struct Whereabouts(Mutex<Place>);

#[derive(Debug, Default)]
enum Place {
    /// In the queue or on a worker.
    #[default]
    Unknown,
    Suspended {
        worker: Arc<Inbox<SlotKey>>,
        key: SlotKey,
    },
    Abandoned,
}

impl Whereabouts {
    /// Notes where the execution is kept; whether it is still wanted.
    pub(super) fn suspended(&self, worker: &Arc<Inbox<SlotKey>>, key: SlotKey) -> bool {
        let mut place = lock(&self.0);
        let is_wanted = !matches!(*place, Place::Abandoned);
        if is_wanted {
            *place = Place::Suspended { worker: Arc::clone(worker), key };
        }
        is_wanted
    }

    pub(super) fn is_abandoned(&self) -> bool {
        matches!(*lock(&self.0), Place::Abandoned)
    }

    /// Gives the execution up: it is aborted where it is, or not started.
    pub(super) fn abandon(&self) {
        let place = std::mem::replace(&mut *lock(&self.0), Place::Abandoned);
        if let Place::Suspended { worker, key } = place {
            worker.send(key); // a key that is dead by now reaches nobody
        }
    }
}
