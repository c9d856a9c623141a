//! The one call by which the VM says that something has come to pass.

use super::{EventDetails, EventType, ExecutionHistory, RecordOptions, StateObserver};
use crate::bytecode::TaskId;
use crate::value::timestamp::Timestamp;
use crate::value::{DocId, Value};
use crate::vm::fault::Fault;
use crate::vm::machine::Machine;
use crate::vm::state::Register;
use crate::vm::{Active, Fiber};

/// What has come to pass in a strand.
#[derive(Debug)]
pub(in crate::vm) enum Moment<'m, 'a> {
    /// It entered a state.
    StateEntered(Value<'a>),
    /// It leaves its state by the op at `pc`.
    StateExited { output: Value<'a>, frame: &'m [Register<'a>], pc: u32 },
    /// Its state is given up.
    StateAborted,
    /// Its task is to be asked.
    TaskScheduled { task: TaskId, payload: Value<'a>, timeout: Option<u64>, heartbeat: Option<u64> },
    /// Its task is asked.
    TaskStarted(TaskId),
    /// Its task is under way elsewhere.
    TaskSubmitted(TaskId),
    /// Its task answered.
    TaskSucceeded(TaskId, Value<'a>),
    /// Its task failed.
    TaskFailed(TaskId, &'m Fault),
    /// A JSONata expression of its state failed.
    EvaluationFailed(&'m Fault),
    /// Its Parallel or Map has all results.
    ForkSucceeded,
    /// Its Parallel or Map failed, and is not tried again.
    ForkFailed,
    /// It is an iteration, and starts.
    IterationStarted,
    /// It is an iteration, and ends.
    IterationEnded { is_success: bool },
    /// It is an iteration that is given up.
    IterationAborted,
    /// The execution has its output.
    ExecutionSucceeded(Value<'a>),
    /// The execution failed.
    ExecutionFailed(&'m Fault),
    /// What needs no look at the strand.
    Event(EventType, EventDetails),
}

/// Who is told of an execution's events.
#[derive(Debug, Default)]
pub(in crate::vm) struct Recording {
    pub(super) history: Option<ExecutionHistory>,
    pub(super) observer: Option<Box<dyn StateObserver>>,
}

impl<'a> Machine<'_, '_, 'a> {
    /// Numbers an event, and keeps it if the execution is recorded.
    #[inline]
    pub(in crate::vm) fn record<'m>(&mut self, slot: u32, moment: impl FnOnce() -> Moment<'m, 'a>) -> u32
    where
        'a: 'm,
    {
        self.state.events = self.state.events.saturating_add(1);
        if self.state.recording.is_some() {
            self.pass_on(slot, &moment());
        }
        self.state.events
    }
}

impl<'a> Machine<'_, '_, 'a> {
    #[cold]
    #[inline(never)]
    fn pass_on(&mut self, slot: u32, moment: &Moment<'_, 'a>) {
        self.observe(slot, moment);
        self.keep(slot, moment);
    }

    pub(super) fn history(&mut self) -> Option<&mut ExecutionHistory> {
        self.state.recording.as_mut().and_then(|recording| recording.history.as_mut())
    }
}

impl Active<'_> {
    /// Has the execution keep its history from its start on, which `now` is. To be asked before its first
    /// [`run`](Self::run); [`Fiber::take_history`] has it in the end.
    pub fn record_history(&mut self, options: RecordOptions, now: Timestamp) {
        self.with_machine(now, |machine| {
            let history = ExecutionHistory::new(machine.execution_arn(), options, machine.limits);
            machine.state.recording.get_or_insert_default().history = Some(history);
            let input = machine.data(Value::root(DocId::INPUT));
            let role_arn = machine.names.role_arn.clone();
            let details = EventDetails::ExecutionStarted { input, role_arn };
            // Numbered when the execution was started.
            machine.keep(0, &Moment::Event(EventType::ExecutionStarted, details));
        });
    }
}

impl Fiber {
    /// What was kept of the execution, if it was [recorded](Active::record_history).
    pub fn take_history(&mut self) -> Option<Box<ExecutionHistory>> {
        self.enter(|state, _, _| {
            let history = state.recording.as_mut().and_then(|recording| recording.history.take());
            history.map(Box::new)
        })
    }
}
