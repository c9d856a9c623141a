//! One execution on the VM: performs what the VM asks for until the execution ends or has to wait.
//!
//! The clock reading an execution starts with may be older than the moment, by as much as a chunk of lines
//! takes, where nothing depends on it (see [`Setup::needs_exact_time`]). A sleep is then counted from the
//! moment it begins: the difference is added when the VM asks for it.

use std::sync::Arc;
use std::time::Duration;

use super::call::{Answer, CallStart, Calls, Stop, Work};
use super::clock::Time;
use super::engine::{Buffers, runtime};
use super::map_run::MapRunStart;
use super::setup::Setup;
use super::sleeps::Sleeps;
use super::watchdog::CallMark;
use crate::bytecode::{TaskId, TaskKind};
use crate::json::ParseError;
use crate::task::{
    AsyncTaskHandler, CallContext, CallCounts, FixedReply, MockResponse, Reply, ReplyBody, Route, TaskCall,
    TaskError, TaskHandler, TaskRequest,
};
use crate::value::timestamp::Timestamp;
use crate::vm::{Active, Effect, ExecutionError, Step, StrandId, TaskReply};

/// How an execution left the VM.
pub(super) enum Driven {
    Done,
    Failed(Option<ExecutionError>),
    Malformed(ParseError),
    /// It waits, at the latest until this time.
    Waiting(Option<Timestamp>),
}

/// What an execution keeps beside its fiber.
#[derive(Debug, Default)]
pub(super) struct Waits {
    pub(super) sleeps: Sleeps,
    pub(super) calls: Calls,
    pub(super) counts: CallCounts,
    /// Calls that the driver does not have yet.
    pub(super) starts: Vec<CallStart>,
    /// When the execution started; known once it has waited.
    pub(super) started_at: Option<Timestamp>,
    /// The time under a virtual clock, where each execution has its own.
    pub(super) virtual_now: Timestamp,
    /// What the observer said at its start, if there is one.
    pub(super) observed: u64,
}

impl Waits {
    pub(super) fn reset(&mut self) {
        self.sleeps.reset();
        self.calls.reset();
        self.counts.reset();
        self.starts.clear();
        self.started_at = None;
    }
}

/// One execution while it is on the VM.
pub(super) struct Drive<'d> {
    pub(super) setup: &'d Arc<Setup>,
    pub(super) buffers: &'d mut Buffers,
    pub(super) waits: &'d mut Waits,
    /// Tells the watchdog which handler is being called, if one watches.
    pub(super) mark: Option<&'d CallMark>,
    pub(super) now: Timestamp,
}

