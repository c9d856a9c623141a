//! Throughput by number of workers and by length of the lines.

use std::time::Duration;

use serde::Serialize;

use super::lines::Lines;
use super::rounds::{Rounds, Schedule, measure_rounds};
use super::statistics::Spread;
use super::stop::Stop;
use super::workload::Workload;
use crate::pipeline::RunError;

/// Rounds of a point.
const ROUNDS: u32 = 3;
/// Most points of the series by workers.
const POINTS_MAX: usize = 12;

/// Both series; shorter if the measurement was stopped.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Series {
    pub(crate) by_workers: Vec<WorkersPoint>,
    pub(crate) by_line_bytes: Vec<LengthPoint>,
}

#[derive(Debug, Serialize)]
pub(crate) struct WorkersPoint {
    pub(crate) workers: usize,
    #[serde(flatten)]
    pub(crate) rates: Rates,
}

#[derive(Debug, Serialize)]
pub(crate) struct LengthPoint {
    pub(crate) line_bytes_min: u64,
    pub(crate) line_bytes_max: u64,
    pub(crate) lines: u64,
    #[serde(flatten)]
    pub(crate) rates: Rates,
}

/// Medians of a point's rounds.
#[derive(Debug, Clone, Copy, Serialize)]
#[expect(clippy::struct_field_names, reason = "they are the names in the JSON form, which have their unit")]
pub(crate) struct Rates {
    pub(crate) executions_per_second: f64,
    pub(crate) bytes_per_second: f64,
    pub(crate) serde_json_lines_per_second: f64,
}

/// Measures every point for so long.
pub(super) fn measure_series(
    workload: &Workload,
    block: &Lines,
    workers: usize,
    time: Duration,
    stop: &Stop,
) -> Result<Series, RunError> {
    let mut series = Series::default();
    let rates = |lines: &Lines, workers| {
        let schedule = Schedule { workers, rounds: ROUNDS, warm_up: Duration::ZERO, time };
        measure_rounds(workload, lines, schedule, stop, || {}).map(|rounds| rates_of(&rounds))
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    for workers in worker_counts(cores.max(workers)) {
        let Some(rates) = rates(block, workers)? else { return Ok(series) };
        series.by_workers.push(WorkersPoint { workers, rates });
    }
    for bucket in workload.lines.by_length() {
        let times = block.count.div_ceil(workload.lines.count.max(1)) as usize;
        let Some(rates) = rates(&bucket.lines.laid_end_to_end(times.max(1)), workers)? else {
            return Ok(series);
        };
        let (line_bytes_min, line_bytes_max) = (bucket.lengths.min, bucket.lengths.max);
        series.by_line_bytes.push(LengthPoint {
            line_bytes_min,
            line_bytes_max,
            lines: bucket.lines.count,
            rates,
        });
    }
    Ok(series)
}

fn rates_of(rounds: &Rounds) -> Option<Rates> {
    let median = |value: fn(&super::rounds::Round) -> f64| {
        Spread::of(rounds.rounds.iter().map(value)).map(|spread| spread.median)
    };
    Some(Rates {
        executions_per_second: median(|round| round.per_second(round.executions))?,
        bytes_per_second: median(|round| round.per_second(round.bytes))?,
        serde_json_lines_per_second: median(|round| {
            round.executions as f64 / super::rounds::seconds(round.reference)
        })?,
    })
}

/// From one to all, not too many between.
fn worker_counts(most: usize) -> Vec<usize> {
    let step = most.div_ceil(POINTS_MAX);
    let mut counts: Vec<_> = (1..=most).step_by(step).collect();
    if counts.last() != Some(&most) {
        counts.push(most);
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worker_counts_reach_from_one_to_all() {
        assert_eq!(worker_counts(1), [1]);
        assert_eq!(worker_counts(4), [1, 2, 3, 4]);
        let many = worker_counts(192);
        assert!(many.len() <= POINTS_MAX + 1, "{many:?}");
        assert_eq!((many[0], many[many.len() - 1]), (1, 192));
    }
}
