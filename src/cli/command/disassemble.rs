//! `aslx disassemble`: the bytecode of a definition.

use crate::{
    bytecode,
    cli::{
        args::DisassembleArguments, config::machine_type, definition::Definition, error::CliError,
        exit_code::ExitStatus, output,
    },
    limits::Limits,
};

/// Prints the program that a definition compiles to.
pub(in crate::cli) fn disassemble(arguments: &DisassembleArguments) -> Result<ExitStatus, CliError> {
    let definition = Definition::read(&arguments.definition)?;
    let program = definition.compile(machine_type(arguments.machine_type), &Limits::default())?;
    output::print(bytecode::disassemble(&program).as_bytes())?;
    Ok(ExitStatus::Success)
}
