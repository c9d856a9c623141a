//! Where the time of the execution goes, by state.

use std::sync::Arc;

use serde::Serialize;

use super::observed::{Nanoseconds, Totals, cost_ns};
use super::stop::Stop;
use super::workload::{Pass, Workload};
use crate::bytecode::{Program, StateId};
use crate::executor::{RunObserver, WorkerObserver};
use crate::pipeline::RunError;
use crate::vm::{StateEvent, StateObserver};

/// A state's share of the time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct StateTime {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) visits_per_execution: f64,
    /// On a worker, without the states inside it and without waiting.
    pub(crate) own_ns_per_execution: f64,
    /// Of the sum of all states.
    pub(crate) share: f64,
    /// From entry to exit, the states inside it and waiting included; none if no visit ended.
    pub(crate) elapsed_ns_per_visit: Option<f64>,
}

/// What was seen of one state.
#[derive(Debug, Clone, Copy, Default)]
struct StateTotal {
    visits: u64,
    /// Visits that ended, and the time from their entries to their exits.
    ended: u64,
    elapsed_ns: f64,
    own_ns: u64,
    own_laps: u64,
}

/// Runs a pass whose states are timed, on one worker; `None` if the run was stopped.
pub(super) fn measure_states(
    workload: &Workload,
    pass: Pass<'_>,
    stop: &Stop,
) -> Result<Option<Vec<StateTime>>, RunError> {
    let states = workload.program.states().len();
    let mut idle = StateTimes::new(Totals::new(vec![StateTotal::default(); states]), 0.0);
    let cost_ns = cost_ns(|| idle.observe(0, StateId(0), StateEvent::GoesOn));
    let totals = Totals::new(vec![StateTotal::default(); states]);
    let observer = StatesObserver { totals: totals.clone(), cost_ns };
    let summary = workload.run(Pass { workers: 1, ..pass }, Some(Arc::new(observer)), stop)?;
    let Some(summary) = summary.filter(|summary| summary.lines > 0) else { return Ok(None) };
    Ok(Some(totals.with(|totals| state_times(&workload.program, totals, cost_ns, summary.lines))))
}

/// States that were visited, in the order of the definition.
fn state_times(program: &Program, totals: &[StateTotal], cost_ns: f64, executions: u64) -> Vec<StateTime> {
    let own_ns = |total: &StateTotal| (total.own_ns as f64 - total.own_laps as f64 * cost_ns).max(0.0);
    let sum = totals.iter().map(own_ns).sum::<f64>().max(1.0);
    let visited = program.states().iter().zip(totals).filter(|(_, total)| total.visits > 0);
    visited
        .map(|(state, total)| StateTime {
            name: state.name.clone(),
            kind: state.kind.as_str(),
            visits_per_execution: total.visits as f64 / executions as f64,
            own_ns_per_execution: own_ns(total) / executions as f64,
            share: own_ns(total) / sum,
            elapsed_ns_per_visit: (total.ended > 0).then(|| total.elapsed_ns / total.ended as f64),
        })
        .collect()
}

#[derive(Debug)]
struct StatesObserver {
    totals: Totals<Vec<StateTotal>>,
    cost_ns: f64,
}

impl RunObserver for StatesObserver {
    fn worker(&self) -> Box<dyn WorkerObserver> {
        Box::new(WorkerStates { totals: self.totals.clone(), cost_ns: self.cost_ns })
    }
}

/// Gives every execution an observer of its own.
#[derive(Debug)]
struct WorkerStates {
    totals: Totals<Vec<StateTotal>>,
    cost_ns: f64,
}

impl WorkerObserver for WorkerStates {
    fn started(&mut self) -> u64 {
        0
    }

    fn parsed(&mut self) -> Option<Box<dyn StateObserver>> {
        Some(Box::new(StateTimes::new(self.totals.clone(), self.cost_ns)))
    }

    fn executed(&mut self) {}

    fn parked(&mut self) {}

    fn resumed(&mut self) {}

    fn ended(&mut self, _: u64, _: Option<Box<dyn StateObserver>>) {}

    fn delivering(&mut self) {}

    fn delivered(&mut self) {}
}

/// A visit that has not ended.
#[derive(Debug, Clone, Copy)]
struct OpenVisit {
    state: StateId,
    at: u64,
    /// Calls before its entry: what they cost is not the visit's.
    calls: u64,
}

/// The time of one execution's states. What happens between two calls is put down to the state of the first.
#[derive(Debug)]
struct StateTimes {
    clock: Nanoseconds,
    cost_ns: f64,
    last: u64,
    current: Option<StateId>,
    calls: u64,
    /// By strand.
    open: Vec<Option<OpenVisit>>,
    totals: Totals<Vec<StateTotal>>,
}

