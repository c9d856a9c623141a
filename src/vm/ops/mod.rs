//! Op bodies by family.

mod choice;
mod control;
mod data;
mod effects;
mod fork;
mod map_run;
mod query;

pub(super) use effects::Invoked;
