//! The subcommands.

pub(super) mod disassemble;
pub(super) mod eval;
pub(super) mod exec;
pub(super) mod run;
pub(super) mod validate;
