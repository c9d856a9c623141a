//! Who watches executions pass through workers, to measure them.
//!
//! Nothing is told, and no clock is read, unless a run was given an observer; then each execution costs its worker a few
//! calls. Child executions of Map Runs are not told of: they run beside the run.

use std::fmt::Debug;

use crate::vm::StateObserver;

/// Watches a run.
pub(crate) trait RunObserver: Debug + Send + Sync {
    /// Watches one of its workers; made and dropped on the worker's thread.
    fn worker(&self) -> Box<dyn WorkerObserver>;
}

/// Watches a worker. The times between the calls are those of the phases; all calls of an execution that does not wait
/// come one after the other.
pub(crate) trait WorkerObserver: Debug + Send + Sync {
    /// An execution is taken up. The answer is handed back at its end.
    fn started(&mut self) -> u64;

    /// Its input is parsed; who is to watch its states, if anybody is.
    fn parsed(&mut self) -> Option<Box<dyn StateObserver>>;

    /// It left the VM: it is over, or waits.
    fn executed(&mut self);

    /// It waits.
    fn parked(&mut self);

    /// One that waited goes on.
    fn resumed(&mut self);

    /// It is over, and its output written. `started`: what was answered at its start.
    fn ended(&mut self, started: u64, states: Option<Box<dyn StateObserver>>);

    /// The outputs of many executions are handed over.
    fn delivering(&mut self);

    /// They have been.
    fn delivered(&mut self);
}
