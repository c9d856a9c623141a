//! One execution from step to step: performs the VM's effects until the execution ends or has to wait.
//!
//! The clock reading an execution starts with may be older than the moment, by as much as a chunk of lines
//! takes, where nothing depends on it (see [`Setup::needs_exact_time`]). A sleep is then counted from the
//! moment it begins: the difference is added when the VM asks for it.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::clock::Time;
use super::setup::Setup;
use super::sleeps::Sleeps;
use crate::bytecode::TaskId;
use crate::json::ParseError;
use crate::task::{CallCounts, FixedReply, MockResponse, Reply, ReplyBody, Route, TaskError, TaskRequest};
use crate::value::timestamp::Timestamp;
use crate::vm::{
    Active, Counters, Effect, ExecutionError, ExecutionStatus, Fiber, Start, Step, StrandId, TaskReply,
    Visit, Vm,
};

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
    /// It waits for a time to come.
    Suspended(Suspended),
}

/// An execution that waits, off its worker.
#[derive(Debug)]
pub(crate) struct Suspended {
    execution: Execution,
    /// When to resume it.
    pub(super) wake_at: Timestamp,
}

impl Suspended {
    /// When the execution started.
    pub(super) fn started_at(&self) -> Timestamp {
        self.execution.started_at
    }
}

/// A fiber and what travels with it.
#[derive(Debug)]
struct Execution {
    fiber: Box<Fiber>,
    sleeps: Sleeps,
    counts: CallCounts,
    started_at: Timestamp,
}

/// A thread's means to run executions, one at a time.
#[derive(Debug)]
pub(super) struct Engine {
    setup: Arc<Setup>,
    vm: Vm,
    spare: Vec<Execution>,
    buffers: Buffers,
}

/// What one execution uses while it runs and the next one reuses.
#[derive(Debug, Default)]
struct Buffers {
    reply: Reply,
    /// The task whose handler is being called: who it was if it panics.
    calling: Option<TaskId>,
    visits: Vec<Visit>,
}

/// How far an execution got on the VM.
enum Driven {
    Done,
    Failed(Option<ExecutionError>),
    Malformed(ParseError),
    Waiting(Timestamp),
}

impl Engine {
    pub(super) fn new(setup: Arc<Setup>) -> Self {
        let vm = Vm::new(&setup.limits);
        Self { setup, vm, spare: Vec::new(), buffers: Buffers::default() }
    }

    pub(super) fn setup(&self) -> &Setup {
        &self.setup
    }

    /// Runs the execution of `input` until it ends or has to wait; the output is appended to `out`.
    pub(super) fn start(&mut self, input: &[u8], seed: u64, now: Timestamp, out: &mut Vec<u8>) -> Ended {
        let mut execution = self.spare.pop().unwrap_or_else(|| Execution {
            fiber: Fiber::new(),
            sleeps: Sleeps::default(),
            counts: CallCounts::default(),
            started_at: now,
        });
        execution.started_at = now;
        let mark = out.len();
        let Self { setup, vm, buffers, .. } = self;
        let result = catch_unwind(AssertUnwindSafe(|| {
            let Execution { fiber, sleeps, counts, .. } = &mut execution;
            let start = Start { now, seed, names: &setup.names, trace: setup.trace };
            match vm.start(fiber, &setup.program, input, &start) {
                Ok(active) => Drive { setup, buffers, sleeps, counts, now }.finish(active, out),
                Err(error) => Driven::Malformed(error),
            }
        }));
        let mut ended = self.settle(result, execution, out, mark);
        if let Ended::Suspended(suspended) = &mut ended
            && !self.setup.needs_exact_time()
        {
            // It took no time so far, and `now` may be that of another line.
            suspended.execution.started_at = self.setup.time.now();
        }
        ended
    }

