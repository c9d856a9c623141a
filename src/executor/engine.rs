//! A thread's means to run executions: starts them, resumes them, and clears up after them.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::call::{Answer, CallStart};
use super::children::ChildEntry;
use super::clock::SystemClock;
use super::drive::{Drive, Driven, Waits};
use super::driver::panic_message;
use super::observer::WorkerObserver;
use super::setup::Setup;
use super::watchdog::{CallMark, Watchdog};
use crate::bytecode::{GraphId, Program, TaskId};
use crate::json::ParseError;
use crate::task::Reply;
use crate::telemetry::{EndStatus, WorkerMetrics};
use crate::value::timestamp::Timestamp;
use crate::vm::{Active, ExecutionError, ExecutionHistory, ExecutionStatus, Fiber, Start, Visit, Vm};

/// Fibers kept for reuse; a worker runs one execution at a time and parks the others.
const SPARE_MAX: usize = 64;
/// A fiber whose arena grew beyond this is given back to the system: an arena never shrinks by itself.
const SPARE_ARENA_BYTES_MAX: usize = 1 << 20;

/// How an execution stopped.
#[derive(Debug)]
pub(crate) enum Ended {
    /// It succeeded; its output has been appended.
    Succeeded,
    /// It failed or ran out of time.
    Failed(ExecutionError),
    /// Its input is not JSON.
    Malformed(ParseError),
    /// It waits.
    Suspended(Suspended),
}

/// An execution that waits, off its worker.
#[derive(Debug)]
pub(crate) struct Suspended {
    execution: Execution,
    /// What it was started with: a program that is swapped for another meanwhile stays its own.
    setup: Arc<Setup>,
    /// When to resume it at the latest.
    pub(super) wake_at: Option<Timestamp>,
}

impl Suspended {
    /// When the execution started; known once it has waited.
    pub(super) fn started_at(&self) -> Option<Timestamp> {
        self.execution.waits.started_at
    }

    pub(super) fn setup(&self) -> &Arc<Setup> {
        &self.setup
    }

    /// The calls that the driver does not have yet.
    pub(super) fn take_starts(&mut self) -> Vec<CallStart> {
        std::mem::take(&mut self.execution.waits.starts)
    }
}

/// A fiber and what travels with it.
#[derive(Debug)]
struct Execution {
    fiber: Box<Fiber>,
    waits: Box<Waits>,
}

/// A thread's means to run executions, one at a time.
#[derive(Debug)]
pub(super) struct Engine {
    vm: Vm,
    spare: Vec<Execution>,
    buffers: Buffers,
    /// Who watches this thread's calls, and under which number.
    watchdog: Option<(Arc<Watchdog>, usize)>,
    metrics: WorkerMetrics,
    /// When the present execution started, if it is one of those that are timed.
    timed_from: Option<Duration>,
    /// For metrics alone: what executions see is the setup's.
    clock: SystemClock,
}

/// What one execution uses while it runs and the next one reuses.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    pub(super) reply: Reply,
    /// The task whose handler is being called: who it was if it panics.
    pub(super) calling: Option<TaskId>,
    pub(super) visits: Vec<Visit>,
    /// When the last execution left the VM.
    pub(super) ended_at: Timestamp,
    /// The history of the execution that ended last, if its setup keeps it.
    history: Option<Box<ExecutionHistory>>,
    /// Who watches, if anybody does.
    pub(super) observer: Option<Box<dyn WorkerObserver>>,
}

impl Engine {
    pub(super) fn new(setup: &Setup) -> Self {
        let observer = setup.observer.as_ref().map(|observer| observer.worker());
        Self {
            vm: Vm::new(&setup.limits),
            spare: Vec::new(),
            buffers: Buffers { observer, ..Buffers::default() },
            watchdog: None,
            metrics: WorkerMetrics::new(setup.metrics.clone()),
            timed_from: None,
            clock: SystemClock::new(),
        }
    }

    /// Publishes what was counted if the last time was long enough ago.
    pub(super) fn publish_if_due(&mut self) {
        self.metrics.publish_if_due(self.clock.elapsed(), self.vm.counters());
    }

    /// Publishes what was counted.
    pub(super) fn publish(&mut self) {
        self.metrics.publish(self.vm.counters());
    }

    /// Counts for the program of another setup from now on.
    pub(super) fn switch(&mut self, setup: &Setup) {
        self.metrics.switch(setup.metrics.clone(), self.vm.counters());
    }

    /// Who watches, if anybody does.
    pub(super) fn observer(&mut self) -> Option<&mut dyn WorkerObserver> {
        match &mut self.buffers.observer {
            Some(observer) => Some(&mut **observer),
            None => None,
        }
    }

    pub(super) fn metrics(&mut self) -> &mut WorkerMetrics {
        &mut self.metrics
    }

