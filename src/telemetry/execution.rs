//! The metrics of one state machine's executions, as handles that its workers share.

use std::sync::Arc;

use metrics::{Counter, Gauge, Histogram, Recorder};

use super::metrics::Metric;
use super::registrar::Registrar;
use crate::bytecode::{Program, StateId};
use crate::vm::{ExecutionStatus, StateCounts};

/// How an execution ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndStatus {
    /// `SUCCEEDED`
    Succeeded,
    /// `FAILED`
    Failed,
    /// `TIMED_OUT`
    TimedOut,
    /// `ABORTED`
    Aborted,
}

impl EndStatus {
    pub(super) const ALL: [Self; 4] = [Self::Succeeded, Self::Failed, Self::TimedOut, Self::Aborted];

    /// AWS's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => ExecutionStatus::Failed.as_str(),
            Self::TimedOut => ExecutionStatus::TimedOut.as_str(),
            Self::Aborted => ExecutionStatus::Aborted.as_str(),
        }
    }
}

impl From<ExecutionStatus> for EndStatus {
    fn from(status: ExecutionStatus) -> Self {
        match status {
            ExecutionStatus::Failed => Self::Failed,
            ExecutionStatus::TimedOut => Self::TimedOut,
            ExecutionStatus::Aborted => Self::Aborted,
        }
    }
}

/// Handles for the executions of one program under one name, registered with a recorder.
#[derive(Debug)]
pub struct ExecutionMetrics {
    pub(super) started: Counter,
    pub(super) ended: [Counter; EndStatus::ALL.len()],
    pub(super) in_flight: Gauge,
    pub(super) parked: Gauge,
    /// Of sampled executions that never waited, and of all that did.
    pub(super) duration_sampled: Histogram,
    pub(super) duration_suspended: Histogram,
    transitions: Counter,
    /// By state.
    states: Vec<StateHandles>,
}

/// Handles of one state; those of what it cannot do are not registered and do nothing.
#[derive(Debug)]
struct StateHandles {
    entries: Counter,
    retries: Counter,
    catches: Counter,
}

impl ExecutionMetrics {
    /// Registers the metrics of a program's executions. Two programs of one name share them; so do two states
    /// of one name.
    pub fn register(recorder: &dyn Recorder, state_machine: &str, program: &Program) -> Arc<Self> {
        let registrar = Registrar::new(recorder, state_machine);
        let only_if = |is_possible: bool, metric: Metric, state: &str| {
            if is_possible { registrar.counter(metric, [state]) } else { Counter::noop() }
        };
        let states = program.states.iter().map(|state| StateHandles {
            entries: registrar.counter(Metric::StateEntries, [&*state.name]),
            retries: only_if(!state.retriers.is_empty(), Metric::StateRetries, &state.name),
            catches: only_if(!state.catchers.is_empty(), Metric::StateCatches, &state.name),
        });
        Arc::new(Self {
            started: registrar.counter(Metric::ExecutionsStarted, []),
            ended: EndStatus::ALL.map(|status| registrar.counter(Metric::ExecutionsEnded, [status.as_str()])),
            in_flight: registrar.gauge(Metric::ExecutionsInFlight),
            parked: registrar.gauge(Metric::ExecutionsParked),
            duration_sampled: registrar.histogram(Metric::ExecutionDuration, "false"),
            duration_suspended: registrar.histogram(Metric::ExecutionDuration, "true"),
            transitions: registrar.counter(Metric::StateTransitions, []),
            states: states.collect(),
        })
    }

    /// Adds the counts of a state.
    pub(super) fn add_state(&self, state: StateId, counts: StateCounts) {
        let Some(handles) = self.states.get(state.index()) else { return };
        let StateCounts { entries, retries, catches } = counts;
        handles.entries.increment(entries);
        handles.retries.increment(retries);
        handles.catches.increment(catches);
        self.transitions.increment(entries + retries);
    }
}
