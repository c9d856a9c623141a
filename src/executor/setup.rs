//! What all executions of a run share.

use std::sync::Arc;

use super::clock::Time;
use super::observer::RunObserver;
use crate::bytecode::Program;
use crate::limits::Limits;
use crate::map_run::ObjectStore;
use crate::task::TaskTable;
use crate::telemetry::{ExecutionLog, ExecutionMetrics};
use crate::vm::{Names, RecordOptions};

/// A program and all that its executions need around it; read-only once made.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) program: Arc<Program>,
    pub(crate) tasks: TaskTable,
    pub(crate) limits: Limits,
    pub(crate) names: Arc<Names>,
    pub(crate) time: Time,
    /// What stands in for S3, if anything does.
    pub(crate) store: Option<Arc<dyn ObjectStore>>,
    /// Whether to record state visits.
    pub(crate) trace: bool,
    /// How many executions started one another before those of this setup.
    pub(crate) nesting_depth: u32,
    /// What histories keep, if there are any.
    pub(crate) recording: Option<RecordOptions>,
    /// Whether outcomes have them.
    pub(crate) keeps_history: bool,
    /// Where they are logged, if anywhere.
    pub(crate) log: Option<ExecutionLog>,
    /// Where executions are counted, if anywhere.
    pub(crate) metrics: Option<Arc<ExecutionMetrics>>,
    /// Who watches executions, if anybody does.
    pub(crate) observer: Option<Arc<dyn RunObserver>>,
}

impl Setup {
    /// Whether every execution needs the exact time at its start. Otherwise one reading may serve many:
    /// nothing that the program computes depends on it, and no handler takes time.
    pub(crate) fn needs_exact_time(&self) -> bool {
        !self.time.is_virtual() && (self.program.needs_clock() || !self.tasks.is_instant())
    }
}
