//! Reading members of the same object together.
//!
//! The tests of a Choice and the paths of a payload template mostly start at members of one object, the state's
//! input. Looked up one by one, each costs a walk over the object; [`Op::Pick`] finds all of them in one.

use super::lowering::Lowering;
use super::template::is_dynamic;
use crate::asl::model::{
    ChoiceRule, Condition, Operand, PathField, PayloadTemplate, State, StateGraph, StateKind,
};
use crate::bytecode::{Op, PickedMembers, Reg};
use crate::intrinsic::{self, Argument, Call};
use crate::json::{Doc, NodeId, Tag};
use crate::jsonpath::{Path, Root, Segment};
use crate::value::Shape;

/// Look-ups from which on one walk for all is cheaper.
const LOOKUPS_MIN: usize = 3;

/// Members that have been picked, and the registers that have them; a member that is missing leaves its empty.
#[derive(Debug, Default)]
pub(super) struct Picked {
    fields: Vec<(Reg, String, Reg)>,
}

impl Picked {
    /// The register that holds what a path's first step leads to from `input`, if it leads anywhere.
    fn register(&self, path: &Path, input: Reg) -> Option<Reg> {
        let name = first_name(path)?;
        self.fields.iter().find(|(base, field, _)| *base == input && field == name).map(|(_, _, reg)| *reg)
    }
}

/// The first step of a path that is a walk from the input.
fn first_name(path: &Path) -> Option<&str> {
    match path.walk_segments()?.first()? {
        Segment::Name(name) if *path.root() == Root::Input => Some(name),
        _ => None,
    }
}

impl Lowering<'_, '_> {
    /// The register that holds what a path's first steps lead to from `input`, if there is one already, and how
    /// many steps these are.
    pub(super) fn first_steps(&self, path: &Path, input: Reg) -> Option<(Reg, usize)> {
        let picked = || self.picked.register(path, input).map(|register| (register, 1));
        self.selected_item.register(path, input).or_else(picked)
    }

    /// Picks what the tests of a Choice's rules read.
    pub(super) fn pick_for_rules(&mut self, rules: &[ChoiceRule], input: Reg) {
        let mut names = Vec::new();
        for rule in rules {
            gather_condition(&rule.condition, &mut names);
        }
        self.pick(&names, input);
    }

    /// Picks what a template reads.
    pub(super) fn pick_for_template(&mut self, node: NodeId, input: Reg) {
        let mut paths = Vec::new();
        gather_template(self.source, node, &mut paths);
        self.pick(&paths, input);
    }

    /// Picks what an `ItemSelector` reads of its Map's input, once for all items: the registers, and the names.
    pub(super) fn pick_for_items(
        &mut self,
        selector: Option<&PayloadTemplate>,
        map_input: Reg,
    ) -> (PickedMembers, Vec<String>) {
        let mut paths = Vec::new();
        if let (Some(selector), false) = (selector, self.is_jsonata()) {
            gather_template(self.source, selector.node, &mut paths);
        }
        let mut names: Vec<String> = Vec::new();
        for name in paths.iter().filter_map(first_name) {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        if names.is_empty() {
            return (PickedMembers::default(), names);
        }
        let dst = self.emit_pick(names.iter().map(String::as_str), map_input);
        (PickedMembers { first: dst.0, count: names.len() as u16 }, names)
    }

    /// What `pick_for_items` has picked is in the registers after `map_input`.
    pub(super) fn assume_picked(&mut self, names: &[String], map_input: Reg) {
        let fields = names.iter().enumerate();
        self.picked.fields =
            fields.map(|(at, name)| (map_input, name.clone(), map_input.offset(at + 1))).collect();
    }

    /// What the states of a graph read of the selected item, as far as that is their input.
    pub(super) fn paths_of_item(&self, graph: &StateGraph, is_input: &[bool]) -> Vec<Path> {
        let mut paths = Vec::new();
        for (state, _) in graph.states.iter().zip(is_input).filter(|(_, is_input)| **is_input) {
            gather_state(self.source, state, &mut paths);
        }
        paths
    }

    /// Picks what these paths read of one field of the selected item.
    pub(super) fn pick_of_field(&mut self, field: &str, register: Reg, paths: &[Path]) -> Vec<(String, Reg)> {
        let (mut names, mut lookups): (Vec<&str>, usize) = (Vec::new(), 0);
        for path in paths {
            if first_name(path) == Some(field)
                && let Some([_, Segment::Name(name), ..]) = path.walk_segments()
            {
                lookups += 1;
                if !names.contains(&&**name) {
                    names.push(name);
                }
            }
        }
        if lookups < LOOKUPS_MIN {
            return Vec::new();
        }
        let dst = self.emit_pick(names.iter().copied(), register);
        names.iter().enumerate().map(|(at, name)| ((*name).to_owned(), dst.offset(at))).collect()
    }

    fn emit_pick<'n>(&mut self, names: impl Iterator<Item = &'n str> + Clone, src: Reg) -> Reg {
        let dst = self.registers.block(names.clone().count());
        let shape = self.builder.add_shape(Shape::new(names));
        self.builder.emit(Op::Pick { dst, src, shape });
        dst
    }

