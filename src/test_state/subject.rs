//! The state under test.

use super::refusal::Refusal;
use super::request::TestRequest;
use crate::asl::model::{MachineType, State, StateGraph, StateKind, StateMachine};
use crate::asl::{ParseOptions, SINGLE_STATE_NAME, parse, parse_state};
use crate::limits::Limits;

/// A machine and the name of the state under test in it.
#[derive(Debug)]
pub(super) struct Subject {
    pub machine: StateMachine,
    pub name: String,
}

impl Subject {
    /// Reads a request's definition: of one state, or of a machine if the state has a name.
    pub(super) fn read(request: &TestRequest, limits: &Limits) -> Result<Self, Refusal> {
        // As a Standard machine, which may use every integration.
        let mut options = ParseOptions::new(MachineType::Standard);
        options.limits.clone_from(limits);
        let (parsed, name) = match &request.state_name {
            Some(name) => (parse(&request.definition, &options), name.as_str()),
            None => (parse_state(&request.definition, &options), SINGLE_STATE_NAME),
        };
        let Some(machine) = parsed.state_machine else { return Err(Refusal::from(&parsed)) };
        if let Some(placeholder) = machine.substitutions.first() {
            let message = format!("{} must be filled in before the state can be tested", placeholder.text);
            return Err(Refusal::definition(message));
        }
        if find(&machine, name).is_none() {
            return Err(Refusal::validation("State not found in definition"));
        }
        Ok(Self { machine, name: name.to_owned() })
    }

    /// The state.
    pub(super) fn state(&self) -> &State {
        self.found().0
    }

    /// Whether it is inside a Map.
    pub(super) fn is_in_map(&self) -> bool {
        self.found().1
    }

    fn found(&self) -> (&State, bool) {
        find(&self.machine, &self.name).expect("`read` has found it")
    }
}

/// A state by its name, which is unique, and whether it is inside a Map.
fn find<'m>(machine: &'m StateMachine, name: &str) -> Option<(&'m State, bool)> {
    let mut pending: Vec<(&StateGraph, bool)> = vec![(&machine.top, false)];
    while let Some((graph, is_in_map)) = pending.pop() {
        for state in &graph.states {
            if state.name == name {
                return Some((state, is_in_map));
            }
            match &state.kind {
                StateKind::Parallel(parallel) => {
                    pending.extend(parallel.branches.iter().map(|branch| (branch, is_in_map)));
                }
                StateKind::Map(map) => pending.push((&map.processor, true)),
                _ => {}
            }
        }
    }
    None
}
