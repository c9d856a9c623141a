//! Running executions: the loop between the VM's steps and the world.
//!
//! The VM returns steps and never calls out; an `engine` performs what they ask for. Who waits for time to
//! pass differs: a [`Runner`] blocks its thread, a `Worker` parks the execution and goes on with others, and
//! under a virtual clock nobody waits at all. Asynchronous handlers run on a tokio runtime (`driver`), which is
//! for them alone.
//!
//! # How a worker waits
//! It takes a ticket of the `Signal`, looks at everything that could give it work (the queue, its inbox, the
//! end of the run), and only then waits with that ticket, at most until its next timer. Whoever makes any of
//! these change notifies the signal afterwards. `signal` says why no wake is lost, `loom_models` has it tried.
//!
//! # How an execution ends early
//! 1. Its time is up, a sibling branch fails, or its caller gives it up.
//! 2. Each call that is under way is told to stop; the driver drops its future and answers.
//! 3. When the last answer is there, the error travels on (to Retry, Catch or the end).
//!
//! # Child executions
//! A Map Run is a call like a handler's. Its children go into the queue of an executor (`children`, `map_run`), a
//! pipeline's into that of an executor beside it; a [`Runner`] runs them itself, one by one (`nested`).
//!
//! # How an [`Executor`] shuts down
//! 1. It takes no more executions.
//! 2. Workers leave when the queue is empty and nothing of theirs waits; a drop instead of a shut-down has them
//!    abort what waits, as above, and forget what is in the queue.
//! 3. The driver ends when the last worker that could hand it calls is gone.
//!
//! Invariants:
//! - An execution is touched by one thread at a time, and by the worker that started it only: its suspended
//!   executions and their timers are the worker's own, without locks. Answers of handlers that run elsewhere
//!   come through the worker's inbox.
//! - A suspended execution has one timer at most, set to the earliest time it waits for, so timers never
//!   outnumber executions and none outlives its own.
//! - Nothing of an execution outlives it: it ends, and an error travels past a branch, only when every call in
//!   question has come back, answered or stopped.
//! - Results depend on input, program, seed and handlers only. The virtual clock is one execution's own and
//!   moves only when nothing of it can run.
//! - A panic ends one execution: its fiber and the VM's buffers are discarded, never used again.

mod admission;
mod call;
mod children;
mod clock;
mod drive;
mod driver;
mod engine;
mod inbox;
mod job;
#[cfg(all(test, aslx_loom))]
mod loom_models;
mod map_run;
mod nested;
mod observer;
mod options;
mod outcome;
mod pool;
mod pool_worker;
mod runner;
mod seed;
mod setup;
mod signal;
mod slab;
mod sleeps;
mod state_machines;
mod sync;
mod timer;
mod watchdog;
mod worker;

pub use clock::{Clock, ManualClock, SystemClock, Time};
pub use job::{Completed, ExecuteError};
pub use outcome::{Outcome, OutcomeStatus};
pub use pool::{Executor, ExecutorBuilder, ExecutorError};
pub use runner::{Runner, RunnerBuilder, RunnerError, Unanswered};
pub use state_machines::{StateMachines, StateMachinesBuilder};
pub use watchdog::OverdueTask;

pub(crate) use admission::{Admission, Permit};
pub(crate) use children::Children;
pub(crate) use driver::Driver;
pub(crate) use engine::{Ended, Suspended};
pub(crate) use observer::RunObserver;
#[cfg(feature = "cli")]
pub(crate) use observer::WorkerObserver;
pub(crate) use options::{Options, option_setters};
pub(crate) use seed::derive_seed;
pub(crate) use setup::Setup;
pub(crate) use signal::{Signal, Ticket};
pub(crate) use sync::{AtomicBool, AtomicU64, Condvar, Mutex, MutexGuard, Ordering, lock, wait_while};
pub(crate) use watchdog::{OnOverdue, Watchdog};
pub(crate) use worker::{Resumed, Worker};
