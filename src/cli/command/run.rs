//! `aslx run`: one execution for every input line.

use std::{fs, io, path::Path};

use crate::{
    cli::{
        args::RunArguments,
        config::RunConfig,
        definition::Definition,
        error::CliError,
        exit_code::ExitStatus,
        interrupt, metrics, output, process_log,
        progress::ProgressBar,
        state_machines::{self, Surroundings},
    },
    executor::Unanswered,
    pipeline::{InputForm, Pipeline, PipelineBuilder, Resumption, Summary},
    sink::Sink,
    source::Input,
    task::ProcessLog,
    telemetry::ExecutionLog,
};

/// Runs every line and says in the end what became of them.
pub(in crate::cli) fn run(arguments: &RunArguments) -> Result<ExitStatus, CliError> {
    let definition = Definition::read(&arguments.definition, &arguments.execution.text)?;
    let mut config = RunConfig::new(arguments, &definition)?;
    let program = definition.compile(config.execution.machine_type, &config.limits)?;
    let processes = config.execution.tasks.process_log().clone();
    let bar = config.shows_progress.then(ProgressBar::new);
    let log = open_log(arguments, bar.as_ref())?;
    let time = config.execution.time(None);
    let surroundings = Surroundings {
        limits: &config.limits,
        time: &time,
        log: log.as_ref(),
        unanswered: Unanswered::Refuse,
    };
    let machines = state_machines::prepare(&arguments.execution, &mut config.execution, &surroundings)?;
    let mut builder = Pipeline::builder(program);
    builder.names(config.execution.names()).time(time);
    builder.tasks(config.execution.tasks).limits(config.limits);
    if let Some(store) = config.execution.object_store {
        builder.object_store(store);
    }
    builder.order(config.order).form(config.form);
    match arguments.execution.seed {
        Some(seed) => _ = builder.seed(seed),
        None => _ = builder.random_seed(config.execution.seed),
    }
    if let Some(workers) = arguments.workers {
        builder.workers(workers.get());
    }
    let has_checkpoint = config.checkpoint.is_some();
    if let Some(checkpoint) = config.checkpoint {
        builder.checkpoint(checkpoint);
    }
    if !arguments.quiet {
        show_processes(&processes, bar.as_ref());
    }
    connect(&mut builder, arguments, bar.as_ref())?;
    if let Some(log) = &log {
        builder.log(log.clone());
    }
    if let Some(address) = arguments.metrics {
        builder.recorder(metrics::serve(address)?);
        if !arguments.quiet {
            output::report(&format_args!("metrics: {address}\n"));
        }
    }
    let callbacks = config.execution.callbacks.as_ref();
    let _endpoint = arguments.execution.callback.serve(callbacks, arguments.quiet)?;
    let pipeline = builder.build().map_err(CliError::run)?;
    let resumption = pipeline.resumption().cloned();
    let drain = pipeline.drain();
    interrupt::drain_on_interrupt(drain.clone(), arguments.quiet)?;
    let summary = pipeline.run();
    if let Some(machines) = machines {
        machines.shut_down(); // executions that nobody waits for end too
    }
    if let Some(bar) = &bar {
        bar.clear();
    }
    arguments.execution.log.finish(log.as_ref())?;
    let status = finish(&summary.map_err(CliError::run)?, resumption.as_ref(), arguments.quiet);
    if !drain.is_requested() {
        return Ok(status);
    }
    if has_checkpoint && !arguments.quiet {
        output::report(&"the same command goes on from here\n");
    }
    Ok(ExitStatus::Interrupted)
}

/// Shows what programs behind tasks log.
fn show_processes(log: &ProcessLog, bar: Option<&ProgressBar>) {
    match bar {
        Some(bar) => process_log::show(log, bar.beside(io::stderr())),
        None => process_log::show(log, io::stderr()),
    }
}

