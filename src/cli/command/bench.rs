//! `aslx bench`: how fast a definition runs, and where the time goes.

use std::{io, sync::Arc};

use crate::{
    bench::{Lines, Plan, Prices, Report, Stop, Workload, measure, plot, to_text},
    bytecode::Program,
    cli::{
        bench::BenchArguments,
        config::{self, ExecutionConfig},
        definition::Definition,
        error::CliError,
        exit_code::ExitStatus,
        file, interrupt, output,
    },
    limits::Limits,
    telemetry::ExecutionLog,
};

/// Measures and reports.
pub(in crate::cli) fn bench(arguments: &BenchArguments) -> Result<ExitStatus, CliError> {
    let definition = Definition::read(&arguments.definition, &arguments.execution.text)?;
    let config = ExecutionConfig::new(&arguments.execution, &definition)?;
    let limits = config::limits(arguments.payload_bytes_max, arguments.line_bytes_max, None);
    let plan = plan(arguments)?;
    let definition_bytes = definition.bytes().len() as u64;
    let program = definition.compile(config.machine_type, &limits)?;
    let log = arguments.execution.log.open(io::stderr())?;
    let lines = Lines::new(arguments.input.display().to_string(), file::read_input(&arguments.input)?);
    if lines.count == 0 {
        let message = format!("{} has no lines to execute", arguments.input.display());
        return Err(CliError::unusable(message).help("give a file with one input a line"));
    }
    let workload = workload(config, (Arc::new(program), definition_bytes), limits, lines, log.as_ref());
    let stop = Arc::new(Stop::default());
    let (asked, asks) = (Arc::clone(&stop), Arc::clone(&stop));
    interrupt::on_interrupt(move || asked.is_requested(), move || asks.request(), arguments.quiet)?;
    let shows_stages = !arguments.quiet && output::stderr_is_terminal();
    let stage = |what: &str| {
        if shows_stages {
            output::report(&format_args!("measuring: {what}\n"));
        }
    };
    let report = measure(&workload, &plan, &stop, &stage).map_err(CliError::run)?;
    arguments.execution.log.finish(log.as_ref())?;
    let Some(report) = report else { return Ok(ExitStatus::Interrupted) };
    deliver(&report, arguments)?;
    Ok(match stop.is_requested() {
        true => ExitStatus::Interrupted,
        false if report.has_failures() => ExitStatus::Failed,
        false => ExitStatus::Success,
    })
}

fn plan(arguments: &BenchArguments) -> Result<Plan, CliError> {
    let prices = match &arguments.prices {
        None => Prices::built_in().map_err(CliError::unusable)?,
        Some(path) => Prices::parse(&file::read_text(path)?).map_err(|error| {
            CliError::unusable(format_args!("{} is no table of prices: {}", path.display(), error.trim_end()))
        })?,
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(Plan {
        workers: arguments.workers.map_or(cores, usize::from),
        rounds: arguments.rounds,
        warm_up: arguments.warm_up,
        time: arguments.time,
        prices,
        with_series: arguments.plot.is_some(),
    })
}

fn workload(
    config: ExecutionConfig,
    (program, definition_bytes): (Arc<Program>, u64),
    limits: Limits,
    lines: Lines,
    log: Option<&ExecutionLog>,
) -> Workload {
    Workload {
        program,
        definition_bytes,
        names: config.names(),
        time: config.time(None),
        tasks: config.tasks,
        object_store: config.object_store,
        limits,
        seed: config.seed,
        log: log.cloned(),
        lines,
    }
}

fn deliver(report: &Report, arguments: &BenchArguments) -> Result<(), CliError> {
    if let Some(path) = &arguments.plot {
        file::write(path, plot(report).as_bytes())?;
    }
    let text = if arguments.json { report.to_json() } else { to_text(report) };
    output::print(text.as_bytes())
}