impl Drive<'_> {
    /// Goes on until the execution ends, its output then being appended to `out`, or waits. `OBSERVED`: whether the
    /// observer, if there is one, is to be told.
    pub(super) fn finish<const OBSERVED: bool>(
        mut self,
        mut active: Active<'_>,
        out: &mut Vec<u8>,
    ) -> Driven {
        let started_at = self.now;
        let driven = self.run(&mut active);
        if OBSERVED && let Some(observer) = &mut self.buffers.observer {
            observer.executed();
        }
        if self.setup.trace && !matches!(driven, Driven::Waiting(_)) {
            self.buffers.visits = active.visits();
        }
        self.buffers.ended_at = self.now;
        match driven {
            Driven::Done => active.write_output(out),
            Driven::Waiting(_) => {
                self.waits.virtual_now = self.now;
                if self.waits.started_at.is_none() {
                    // Where nothing needs the exact time it took no time so far, and that given may be another line's.
                    let is_exact = self.setup.needs_exact_time();
                    let started_at = if is_exact { started_at } else { self.setup.time.now() };
                    self.waits.started_at = Some(started_at);
                }
                active.park();
            }
            Driven::Failed(_) | Driven::Malformed(_) => {}
        }
        driven
    }

    /// Ends an execution that waited: it is not wanted any more.
    pub(super) fn abort(self, mut active: Active<'_>, out: &mut Vec<u8>) -> Driven {
        active.abort();
        self.finish::<true>(active, out)
    }

    /// Goes on with an execution that waited: with the answers that came and the times that are over.
    pub(super) fn resume(
        mut self,
        mut active: Active<'_>,
        answers: impl Iterator<Item = (u32, Answer)>,
        out: &mut Vec<u8>,
    ) -> Driven {
        for (number, answer) in answers {
            self.take_answer(&mut active, number, answer);
        }
        self.wake_due(&mut active);
        if !self.setup.time.is_virtual() {
            self.waits.calls.stop_overdue(self.now);
        }
        self.finish::<true>(active, out)
    }

    fn run(&mut self, active: &mut Active<'_>) -> Driven {
        loop {
            let ended = match active.run(self.now) {
                Step::Done => Driven::Done,
                Step::Failed => Driven::Failed(active.failure()),
                Step::Yield => {
                    self.read_clock();
                    continue;
                }
                Step::Suspend(effect) => {
                    self.perform(active, effect);
                    continue;
                }
                Step::Parked => match self.park(active) {
                    Some(driven) => return driven,
                    None => continue,
                },
            };
            if self.waits.calls.is_empty() {
                return ended;
            }
            // The end waits for what is still under way; the VM will say the same again.
            self.waits.calls.stop_all();
            return Driven::Waiting(None);
        }
    }

    fn perform(&mut self, active: &mut Active<'_>, effect: Effect) {
        match effect {
            Effect::InvokeTask { strand, task, deadline, heartbeat_ms } => {
                self.invoke(active, strand, task, deadline, heartbeat_ms);
            }
            Effect::StartMapRun { strand } => self.start_map_run(active, strand),
            Effect::StopTask { strand } => {
                if !self.waits.calls.abort(strand) {
                    active.task_stopped(strand, self.now);
                }
            }
            Effect::Sleep { strand, until } => self.sleep(strand, until),
        }
    }

    /// Nothing of the execution can run: what it waits for, unless that is a time of its own clock.
    fn park(&mut self, active: &mut Active<'_>) -> Option<Driven> {
        let own = self.waits.sleeps.earliest().into_iter().chain(active.deadline()).min();
        let has_calls = !self.waits.calls.is_empty();
        if !self.setup.time.is_virtual() {
            let wake_at = own.into_iter().chain(self.waits.calls.next_deadline()).min();
            if wake_at.is_some() || has_calls {
                return Some(Driven::Waiting(wake_at));
            }
        } else if has_calls {
            return Some(Driven::Waiting(None)); // its clock stands still meanwhile
        }
        let Some(wake_at) = own else {
            return Some(Driven::Failed(Some(runtime("nothing is left that could wake the execution"))));
        };
        self.now = self.now.max(wake_at);
        self.wake_due(active);
        None
    }

    fn wake_due(&mut self, active: &mut Active<'_>) {
        while let Some(strand) = self.waits.sleeps.pop_due(self.now) {
            active.wake(strand);
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
        self.waits.sleeps.push(until.plus_millis(lag_ms), strand);
    }

    fn invoke(
        &mut self,
        active: &mut Active<'_>,
        strand: StrandId,
        task: TaskId,
        deadline: Option<Timestamp>,
        heartbeat_ms: Option<u64>,
    ) {
        match self.setup.tasks.route(task) {
            // A linked program answers these itself; only one that its replies did not fit into asks.
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
            Route::Call(handler) => self.call(active, strand, task, deadline, &**handler),
            Route::Start(handler) => {
                let context = self.call_context(active, strand, task, heartbeat_ms);
                self.start(active, strand, task, deadline, handler, context);
            }
        }
    }

    /// Asks a handler that answers at once.
    fn call(
        &mut self,
        active: &mut Active<'_>,
        strand: StrandId,
        task: TaskId,
        deadline: Option<Timestamp>,
        handler: &dyn TaskHandler,
    ) {
        let site = self.setup.program.task(task);
        let retry_count = active.retry_count(strand);
        let reply = &mut self.buffers.reply;
        reply.reset();
        self.buffers.calling = Some(task);
        let mark = self.mark.zip(deadline);
        if let Some((mark, deadline)) = mark {
            mark.set(task, deadline);
        }
        let result = active.with_payload(strand, |payload| {
            let request = TaskRequest::new(&site.resource, &site.state, payload);
            handler.call(&TaskRequest { retry_count, ..request }, reply)
        });
        if let Some((mark, _)) = mark {
            mark.clear();
        }
        self.buffers.calling = None;
        self.read_clock();
        // Nothing can interrupt a function of this process: it is late when it comes back late.
        if deadline.is_some_and(|deadline| self.now >= deadline) {
            return active.answer(strand, TaskReply::TimedOut, self.now);
        }
        match result {
            Ok(()) => answer_reply(active, strand, &self.buffers.reply, self.now),
            Err(error) => self.answer_failed(active, strand, &error),
        }
    }

    /// What a handler that answers later may want to know of the execution.
    fn call_context(
        &mut self,
        active: &mut Active<'_>,
        strand: StrandId,
        task: TaskId,
        heartbeat_ms: Option<u64>,
    ) -> CallContext {
        self.read_clock();
        let has_token =
            matches!(self.setup.program.task(task).kind, TaskKind::Activity | TaskKind::AwaitedIntegration);
        CallContext {
            token: has_token.then(|| active.task_token(strand).into()),
            heartbeat: heartbeat_ms.map(Duration::from_millis),
            now: self.now,
            seed: active.task_seed(strand),
            nesting_depth: self.setup.nesting_depth,
        }
    }

    /// Asks a handler that answers later.
    fn start(
        &mut self,
        active: &mut Active<'_>,
        strand: StrandId,
        task: TaskId,
        deadline: Option<Timestamp>,
        handler: &Arc<dyn AsyncTaskHandler>,
        context: CallContext,
    ) {
        let retry_count = active.retry_count(strand);
        let payload = active.with_payload(strand, <[u8]>::to_vec);
        let call = TaskCall::new(Arc::clone(&self.setup.program), task, payload, retry_count);
        let call = call.within(context);
        let work = Work::Task { handler: Arc::clone(handler), call };
        let start = self.waits.calls.start(strand, deadline, work);
        self.waits.starts.push(start);
    }

    fn start_map_run(&mut self, active: &mut Active<'_>, strand: StrandId) {
        let Some(mut request) = active.take_map_run(strand) else { return };
        self.read_clock();
        request.started_at = self.now;
        let start = MapRunStart { request, names: active.names(), setup: Arc::clone(self.setup) };
        let start = self.waits.calls.start(strand, None, Work::MapRun(start));
        self.waits.starts.push(start);
    }

    fn take_answer(&mut self, active: &mut Active<'_>, number: u32, answer: Answer) {
        let Some(call) = self.waits.calls.finish(number) else { return };
        let strand = call.strand;
        match (call.stop, answer) {
            (Some(Stop::TimedOut), _) => active.answer(strand, TaskReply::TimedOut, self.now),
            (Some(Stop::Aborted), _) => active.task_stopped(strand, self.now),
            (Some(Stop::Ended), _) => {}
            (None, Answer::Replied(Ok(reply))) => answer_reply(active, strand, &reply, self.now),
            (None, Answer::Replied(Err(error))) => self.answer_failed(active, strand, &error),
            (None, Answer::MapRun { result, ended_at }) => {
                if self.setup.time.is_virtual() {
                    self.now = self.now.max(ended_at);
                }
                let result = result.as_deref();
                let result = result.map_err(|error| (error.error.as_str(), error.cause.as_deref()));
                active.answer_map_run(strand, result, self.now);
            }
            (None, Answer::Panicked(message)) => {
                let cause = format!("the handler panicked: {message}");
                self.answer_failed(active, strand, &TaskError::new("States.Runtime", cause));
            }
            (None, Answer::Stopped) => {
                let cause = "the handler was dropped before it answered: its runtime has shut down";
                self.answer_failed(active, strand, &TaskError::new("States.Runtime", cause));
            }
        }
    }

    fn answer_mocked(&mut self, active: &mut Active<'_>, strand: StrandId, state: usize) {
        let Some(test_case) = self.setup.tasks.test_case() else { return };
        match test_case.respond(state, &mut self.waits.counts) {
            Ok(MockResponse::Return(document)) => {
                active.answer(strand, TaskReply::Document(document), self.now);
            }
            Ok(MockResponse::Throw { error, cause }) => {
                let reply = TaskReply::Failed { error: error.as_deref(), cause: cause.as_deref() };
                active.answer(strand, reply, self.now);
            }
            Err(error) => self.answer_failed(active, strand, &error),
        }
    }

    fn answer_failed(&self, active: &mut Active<'_>, strand: StrandId, failure: &TaskError) {
        let error = Some(failure.error.as_str()).filter(|error| !error.is_empty());
        let reply = if failure.is_timed_out() {
            TaskReply::TimedOut
        } else {
            TaskReply::Failed { error, cause: failure.cause.as_deref() }
        };
        active.answer(strand, reply, self.now);
    }
}

fn answer_reply(active: &mut Active<'_>, strand: StrandId, reply: &Reply, now: Timestamp) {
    let reply = match reply.body() {
        ReplyBody::Json(json) => TaskReply::Json(json),
        ReplyBody::Payload => TaskReply::Input,
        ReplyBody::Document(document) => TaskReply::Document(document),
    };
    active.answer(strand, reply, now);
}
