//! Events in words: the type and the details of what has come to pass.

use super::event_type::TaskStage;
use super::{EventDetails, EventType, Moment, TaskName};
use crate::bytecode::{Op, Reg, Resource, TaskId, TaskKind};
use crate::value::{Value, to_json};
use crate::vm::fault::{Fault, TIMEOUT};
use crate::vm::machine::Machine;
use crate::vm::state::Register;

impl<'a> Machine<'_, '_, 'a> {
    pub(super) fn event_type(&self, slot: u32, moment: &Moment<'_, 'a>) -> EventType {
        let state = self.program.state(self.state.strands[slot as usize].state).kind;
        let of_fork = |of_map, of_parallel| if self.is_map(slot) { of_map } else { of_parallel };
        let of_task = |task: TaskId, stage| EventType::task(self.program.task(task).kind, stage);
        match moment {
            Moment::StateEntered(_) => EventType::entered(state),
            Moment::StateExited { .. } => EventType::exited(state),
            Moment::StateAborted => EventType::aborted(state).unwrap_or(EventType::TaskStateAborted),
            Moment::TaskScheduled { task, .. } => of_task(*task, TaskStage::Scheduled),
            Moment::TaskStarted(task) => of_task(*task, TaskStage::Started),
            Moment::TaskSubmitted(_) => EventType::TaskSubmitted,
            Moment::TaskSucceeded(task, _) => of_task(*task, TaskStage::Succeeded),
            Moment::TaskFailed(task, fault) if is_timeout(fault) => of_task(*task, TaskStage::TimedOut),
            Moment::TaskFailed(task, _) => of_task(*task, TaskStage::Failed),
            Moment::EvaluationFailed(_) => EventType::EvaluationFailed,
            Moment::ForkSucceeded => of_fork(EventType::MapStateSucceeded, EventType::ParallelStateSucceeded),
            Moment::ForkFailed => of_fork(EventType::MapStateFailed, EventType::ParallelStateFailed),
            Moment::IterationStarted => EventType::MapIterationStarted,
            Moment::IterationEnded { is_success: true } => EventType::MapIterationSucceeded,
            Moment::IterationEnded { is_success: false } => EventType::MapIterationFailed,
            Moment::IterationAborted => EventType::MapIterationAborted,
            Moment::ExecutionSucceeded(_) => EventType::ExecutionSucceeded,
            Moment::ExecutionFailed(_) => EventType::ExecutionFailed,
            Moment::Event(event_type, _) => *event_type,
        }
    }

    pub(super) fn details(&self, slot: u32, moment: &Moment<'_, 'a>) -> EventDetails {
        let strand = &self.state.strands[slot as usize];
        let name = || self.program.state(strand.state).name.clone();
        match moment {
            Moment::StateEntered(input) => {
                EventDetails::StateEntered { name: name(), input: self.data(*input) }
            }
            Moment::StateExited { output, frame, pc } => EventDetails::StateExited {
                name: name(),
                output: self.data(*output),
                assigned_variables: self.assigned_variables(slot, frame, *pc),
            },
            Moment::TaskScheduled { task, payload, timeout, heartbeat } => {
                self.scheduled(*task, *payload, *timeout, *heartbeat)
            }
            Moment::TaskStarted(task) => match self.program.task(*task).kind {
                TaskKind::Function => EventDetails::None,
                TaskKind::Activity => EventDetails::ActivityStarted { worker_name: None },
                _ => EventDetails::TaskStarted { task: self.task_name(*task) },
            },
            // What the service answered at first is not known here, only what it came to.
            Moment::TaskSubmitted(task) => {
                EventDetails::TaskOutput { task: self.task_name(*task), output: None }
            }
            Moment::TaskSucceeded(task, output) => match self.program.task(*task).kind {
                TaskKind::Function | TaskKind::Activity => {
                    EventDetails::Output { output: self.data(*output) }
                }
                _ => EventDetails::TaskOutput { task: self.task_name(*task), output: self.data(*output) },
            },
            Moment::TaskFailed(task, fault) => match self.program.task(*task).kind {
                TaskKind::Function | TaskKind::Activity => failure(fault),
                _ => EventDetails::TaskFailure {
                    task: self.task_name(*task),
                    error: error(fault),
                    cause: fault.cause.clone(),
                },
            },
            Moment::EvaluationFailed(fault) => EventDetails::EvaluationFailed {
                error: error(fault),
                cause: fault.cause.clone(),
                location: fault.location.clone(),
                state: name(),
            },
            Moment::IterationStarted | Moment::IterationEnded { .. } | Moment::IterationAborted => {
                self.iteration(slot)
            }
            Moment::ExecutionSucceeded(output) => EventDetails::Output { output: self.data(*output) },
            Moment::ExecutionFailed(fault) => failure(fault),
            Moment::Event(_, details) => details.clone(),
            Moment::StateAborted | Moment::ForkSucceeded | Moment::ForkFailed => EventDetails::None,
        }
    }