/// Opens what the run reads and writes.
fn connect(
    builder: &mut PipelineBuilder,
    arguments: &RunArguments,
    bar: Option<&ProgressBar>,
) -> Result<(), CliError> {
    for input in arguments.inputs.iter().chain(&arguments.replay) {
        builder.input(if input.as_os_str() == "-" { Input::stdin() } else { Input::file(input) });
    }
    if arguments.replay.is_some() {
        builder.input_form(InputForm::DeadLetter);
    } else if arguments.inputs.is_empty() {
        builder.input(Input::stdin());
    }
    builder.output(match &arguments.output {
        Some(path) => Sink::file(path).map_err(CliError::run)?,
        None => standard_output(bar),
    });
    match &arguments.failures {
        Some(path) => _ = builder.failures(Sink::file(path).map_err(CliError::run)?),
        None if arguments.envelope => {}
        None => _ = builder.failures(standard_error(bar)),
    }
    if let Some(bar) = bar.cloned() {
        builder.on_progress(move |progress| bar.show(progress));
    }
    Ok(())
}

/// Opens the execution log, which must be none of the files that results go to.
fn open_log(arguments: &RunArguments, bar: Option<&ProgressBar>) -> Result<Option<ExecutionLog>, CliError> {
    let log = &arguments.execution.log;
    let others = arguments.output.iter().chain(&arguments.failures).chain(&arguments.checkpoint);
    if let Some(path) = &log.file
        && others.chain(&arguments.inputs).any(|other| is_same_file(other, path))
    {
        let message = format!("--log-file {} is used for something else", path.display());
        return Err(CliError::unusable(message).help("name a file of its own"));
    }
    match bar.cloned() {
        Some(bar) => log.open(bar.beside(io::stderr())),
        None => log.open(io::stderr()),
    }
}

/// Whether two paths lead to one regular file, as far as that can be known.
fn is_same_file(first: &Path, second: &Path) -> bool {
    if fs::metadata(first).is_ok_and(|data| !data.is_file()) {
        return false; // a terminal or `/dev/null` may well take both
    }
    first == second
        || fs::canonicalize(first).ok().is_some_and(|first| fs::canonicalize(second).ok() == Some(first))
}

fn finish(summary: &Summary, resumption: Option<&Resumption>, quiet: bool) -> ExitStatus {
    if summary.output_closed {
        return ExitStatus::Success;
    }
    if !quiet {
        output::report(&sentence(summary, resumption));
    }
    if summary.failed > 0 { ExitStatus::Failed } else { ExitStatus::Success }
}

/// Output and failures may share the terminal with the bar.
fn standard_output(bar: Option<&ProgressBar>) -> Sink {
    match bar.filter(|_| output::stdout_is_terminal()) {
        Some(bar) => Sink::stream("standard output", bar.beside(io::stdout())),
        None => Sink::stdout(),
    }
}

fn standard_error(bar: Option<&ProgressBar>) -> Sink {
    bar.map_or_else(Sink::stderr, |bar| Sink::stream("standard error", bar.beside(io::stderr())))
}

fn sentence(summary: &Summary, resumption: Option<&Resumption>) -> String {
    let Summary { lines, succeeded, failed, elapsed, .. } = summary;
    let counts = format!("{succeeded} succeeded, {failed} failed");
    let (seconds, rate) = (elapsed.as_secs_f64(), summary.lines_per_second());
    match resumption {
        None => format!("{lines} lines in {seconds:.2} s ({rate:.0} lines/s): {counts}\n"),
        Some(Resumption { is_finished: true, .. }) => {
            format!("nothing left to do; {lines} lines before: {counts}\n")
        }
        Some(Resumption { source, line, .. }) => format!(
            "{lines} lines, {seconds:.2} s ({rate:.0} lines/s) since the run resumed at line {line} of {source}: \
             {counts}\n"
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_summary_is_one_line() {
        let mut summary = Summary::default();
        (summary.lines, summary.succeeded, summary.failed) = (10_000, 9_854, 146);
        summary.elapsed = Duration::from_millis(250);
        let text = sentence(&summary, None);
        assert_eq!(text, "10000 lines in 0.25 s (40000 lines/s): 9854 succeeded, 146 failed\n");
        assert!(sentence(&Summary::default(), None).starts_with("0 lines in 0.00 s (0 lines/s)"));
    }
}
