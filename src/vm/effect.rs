//! What the VM asks of its caller, and what it gets back.

use std::sync::Arc;

use crate::bytecode::TaskId;
use crate::json::Document;
use crate::value::timestamp::Timestamp;

/// A strand of a fiber: its top level, a Parallel branch or a Map iteration, once.
///
/// The generation tells a strand from an earlier one in the same slot: answers to strands that were cancelled
/// meanwhile are ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StrandId {
    pub(super) slot: u32,
    pub(super) generation: u32,
}

/// Why [`super::Active::run`] returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The execution succeeded; its output can be written.
    Done,
    /// The execution failed or timed out.
    Failed,
    /// The slice of fuel is used up: run again, others first.
    Yield,
    /// A strand needs something from outside. Perform it or start it, then run again.
    Suspend(Effect),
    /// Nothing can go on until a strand is answered or woken.
    Parked,
}

/// What a strand needs from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Invoke a task and answer with its reply.
    InvokeTask {
        /// Whom to answer.
        strand: StrandId,
        /// Which task of the program.
        task: TaskId,
        /// When `TimeoutSeconds` is over: answer [`TaskReply::TimedOut`] then.
        deadline: Option<Timestamp>,
        /// `HeartbeatSeconds`, in milliseconds.
        heartbeat_ms: Option<u64>,
    },
    /// Start the Map Run that [`Active::take_map_run`](super::Active::take_map_run) describes, and answer with what it
    /// came to.
    StartMapRun {
        /// Whom to answer.
        strand: StrandId,
    },
    /// Stop a task or a Map Run whose reply is not wanted any more, and say so with
    /// [`Active::task_stopped`](super::Active::task_stopped) once nothing of it is left running: what it failed
    /// in goes on only then.
    StopTask {
        /// Who waited for it.
        strand: StrandId,
    },
    /// Wake the strand at a time.
    Sleep {
        /// Whom to wake.
        strand: StrandId,
        /// When.
        until: Timestamp,
    },
}

/// A task's reply.
#[derive(Debug, Clone, Copy)]
pub enum TaskReply<'r> {
    /// A result, as JSON text.
    Json(&'r [u8]),
    /// The effective input itself, unchanged.
    Input,
    /// A result that was parsed before and is shared by many executions.
    Document(&'r Arc<Document>),
    /// An error.
    Failed {
        /// Its name.
        error: Option<&'r str>,
        /// Its cause.
        cause: Option<&'r str>,
    },
    /// `TimeoutSeconds` or `HeartbeatSeconds` are over.
    TimedOut,
}
