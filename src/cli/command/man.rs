//! `aslx man`: manual pages.

use clap::CommandFactory;
use clap_mangen::Man;

use crate::cli::{
    args::{Arguments, ManArguments},
    error::CliError,
    exit_code::ExitStatus,
    output,
};

/// Writes the page of the program or of one command.
pub(in crate::cli) fn man(arguments: &ManArguments) -> Result<ExitStatus, CliError> {
    let mut program = Arguments::command();
    // Gives the commands their full names: `aslx-run`.
    program.build();
    let subject = match &arguments.command {
        None => program,
        Some(name) => program.find_subcommand(name).cloned().ok_or_else(|| unknown(&program, name))?,
    };
    let mut page = Vec::new();
    let rendered = Man::new(subject).render(&mut page);
    rendered.map_err(|error| CliError::input_output("write the manual page", &error))?;
    output::print(&page)?;
    Ok(ExitStatus::Success)
}

fn unknown(program: &clap::Command, name: &str) -> CliError {
    let names: Vec<&str> = program.get_subcommands().map(clap::Command::get_name).collect();
    CliError::unusable(format_args!("no command is named '{name}'"))
        .help(format!("the commands are {}", names.join(", ")))
}
