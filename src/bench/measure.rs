//! All measurements, one after the other.

use std::time::Duration;

use super::census::take_census;
use super::latency::measure_latency;
use super::lines::Lines;
use super::phases::{Phases, measure_phases};
use super::prices::{Prices, Usage};
use super::report::{Executions, InputReport, Memory, Report, Throughput, cpu_per_million};
use super::resources::{Heap, heap, peak_memory_bytes};
use super::rounds::{Schedule, measure_rounds, seconds};
use super::series::measure_series;
use super::states::measure_states;
use super::stop::Stop;
use super::workload::{Pass, Workload};
use crate::pipeline::RunError;

/// Runs with clock readings, of which the quickest counts.
const TRIALS: u32 = 3;

/// What to measure, and for how long.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) workers: usize,
    pub(crate) rounds: u32,
    pub(crate) warm_up: Duration,
    /// For all rounds together.
    pub(crate) time: Duration,
    pub(crate) prices: Prices,
    /// Whether to measure what a plot shows.
    pub(crate) with_series: bool,
}

/// Measures; `stage` is told what comes next. `None` if it was stopped before anything was measured, or if there are no
/// lines.
pub(crate) fn measure(
    workload: &Workload,
    plan: &Plan,
    stop: &Stop,
    stage: &dyn Fn(&str),
) -> Result<Option<Report>, RunError> {
    let Some(lengths) = workload.lines.lengths() else { return Ok(None) };
    stage("counting: one pass over the input");
    let Some(census) = take_census(workload, &workload.lines, plan.workers, stop)? else { return Ok(None) };
    let round_time = plan.time.as_secs_f64() / f64::from(plan.rounds.max(1));
    let block =
        workload.lines.laid_end_to_end((round_time / seconds(census.elapsed)).clamp(1.0, 1e6) as usize);
    let mut peak_bytes = None;
    let Plan { workers, rounds, warm_up, time, .. } = *plan;
    stage("throughput");
    let schedule = Schedule { workers, rounds, warm_up, time };
    let measured = measure_rounds(workload, &block, schedule, stop, || peak_bytes = peak_memory_bytes())?;
    let pass = Pass { lines: &block, passes: measured.passes.max(1), workers };
    stage("latency");
    let latency = measure_latency(workload, pass, stop)?;
    stage("phases and states");
    let phases = quickest(|| measure_phases(workload, pass, stop), Phases::sum_ns)?;
    let states = quickest(
        || measure_states(workload, pass, stop),
        |states| states.iter().map(|state| state.own_ns_per_execution).sum(),
    )?;
    stage("memory");
    let (more, executions) = measure_heap(workload, &block, stop)?;
    let series = if plan.with_series {
        stage("throughput by workers and by length of the lines");
        Some(measure_series(workload, &block, workers, time / rounds.max(1) * 3, stop)?)
    } else {
        None
    };
    let executions_report = Executions::new(census);
    let transitions = executions_report.transitions_per_execution;
    let usage = latency.map(|latency| Usage {
        transitions,
        billed_ms: latency.billed_ms,
        definition_bytes: workload.definition_bytes,
        input_bytes: workload.lines.bytes.len() as f64 / workload.lines.count.max(1) as f64,
    });
    Ok(Some(Report {
        state_machine: workload.names.state_machine.clone(),
        input: InputReport::new(&workload.lines, lengths),
        workers,
        is_interrupted: stop.is_requested(),
        rounds: measured.rounds.len(),
        executions_per_round: measured.rounds.first().map_or(0, |round| round.executions),
        executions: executions_report,
        throughput: Throughput::new(&measured, transitions),
        cpu_seconds_per_million_executions: cpu_per_million(&measured),
        memory: Memory::new(peak_bytes, more, executions),
        latency,
        phases,
        states: states.unwrap_or_default(),
        aws_cost: usage.map(|usage| plan.prices.cost(usage)),
        series,
    }))
}

