//! Members that the code of a loop looks at, as a rule: they are looked up in one go, and once.

use super::compile::{Compiler, Dialect};
use super::frame::{Meaning, Name};
use crate::jsonata::ast::{Ast, NodeId, NodeKind, Step};
use crate::jsonata::code::{Op, Reg, Selection};

/// Whose members.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whose<'w> {
    /// Those of `$`.
    Context,
    /// Those of a variable.
    Variable(&'w str),
}

/// Most members that are looked up in one go.
const SELECTED_MAX: usize = 16;

impl<'c> Compiler<'c> {
    /// Looks up what the expressions are about to ask of the value in `src`, if that is more than one thing. Until
    /// [`Self::unload`] the members are found in their registers.
    pub(super) fn load(&mut self, whose: Whose<'_>, expressions: &[NodeId], src: Reg) -> usize {
        let before = self.loaded.len();
        if !self.is_fused {
            return before;
        }
        let mut found = Vec::new();
        for expression in expressions {
            members(self.ast, whose, *expression, &mut found);
        }
        if found.len() < 2 {
            return before;
        }
        let mut names: Vec<u16> = Vec::new();
        for name in found {
            let name = self.name(name);
            if !names.contains(&name) && names.len() < SELECTED_MAX && self.loaded(src, name).is_none() {
                names.push(name);
            }
        }
        let first = self.frame().allocate(names.len());
        let places = names.iter().enumerate();
        self.loaded.extend(places.map(|(offset, name)| (src, *name, first.offset(offset as u16))));
        match *names {
            [] => {}
            [name] => self.emit(Op::Field { dst: first, src, name }),
            _ => {
                let selection = self.selection(&names);
                self.emit(Op::Fields { dst: first, src, selection });
            }
        }
        before
    }

    /// Forgets what was loaded since.
    pub(super) fn unload(&mut self, before: usize) {
        self.loaded.truncate(before);
    }

    fn selection(&mut self, names: &[u16]) -> u16 {
        let names: Box<[_]> = names.iter().map(|name| self.code.names[usize::from(*name)].clone()).collect();
        let selection = Selection { lengths: Selection::lengths(&names), names };
        let selections = &mut self.code.selections;
        let index = selections.iter().position(|known| *known == selection).unwrap_or_else(|| {
            selections.push(selection);
            selections.len() - 1
        });
        index as u16
    }

    /// The register that a member of what is in `src` is in already.
    pub(super) fn loaded(&self, src: Reg, name: u16) -> Option<Reg> {
        let known = self.loaded.iter().rev().find(|(of, known, _)| *of == src && *known == name);
        known.map(|(_, _, member)| *member)
    }

    /// The register and the name, if an expression is nothing but a member of the context or of a variable.
    pub(super) fn member(&mut self, id: NodeId) -> Option<(Reg, &'c str)> {
        let ast = self.ast;
        match member(ast, id)? {
            (None, name) => Some((self.context, name)),
            (Some("states"), _) if matches!(self.dialect, Dialect::States) => None,
            (Some(variable), name) => match self.meaning(&Name::variable(variable)) {
                Meaning::Places(places) => match places[..] {
                    [place] if place.is_bound && !place.is_cell => Some((place.register, name)),
                    _ => None,
                },
                Meaning::Builtin(_) => None,
            },
        }
    }
}

/// The variable, if there is one, and the name of an expression that is nothing but a member.
fn member(ast: &Ast, id: NodeId) -> Option<(Option<&str>, &str)> {
    let node = ast.node(id);
    if !node.predicates.is_empty() || node.group.is_some() || node.keep_array {
        return None;
    }
    let steps = match &node.kind {
        NodeKind::Name(name) => return Some((None, name)),
        NodeKind::Path { steps, keep_singleton: false, tuple: false } => steps,
        _ => return None,
    };
    let plain = |step: &Step| {
        let node = ast.node(step.node);
        let is_plain = step.stages.is_empty()
            && !step.tuple
            && node.predicates.is_empty()
            && node.group.is_none()
            && !node.keep_array;
        is_plain.then_some(&node.kind)
    };
    match &steps[..] {
        [name] => match plain(name)? {
            NodeKind::Name(name) => Some((None, name)),
            _ => None,
        },
        [variable, name] => match (plain(variable)?, plain(name)?) {
            (NodeKind::Variable(variable), NodeKind::Name(name)) if !variable.is_empty() => {
                Some((Some(variable), name))
            }
            _ => None,
        },
        _ => None,
    }
}

/// Gathers the names of members that evaluating an expression looks up in any case, or nearly so, each as often as it does.
fn members<'c>(ast: &'c Ast, whose: Whose<'_>, root: NodeId, found: &mut Vec<&'c str>) {
    let mut pending = vec![root];
    while let Some(id) = pending.pop() {
        let node = ast.node(id);
        if !node.predicates.is_empty() || node.group.is_some() {
            continue;
        }
        if let Some((variable, name)) = member(ast, id) {
            let is_it = match whose {
                Whose::Context => variable.is_none(),
                Whose::Variable(wanted) => variable == Some(wanted),
            };
            found.extend(is_it.then_some(name));
            continue;
        }
        let is_hidden = |expressions: &[NodeId]| {
            let binds = |id: &NodeId| matches!(ast.node(*id).kind, NodeKind::Bind { .. });
            matches!(whose, Whose::Variable(_)) && expressions.iter().any(binds)
        };
        match &node.kind {
            NodeKind::Negate(operand) => pending.push(*operand),
            NodeKind::Array { items, .. } => pending.extend(items.iter().rev()),
            // Its values have a context of their own, for which they are looked at by themselves.
            NodeKind::Object(pairs) if matches!(whose, Whose::Variable(_)) => {
                pending.extend(pairs.iter().rev().map(|(_, value)| *value));
            }
            NodeKind::Default { left, .. } | NodeKind::Coalesce { left, .. } => pending.push(*left),
            // The right side of `and` and `or` too: to look it up at once costs less than a second walk.
            NodeKind::Binary { left, right, .. } => pending.extend([*right, *left]),
            NodeKind::Block { expressions, .. } if !is_hidden(expressions) => {
                pending.extend(expressions.iter().rev());
            }
            NodeKind::Condition { test, .. } => pending.push(*test),
            NodeKind::Call { procedure, arguments, .. }
                if matches!(ast.node(*procedure).kind, NodeKind::Variable(_)) =>
            {
                pending.extend(arguments.iter().rev());
            }
            _ => {}
        }
    }
}
