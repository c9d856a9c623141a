//! `aslx disassemble`: the bytecode of a definition.

use crate::{
    asl::model::MachineType,
    bytecode,
    cli::{
        args::DisassembleArguments, definition::Definition, error::CliError, exit_code::ExitStatus, output,
    },
    limits::Limits,
};

/// Prints the program that a definition compiles to.
pub(in crate::cli) fn disassemble(arguments: &DisassembleArguments) -> Result<ExitStatus, CliError> {
    let definition = Definition::read(&arguments.definition, &arguments.text)?;
    let machine_type =
        definition.machine_type(arguments.machine_type.map(MachineType::from), MachineType::Express)?;
    let program = definition.compile(machine_type, &Limits::default())?;
    output::print(bytecode::disassemble(&program).as_bytes())?;
    Ok(ExitStatus::Success)
}
