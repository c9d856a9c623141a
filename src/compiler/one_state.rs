//! One state by itself (`TestState`): transitions are noted instead of followed, and every step of its data is kept.
//!
//! Frame: the raw input, the variables (those of the request included), the Context Object as one more, then
//! temporaries. Where a transition leads, the state stands as an `Enter` that ends at once: the last state visited is
//! the next state. What Map and Parallel run inside is not compiled; their result is asked for as a task's is.

use super::lowering::Lowering;
use super::register::Registers;
use super::scope::{CONTEXT, Scope};
use crate::asl::model::{State, StateGraph, StateKind, StateMachine};
use crate::bytecode::{Aspect, Graph, GraphId, Op, Program, ProgramBuilder, Reg};
use crate::compiler::compile::finish;
use crate::compiler::options::CompileOptions;
use crate::diagnostic::Diagnostics;

/// What a state that is run by itself is given.
#[derive(Debug, Clone, Copy)]
pub struct Given<'g> {
    /// The Context Object, as JSON text.
    pub context: &'g str,
    /// Variables by name, their values as JSON text.
    pub variables: &'g [(String, String)],
    /// The array that a Map's `ItemReader` has read, as JSON text.
    pub items: Option<&'g str>,
}

/// Compiles one state of a machine, nested ones included; states are found by their names, which are unique.
///
/// The program asks for a task where the state works: its own Resource for a Task, the whole of it for Map and
/// Parallel.
///
/// # Errors
/// What this version cannot run, or no such state.
pub fn compile_state(
    machine: &StateMachine,
    name: &str,
    given: &Given<'_>,
    options: &CompileOptions,
) -> Result<Program, Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    let builder = find(machine, name).and_then(|found| {
        let mut lowering = Lowering::new(machine, &mut diagnostics);
        lowering.given = Some(given);
        lowering.one_state(found)
    });
    finish(builder, options, &mut diagnostics).ok_or(diagnostics)
}

/// A state, the graph it is in, and the variables in scope there.
struct Found<'m> {
    graph: &'m StateGraph,
    index: usize,
    scope: Scope,
}

fn find<'m>(machine: &'m StateMachine, name: &str) -> Option<Found<'m>> {
    let source = machine.source.doc();
    let mut pending = vec![(&machine.top, Scope::of(&machine.top, &Scope::default(), source))];
    while let Some((graph, scope)) = pending.pop() {
        if let Some(index) = graph.states.iter().position(|state| state.name == name) {
            return Some(Found { graph, index, scope });
        }
        for state in &graph.states {
            for child in children(state) {
                pending.push((child, Scope::of(child, &scope, source)));
            }
        }
    }
    None
}

/// The graphs inside a state.
fn children(state: &State) -> &[StateGraph] {
    match &state.kind {
        StateKind::Parallel(parallel) => &parallel.branches,
        StateKind::Map(map) => std::slice::from_ref(&map.processor),
        _ => &[],
    }
}

impl<'m> Lowering<'m, '_> {
    fn one_state(mut self, found: Found<'m>) -> Option<ProgramBuilder> {
        let Found { graph, index, mut scope } = found;
        let given = self.given?;
        for (name, _) in given.variables {
            scope.declare(name);
        }
        scope.declare(CONTEXT);
        self.registers = Registers::new(1 + scope.names.len());
        self.scope = scope;
        self.labels = graph.states.iter().map(|_| self.builder.pending()).collect();
        let id = self.add_graph(0);
        self.enter(id, &graph.states[index]);
        for (name, value) in given.variables {
            self.given_variable(name, value);
        }
        self.given_variable(CONTEXT, given.context);
        self.inspect_variables();
        self.body(&graph.states[index]);
        for (index, state) in graph.states.iter().enumerate() {
            self.builder.bind(self.labels[index]);
            self.enter(id, state);
            self.builder.emit(Op::End { output: Reg::INPUT });
        }
        self.set_frame(id);
        self.item_selection();
        self.finish()
    }

    /// Adds a graph that begins here and has the variables in scope, so many of them from outside.
    pub(super) fn add_graph(&mut self, variables_outer: u16) -> GraphId {
        let entry = self.builder.here();
        let variables = self.scope.names.clone();
        self.builder.add_graph(Graph { entry, registers: 0, variables, variables_outer })
    }

    fn given_variable(&mut self, name: &str, value: &str) {
        if let Some(dst) = self.scope.register(name) {
            self.constant(value, dst);
        }
    }

    /// Keeps a value of a state that is compiled by itself.
    pub(super) fn inspect(&mut self, aspect: Aspect, src: Reg) {
        if self.given.is_some() {
            self.builder.emit(Op::Inspect { src, aspect });
        }
    }

    /// Keeps the variables as they are now.
    pub(super) fn inspect_variables(&mut self) {
        for index in 0..self.scope.names.len() {
            if let (Ok(index), Some(src)) = (u16::try_from(index), Reg::new(index + 1))
                && self.scope.names[usize::from(index)] != CONTEXT
            {
                self.inspect(Aspect::Variable(index), src);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asl::{ParseOptions, parse};
    use crate::bytecode::disassemble;

    fn given() -> Given<'static> {
        Given { context: r#"{"a":1}"#, variables: &[], items: None }
    }

    #[test]
    fn nested_states_are_found_and_transitions_end() {
        let text = r#"{"StartAt":"M","States":{"M":{"Type":"Map","End":true,"ItemProcessor":{"StartAt":"I","States":{
            "I":{"Type":"Pass","Next":"I2"},"I2":{"Type":"Pass","Next":"I3"},"I3":{"Type":"Succeed"}}}}}}"#;
        let machine = parse(text, &ParseOptions::default()).state_machine.expect("sound");
        let program = compile_state(&machine, "I", &given(), &CompileOptions::default()).expect("compiles");
        let code = disassemble(&program);
        assert!(code.contains("inspct r0 as AfterInputPath"), "{code}");
        assert_eq!(code.matches("end    r0").count(), 3, "{code}");
        assert!(!code.contains("map "), "{code}");
        assert!(compile_state(&machine, "X", &given(), &CompileOptions::default()).is_err());
    }
}
