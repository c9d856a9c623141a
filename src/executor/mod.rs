//! Running executions: the loop between the VM's steps and the world.
//!
//! The VM returns steps and never calls out; an `engine` performs what they ask for. Who waits for time to
//! pass differs: a [`Runner`] blocks its thread, a `Worker` parks the execution and goes on with others, and
//! under a virtual clock nobody waits at all.
//!
//! Invariants:
//! - An execution is touched by one thread at a time, and by the worker that started it only: its suspended
//!   executions and their timers are the worker's own, without locks.
//! - A suspended execution has exactly one timer, set to the earliest thing it waits for, so timers never
//!   outnumber executions and none outlives its own.
//! - Results depend on input, program, seed and handlers only. The virtual clock is one execution's own and
//!   moves only when nothing of it can run.
//! - A panic ends one execution: its fiber and the VM's buffers are discarded, never used again.

mod admission;
mod clock;
mod engine;
mod runner;
mod seed;
mod setup;
mod signal;
mod slab;
mod sleeps;
mod timer;
mod worker;

pub use clock::{Clock, ManualClock, SystemClock, Time};
pub use runner::{Outcome, OutcomeStatus, Runner, RunnerBuilder, Unanswered};

pub(crate) use admission::{Admission, Permit};
pub(crate) use engine::{Ended, Suspended};
pub(crate) use seed::derive_seed;
pub(crate) use setup::Setup;
pub(crate) use signal::{Signal, Ticket, lock};
pub(crate) use worker::{Resumed, Worker};
