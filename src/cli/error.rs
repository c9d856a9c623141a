//! Why a command stops: text for a person and the exit status.

use std::{fmt, io};

use super::exit_code::ExitStatus;
use crate::error::Error;

/// A reason to stop. It is printed once, by `cli::main`.
#[derive(Debug)]
pub(super) struct CliError {
    status: ExitStatus,
    /// Empty when there is nothing to say: the reader of stdout went away.
    message: String,
    help: Vec<String>,
}

impl CliError {
    /// What was asked for cannot be done: usage, definition, task file, mock file.
    pub(super) fn unusable(message: impl fmt::Display) -> Self {
        Self { status: ExitStatus::Unusable, message: message.to_string(), help: Vec::new() }
    }

    /// A file of the configuration that cannot be read.
    pub(super) fn cannot_read(what: impl fmt::Display, error: &io::Error) -> Self {
        Self::unusable(format_args!("failed to read {what}: {error}"))
    }

    /// Reading or writing data failed. That the reader of our output has gone is no error.
    pub(super) fn input_output(doing: impl fmt::Display, error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self { status: ExitStatus::Success, message: String::new(), help: Vec::new() };
        }
        let message = format!("failed to {doing}: {error}");
        Self { status: ExitStatus::InputOutput, message, help: Vec::new() }
    }

    /// A run that could not begin or go on.
    pub(super) fn run(error: impl Into<Error>) -> Self {
        let error = error.into();
        let status = if error.is_config() { ExitStatus::Unusable } else { ExitStatus::InputOutput };
        Self { status, message: error.to_string(), help: Vec::new() }
    }

    /// Adds a line that says what would help.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    pub(super) fn status(&self) -> ExitStatus {
        self.status
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.message.is_empty() {
            return Ok(());
        }
        writeln!(f, "error: {}", self.message)?;
        self.help.iter().try_for_each(|help| writeln!(f, "  help: {help}"))
    }
}