    /// Has a watchdog look after the handlers that run on this thread.
    pub(super) fn watch(&mut self, watchdog: Arc<Watchdog>, worker: usize) {
        self.watchdog = Some((watchdog, worker));
    }

    /// Runs the execution of `input` until it ends or has to wait; the output is appended to `out`.
    pub(super) fn start(
        &mut self,
        setup: &Arc<Setup>,
        input: &[u8],
        seed: u64,
        now: Timestamp,
        out: &mut Vec<u8>,
    ) -> Ended {
        let start = Start { now, seed, names: &setup.names, trace: setup.trace };
        self.start_at(setup, GraphId(0), &start, input, out)
    }

    /// The same for a child execution of a Map Run.
    pub(super) fn start_child(
        &mut self,
        setup: &Arc<Setup>,
        entry: &ChildEntry,
        input: &[u8],
        seed: u64,
        out: &mut Vec<u8>,
    ) -> Ended {
        let start = Start { now: entry.started_at, seed, names: &entry.names, trace: false };
        self.start_at(setup, entry.graph, &start, input, out)
    }

    /// When the last execution left the VM.
    pub(super) fn ended_at(&self) -> Timestamp {
        self.buffers.ended_at
    }

    #[inline]
    fn start_at(
        &mut self,
        setup: &Arc<Setup>,
        graph: GraphId,
        start: &Start<'_>,
        input: &[u8],
        out: &mut Vec<u8>,
    ) -> Ended {
        if self.buffers.observer.is_some() {
            self.start_with::<true>(setup, graph, start, input, out)
        } else {
            self.start_with::<false>(setup, graph, start, input, out)
        }
    }

    /// `OBSERVED`: whether the observer is there; without one nothing is asked about it again.
    #[inline]
    fn start_with<const OBSERVED: bool>(
        &mut self,
        setup: &Arc<Setup>,
        graph: GraphId,
        start: &Start<'_>,
        input: &[u8],
        out: &mut Vec<u8>,
    ) -> Ended {
        let mut execution =
            self.spare.pop().unwrap_or_else(|| Execution { fiber: Fiber::new(), waits: Box::default() });
        if OBSERVED && let Some(observer) = &mut self.buffers.observer {
            execution.waits.observed = observer.started();
        }
        if self.metrics.execution_started() {
            self.timed_from = Some(self.clock.elapsed());
        }
        let mark = out.len();
        let Self { vm, buffers, watchdog, .. } = self;
        let result = catch_unwind(AssertUnwindSafe(|| {
            let Execution { fiber, waits } = &mut execution;
            match vm.start_at(fiber, &setup.program, input, start, graph) {
                Ok(mut active) => {
                    if OBSERVED
                        && let Some(states) = buffers.observer.as_mut().and_then(|observer| observer.parsed())
                    {
                        active.observe_states(states);
                    }
                    if let Some(options) = setup.recording {
                        active.record_history(options, start.now);
                    }
                    let mark = call_mark(watchdog.as_ref());
                    Drive { setup, buffers, waits, mark, now: start.now }.finish::<OBSERVED>(active, out)
                }
                Err(error) => Driven::Malformed(error),
            }
        }));
        self.settle::<OBSERVED>(result, execution, setup, start.now, (out, mark))
    }

    /// Goes on with an execution whose time has come or whose calls were answered; if it fails, its input is
    /// appended to `input`.
    pub(super) fn resume(
        &mut self,
        suspended: Suspended,
        answers: impl Iterator<Item = (u32, Answer)>,
        now: Timestamp,
        out: &mut Vec<u8>,
        input: &mut Vec<u8>,
    ) -> Ended {
        self.attach(suspended, now, out, input, |drive, active, out| drive.resume(active, answers, out))
    }

    /// Ends an execution that waits; it waits on until none of its calls is under way.
    pub(super) fn abort(&mut self, suspended: Suspended, now: Timestamp) -> Ended {
        self.attach(suspended, now, &mut Vec::new(), &mut Vec::new(), |drive, active, out| {
            drive.abort(active, out)
        })
    }

    fn attach(
        &mut self,
        suspended: Suspended,
        now: Timestamp,
        out: &mut Vec<u8>,
        input: &mut Vec<u8>,
        go_on: impl FnOnce(Drive<'_>, Active<'_>, &mut Vec<u8>) -> Driven,
    ) -> Ended {
        let Suspended { mut execution, setup, .. } = suspended;
        if let Some(observer) = &mut self.buffers.observer {
            observer.resumed();
            execution.fiber.tell_state_observer(false);
        }
        let kept_input = execution.fiber.input();
        let mark = out.len();
        let Self { vm, buffers, watchdog, .. } = self;
        let result = catch_unwind(AssertUnwindSafe(|| {
            let Execution { fiber, waits } = &mut execution;
            let Some(active) = vm.attach(fiber) else { return Driven::Failed(None) };
            let now = if setup.time.is_virtual() { waits.virtual_now } else { now };
            let mark = call_mark(watchdog.as_ref());
            go_on(Drive { setup: &setup, buffers, waits, mark, now }, active, out)
        }));
        let ended = self.settle::<true>(result, execution, &setup, now, (out, mark));
        if let (Ended::Failed(_), Some(kept)) = (&ended, kept_input) {
            input.extend_from_slice(&kept);
        }
        ended
    }