impl StateTimes {
    fn new(totals: Totals<Vec<StateTotal>>, cost_ns: f64) -> Self {
        let clock = Nanoseconds::default();
        Self { clock, cost_ns, last: clock.now(), current: None, calls: 0, open: Vec::new(), totals }
    }

    /// Puts the time since the last call down to the state that was at work.
    fn lap(&mut self) -> u64 {
        let now = self.clock.now();
        if let Some(state) = self.current {
            self.totals.with(|totals| {
                if let Some(total) = totals.get_mut(state.index()) {
                    total.own_ns += now - self.last;
                    total.own_laps += 1;
                }
            });
        }
        self.last = now;
        self.calls += 1;
        now
    }

    fn close(&self, visit: OpenVisit, now: u64) {
        let calls_ns = (self.calls - visit.calls) as f64 * self.cost_ns;
        let elapsed_ns = ((now - visit.at) as f64 - calls_ns).max(0.0);
        self.totals.with(|totals| {
            if let Some(total) = totals.get_mut(visit.state.index()) {
                total.ended += 1;
                total.elapsed_ns += elapsed_ns;
            }
        });
    }
}

impl StateObserver for StateTimes {
    fn observe(&mut self, strand: u32, state: StateId, event: StateEvent) {
        let now = self.lap();
        self.current = Some(state);
        let strand = strand as usize;
        if self.open.len() <= strand {
            self.open.resize(strand + 1, None);
        }
        match event {
            StateEvent::Entered => {
                self.open[strand] = Some(OpenVisit { state, at: now, calls: self.calls });
                self.totals.with(|totals| {
                    if let Some(total) = totals.get_mut(state.index()) {
                        total.visits += 1;
                    }
                });
            }
            StateEvent::Left => {
                if let Some(visit) = self.open[strand].take() {
                    self.close(visit, now);
                }
            }
            StateEvent::Ended => {
                for visit in std::mem::take(&mut self.open).into_iter().flatten() {
                    self.close(visit, now);
                }
                self.current = None;
            }
            _ => {}
        }
    }

    fn parked(&mut self) {
        self.lap();
    }

    fn resumed(&mut self) {
        self.last = self.clock.now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::lines::Lines;
    use crate::bench::workload::tests::workload;

    #[test]
    fn states_are_counted_inside_forks_and_in_executions_that_fail() {
        let definition = r#"{"StartAt":"Each","States":{
            "Each":{"Type":"Map","ItemProcessor":{"StartAt":"Item","States":{"Item":{"Type":"Pass","End":true}}},"Next":"Route"},
            "Route":{"Type":"Choice","Choices":[{"Variable":"$[0]","IsString":true,"Next":"Never"}],"Default":"Fail"},
            "Fail":{"Type":"Fail","Error":"E"},
            "Never":{"Type":"Succeed"}}}"#;
        let lines = Lines::new("in", *b"[1,2,3]\n[4]\n");
        let workload = workload(definition, lines.clone());
        let pass = Pass { lines: &lines, passes: 1, workers: 1 };
        let states = measure_states(&workload, pass, &Stop::default()).expect("memory").expect("not stopped");
        let of = |name: &str| states.iter().find(|state| state.name == name);
        let visits = |name: &str| of(name).map(|state| state.visits_per_execution);
        assert_eq!(
            [visits("Each"), visits("Item"), visits("Fail"), visits("Never")],
            [Some(1.0), Some(2.0), Some(1.0), None]
        );
        assert!(states.iter().all(|state| state.elapsed_ns_per_visit.is_some()), "{states:?}");
        let shares: f64 = states.iter().map(|state| state.share).sum();
        assert!((shares - 1.0).abs() < 1e-6 || shares.abs() < 1e-6, "{states:?}");
    }

    #[test]
    fn time_goes_to_the_state_that_was_at_work() {
        let totals = Totals::new(vec![StateTotal::default(); 2]);
        let mut times = StateTimes::new(totals.clone(), 0.0);
        times.observe(0, StateId(0), StateEvent::Entered);
        times.observe(1, StateId(1), StateEvent::Entered);
        times.parked();
        times.resumed();
        times.observe(1, StateId(1), StateEvent::Left);
        times.observe(0, StateId(0), StateEvent::Left);
        times.observe(0, StateId(0), StateEvent::Ended);
        let laps =
            totals.with(|totals| [0, 1].map(|index: usize| (totals[index].own_laps, totals[index].ended)));
        // Entry to entry and exit to end; entry to parking, resuming to exit and exit to exit.
        assert_eq!(laps, [(2, 1), (3, 1)]);
    }
}