    /// Goes on with an execution whose time has come; if it fails, its input is appended to `input`.
    pub(super) fn resume(
        &mut self,
        suspended: Suspended,
        now: Timestamp,
        out: &mut Vec<u8>,
        input: &mut Vec<u8>,
    ) -> Ended {
        let mut execution = suspended.execution;
        let kept_input = execution.fiber.input();
        let mark = out.len();
        let Self { setup, vm, buffers, .. } = self;
        let result = catch_unwind(AssertUnwindSafe(|| {
            let Execution { fiber, sleeps, counts, .. } = &mut execution;
            let Some(mut active) = vm.attach(fiber) else { return Driven::Failed(None) };
            while let Some(strand) = sleeps.pop_due(now) {
                active.wake(strand);
            }
            Drive { setup, buffers, sleeps, counts, now }.finish(active, out)
        }));
        let ended = self.settle(result, execution, out, mark);
        if let (Ended::Failed(_), Some(kept)) = (&ended, kept_input) {
            input.extend_from_slice(&kept);
        }
        ended
    }

    /// What the executions have done since this was last drained.
    pub(super) fn counters(&mut self) -> &mut Counters {
        self.vm.counters()
    }

    /// The visits of the last execution, if the setup asks for a trace.
    pub(super) fn take_visits(&mut self) -> Vec<Visit> {
        std::mem::take(&mut self.buffers.visits)
    }

    fn settle(
        &mut self,
        result: Result<Driven, Box<dyn Any + Send>>,
        execution: Execution,
        out: &mut Vec<u8>,
        mark: usize,
    ) -> Ended {
        let ended = match result {
            Ok(Driven::Done) => Ended::Succeeded,
            Ok(Driven::Failed(error)) => {
                Ended::Failed(error.unwrap_or_else(|| runtime("the execution was lost while it waited")))
            }
            Ok(Driven::Malformed(error)) => Ended::Malformed(error),
            Ok(Driven::Waiting(wake_at)) => return Ended::Suspended(Suspended { execution, wake_at }),
            Err(panic) => {
                out.truncate(mark);
                return Ended::Failed(self.discard_after(panic.as_ref()));
            }
        };
        self.recycle(execution);
        ended
    }

    fn recycle(&mut self, mut execution: Execution) {
        if self.spare.len() < SPARE_MAX && execution.fiber.arena_bytes() <= SPARE_ARENA_BYTES_MAX {
            execution.fiber.reset();
            execution.sleeps.reset();
            execution.counts.reset();
            self.spare.push(execution);
        }
    }

    /// What a panic leaves behind may be half done: nothing of it is used again.
    fn discard_after(&mut self, panic: &(dyn Any + Send)) -> ExecutionError {
        self.vm.discard_buffers();
        let calling = std::mem::take(&mut self.buffers).calling;
        let message = panic.downcast_ref::<&str>().copied();
        let message = message.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        let message = message.unwrap_or("(no message)");
        match calling.map(|task| self.setup.program.task(task)) {
            None => runtime(&format!("internal error, please report it: {message}")),
            Some(site) => ExecutionError {
                state: Some(site.state.clone()),
                ..runtime(&format!("the handler of '{}' panicked: {message}", site.resource))
            },
        }
    }
}

fn runtime(cause: &str) -> ExecutionError {
    ExecutionError {
        status: ExecutionStatus::Failed,
        error: Some("States.Runtime".to_owned()),
        cause: Some(cause.to_owned()),
        state: None,
    }
}

/// One execution while it is on the VM.
struct Drive<'d> {
    setup: &'d Setup,
    buffers: &'d mut Buffers,
    sleeps: &'d mut Sleeps,
    counts: &'d mut CallCounts,
    now: Timestamp,
}

