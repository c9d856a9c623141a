//! The walk over a graph: what may have reached each state, and what follows from that.

use std::collections::BTreeMap;

use super::finding::{impossible_path, unassigned_variable};
use super::pipeline::{Pipeline, combine, of_template};
use super::queries::Queries;
use super::reads::{Read, Reads};
use super::shape::Shape;
use super::variables::{VariableNames, Variables};
use crate::asl::model::{
    Catcher, ProcessorMode, QueryLanguage, State, StateGraph, StateIndex, StateKind, StateMachine, Transition,
};
use crate::asl::text::find;
use crate::diagnostic::Diagnostic;
use crate::json::Doc;
use crate::jsonpath::Root;

/// Visits of one state after which its input counts as anything: loops may grow a value for ever.
const VISITS_MAX: u32 = 16;
/// Findings that are listed.
const FINDINGS_MAX: usize = 100;

/// What may have reached a state.
#[derive(Debug, Clone, PartialEq)]
struct Facts {
    input: Shape,
    variables: Variables,
}

/// Warnings about what the states of a machine read.
pub(in crate::asl) fn lint(machine: &StateMachine) -> Vec<Diagnostic> {
    let doc = machine.source.doc();
    let names = VariableNames::of(&machine.top, doc);
    let mut linter = Linter { doc, names, findings: Vec::new() };
    linter.graph(&machine.top, Facts { input: Shape::Any, variables: Variables::default() });
    linter.findings.truncate(FINDINGS_MAX);
    linter.findings
}

struct Linter<'m> {
    doc: Doc<'m>,
    names: VariableNames,
    findings: Vec<Diagnostic>,
}

impl Linter<'_> {
    /// Recurses over workflows inside one another, whose nesting is bounded.
    fn graph(&mut self, graph: &StateGraph, entry: Facts) {
        let reached = self.reach(graph, entry);
        for (state, facts) in graph.states.iter().zip(reached) {
            let Some(facts) = facts else { continue };
            if self.findings.len() >= FINDINGS_MAX {
                return;
            }
            let pipeline = Pipeline::of(state, &facts.input, self.doc);
            match state.query_language {
                QueryLanguage::JsonPath => {
                    for read in Reads::of(state, &facts.input, &pipeline, self.doc) {
                        self.check(&read, &facts.variables);
                    }
                }
                QueryLanguage::Jsonata => {
                    self.findings.extend(Queries::check(state, &facts.variables, &self.names, self.doc));
                }
            }
            self.inner_graphs(state, &pipeline, facts.variables);
        }
    }

    fn check(&mut self, read: &Read<'_>, variables: &Variables) {
        if find(read.path.text()).is_some() {
            return;
        }
        match read.path.root() {
            Root::Input => {
                if let Err(missing) = read.base.follow(&read.path) {
                    let found = impossible_path(read.path.text(), &missing, read.span, read.location);
                    self.findings.push(found);
                }
            }
            Root::Variable(name) if !variables.may_have(name, &self.names) => {
                let found = unassigned_variable(name, self.names.iter(), read.span, Some(read.location));
                self.findings.push(found);
            }
            Root::Variable(_) | Root::Context => {}
        }
    }

    fn inner_graphs(&mut self, state: &State, pipeline: &Pipeline, variables: Variables) {
        match &state.kind {
            StateKind::Parallel(parallel) => {
                for branch in &parallel.branches {
                    let entry = Facts { input: pipeline.effective.clone(), variables: variables.clone() };
                    self.graph(branch, entry);
                }
            }
            StateKind::Map(map) => {
                let input = match &map.item_selector {
                    Some(selector)
                        if state.query_language == QueryLanguage::JsonPath && map.item_batcher.is_none() =>
                    {
                        of_template(self.doc, selector, &pipeline.effective)
                    }
                    _ => Shape::Any,
                };
                // Child executions know nothing of their parent's variables.
                let is_inline = map.mode == ProcessorMode::Inline;
                let variables = if is_inline { variables } else { Variables::default() };
                self.graph(&map.processor, Facts { input, variables });
            }
            _ => {}
        }
    }

    /// What may reach each state; `None` where nothing does, or where it cannot be said.
    fn reach(&self, graph: &StateGraph, entry: Facts) -> Vec<Option<Facts>> {
        let mut reached: Vec<Option<Facts>> = vec![None; graph.states.len()];
        let mut visits = vec![0u32; graph.states.len()];
        let mut visits_left = 64 * graph.states.len() + 1024;
        let mut pending = vec![graph.start_at];
        reached[graph.start_at.0 as usize] = Some(entry);
        while let Some(index) = pending.pop() {
            let Some(left) = visits_left.checked_sub(1) else { return vec![None; graph.states.len()] };
            visits_left = left;
            let Some(facts) = &reached[index.0 as usize] else { continue };
            for (target, mut arrives) in self.leave(graph.state(index), facts) {
                let at = target.0 as usize;
                if let Some(known) = &reached[at] {
                    arrives.variables.join(&known.variables);
                    arrives.input = arrives.input.join(&known.input);
                    if visits[at] > VISITS_MAX {
                        arrives.input = Shape::Any;
                    }
                    if arrives == *known {
                        continue;
                    }
                }
                visits[at] += 1;
                reached[at] = Some(arrives);
                pending.push(target);
            }
        }
        reached
    }

    /// Where a state leads, and what goes there.
    fn leave(&self, state: &State, facts: &Facts) -> Vec<(StateIndex, Facts)> {
        let Pipeline { output, .. } = Pipeline::of(state, &facts.input, self.doc);
        let with = |assign| facts.variables.with(assign, &self.names, self.doc);
        let assign = state.assign.as_ref();
        let (catch, transition): (&[Catcher], _) = match &state.kind {
            StateKind::Pass(pass) => (&[], pass.transition),
            StateKind::Wait(wait) => (&[], wait.transition),
            StateKind::Task(task) => (&task.catch, task.transition),
            StateKind::Parallel(parallel) => (&parallel.catch, parallel.transition),
            StateKind::Map(map) => (&map.catch, map.transition),
            StateKind::Succeed | StateKind::Fail(_) => return Vec::new(),
            StateKind::Choice(choice) => {
                let default = choice
                    .default
                    .map(|target| (target, Facts { input: output.clone(), variables: with(assign) }));
                let rules = choice.rules.iter().map(|rule| {
                    let input = if rule.output.is_some() { Shape::Any } else { output.clone() };
                    (rule.next, Facts { input, variables: with(rule.assign.as_ref()) })
                });
                return rules.chain(default).collect();
            }
        };
        let mut leads_to: Vec<(StateIndex, Facts)> = Vec::new();
        for catcher in catch {
            let input = caught(state, catcher, &facts.input);
            leads_to.push((catcher.next, Facts { input, variables: with(catcher.assign.as_ref()) }));
        }
        if let Transition::Next(target) = transition {
            leads_to.push((target, Facts { input: output, variables: with(assign) }));
        }
        leads_to
    }
}

/// What a catcher hands on: the raw input with the error output in it.
fn caught(state: &State, catcher: &Catcher, raw: &Shape) -> Shape {
    let members = ["Error", "Cause"].map(|name| (name.to_owned(), Shape::Scalar));
    let error = Shape::object(BTreeMap::from(members));
    match state.query_language {
        QueryLanguage::Jsonata if catcher.output.is_some() => Shape::Any,
        QueryLanguage::Jsonata => error,
        QueryLanguage::JsonPath => combine(raw, &catcher.result_path, error),
    }
}