    /// The visits of the last execution, if its setup asks for a trace.
    pub(super) fn take_visits(&mut self) -> Vec<Visit> {
        std::mem::take(&mut self.buffers.visits)
    }

    /// The history of the last execution that ended, if its setup keeps it.
    pub(super) fn take_history(&mut self) -> Option<Box<ExecutionHistory>> {
        self.buffers.history.take()
    }

    /// Logs and keeps the history of an execution that has ended.
    #[cold]
    fn settle_history(&mut self, fiber: &mut Fiber, setup: &Setup, ended: &Ended, now: Timestamp) {
        let Some(mut history) = fiber.take_history() else { return };
        let failure = match ended {
            Ended::Failed(failure) => Some(failure),
            _ => None,
        };
        history.close(failure, now);
        if let Some(log) = &setup.log {
            log.write(&history);
        }
        self.buffers.history = setup.keeps_history.then_some(history);
    }

    fn settle<const OBSERVED: bool>(
        &mut self,
        result: Result<Driven, Box<dyn Any + Send>>,
        mut execution: Execution,
        setup: &Arc<Setup>,
        now: Timestamp,
        (out, mark): (&mut Vec<u8>, usize),
    ) -> Ended {
        let is_discarded = result.is_err();
        let ended = match result {
            Ok(Driven::Done) => {
                self.metrics.execution_ended(EndStatus::Succeeded);
                Ended::Succeeded
            }
            Ok(Driven::Failed(error)) => {
                let error = error.unwrap_or_else(|| runtime("the execution was lost while it waited"));
                self.metrics.execution_ended(error.status.into());
                Ended::Failed(error)
            }
            Ok(Driven::Malformed(error)) => {
                self.metrics.execution_refused();
                Ended::Malformed(error)
            }
            Ok(Driven::Waiting(wake_at)) => {
                self.timed_from = None;
                if OBSERVED && let Some(observer) = &mut self.buffers.observer {
                    execution.fiber.tell_state_observer(true);
                    observer.parked();
                }
                return Ended::Suspended(Suspended { execution, setup: Arc::clone(setup), wake_at });
            }
            Err(panic) => {
                out.truncate(mark);
                self.metrics.execution_ended(EndStatus::Failed);
                Ended::Failed(self.discard_after(panic.as_ref(), &setup.program))
            }
        };
        if setup.recording.is_some() {
            self.settle_history(&mut execution.fiber, setup, &ended, now);
        }
        if OBSERVED && let Some(observer) = &mut self.buffers.observer {
            let states = if is_discarded { None } else { execution.fiber.take_state_observer() };
            observer.ended(execution.waits.observed, states);
        }
        if is_discarded {
            return ended;
        }
        if let Some(from) = self.timed_from.take() {
            self.metrics.add_sampled_duration(self.clock.elapsed().saturating_sub(from));
        }
        self.recycle(execution);
        ended
    }

    fn recycle(&mut self, mut execution: Execution) {
        if self.spare.len() < SPARE_MAX && execution.fiber.arena_bytes() <= SPARE_ARENA_BYTES_MAX {
            execution.fiber.reset();
            execution.waits.reset();
            self.spare.push(execution);
        }
    }

    /// What a panic leaves behind may be half done: nothing of it is used again.
    fn discard_after(&mut self, panic: &(dyn Any + Send), program: &Program) -> ExecutionError {
        self.vm.discard_buffers();
        if let Some(mark) = call_mark(self.watchdog.as_ref()) {
            mark.clear();
        }
        let calling = std::mem::take(&mut self.buffers).calling;
        let message = panic_message(panic);
        match calling.map(|task| program.task(task)) {
            None => runtime(&format!("internal error, please report it: {message}")),
            Some(site) => ExecutionError {
                state: Some(site.state.clone()),
                ..runtime(&format!("the handler of '{}' panicked: {message}", site.resource))
            },
        }
    }
}

fn call_mark(watchdog: Option<&(Arc<Watchdog>, usize)>) -> Option<&CallMark> {
    watchdog.and_then(|(watchdog, worker)| watchdog.mark(*worker))
}

pub(super) fn runtime(cause: &str) -> ExecutionError {
    ExecutionError {
        status: ExecutionStatus::Failed,
        error: Some("States.Runtime".to_owned()),
        cause: Some(cause.to_owned()),
        state: None,
    }
}
