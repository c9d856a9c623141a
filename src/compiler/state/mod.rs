//! Lowering of states, one type per file.

mod by_itself;
mod choice;
mod dispatch;
mod distributed_map;
mod map;
mod parallel;
mod pass;
mod task;
mod terminal;
mod wait;

pub(super) use dispatch::state_type;
