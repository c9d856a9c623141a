//! The entry point.

use super::layout::Layout;
use super::{VerifyError, flow, ops, tables};
use crate::bytecode::Program;

/// Checks a program, in time proportional to its size. Every program that a
/// [`ProgramBuilder`](crate::bytecode::ProgramBuilder) hands over or that an artifact holds has passed this.
pub fn verify(program: &Program) -> Result<(), VerifyError> {
    tables::verify_tables(program)?;
    let layout = Layout::of(program)?;
    tables::verify_state_code(program, &layout)?;
    tables::verify_sites(program, &layout)?;
    ops::verify_ops(program, &layout)?;
    flow::verify_ends(program, &layout)?;
    flow::verify_cycles(program)?;
    flow::verify_preparations(program)?;
    flow::verify_sizes(program, &layout)
}