/// Of some runs the one that took least: what else the machine does adds to sums, and never takes from them.
fn quickest<T>(
    mut run: impl FnMut() -> Result<Option<T>, RunError>,
    total_ns: impl Fn(&T) -> f64,
) -> Result<Option<T>, RunError> {
    let mut least: Option<T> = None;
    for _ in 0..TRIALS {
        let Some(trial) = run()? else { break };
        if least.as_ref().is_none_or(|least| total_ns(&trial) < total_ns(least)) {
            least = Some(trial);
        }
    }
    Ok(least)
}

/// What the executions of one pass take from the heap of the calling thread, which is the only worker: that of two passes
/// less that of one, so that what a run takes once is not in it.
fn measure_heap(workload: &Workload, block: &Lines, stop: &Stop) -> Result<(Option<Heap>, u64), RunError> {
    let mut taken = [Heap::default(); 2];
    for (index, taken) in taken.iter_mut().enumerate() {
        let pass = Pass { lines: block, passes: index as u32 + 1, workers: 1 };
        let Some(before) = heap() else { return Ok((None, 0)) };
        if workload.run(pass, None, stop)?.is_none() {
            return Ok((None, 0));
        }
        let Some(after) = heap() else { return Ok((None, 0)) };
        taken.allocations = after.allocations - before.allocations;
        taken.bytes = after.bytes - before.bytes;
    }
    let [one, two] = taken;
    let allocations = two.allocations.saturating_sub(one.allocations);
    Ok((Some(Heap { allocations, bytes: two.bytes.saturating_sub(one.bytes) }), block.count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::workload::tests::workload;

    const DEFINITION: &str = r#"{"StartAt":"Route","States":{
        "Route":{"Type":"Choice","Choices":[{"Variable":"$.n","NumericLessThan":3,"Next":"Bad"}],"Default":"Good"},
        "Good":{"Type":"Pass","End":true},
        "Bad":{"Type":"Fail","Error":"Small","Cause":"too small"}}}"#;

    fn plan(with_series: bool) -> Plan {
        Plan {
            workers: 1,
            rounds: 2,
            warm_up: Duration::ZERO,
            time: Duration::from_millis(10),
            prices: Prices::built_in().expect("sound"),
            with_series,
        }
    }

    fn report(lines: &[u8], stop: &Stop) -> Option<Report> {
        let workload = workload(DEFINITION, Lines::new("in", lines));
        measure(&workload, &plan(true), stop, &|_| {}).expect("memory")
    }

    #[test]
    fn everything_is_measured() {
        let report =
            report(b"{\"n\":1}\n{\"n\":5}\n{\"n\":12345678901}\n[\n", &Stop::default()).expect("lines");
        assert_eq!((report.executions.succeeded, report.executions.failed), (2, 2));
        let errors: Vec<_> =
            report.executions.errors.iter().map(|error| (&*error.error, error.first_line)).collect();
        assert_eq!(errors, [("Small", 1), ("States.Runtime", 4)]);
        assert!((report.executions.transitions_per_execution - 1.5).abs() < 1e-9);
        assert!((1..=2).contains(&report.rounds));
        assert!(report.throughput.is_some() && report.latency.is_some() && report.phases.is_some());
        let names: Vec<_> = report.states.iter().map(|state| &*state.name).collect();
        assert_eq!(names.len(), 3, "{names:?}");
        let cost = report.aws_cost.as_ref().expect("latencies are known");
        assert!((cost.standard_usd_per_million_executions - 37.5).abs() < 1e-9);
        let series = report.series.as_ref().expect("asked for");
        assert_eq!(series.by_line_bytes.len(), 3, "one byte, eight, sixteen and more");
        let json: serde_json::Value = serde_json::from_str(&report.to_json()).expect("JSON");
        assert_eq!(json["states"][0]["type"].as_str().map(str::is_empty), Some(false));
        assert!(
            json["throughput"]["executions_per_second"]["median"].as_f64().is_some_and(|rate| rate > 0.0)
        );
    }

    #[test]
    fn without_lines_or_after_a_stop_there_is_no_report() {
        assert!(report(b"\n  \n", &Stop::default()).is_none());
        let stop = Stop::default();
        stop.request();
        assert!(report(b"{}\n", &stop).is_none());
    }
}
