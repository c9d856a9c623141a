//! The subcommands.

pub(super) mod bench;
pub(super) mod compile;
pub(super) mod completions;
pub(super) mod disassemble;
pub(super) mod eval;
pub(super) mod exec;
pub(super) mod man;
pub(super) mod run;
pub(super) mod test_state;
pub(super) mod validate;
