//! Sets of variables.

use foldhash::quality::RandomState;
use hashbrown::HashMap;

use crate::asl::model::{PayloadTemplate, StateGraph, StateKind};
use crate::json::Doc;

/// Most bits of all sets of one graph together; beyond, all variables count as assigned.
const BITS_MAX: usize = 1 << 26;

/// The variables of a machine by name.
#[derive(Debug, Default)]
pub(super) struct VariableNames {
    numbers: HashMap<String, usize, RandomState>,
    is_complete: bool,
}

/// Variables that may be assigned.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Variables(Vec<u64>);

impl VariableNames {
    /// Every variable that a state of the graph or of one inside it assigns.
    pub(super) fn of(top: &StateGraph, doc: Doc<'_>) -> Self {
        let mut names = Self { numbers: HashMap::default(), is_complete: true };
        let mut pending = vec![top];
        let mut states_max = 0;
        while let Some(graph) = pending.pop() {
            states_max = states_max.max(graph.states.len());
            for state in &graph.states {
                names.add(state.assign.as_ref(), doc);
                let catch = match &state.kind {
                    StateKind::Task(task) => &task.catch,
                    StateKind::Parallel(parallel) => {
                        pending.extend(&parallel.branches);
                        &parallel.catch
                    }
                    StateKind::Map(map) => {
                        pending.push(&map.processor);
                        &map.catch
                    }
                    StateKind::Choice(choice) => {
                        choice.rules.iter().for_each(|rule| names.add(rule.assign.as_ref(), doc));
                        continue;
                    }
                    _ => continue,
                };
                for catcher in catch {
                    names.add(catcher.assign.as_ref(), doc);
                }
            }
        }
        names.is_complete = names.numbers.len().saturating_mul(states_max) <= BITS_MAX;
        names
    }

    fn add(&mut self, assign: Option<&PayloadTemplate>, doc: Doc<'_>) {
        for name in assign.into_iter().flat_map(|assign| assigned(assign, doc)) {
            let number = self.numbers.len();
            self.numbers.entry(name).or_insert(number);
        }
    }

    /// All names.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.numbers.keys().map(String::as_str)
    }
}

/// The names that `Assign` gives values to.
fn assigned<'d>(assign: &PayloadTemplate, doc: Doc<'d>) -> impl Iterator<Item = String> + use<'d> {
    doc.members(assign.node).map(move |(key, _)| {
        let name = doc.string(key).to_text();
        name.strip_suffix(".$").unwrap_or(&name).to_owned()
    })
}

impl Variables {
    /// These and what `Assign` adds.
    pub(super) fn with(&self, assign: Option<&PayloadTemplate>, names: &VariableNames, doc: Doc<'_>) -> Self {
        let mut variables = self.clone();
        if !names.is_complete {
            return variables;
        }
        for name in assign.into_iter().flat_map(|assign| assigned(assign, doc)) {
            let Some(&number) = names.numbers.get(&name) else { continue };
            if variables.0.len() <= number / 64 {
                variables.0.resize(number / 64 + 1, 0);
            }
            variables.0[number / 64] |= 1 << (number % 64);
        }
        variables
    }

    /// Adds what is in the other set.
    pub(super) fn join(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine |= theirs);
    }

    /// Whether a variable may have a value.
    pub(super) fn may_have(&self, name: &str, names: &VariableNames) -> bool {
        if !names.is_complete {
            return true;
        }
        let Some(&number) = names.numbers.get(name) else { return false };
        self.0.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }
}
