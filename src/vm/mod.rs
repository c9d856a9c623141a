//! Runs programs: no clock, no randomness, no files, no sockets, no threads.
//!
//! [`Vm`] holds a worker's buffers, [`Fiber`] one execution, [`Active`] the two joined. [`Active::run`] goes on
//! until it returns a [`Step`]: the execution is over, has used up its slice of fuel, or needs an [`Effect`]
//! from outside; the caller performs it and hands back the answer. Time and seeds come in as plain data.
//!
//! Invariants: nothing of an execution lives on the Rust stack between two steps; a fiber is touched by one
//! thread at a time; its values point only into its own arena.

mod active;
mod compact;
mod context;
mod counters;
mod dispatch;
mod effect;
mod error;
mod fault;
mod fiber;
mod fuel;
mod history;
mod inspection;
mod machine;
mod map_run;
mod names;
mod ops;
mod retry;
mod state;
mod task_token;

pub use active::{Active, Start, Visit, Vm};
pub use counters::{Counters, StateCounts};
pub use effect::{Effect, Step, StrandId, TaskReply};
pub use error::{ExecutionError, ExecutionStatus};
pub use fiber::Fiber;
pub use history::{
    DetailMember, EventDetails, EventType, ExecutionHistory, HistoryEvent, LogLevel, RecordOptions,
    StateEvent, StateObserver, TaskName,
};
pub use inspection::{Answered, Inspected};
pub use map_run::{ItemSelector, MapRunRequest};
pub use names::{MapRunName, Names};
pub use task_token::{TokenId, TokenKey};