    /// A value as JSON, if the history keeps data.
    pub(super) fn data(&self, value: Value<'a>) -> Option<String> {
        let history = self.state.recording.as_ref().and_then(|recording| recording.history.as_ref());
        let includes_data = history.is_some_and(|history| history.options.includes_data);
        includes_data.then(|| to_json(value, self.heap.docs))
    }

    fn scheduled(
        &self,
        task: TaskId,
        payload: Value<'a>,
        timeout_seconds: Option<u64>,
        heartbeat_seconds: Option<u64>,
    ) -> EventDetails {
        let site = self.program.task(task);
        let data = self.data(payload);
        match site.kind {
            TaskKind::Function => EventDetails::Scheduled {
                resource: site.resource.clone(),
                input: data,
                timeout_seconds,
                heartbeat_seconds: None,
            },
            TaskKind::Activity => EventDetails::Scheduled {
                resource: site.resource.clone(),
                input: data,
                timeout_seconds,
                heartbeat_seconds,
            },
            TaskKind::Integration | TaskKind::AwaitedIntegration => EventDetails::TaskScheduled {
                task: self.task_name(task),
                region: self.names.region.clone(),
                parameters: data,
                timeout_seconds,
                heartbeat_seconds,
            },
        }
    }

    fn task_name(&self, task: TaskId) -> TaskName {
        let text = &self.program.task(task).resource;
        match Resource::parse(text) {
            Resource::Integration(integration) => TaskName {
                resource_type: integration.service.to_owned(),
                resource: format!("{}{}", integration.action, integration.pattern.suffix()),
            },
            _ => TaskName { resource_type: String::new(), resource: text.clone() },
        }
    }

    fn iteration(&self, slot: u32) -> EventDetails {
        let Some(parent) = self.state.strands[slot as usize].parent else { return EventDetails::None };
        let map = self.state.strands[parent.slot as usize].state;
        EventDetails::MapIteration { name: self.program.state(map).name.clone(), index: parent.index }
    }

    /// The variables that are stored right before the op at `pc`, in the order of their `Assign`.
    fn assigned_variables(&self, slot: u32, frame: &[Register<'a>], pc: u32) -> Vec<(String, String)> {
        let variables = &self.program.graph(self.state.strands[slot as usize].graph).variables;
        let mut assigned = Vec::new();
        for op in self.program.code[..pc as usize].iter().rev() {
            let dst = match op {
                Op::Inspect { .. } => continue,
                Op::Move { dst, .. } => *dst,
                _ => break,
            };
            let index = usize::from(dst.0).wrapping_sub(usize::from(Reg::INPUT.0) + 1);
            let Some(name) = variables.get(index) else { break };
            if let Some(json) = self.data(*Self::load(frame, dst)) {
                assigned.push((name.clone(), json));
            }
        }
        assigned.reverse();
        assigned
    }
}

fn is_timeout(fault: &Fault) -> bool {
    fault.error.as_deref() == Some(TIMEOUT)
}

fn error(fault: &Fault) -> Option<String> {
    fault.error.as_deref().map(str::to_owned)
}

fn failure(fault: &Fault) -> EventDetails {
    EventDetails::Failure { error: error(fault), cause: fault.cause.clone() }
}
