//! Variables: which names a graph's frame has registers for.
//!
//! AWS, "Passing data between states with variables": inner scopes read the variables of outer ones but may not
//! assign them, and an inner scope ends with its branch or iteration. So a child's frame starts with copies of
//! everything its parent can see.

use crate::asl::model::{PayloadTemplate, StateGraph, StateKind};
use crate::bytecode::Reg;
use crate::json::Doc;

/// Stands for the Context Object where that is given: no variable has such a name.
pub(super) const CONTEXT: &str = "$$";

/// The variables of a graph, in the order of their registers.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    pub names: Vec<String>,
    pub outer: usize,
}

impl Scope {
    /// The scope of `graph` inside `parent`.
    pub(super) fn of(graph: &StateGraph, parent: &Scope, source: Doc<'_>) -> Self {
        let mut scope = Self { names: parent.names.clone(), outer: parent.names.len() };
        for state in &graph.states {
            scope.add(state.assign.as_ref(), source);
            let catchers = match &state.kind {
                StateKind::Task(task) => &task.catch[..],
                StateKind::Parallel(parallel) => &parallel.catch[..],
                StateKind::Map(map) => &map.catch[..],
                _ => &[],
            };
            for catcher in catchers {
                scope.add(catcher.assign.as_ref(), source);
            }
            if let StateKind::Choice(choice) = &state.kind {
                for rule in &choice.rules {
                    scope.add(rule.assign.as_ref(), source);
                }
            }
        }
        scope
    }

    fn add(&mut self, assign: Option<&PayloadTemplate>, source: Doc<'_>) {
        let Some(assign) = assign else { return };
        for (key, _) in source.members(assign.node) {
            let key = source.string(key).to_text();
            self.declare(key.strip_suffix(".$").unwrap_or(&key));
        }
    }

    /// Makes room for a variable that is given from outside.
    pub(super) fn declare(&mut self, name: &str) {
        if self.register(name).is_none() {
            self.names.push(name.to_owned());
        }
    }

    /// The register of a variable.
    pub(super) fn register(&self, name: &str) -> Option<Reg> {
        let index = self.names.iter().position(|known| known == name)?;
        Reg::new(index + 1)
    }
}
