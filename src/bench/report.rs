//! All that was measured, as one object: the JSON form is its fields, as they stand here.

use serde::Serialize;

use super::census::{Census, ErrorCount};
use super::latency::Latency;
use super::lines::{Lengths, Lines};
use super::phases::Phases;
use super::prices::Cost;
use super::resources::Heap;
use super::rounds::{Round, Rounds, seconds};
use super::series::Series;
use super::states::StateTime;
use super::statistics::Spread;

/// A benchmark's result. What could not be measured, or was not before an interrupt, is null or empty.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) state_machine: String,
    pub(crate) input: InputReport,
    pub(crate) workers: usize,
    pub(crate) is_interrupted: bool,
    pub(crate) rounds: usize,
    pub(crate) executions_per_round: u64,
    pub(crate) executions: Executions,
    pub(crate) throughput: Option<Throughput>,
    /// Time on processors, all threads together.
    pub(crate) cpu_seconds_per_million_executions: Option<Spread>,
    pub(crate) memory: Memory,
    pub(crate) latency: Option<Latency>,
    pub(crate) phases: Option<Phases>,
    pub(crate) states: Vec<StateTime>,
    pub(crate) aws_cost: Option<Cost>,
    /// Only with a plot.
    pub(crate) series: Option<Series>,
}

/// The lines that were executed.
#[derive(Debug, Serialize)]
pub(crate) struct InputReport {
    pub(crate) name: String,
    pub(crate) lines: u64,
    pub(crate) bytes: u64,
    pub(crate) line_bytes_min: u64,
    pub(crate) line_bytes_median: u64,
    pub(crate) line_bytes_max: u64,
}

/// What the executions of one pass over the input did.
#[derive(Debug, Serialize)]
pub(crate) struct Executions {
    pub(crate) succeeded: u64,
    pub(crate) failed: u64,
    pub(crate) errors: Vec<ErrorCount>,
    /// States entered and retried; those of Distributed Maps' children are not among them.
    pub(crate) transitions_per_execution: f64,
    pub(crate) output_bytes_per_execution: f64,
}

/// Over all rounds.
#[derive(Debug, Serialize)]
pub(crate) struct Throughput {
    pub(crate) executions_per_second: Spread,
    /// Of input.
    pub(crate) bytes_per_second: Spread,
    pub(crate) transitions_per_second: Spread,
    /// The loop that parses and writes each line with `serde_json`, on as many threads.
    pub(crate) serde_json_lines_per_second: Spread,
    /// The loop that copies each line, on as many threads.
    pub(crate) copy_lines_per_second: Spread,
    /// Executions as a multiple of the first loop's lines, round by round.
    pub(crate) ratio_to_serde_json: Spread,
    /// As a multiple of the second loop's lines.
    pub(crate) ratio_to_copy: Spread,
}

/// What memory it took.
#[derive(Debug, Serialize)]
pub(crate) struct Memory {
    /// Of the process, the input included, before the reference loops ran.
    pub(crate) peak_bytes: Option<u64>,
    /// On the worker's thread, in the steady state.
    pub(crate) allocations_per_execution: Option<f64>,
    pub(crate) allocated_bytes_per_execution: Option<f64>,
}

impl InputReport {
    pub(super) fn new(lines: &Lines, lengths: Lengths) -> Self {
        Self {
            name: lines.name.clone(),
            lines: lines.count,
            bytes: lines.bytes.len() as u64,
            line_bytes_min: lengths.min,
            line_bytes_median: lengths.median,
            line_bytes_max: lengths.max,
        }
    }
}

impl Executions {
    pub(super) fn new(census: Census) -> Self {
        let each = |count: u64| count as f64 / census.executions.max(1) as f64;
        Self {
            succeeded: census.succeeded,
            failed: census.executions - census.succeeded,
            transitions_per_execution: each(census.transitions),
            output_bytes_per_execution: each(census.output_bytes),
            errors: census.errors,
        }
    }
}

impl Throughput {
    /// `None` if there was no round.
    pub(super) fn new(rounds: &Rounds, transitions_per_execution: f64) -> Option<Self> {
        let over = |value: fn(&Round) -> f64| Spread::of(rounds.rounds.iter().map(value));
        let executions = over(|round| round.per_second(round.executions))?;
        Some(Self {
            executions_per_second: executions,
            bytes_per_second: over(|round| round.per_second(round.bytes))?,
            transitions_per_second: executions.scaled(transitions_per_execution),
            serde_json_lines_per_second: over(|round| round.executions as f64 / seconds(round.reference))?,
            copy_lines_per_second: over(|round| round.executions as f64 / seconds(round.floor))?,
            ratio_to_serde_json: over(|round| seconds(round.reference) / seconds(round.elapsed))?,
            ratio_to_copy: over(|round| seconds(round.floor) / seconds(round.elapsed))?,
        })
    }
}

/// Seconds on processors for a million executions.
pub(super) fn cpu_per_million(rounds: &Rounds) -> Option<Spread> {
    let each = |round: &Round| round.cpu.map(|cpu| cpu.as_secs_f64() * 1e6 / round.executions.max(1) as f64);
    Spread::of(rounds.rounds.iter().filter_map(each))
}

impl Memory {
    /// `more`: what `executions` took from the heap.
    pub(super) fn new(peak_bytes: Option<u64>, more: Option<Heap>, executions: u64) -> Self {
        let each = |count: u64| count as f64 / executions.max(1) as f64;
        Self {
            peak_bytes,
            allocations_per_execution: more.map(|heap| each(heap.allocations)),
            allocated_bytes_per_execution: more.map(|heap| each(heap.bytes)),
        }
    }
}

impl Report {
    /// As one JSON object.
    pub(crate) fn to_json(&self) -> String {
        // A report has string keys and finite numbers only: there is nothing in it that JSON cannot say.
        let mut text = serde_json::to_string(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Whether an execution failed.
    pub(crate) fn has_failures(&self) -> bool {
        self.executions.failed > 0
    }
}
