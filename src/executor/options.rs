//! What every way to run executions lets its user choose.

use std::sync::Arc;

use super::clock::Time;
use super::observer::RunObserver;
use super::runner::Unanswered;
use super::setup::Setup;
use crate::asl::model::MachineType;
use crate::bytecode::Program;
use crate::limits::Limits;
use crate::map_run::ObjectStore;
use crate::task::{TaskRegistry, TaskTable};
use crate::telemetry::{ExecutionLog, ExecutionMetrics};
use crate::vm::{Names, RecordOptions};

/// The choices that runners, executors and pipelines have in common.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) tasks: TaskRegistry,
    pub(crate) limits: Limits,
    pub(crate) names: Names,
    pub(crate) time: Time,
    pub(crate) seed: u64,
    pub(crate) object_store: Option<Arc<dyn ObjectStore>>,
    /// Whether outcomes have histories.
    pub(crate) keeps_history: bool,
    pub(crate) log: Option<ExecutionLog>,
    /// Whether outcomes have the visits of states.
    pub(crate) trace: bool,
    pub(crate) unanswered: Unanswered,
    /// Who watches executions, if anybody does.
    pub(crate) observer: Option<Arc<dyn RunObserver>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            tasks: TaskRegistry::new(),
            limits: Limits::default(),
            names: Names::new("StateMachine", MachineType::Express),
            time: Time::default(),
            seed: 0,
            object_store: None,
            keeps_history: false,
            log: None,
            trace: false,
            unanswered: Unanswered::default(),
            observer: None,
        }
    }
}

impl Options {
    /// What the executions of a program share, under these options.
    pub(crate) fn setup(
        &self,
        program: &Arc<Program>,
        tasks: TaskTable,
        metrics: Option<Arc<ExecutionMetrics>>,
    ) -> Setup {
        Setup {
            program: tasks.link(program),
            tasks,
            limits: self.limits.clone(),
            names: Arc::new(Names { token_key: self.tasks.token_key(), ..self.names.clone() }),
            time: self.time.clone(),
            store: self.object_store.clone(),
            trace: self.trace,
            nesting_depth: 0,
            recording: self.recording(),
            keeps_history: self.keeps_history,
            log: self.log.clone(),
            metrics,
            observer: self.observer.clone(),
        }
    }

    /// What histories must keep for all that is done with them.
    fn recording(&self) -> Option<RecordOptions> {
        let for_outcome = self.keeps_history.then(RecordOptions::default);
        let for_log = self.log.as_ref().map(ExecutionLog::options);
        match (for_outcome, for_log) {
            (Some(first), Some(second)) => Some(first.union(second)),
            (first, second) => first.or(second),
        }
    }
}

/// The setters of a builder that has `options`.
macro_rules! option_setters {
    () => {
        /// The handlers; none unless set.
        pub fn tasks(&mut self, tasks: $crate::task::TaskRegistry) -> &mut Self {
            self.options.tasks = tasks;
            self
        }

        /// The bounds on executions, and on how many there may be.
        pub fn limits(&mut self, limits: $crate::limits::Limits) -> &mut Self {
            self.options.limits = limits;
            self
        }

        /// The names in the Context Object.
        pub fn names(&mut self, names: $crate::vm::Names) -> &mut Self {
            self.options.names = names;
            self
        }

        /// How executions see time; the machine's clock unless set.
        pub fn time(&mut self, time: $crate::executor::Time) -> &mut Self {
            self.options.time = time;
            self
        }

        /// What stands in for S3 in Distributed Maps; nothing unless set.
        pub fn object_store(&mut self, store: std::sync::Arc<dyn $crate::map_run::ObjectStore>) -> &mut Self {
            self.options.object_store = Some(store);
            self
        }

        /// Where randomness comes from; each execution has a seed of its own derived from it.
        pub fn seed(&mut self, seed: u64) -> &mut Self {
            self.options.seed = seed;
            self
        }

        /// Where the events of executions are logged; nowhere unless set.
        pub fn log(&mut self, log: $crate::telemetry::ExecutionLog) -> &mut Self {
            self.options.log = Some(log);
            self
        }
    };
}

/// The setters of a builder whose executions' outcomes somebody sees.
macro_rules! outcome_setters {
    () => {
        /// What becomes of a task that no handler answers.
        pub fn unanswered(&mut self, unanswered: $crate::executor::Unanswered) -> &mut Self {
            self.options.unanswered = unanswered;
            self
        }

        /// Whether to record state visits.
        pub fn trace(&mut self, trace: bool) -> &mut Self {
            self.options.trace = trace;
            self
        }

        /// Whether to keep the [history](crate::executor::Outcome::history) of every execution: each event, with
        /// inputs and outputs. Nothing that executions do depends on it.
        pub fn record_history(&mut self, record_history: bool) -> &mut Self {
            self.options.keeps_history = record_history;
            self
        }
    };
}

pub(crate) use option_setters;
pub(crate) use outcome_setters;
