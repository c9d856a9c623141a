//! `aslx exec`: one execution, in full.

use std::io;

use tokio::runtime;

use crate::{
    bytecode::Program,
    cli::{
        args::ExecArguments,
        config::ExecConfig,
        definition::Definition,
        error::CliError,
        exit_code::ExitStatus,
        file, output, process_log,
        state_machines::{self, Surroundings},
        story::Story,
    },
    executor::{Executor, Outcome, OutcomeStatus, Runner, Unanswered},
    json::{Document, ParseError},
    limits::Limits,
    telemetry::ExecutionLog,
};

/// Runs one execution and tells what happened.
pub(in crate::cli) fn exec(arguments: &ExecArguments) -> Result<ExitStatus, CliError> {
    let limits = Limits::default();
    let definition = Definition::read(&arguments.definition, &arguments.execution.text)?;
    let mut config = ExecConfig::new(arguments, &definition)?;
    process_log::show(config.execution.tasks.process_log(), io::stderr());
    let input = match &arguments.input {
        Some(value) => file::read_json("--input", value, &limits)?,
        None => Document::parse(*b"{}", 1).map_err(not_json)?,
    };
    let program = definition.compile(config.execution.machine_type, &limits)?;
    let log = arguments.execution.log.open(io::stderr())?;
    let surroundings = Surroundings {
        limits: &limits,
        time: &config.time,
        log: log.as_ref(),
        unanswered: Unanswered::FailWhenReached,
    };
    let machines = state_machines::prepare(&arguments.execution, &mut config.execution, &surroundings)?;
    let _endpoint = arguments.execution.callback.serve(config.execution.callbacks.as_ref(), false)?;
    let records = (arguments.trace, log.as_ref());
    // Only what answers later needs threads beside this one.
    let (outcome, output) = if config.execution.tasks.is_async() {
        execute(config, program, input.doc().bytes(), records)?
    } else {
        run(config, program, input.doc().bytes(), records)?
    };
    if let Some(machines) = machines {
        machines.shut_down(); // executions that nobody waits for end too
    }
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

/// What one execution is made with, on either kind of builder.
macro_rules! configure {
    ($builder:ident, $config:ident, $trace:ident, $log:ident) => {
        $builder.tasks($config.execution.tasks).unanswered(Unanswered::FailWhenReached);
        $builder.names($config.names).time($config.time).seed($config.execution.seed).trace(true);
        if let Some(store) = $config.execution.object_store {
            $builder.object_store(store);
        }
        $builder.record_history($trace);
        if let Some(log) = $log {
            $builder.log(log.clone());
        }
    };
}

type Ended = (Outcome, Vec<u8>);

fn run(
    config: ExecConfig,
    program: Program,
    input: &[u8],
    (trace, log): (bool, Option<&ExecutionLog>),
) -> Result<Ended, CliError> {
    let mut builder = Runner::builder(program);
    configure!(builder, config, trace, log);
    let mut output = Vec::new();
    let outcome = builder.build().map_err(CliError::unusable)?.run(input, &mut output).map_err(not_json)?;
    Ok((outcome, output))
}

fn execute(
    config: ExecConfig,
    program: Program,
    input: &[u8],
    (trace, log): (bool, Option<&ExecutionLog>),
) -> Result<Ended, CliError> {
    let mut builder = Executor::builder(program);
    configure!(builder, config, trace, log);
    let executor = builder.workers(1).build().map_err(CliError::unusable)?;
    let runtime = runtime::Builder::new_current_thread().build().map_err(CliError::unusable)?;
    let completed = runtime.block_on(executor.execute(input)).map_err(CliError::unusable)?;
    executor.shut_down();
    Ok((completed.outcome, completed.output))
}

fn not_json(error: ParseError) -> CliError {
    CliError::unusable(format_args!("the input is not JSON: {error}"))
}
