//! Reading members of the same object together.
//!
//! The tests of a Choice and the paths of a payload template mostly start at members of one object, the state's
//! input. Looked up one by one, each costs a walk over the object; [`Op::Pick`] finds all of them in one.

use super::lowering::Lowering;
use super::template::is_dynamic;
use crate::asl::model::{ChoiceRule, Condition, Operand};
use crate::bytecode::{Op, Reg};
use crate::intrinsic::{self, Argument, Call};
use crate::json::{NodeId, Tag};
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
    /// The register that holds what a path's first step leads to from `input`, if there is one already.
    pub(super) fn first_step(&self, path: &Path, input: Reg) -> Option<Reg> {
        self.selected_item.register(path, input).or_else(|| self.picked.register(path, input))
    }

    /// Picks what the tests of a Choice's rules read.
    pub(super) fn pick_for_rules(&mut self, rules: &[ChoiceRule], input: Reg) {
        let mut names = Vec::new();
        for rule in rules {
            gather_condition(&rule.condition, &mut names);
        }
        self.pick(names, input);
    }

    /// Picks what a template reads.
    pub(super) fn pick_for_template(&mut self, node: NodeId, input: Reg) {
        let mut names = Vec::new();
        let mut pending = vec![node];
        while let Some(node) = pending.pop() {
            match self.source.tag(node) {
                Tag::Array => pending.extend(self.source.elements(node)),
                Tag::Object => {
                    for (key, value) in self.source.members(node) {
                        let is_text = matches!(self.source.tag(value), Tag::String | Tag::EscapedString);
                        if is_text && self.source.string(key).to_text().ends_with(".$") {
                            gather_expression(&self.source.string(value).to_text(), &mut names);
                        } else if is_dynamic(self.source, value) {
                            pending.push(value);
                        }
                    }
                }
                _ => {}
            }
        }
        self.pick(names, input);
    }

    /// Picks these members of `input`, each named as often as it is looked up, unless it does not pay.
    fn pick(&mut self, names: Vec<Path>, input: Reg) {
        let mut distinct: Vec<&str> = Vec::new();
        let mut lookups = 0;
        for path in &names {
            if let Some(name) = first_name(path)
                && self.first_step(path, input).is_none()
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
        let dst = self.registers.block(distinct.len());
        let shape = self.builder.add_shape(Shape::new(distinct.iter().copied()));
        self.builder.emit(Op::Pick { dst, src: input, shape });
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
            parts.iter().for_each(|part| gather_condition(part, paths));
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
