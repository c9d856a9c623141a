//! `aslx compile`: a definition to an artifact.

use std::path::Path;

use crate::{
    cli::{
        args::CompileArguments, definition::Definition, error::CliError, exit_code::ExitStatus, file, output,
    },
    limits::Limits,
};

/// Writes the artifact of a definition.
pub(in crate::cli) fn compile(arguments: &CompileArguments) -> Result<ExitStatus, CliError> {
    let (path, target) = (&arguments.definition, &arguments.output);
    check_target(path, target)?;
    let definition = Definition::read(path, &arguments.text)?;
    if definition.is_artifact() {
        let message = format!("{} is an artifact already", path.display());
        return Err(CliError::unusable(message).help("compile the definition that it was compiled from"));
    }
    let name = arguments.name.clone().unwrap_or_else(|| definition.state_machine_name());
    let program = definition.compile(arguments.machine_type.into(), &Limits::default())?;
    let artifact = program.with_name(name).to_artifact();
    if is_stdout(target) {
        output::print(&artifact)?;
    } else {
        file::write(target, &artifact)?;
    }
    Ok(ExitStatus::Success)
}

/// Refuses to harm a terminal or the definition.
fn check_target(definition: &Path, target: &Path) -> Result<(), CliError> {
    if is_stdout(target) && output::stdout_is_terminal() {
        let message = "an artifact is binary, and standard output is a terminal";
        return Err(CliError::unusable(message).help("name a file with -o, or send standard output to one"));
    }
    if file::is_same(definition, target) {
        let message = format!("{} would be replaced by its own artifact", definition.display());
        return Err(CliError::unusable(message).help("name another file with -o"));
    }
    Ok(())
}

fn is_stdout(target: &Path) -> bool {
    target.as_os_str() == "-"
}