impl Drive<'_> {
    fn finish(mut self, mut active: Active<'_>, out: &mut Vec<u8>) -> Driven {
        let driven = self.run(&mut active);
        if self.setup.trace && !matches!(driven, Driven::Waiting(_)) {
            self.buffers.visits = active.visits();
        }
        match driven {
            Driven::Done => active.write_output(out),
            Driven::Waiting(_) => active.park(),
            Driven::Failed(_) | Driven::Malformed(_) => {}
        }
        driven
    }

    fn run(&mut self, active: &mut Active<'_>) -> Driven {
        loop {
            match active.run(self.now) {
                Step::Done => return Driven::Done,
                Step::Failed => return Driven::Failed(active.failure()),
                Step::Yield => self.read_clock(),
                Step::Suspend(Effect::InvokeTask { strand, task, deadline, heartbeat_ms: _ }) => {
                    self.invoke(active, strand, task, deadline);
                }
                Step::Suspend(Effect::Sleep { strand, until }) => self.sleep(strand, until),
                Step::Parked => {
                    let deadline = active.deadline();
                    let Some(wake_at) = self.sleeps.earliest().into_iter().chain(deadline).min() else {
                        return Driven::Failed(Some(runtime(
                            "nothing is left that could wake the execution",
                        )));
                    };
                    if !self.setup.time.is_virtual() {
                        return Driven::Waiting(wake_at);
                    }
                    self.now = self.now.max(wake_at);
                    while let Some(strand) = self.sleeps.pop_due(self.now) {
                        active.wake(strand);
                    }
                }
            }
        }
    }

    fn read_clock(&mut self) {
        if let Time::Real(clock) = &self.setup.time {
            self.now = clock.now();
        }
    }

    fn sleep(&mut self, strand: StrandId, until: Timestamp) {
        let asked_at = self.now;
        self.read_clock();
        let lag_ms = self.now.to_millis().saturating_sub(asked_at.to_millis());
        let lag_ms = if self.setup.needs_exact_time() { 0 } else { u64::try_from(lag_ms).unwrap_or(0) };
        self.sleeps.push(until.plus_millis(lag_ms), strand);
    }

    fn invoke(
        &mut self,
        active: &mut Active<'_>,
        strand: StrandId,
        task: TaskId,
        deadline: Option<Timestamp>,
    ) {
        match self.setup.tasks.route(task) {
            Route::Fixed(FixedReply::Payload) => active.answer(strand, TaskReply::Input, self.now),
            Route::Fixed(FixedReply::Document(document)) => {
                active.answer(strand, TaskReply::Document(document), self.now);
            }
            Route::Mock(state) => self.answer_mocked(active, strand, *state),
            Route::Unanswered => {
                let site = self.setup.program.task(task);
                let cause = format!(
                    "no handler answers the Resource '{}' of state '{}': name one with --tasks, or mock the state with --mock-config",
                    site.resource, site.state
                );
                self.answer_failed(active, strand, &TaskError::new("States.Runtime", cause));
            }
            Route::Call(handler) => {
                let site = self.setup.program.task(task);
                let reply = &mut self.buffers.reply;
                reply.reset();
                self.buffers.calling = Some(task);
                let result = active.with_payload(strand, |payload| {
                    handler.call(&TaskRequest::new(&site.resource, &site.state, payload), reply)
                });
                self.buffers.calling = None;
                self.read_clock();
                // Nothing can interrupt a function of this process: it is late when it comes back late.
                if deadline.is_some_and(|deadline| self.now >= deadline) {
                    return active.answer(strand, TaskReply::TimedOut, self.now);
                }
                match result {
                    Ok(()) => self.answer_reply(active, strand),
                    Err(error) => self.answer_failed(active, strand, &error),
                }
            }
        }
    }

    fn answer_reply(&mut self, active: &mut Active<'_>, strand: StrandId) {
        let reply = match self.buffers.reply.body() {
            ReplyBody::Json(json) => TaskReply::Json(json),
            ReplyBody::Payload => TaskReply::Input,
            ReplyBody::Document(document) => TaskReply::Document(document),
        };
        active.answer(strand, reply, self.now);
    }

    fn answer_mocked(&mut self, active: &mut Active<'_>, strand: StrandId, state: usize) {
        let Some(test_case) = self.setup.tasks.test_case() else { return };
        match test_case.respond(state, self.counts) {
            Ok(MockResponse::Return(document)) => {
                active.answer(strand, TaskReply::Document(document), self.now);
            }
            Ok(MockResponse::Throw(error)) => self.answer_failed(active, strand, error),
            Err(error) => self.answer_failed(active, strand, &error),
        }
    }

    fn answer_failed(&self, active: &mut Active<'_>, strand: StrandId, failure: &TaskError) {
        let reply = TaskReply::Failed { error: Some(&failure.error), cause: failure.cause.as_deref() };
        active.answer(strand, reply, self.now);
    }
}
