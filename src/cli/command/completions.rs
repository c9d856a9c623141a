//! `aslx completions`: a script that completes what is typed in a shell.

use clap::CommandFactory;

use crate::cli::{
    args::{Arguments, CompletionsArguments},
    error::CliError,
    exit_code::ExitStatus,
    output,
};

/// Writes the script.
pub(in crate::cli) fn completions(arguments: &CompletionsArguments) -> Result<ExitStatus, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "aslx", &mut script);
    output::print(&script)?;
    Ok(ExitStatus::Success)
}
