//! The Context Object, built field by field as it is read.

use super::fault::Fault;
use super::machine::{Machine, mix};
use crate::asl::model::MachineType;
use crate::bytecode::ContextField;
use crate::value::random::Random;
use crate::value::timestamp::Timestamp;
use crate::value::{DocId, Value};

type Outcome<T> = Result<T, Fault>;

/// Draws that name an execution; far from the counters that strands use.
const NAME_DRAW: u64 = u64::MAX;
const EXPRESS_ID_DRAW: u64 = u64::MAX - 1;
const TOKEN_DRAW: u64 = 1 << 63;

impl<'a> Machine<'_, '_, 'a> {
    /// A part of the Context Object; an error where this execution has no such part.
    pub(super) fn context(&self, slot: u32, field: ContextField) -> Outcome<Value<'a>> {
        let strand = &self.state.strands[slot as usize];
        let text = |text: &str| Ok(self.heap.text(text));
        match field {
            ContextField::Whole
            | ContextField::Execution
            | ContextField::StateMachine
            | ContextField::State
            | ContextField::Task
            | ContextField::MapItem => self.build(slot, parts(field)),
            ContextField::Map if strand.item.is_some() => self.build(slot, parts(field)),
            ContextField::ExecutionId => text(&self.execution_arn()),
            ContextField::ExecutionInput => Ok(Value::root(DocId::INPUT)),
            ContextField::ExecutionStartTime => Ok(self.timestamp_text(self.state.started_at)),
            ContextField::ExecutionName => text(&self.execution_name()),
            ContextField::ExecutionRoleArn => text(&self.names.role_arn),
            // Absent for StartSyncExecution, which is what an Express execution here stands for.
            ContextField::ExecutionRedriveCount if self.names.machine_type == MachineType::Standard => {
                Ok(Value::Int(0))
            }
            ContextField::StateMachineId => text(&self.names.state_machine_id()),
            ContextField::StateMachineName => text(&self.names.state_machine),
            ContextField::StateName => text(&self.program.state(strand.state).name),
            ContextField::StateEnteredTime => Ok(self.timestamp_text(strand.entered_at)),
            ContextField::StateRetryCount if self.program.state(strand.state).kind.is_retriable() => {
                Ok(Value::Int(i64::from(strand.retry_count)))
            }
            ContextField::TaskToken if self.waits_for_token(slot) => text(&self.task_token(slot)),
            ContextField::MapItemIndex if let Some(item) = strand.item => {
                Ok(Value::Int(i64::from(item.index)))
            }
            ContextField::MapItemValue if let Some(item) = strand.item => Ok(item.value),
            ContextField::ExecutionRedriveCount
            | ContextField::StateRetryCount
            | ContextField::TaskToken
            | ContextField::Map
            | ContextField::MapItemIndex
            | ContextField::MapItemValue => Err(Self::absent(field)),
        }
    }

    /// An object of the parts that exist here; an error if none does.
    fn build(&self, slot: u32, parts: &[(&'static str, ContextField)]) -> Outcome<Value<'a>> {
        let mut members = self.heap.list();
        for (name, field) in parts {
            if let Ok(value) = self.context(slot, *field) {
                members.push((*name, value));
            }
        }
        if members.is_empty() {
            return Err(Self::absent(parts.first().map_or(ContextField::Whole, |(_, field)| *field)));
        }
        Ok(self.heap.object(members.into_bump_slice()))
    }

    fn absent(field: ContextField) -> Fault {
        let path = field.path();
        let step = path.rsplit('.').next().unwrap_or(path);
        Fault::runtime(format!("Invalid path '$$.{path}' : No results for path: $['{step}']"))
    }

    pub(super) fn execution_arn(&self) -> String {
        self.names.execution_id(&self.execution_name(), &self.derived_uuid(EXPRESS_ID_DRAW))
    }

    fn execution_name(&self) -> String {
        self.names.execution.clone().unwrap_or_else(|| self.derived_uuid(NAME_DRAW))
    }

    fn derived_uuid(&self, draw: u64) -> String {
        let uuid = Random::new(mix(self.state.seed, draw)).uuid_v4();
        String::from_utf8_lossy(&uuid).into_owned()
    }

    fn timestamp_text(&self, timestamp: Timestamp) -> Value<'a> {
        let mut text = Vec::with_capacity(24);
        timestamp.write_rfc3339_millis(&mut text);
        self.heap.text(&String::from_utf8_lossy(&text))
    }

    /// AWS gives a token to tasks that it waits for, `.sync` ones included.
    fn waits_for_token(&self, slot: u32) -> bool {
        let state = self.state.strands[slot as usize].state;
        let site = self.program.tasks().iter().find(|task| task.state_id == state);
        site.is_some_and(|task| {
            task.resource.contains(".sync") || task.resource.ends_with(".waitForTaskToken")
        })
    }

    /// A token that is the same for every read during one attempt, and another for the next.
    fn task_token(&self, slot: u32) -> String {
        let strand = &self.state.strands[slot as usize];
        let visit = u64::from(strand.entered_event) << 20 | u64::from(strand.retry_count);
        String::from_utf8_lossy(&Random::new(mix(strand.seed, TOKEN_DRAW | visit)).uuid_v4()).into_owned()
    }
}

/// The members of a part that is an object, in AWS's order; those that an execution has not are left out.
fn parts(field: ContextField) -> &'static [(&'static str, ContextField)] {
    match field {
        ContextField::Whole => &[
            ("Execution", ContextField::Execution),
            ("StateMachine", ContextField::StateMachine),
            ("State", ContextField::State),
            ("Map", ContextField::Map),
            ("Task", ContextField::Task),
        ],
        ContextField::Execution => &[
            ("Id", ContextField::ExecutionId),
            ("Input", ContextField::ExecutionInput),
            ("StartTime", ContextField::ExecutionStartTime),
            ("Name", ContextField::ExecutionName),
            ("RoleArn", ContextField::ExecutionRoleArn),
            ("RedriveCount", ContextField::ExecutionRedriveCount),
        ],
        ContextField::StateMachine => {
            &[("Id", ContextField::StateMachineId), ("Name", ContextField::StateMachineName)]
        }
        ContextField::State => &[
            ("Name", ContextField::StateName),
            ("EnteredTime", ContextField::StateEnteredTime),
            ("RetryCount", ContextField::StateRetryCount),
        ],
        ContextField::Task => &[("Token", ContextField::TaskToken)],
        ContextField::Map => &[("Item", ContextField::MapItem)],
        ContextField::MapItem => {
            &[("Index", ContextField::MapItemIndex), ("Value", ContextField::MapItemValue)]
        }
        _ => &[],
    }
}
