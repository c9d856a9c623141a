//! Programs of this machine that answer tasks: how they are started, watched, heard and killed.

mod backoff;
mod command;
mod lines;
mod log;
mod running;

pub use command::ProcessCommand;
pub use log::{ProcessLine, ProcessLog};

pub(super) use backoff::Backoff;
#[cfg(feature = "exec")]
pub(super) use lines::{Line, read_line};
pub(super) use log::forward_lines;
pub(super) use running::{Process, describe};
