//! The Context Object, built field by field as it is read.

use super::fault::Fault;
use super::machine::{Machine, mix};
use super::map_run::Selection;
use crate::asl::model::MachineType;
use crate::bytecode::ContextField;
use crate::value::random::Random;
use crate::value::timestamp::Timestamp;
use crate::value::{DocId, Value, View};

type Outcome<T> = Result<T, Fault>;

/// `Map.Item.Source` of items that a Map has from its input (AWS docs, "Accessing execution data from the Context
/// object").
const STATE_DATA: &str = "STATE_DATA";

/// Draws that make task tokens; far from the counters that strands use.
const TOKEN_DRAW: u64 = 1 << 63;
/// Draws that seed what tasks start; far from both.
const TASK_DRAW: u64 = 1 << 62;

impl<'a> Machine<'_, '_, 'a> {
    /// A part of the Context Object; an error where this execution has no such part.
    pub(super) fn context(&self, slot: u32, field: ContextField) -> Outcome<Value<'a>> {
        let strand = &self.state.strands[slot as usize];
        let text = |text: &str| Ok(self.heap.text(text));
        if let Some(selection) = &self.state.selection {
            return self.selection_context(slot, selection, field);
        }
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
            ContextField::ExecutionName => text(&self.names.execution_name(self.state.seed)),
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
            ContextField::MapItemKey if let Some(key) = strand.item.and_then(|item| item.key) => Ok(key),
            ContextField::MapItemSource if strand.item.is_some() => text(STATE_DATA),
            ContextField::ExecutionRedriveCount
            | ContextField::StateRetryCount
            | ContextField::TaskToken
            | ContextField::Map
            | ContextField::MapItemIndex
            | ContextField::MapItemValue
            | ContextField::MapItemKey
            | ContextField::MapItemSource => Err(Self::absent(field)),
        }
    }

    /// The same where an `ItemSelector` runs by itself: the Map's own Context Object, and the item.
    #[cold]
    fn selection_context(
        &self,
        slot: u32,
        selection: &Selection<'a>,
        field: ContextField,
    ) -> Outcome<Value<'a>> {
        let item = self.state.strands[slot as usize].item;
        match (field, item) {
            (ContextField::MapItemIndex, Some(item)) => return Ok(Value::Int(i64::from(item.index))),
            (ContextField::MapItemKey, Some(item)) => return item.key.ok_or_else(|| Self::absent(field)),
            (ContextField::MapItemValue, Some(item)) => return Ok(item.value),
            (ContextField::MapItemSource, Some(_)) => return Ok(self.heap.text(&selection.source)),
            (ContextField::Map | ContextField::MapItem, Some(_)) => return self.build(slot, parts(field)),
            (ContextField::Whole, Some(_)) => {
                let map = self.build(slot, parts(ContextField::Map))?;
                return Ok(self.heap.with_member(selection.context, "Map", map));
            }
            _ => {}
        }
        let mut found = selection.context;
        for step in field.path().split('.') {
            let View::Object(object) = found.view(self.heap.docs) else { return Err(Self::absent(field)) };
            found = object.get(step, self.heap.docs).ok_or_else(|| Self::absent(field))?;
        }
        Ok(found)
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
        self.names.execution_id(self.state.seed)
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
    pub(super) fn task_token(&self, slot: u32) -> String {
        let strand = &self.state.strands[slot as usize];
        let visit = strand.attempt();
        if let Some(key) = &self.names.token_key {
            return key.token(&self.names.state_machine, [self.state.seed, strand.seed, visit]);
        }
        String::from_utf8_lossy(&Random::new(mix(strand.seed, TOKEN_DRAW | visit)).uuid_v4()).into_owned()
    }
}

impl Machine<'_, '_, '_> {
    /// A seed that is the same during one attempt, and another for the next.
    pub(super) fn task_seed(&self, slot: u32) -> u64 {
        let strand = &self.state.strands[slot as usize];
        mix(strand.seed, TASK_DRAW | strand.attempt())
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
        ContextField::MapItem => &[
            ("Index", ContextField::MapItemIndex),
            ("Key", ContextField::MapItemKey),
            ("Value", ContextField::MapItemValue),
            ("Source", ContextField::MapItemSource),
        ],
        _ => &[],
    }
}
