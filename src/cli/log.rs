//! `--log-level` and what belongs to it: the execution log.

use std::{
    fs::OpenOptions,
    io::{self, Write},
    path::PathBuf,
};

use clap::{Args, ValueEnum};

use super::error::CliError;
use crate::{
    telemetry::ExecutionLog,
    vm::{LogLevel, RecordOptions},
};

/// What is logged, and where to.
#[derive(Debug, Args)]
pub(super) struct LogArguments {
    /// Log events, one JSON object a line as AWS logs them [default: OFF]
    ///
    /// ALL logs every event, ERROR those of failures, FATAL the ends of executions that did not succeed. The events
    /// of an execution are written together when it ends.
    #[arg(long = "log-level", id = "log_level", value_enum, ignore_case = true, value_name = "LEVEL")]
    level: Option<LevelArgument>,

    /// Append the log to FILE instead of standard error
    #[arg(long = "log-file", id = "log_file", value_name = "FILE", requires = "log_level")]
    pub(super) file: Option<PathBuf>,

    /// Log inputs, outputs, parameters and variables too; errors and causes always are
    #[arg(long = "log-include-execution-data", id = "log_data", requires = "log_level")]
    includes_execution_data: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LevelArgument {
    #[value(name = "ALL")]
    All,
    #[value(name = "ERROR")]
    Error,
    #[value(name = "FATAL")]
    Fatal,
    #[value(name = "OFF")]
    Off,
}

impl LogArguments {
    /// Opens the log, if there is to be one.
    pub(super) fn open(
        &self,
        standard_error: impl Write + Send + 'static,
    ) -> Result<Option<ExecutionLog>, CliError> {
        let level = match self.level {
            Some(LevelArgument::All) => LogLevel::All,
            Some(LevelArgument::Error) => LogLevel::Error,
            Some(LevelArgument::Fatal) => LogLevel::Fatal,
            Some(LevelArgument::Off) | None => return Ok(None),
        };
        let options = RecordOptions { level, includes_data: self.includes_execution_data };
        let Some(path) = &self.file else { return Ok(Some(ExecutionLog::new(standard_error, options))) };
        let file = OpenOptions::new().append(true).create(true).open(path);
        let file = file.map_err(|error| {
            CliError::input_output(format_args!("open the log {}", path.display()), &error)
        })?;
        Ok(Some(ExecutionLog::new(file, options)))
    }

    /// Writes what waits.
    pub(super) fn finish(&self, log: Option<&ExecutionLog>) -> Result<(), CliError> {
        let result: io::Result<()> = log.map_or(Ok(()), ExecutionLog::finish);
        result.map_err(|error| match &self.file {
            Some(path) => CliError::input_output(format_args!("write the log {}", path.display()), &error),
            None => CliError::input_output("write the log to standard error", &error),
        })
    }
}