    /// Picks these members of `input`, each named as often as it is looked up, unless it does not pay.
    fn pick(&mut self, paths: &[Path], input: Reg) {
        let mut distinct: Vec<&str> = Vec::new();
        let mut lookups = 0;
        for path in paths {
            if let Some(name) = first_name(path)
                && self.first_steps(path, input).is_none()
            {
                lookups += 1;
                if !distinct.contains(&name) {
                    distinct.push(name);
                }
            }
        }
        if lookups < LOOKUPS_MIN {
            return;
        }
        let dst = self.emit_pick(distinct.iter().copied(), input);
        let fields = distinct.iter().enumerate();
        self.picked.fields.extend(fields.map(|(at, name)| (input, (*name).to_owned(), dst.offset(at))));
    }

    /// Forgets what has been picked since there was this much.
    pub(super) fn forget_picked(&mut self, mark: usize) {
        self.picked.fields.truncate(mark);
    }

    /// How much is picked.
    pub(super) fn picked_mark(&self) -> usize {
        self.picked.fields.len()
    }
}

/// Recursion is bounded by the nesting bound of the definition's parser.
fn gather_condition(condition: &Condition, paths: &mut Vec<Path>) {
    match condition {
        Condition::And(parts) | Condition::Or(parts) => {
            for part in parts {
                gather_condition(part, paths);
            }
        }
        Condition::Not(inner) => gather_condition(inner, paths),
        Condition::Test(test) => {
            paths.extend(Path::parse(&test.variable.text).ok());
            if let Operand::Path(text) = &test.operand {
                paths.extend(Path::parse(&text.text).ok());
            }
        }
        Condition::Expression(_) | Condition::Literal(_) => {}
    }
}

/// What a state reads of its raw input, where that is most of what it does.
fn gather_state(source: Doc<'_>, state: &State, paths: &mut Vec<Path>) {
    if state.input_path != PathField::Default {
        return;
    }
    let template = match &state.kind {
        StateKind::Choice(choice) => {
            for rule in &choice.rules {
                gather_condition(&rule.condition, paths);
            }
            return;
        }
        StateKind::Pass(pass) => pass.parameters.as_ref(),
        StateKind::Task(task) => task.parameters.as_ref(),
        _ => None,
    };
    if let Some(template) = template {
        gather_template(source, template.node, paths);
    }
}

fn gather_template(source: Doc<'_>, node: NodeId, paths: &mut Vec<Path>) {
    let mut pending = vec![node];
    while let Some(node) = pending.pop() {
        match source.tag(node) {
            Tag::Array => pending.extend(source.elements(node)),
            Tag::Object => {
                for (key, value) in source.members(node) {
                    let is_text = matches!(source.tag(value), Tag::String | Tag::EscapedString);
                    if is_text && source.string(key).to_text().ends_with(".$") {
                        gather_expression(&source.string(value).to_text(), paths);
                    } else if is_dynamic(source, value) {
                        pending.push(value);
                    }
                }
            }
            _ => {}
        }
    }
}

fn gather_expression(text: &str, paths: &mut Vec<Path>) {
    if text.starts_with('$') {
        paths.extend(Path::parse(text).ok());
    } else if let Ok(call) = intrinsic::parse(text) {
        gather_call(&call, paths);
    }
}

/// Calls nest at most `intrinsic::NESTING_DEPTH_MAX` deep.
fn gather_call(call: &Call, paths: &mut Vec<Path>) {
    for argument in &call.arguments {
        match argument {
            Argument::Path(path) => paths.push(path.clone()),
            Argument::Call(inner) => gather_call(inner, paths),
            _ => {}
        }
    }
}
