//! `aslx run`: one execution for every input line.

use std::io;

use crate::{
    cli::{
        args::RunArguments, config::RunConfig, definition::Definition, error::CliError,
        exit_code::ExitStatus, interrupt, metrics, output, progress::ProgressBar,
    },
    pipeline::{OutputForm, Pipeline, Summary},
    sink::Sink,
    source::Input,
};

/// Runs every line and says in the end what became of them.
pub(in crate::cli) fn run(arguments: &RunArguments) -> Result<ExitStatus, CliError> {
    let definition = Definition::read(&arguments.definition, &arguments.execution.text)?;
    let config = RunConfig::new(arguments, &definition)?;
    let program = definition.compile(config.execution.machine_type, &config.limits)?;
    let mut builder = Pipeline::builder(program);
    builder.names(config.execution.names()).time(config.execution.time(None)).seed(config.execution.seed);
    builder.tasks(config.execution.tasks).limits(config.limits);
    builder.order(config.order).form(config.form);
    if let Some(workers) = arguments.workers {
        builder.workers(workers.get());
    }
    for input in &arguments.inputs {
        builder.input(if input.as_os_str() == "-" { Input::stdin() } else { Input::file(input) });
    }
    if arguments.inputs.is_empty() {
        builder.input(Input::stdin());
    }
    let bar = config.shows_progress.then(ProgressBar::new);
    builder.output(match &arguments.output {
        Some(path) => Sink::file(path).map_err(CliError::run)?,
        None => standard_output(bar.as_ref()),
    });
    match &arguments.failures {
        Some(path) => _ = builder.failures(Sink::file(path).map_err(CliError::run)?),
        None if config.form == OutputForm::Envelope => {}
        None => _ = builder.failures(standard_error(bar.as_ref())),
    }
    if let Some(bar) = bar.clone() {
        builder.on_progress(move |progress| bar.show(progress));
    }
    if let Some(address) = arguments.metrics {
        builder.recorder(metrics::serve(address)?);
        if !arguments.quiet {
            output::report(&format_args!("metrics: {address}\n"));
        }
    }
    let pipeline = builder.build().map_err(CliError::run)?;
    let drain = pipeline.drain();
    interrupt::drain_on_interrupt(drain.clone(), arguments.quiet)?;
    let summary = pipeline.run();
    if let Some(bar) = &bar {
        bar.clear();
    }
    let status = finish(&summary.map_err(CliError::run)?, arguments.quiet);
    Ok(if drain.is_requested() { ExitStatus::Interrupted } else { status })
}

fn finish(summary: &Summary, quiet: bool) -> ExitStatus {
    if summary.output_closed {
        return ExitStatus::Success;
    }
    if !quiet {
        output::report(&sentence(summary));
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

fn sentence(summary: &Summary) -> String {
    let Summary { lines, succeeded, failed, elapsed, .. } = summary;
    let (seconds, rate) = (elapsed.as_secs_f64(), summary.lines_per_second());
    format!("{lines} lines in {seconds:.2} s ({rate:.0} lines/s): {succeeded} succeeded, {failed} failed\n")
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
        assert_eq!(sentence(&summary), "10000 lines in 0.25 s (40000 lines/s): 9854 succeeded, 146 failed\n");
        assert!(sentence(&Summary::default()).starts_with("0 lines in 0.00 s (0 lines/s)"));
    }
}
