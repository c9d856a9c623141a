//! Where a worker's time goes: reading, parsing, executing, writing.

use std::sync::Arc;

use serde::Serialize;

use super::observed::{Nanoseconds, Totals, cost_ns};
use super::stop::Stop;
use super::workload::{Pass, Workload};
use crate::executor::{RunObserver, WorkerObserver};
use crate::pipeline::RunError;
use crate::vm::StateObserver;

/// A worker's time per execution, by phase, without that of the measurement itself.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[expect(clippy::struct_field_names, reason = "they are the names in the JSON form, which have their unit")]
pub(crate) struct Phases {
    /// Claiming chunks and finding lines in them.
    pub(crate) read_ns: f64,
    /// From bytes to a tape.
    pub(crate) parse_ns: f64,
    /// States, expressions, and handlers that answer at once.
    pub(crate) execute_ns: f64,
    /// From values to bytes, and handing those over.
    pub(crate) write_ns: f64,
    /// Until answers come and times are over.
    pub(crate) wait_ns: f64,
    /// What one reading of the clock costs; that much was taken off for each.
    pub(crate) clock_ns: f64,
}

impl Phases {
    /// All phases together.
    pub(super) fn sum_ns(&self) -> f64 {
        self.read_ns + self.parse_ns + self.execute_ns + self.write_ns + self.wait_ns
    }
}

#[derive(Debug, Clone, Copy)]
enum Phase {
    Read,
    Parse,
    Execute,
    Write,
    Wait,
}

const PHASES: usize = 5;

/// Nanoseconds and readings by phase.
#[derive(Debug, Clone, Copy, Default)]
struct Laps {
    ns: [u64; PHASES],
    count: [u64; PHASES],
}

/// Runs a pass whose phases are timed, on one worker; `None` if the run was stopped.
pub(super) fn measure_phases(
    workload: &Workload,
    pass: Pass<'_>,
    stop: &Stop,
) -> Result<Option<Phases>, RunError> {
    let totals = Totals::new(Laps::default());
    let observer = PhaseObserver(totals.clone());
    let summary = workload.run(Pass { workers: 1, ..pass }, Some(Arc::new(observer)), stop)?;
    let Some(summary) = summary.filter(|summary| summary.lines > 0) else { return Ok(None) };
    let mut idle = WorkerPhases::new(Totals::default());
    let cost_ns = cost_ns(|| idle.lap(Phase::Execute));
    Ok(Some(totals.with(|laps| phases(laps, cost_ns, summary.lines))))
}

fn phases(laps: &Laps, cost_ns: f64, executions: u64) -> Phases {
    let of = |phase: Phase| {
        let (ns, count) = (laps.ns[phase as usize] as f64, laps.count[phase as usize] as f64);
        (ns - count * cost_ns).max(0.0) / executions as f64
    };
    Phases {
        read_ns: of(Phase::Read),
        parse_ns: of(Phase::Parse),
        execute_ns: of(Phase::Execute),
        write_ns: of(Phase::Write),
        wait_ns: of(Phase::Wait),
        clock_ns: cost_ns,
    }
}

#[derive(Debug)]
struct PhaseObserver(Totals<Laps>);

impl RunObserver for PhaseObserver {
    fn worker(&self) -> Box<dyn WorkerObserver> {
        Box::new(WorkerPhases::new(self.0.clone()))
    }
}

#[derive(Debug)]
struct WorkerPhases {
    clock: Nanoseconds,
    /// When the last phase ended.
    last: u64,
    /// Whether the present execution's input is parsed.
    is_parsed: bool,
    laps: Laps,
    totals: Totals<Laps>,
}

impl WorkerPhases {
    fn new(totals: Totals<Laps>) -> Self {
        let clock = Nanoseconds::default();
        Self { clock, last: clock.now(), is_parsed: false, laps: Laps::default(), totals }
    }

    /// What was done since the last call.
    fn lap(&mut self, phase: Phase) {
        let now = self.clock.now();
        self.laps.ns[phase as usize] += now - self.last;
        self.laps.count[phase as usize] += 1;
        self.last = now;
    }
}

impl WorkerObserver for WorkerPhases {
    fn started(&mut self) -> u64 {
        self.lap(Phase::Read);
        self.is_parsed = false;
        0
    }

    fn parsed(&mut self) -> Option<Box<dyn StateObserver>> {
        self.lap(Phase::Parse);
        self.is_parsed = true;
        None
    }

    fn executed(&mut self) {
        self.lap(Phase::Execute);
    }

    fn parked(&mut self) {
        self.lap(Phase::Execute);
    }

    fn resumed(&mut self) {
        self.lap(Phase::Wait);
        self.is_parsed = true;
    }

    fn ended(&mut self, _: u64, _: Option<Box<dyn StateObserver>>) {
        self.lap(if self.is_parsed { Phase::Write } else { Phase::Parse });
    }

    fn delivering(&mut self) {
        self.lap(Phase::Read);
    }

    fn delivered(&mut self) {
        self.lap(Phase::Write);
    }
}

impl Drop for WorkerPhases {
    fn drop(&mut self) {
        let own = self.laps;
        self.totals.with(|totals| {
            for phase in 0..PHASES {
                totals.ns[phase] += own.ns[phase];
                totals.count[phase] += own.count[phase];
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cost_of_the_clock_is_taken_off() {
        let laps = Laps { ns: [1_000, 4_000, 50, 0, 0], count: [10, 10, 10, 0, 0] };
        let phases = phases(&laps, 20.0, 10);
        let expected = Phases {
            read_ns: 80.0,
            parse_ns: 380.0,
            execute_ns: 0.0,
            write_ns: 0.0,
            wait_ns: 0.0,
            clock_ns: 20.0,
        };
        assert_eq!(phases, expected);
    }

    /// All that happens to an execution is in one phase or another.
    #[test]
    fn every_call_ends_a_phase() {
        let totals = Totals::<Laps>::default();
        let mut worker = WorkerPhases::new(totals.clone());
        worker.started();
        worker.parsed();
        worker.executed();
        worker.ended(0, None);
        worker.started();
        worker.ended(0, None); // not JSON
        worker.delivering();
        worker.delivered();
        drop(worker);
        assert_eq!(totals.with(|laps| laps.count), [3, 2, 1, 2, 0]);
    }
}
