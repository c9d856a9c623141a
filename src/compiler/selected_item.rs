//! Reading what an `ItemSelector` has just built.
//!
//! A Map's `ItemSelector` puts each field of an iteration's input into a register and then builds the object. As
//! long as a state's raw input is that very object, a path such as `$.order.id` starts at the register of `order`
//! instead of looking the field up again.

use super::lowering::Lowering;
use super::template::is_dynamic;
use crate::asl::model::{PathField, PayloadTemplate, State, StateGraph, StateIndex, StateKind, Transition};
use crate::bytecode::Reg;
use crate::json::Tag;
use crate::jsonpath::{Path, Root, Segment};

/// The fields of an iteration's input and the registers that hold their values.
#[derive(Debug, Default)]
pub(super) struct SelectedItem {
    fields: Vec<(String, Reg)>,
    /// Members of fields that are read often: field, name, register.
    members: Vec<(String, String, Reg)>,
    /// By state of the graph: whether its raw input is what the `ItemSelector` built.
    is_input: Vec<bool>,
    /// The state being lowered.
    state: usize,
}

impl SelectedItem {
    /// Turns to another state of the graph.
    pub(super) fn turn_to(&mut self, state: usize) {
        self.state = state;
    }

    /// The register that holds what a path's first steps lead to from `input`, and how many steps these are.
    pub(super) fn register(&self, path: &Path, input: Reg) -> Option<(Reg, usize)> {
        let is_input = self.is_input.get(self.state).is_some_and(|is_input| *is_input);
        if !is_input || input != Reg::INPUT || *path.root() != Root::Input || path.reads_root() {
            return None;
        }
        let Some(Segment::Name(name)) = path.segments().first() else { return None };
        if let Some([_, Segment::Name(member), ..]) = path.walk_segments() {
            let is_it = |known: &&(String, String, Reg)| *known.0 == **name && *known.1 == **member;
            if let Some((_, _, register)) = self.members.iter().find(is_it) {
                return Some((*register, 2));
            }
        }
        self.fields.iter().find(|(field, _)| **field == **name).map(|(_, register)| (*register, 1))
    }
}

impl Lowering<'_, '_> {
    /// Lowers an `ItemSelector` into the raw input of a graph's first state.
    pub(super) fn select_item(&mut self, template: &PayloadTemplate, map_input: Reg, graph: &StateGraph) {
        if self.is_jsonata()
            || self.source.tag(template.node) != Tag::Object
            || !is_dynamic(self.source, template.node)
        {
            return self.template(template, map_input, "ItemSelector", Reg::INPUT);
        }
        let (fields, first) = self.template_fields(template.node, map_input, Reg::INPUT, &template.location);
        let registers =
            fields.iter().enumerate().map(|(at, field)| (field.name().to_owned(), first.offset(at)));
        let (fields, is_input): (Vec<_>, _) = (registers.collect(), unchanged_inputs(graph));
        let (paths, mut members) = (self.paths_of_item(graph, &is_input), Vec::new());
        for (field, register) in &fields {
            let picked = self.pick_of_field(field, *register, &paths);
            members.extend(picked.into_iter().map(|(name, register)| (field.clone(), name, register)));
        }
        self.selected_item = SelectedItem { fields, members, is_input, state: 0 };
    }
}

/// By state: whether its raw input is the graph's input, whichever way led to it.
fn unchanged_inputs(graph: &StateGraph) -> Vec<bool> {
    let mut unchanged = vec![true; graph.states.len()];
    let mut is_settled = false;
    while !is_settled {
        is_settled = true;
        for (index, state) in graph.states.iter().enumerate() {
            let keeps = unchanged[index] && passes_input_on(state);
            for_each_target(state, |target, is_caught| {
                let target = &mut unchanged[target.0 as usize];
                if *target && (!keeps || is_caught) {
                    *target = false;
                    is_settled = false;
                }
            });
        }
    }
    unchanged
}

/// Whether a state that ends normally hands its raw input on as it is.
fn passes_input_on(state: &State) -> bool {
    let is_whole = state.input_path == PathField::Default && state.output_path == PathField::Default;
    is_whole
        && match &state.kind {
            StateKind::Choice(_) | StateKind::Wait(_) => true,
            StateKind::Pass(pass) => {
                pass.result.is_none() && pass.parameters.is_none() && pass.result_path == PathField::Default
            }
            _ => false,
        }
}

/// Calls `each` with every state that this one may lead to, and whether by a catcher.
fn for_each_target(state: &State, mut each: impl FnMut(StateIndex, bool)) {
    let (transition, catch) = match &state.kind {
        StateKind::Pass(pass) => (Some(pass.transition), &[][..]),
        StateKind::Wait(wait) => (Some(wait.transition), &[][..]),
        StateKind::Task(task) => (Some(task.transition), &task.catch[..]),
        StateKind::Parallel(parallel) => (Some(parallel.transition), &parallel.catch[..]),
        StateKind::Map(map) => (Some(map.transition), &map.catch[..]),
        StateKind::Choice(choice) => {
            choice
                .rules
                .iter()
                .map(|rule| rule.next)
                .chain(choice.default)
                .for_each(|next| each(next, false));
            (None, &[][..])
        }
        StateKind::Succeed | StateKind::Fail(_) => (None, &[][..]),
    };
    if let Some(Transition::Next(next)) = transition {
        each(next, false);
    }
    for catcher in catch {
        each(catcher.next, true);
    }
}
