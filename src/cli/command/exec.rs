//! `aslx exec`: one execution, in full.

use std::io;

use crate::{
    cli::{
        args::ExecArguments, config::ExecConfig, definition::Definition, error::CliError,
        exit_code::ExitStatus, file, output, process_log, story::Story,
    },
    executor::{OutcomeStatus, Runner, Unanswered},
    json::{Document, ParseError},
    limits::Limits,
};

/// Runs one execution and tells what happened.
pub(in crate::cli) fn exec(arguments: &ExecArguments) -> Result<ExitStatus, CliError> {
    let limits = Limits::default();
    let definition = Definition::read(&arguments.definition, &arguments.execution.text)?;
    let config = ExecConfig::new(arguments, &definition)?;
    process_log::show(config.execution.tasks.process_log(), io::stderr());
    let input = match &arguments.input {
        Some(value) => file::read_json("--input", value, &limits)?,
        None => Document::parse(*b"{}", 1).map_err(not_json)?,
    };
    let program = definition.compile(config.execution.machine_type, &limits)?;
    let mut builder = Runner::builder(program);
    builder.tasks(config.execution.tasks).unanswered(Unanswered::FailWhenReached).limits(limits);
    builder.names(config.names).time(config.time).seed(config.execution.seed).trace(true);
    if let Some(store) = config.execution.object_store {
        builder.object_store(store);
    }
    builder.record_history(arguments.trace);
    let log = arguments.execution.log.open(io::stderr())?;
    if let Some(log) = &log {
        builder.log(log.clone());
    }
    let mut runner = builder.build().map_err(CliError::unusable)?;
    let mut output = Vec::new();
    let outcome = runner.run(input.doc().bytes(), &mut output).map_err(not_json)?;
    let status = match outcome.status {
        OutcomeStatus::Succeeded => ExitStatus::Success,
        _ => ExitStatus::Failed,
    };
    let story = Story { outcome, output: String::from_utf8_lossy(&output).into_owned() };
    let text = if arguments.json { story.to_json(arguments.trace) } else { story.to_text() };
    output::print(text.as_bytes())?;
    arguments.execution.log.finish(log.as_ref())?;
    Ok(status)
}

fn not_json(error: ParseError) -> CliError {
    CliError::unusable(format_args!("the input is not JSON: {error}"))
}
