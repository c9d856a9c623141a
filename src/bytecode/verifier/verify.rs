//! The entry point.

use super::{VerifyError, flow, ops, tables};
use crate::bytecode::Program;

/// Checks a program, in time proportional to its size. Every program that a
/// [`ProgramBuilder`](crate::bytecode::ProgramBuilder) hands over or that an artifact holds has passed this.
pub fn verify(program: &Program) -> Result<(), VerifyError> {
    tables::verify_tables(program)?;
    let owners = tables::graph_of_each_op(program)?;
    tables::verify_state_code(program, &owners)?;
    tables::verify_sites(program, &owners)?;
    ops::verify_ops(program, &owners)?;
    flow::verify_ends(program, &owners)?;
    flow::verify_cycles(program)?;
    flow::verify_preparations(program)?;
    flow::verify_sizes(program, &owners)
}
