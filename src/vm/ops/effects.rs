//! What needs the world outside: waiting and invoking.

use crate::bytecode::{Reg, Site, TaskAnswer, TaskId, TaskKind};
use crate::json::Num;
use crate::value::timestamp::Timestamp;
use crate::value::{DocId, Value, View, to_json};
use crate::vm::effect::Effect;
use crate::vm::fault::{Fault, QUERY_EVALUATION};
use crate::vm::history::Moment;
use crate::vm::machine::Machine;
use crate::vm::state::{Register, Status};

type Outcome<T> = Result<T, Fault>;

/// AWS refuses to wait longer: seconds in a signed 32-bit number.
const WAIT_SECONDS_MAX: i64 = i32::MAX as i64;

/// A task's answer, or what has to be done to get it.
pub(in crate::vm) enum Invoked<'a> {
    Answered(Value<'a>),
    Asked(Effect),
}

impl<'a> Machine<'_, '_, 'a> {
    /// When a Wait of a number of seconds is over.
    #[inline(never)]
    pub(in crate::vm) fn wait_seconds(
        &self,
        slot: u32,
        frame: &[Register<'a>],
        seconds: Reg,
        pc: u32,
    ) -> Outcome<Timestamp> {
        let value = *Self::load(frame, seconds);
        let path = match self.program.site(pc) {
            Some(Site::WaitPath { path }) => path.as_str(),
            _ => "",
        };
        let Some(seconds) = self.whole_number(value) else {
            let value = self.plain_text(value);
            return Err(Fault::runtime(format!(
                "The SecondsPath parameter cannot be parsed as a long value: {path} == {value}"
            )));
        };
        if seconds < 0 {
            return Err(Fault::runtime(format!(
                "The SecondsPath parameter references a negative value: {path} == {seconds}"
            )));
        }
        if seconds > WAIT_SECONDS_MAX {
            return Err(Fault::runtime("Wait state delay is too long."));
        }
        let entered_at = self.state.strands[slot as usize].entered_at;
        Ok(entered_at.plus_millis(seconds.unsigned_abs().saturating_mul(1000)))
    }

    /// When a Wait for a time is over.
    #[inline(never)]
    pub(in crate::vm) fn wait_until(
        &self,
        frame: &[Register<'a>],
        timestamp: Reg,
        pc: u32,
    ) -> Outcome<Timestamp> {
        let value = *Self::load(frame, timestamp);
        let parsed =
            value.as_str(self.heap.docs).and_then(|text| Timestamp::parse_rfc3339(text.to_text().as_bytes()));
        let Some(until) = parsed else {
            let text = self.plain_text(value);
            let path = match self.program.site(pc) {
                Some(Site::Timestamp) => return Err(invalid_timestamp(&text)),
                Some(Site::TimestampPath { path }) => path.as_str(),
                _ => "",
            };
            return Err(Fault::runtime(format!(
                "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: {path} == {text}"
            )));
        };
        if until.seconds.saturating_sub(self.now.seconds) > WAIT_SECONDS_MAX {
            return Err(Fault::runtime("Wait state delay is too long."));
        }
        Ok(until)
    }

    /// Takes a task's answer if it is known; else asks for the task to be invoked, and the strand waits for its reply.
    #[inline(never)]
    pub(in crate::vm) fn invoke(
        &mut self,
        slot: u32,
        frame: &[Register<'a>],
        dst: Reg,
        first: Reg,
        task: TaskId,
    ) -> Outcome<Invoked<'a>> {
        let payload = first;
        if self.is_over_limit(*Self::load(frame, payload)) {
            return Err(Fault::data_limit(&self.program.task(task).resource, false));
        }
        let (mut timeout, mut heartbeat) = (None, None);
        if self.program.task(task).is_timed {
            timeout = self.seconds(frame, first.offset(1), "TimeoutSeconds")?;
            heartbeat = self.seconds(frame, first.offset(2), "HeartbeatSeconds")?;
        }
        self.record(slot, || Moment::TaskScheduled {
            task,
            payload: *Self::load(frame, payload),
            timeout,
            heartbeat,
        });
        self.record(slot, || Moment::TaskStarted(task));
        if self.program.task(task).kind == TaskKind::AwaitedIntegration {
            self.record(slot, || Moment::TaskSubmitted(task));
        }
        let known = match self.program.answer(task) {
            TaskAnswer::Unknown => None,
            TaskAnswer::Payload => Some(*Self::load(frame, payload)),
            TaskAnswer::Constant(node) => Some(Value::Node { doc: DocId::CONSTANTS, node }),
        };
        if let Some(value) = known {
            return self.known_answer(slot, task, value).map(Invoked::Answered);
        }
        self.state.strands[slot as usize].status = Status::Task { dst, payload, task };
        Ok(Invoked::Asked(Effect::InvokeTask {
            strand: self.state.id(slot),
            task,
            deadline: timeout.map(|seconds| self.now.plus_millis(seconds.saturating_mul(1000))),
            heartbeat_ms: heartbeat.map(|seconds| seconds.saturating_mul(1000)),
        }))
    }

    fn known_answer(&mut self, slot: u32, task: TaskId, value: Value<'a>) -> Outcome<Value<'a>> {
        if self.is_over_limit(value) {
            let fault = Fault::data_limit(&self.program.task(task).resource, false);
            self.record(slot, || Moment::TaskFailed(task, &fault));
            return Err(fault);
        }
        self.record(slot, || Moment::TaskSucceeded(task, value));
        Ok(value)
    }

    /// A positive number of seconds; an empty register is none.
    fn seconds(&self, frame: &[Register<'a>], reg: Reg, field: &str) -> Outcome<Option<u64>> {
        let Some(value) = frame[usize::from(reg.0)] else { return Ok(None) };
        match self.whole_number(value) {
            Some(seconds) if seconds > 0 => Ok(Some(seconds.unsigned_abs())),
            _ => Err(Fault::runtime(format!(
                "The {field} value must be a positive integer, but was: {}",
                to_json(value, self.heap.docs)
            ))),
        }
    }

    /// An integer, given as a JSON number without a fraction.
    pub(in crate::vm) fn whole_number(&self, value: Value<'a>) -> Option<i64> {
        match value.as_num(self.heap.docs)? {
            Num::Int(int) => Some(int),
            Num::Float(_) => None,
        }
    }

    /// A value as it appears in error texts: strings bare, the rest as JSON.
    pub(in crate::vm) fn plain_text(&self, value: Value<'a>) -> String {
        match value.view(self.heap.docs) {
            View::String(text) => text.to_text().into_owned(),
            _ => to_json(value, self.heap.docs),
        }
    }
}

/// An expression for `Timestamp` that came to something else.
#[cold]
fn invalid_timestamp(value: &str) -> Fault {
    let cause = format!(
        "The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: {value}"
    );
    let mut fault = Fault::states(QUERY_EVALUATION, cause);
    fault.location = Some("Timestamp".to_owned());
    fault
}
