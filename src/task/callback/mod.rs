//! Tasks that are answered from outside: by a task token, or by an activity's worker.
//!
//! [`Callbacks`] knows which tasks wait; `Awaited` and `ActivityTask` are the handlers that have an execution wait.
//! A task stands in the table of [`Callbacks`] for exactly as long as its handler's future lives: whoever takes it out
//! of there decides what becomes of it, so that no task is answered twice.

mod activity;
mod awaited;
mod callbacks;
mod error;
mod waiting;

pub use activity::ActivityAssignment;
pub use callbacks::Callbacks;
pub use error::CallbackError;

pub(super) use activity::ActivityTask;
pub(super) use awaited::Awaited;
