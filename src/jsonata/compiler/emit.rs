//! Emitting code: labels, tables, positions.

use super::compile::Compiler;
use crate::jsonata::code::{Close, Label, Literal, Op, Reg};
use crate::jsonata::functions::Builtin;

/// A place that is known only once the code before it is written: an index of [`Compiler::labels`].
pub(super) type Pending = Label;

impl Compiler<'_> {
    pub(super) fn emit(&mut self, op: Op) {
        if let (Op::Jump { target }, true) = (op, self.is_fused)
            && let Some(last) = self.last()
            && let Op::Push { src } = *last
        {
            *last = Op::PushJump { src, target };
            return;
        }
        self.code.ops.push(op);
    }

    /// The last instruction, if whatever comes next comes always after it.
    pub(super) fn last(&mut self) -> Option<&mut Op> {
        if self.bound_at == self.here() { None } else { self.code.ops.last_mut() }
    }

    /// Whether the code ends with an instruction that leaves something unwrapped in `dst`.
    pub(super) fn is_unwrapped(&mut self, dst: Reg) -> bool {
        match self.last() {
            Some(
                Op::Field { dst: last, .. }
                | Op::Chain { dst: last, .. }
                | Op::Unwrap { dst: last }
                | Op::Close { dst: last, close: Close::Path | Close::Unwrapped },
            ) => *last == dst,
            _ => false,
        }
    }

    /// As `emit`, for an op whose errors say where in the text it stands.
    pub(super) fn emit_at(&mut self, op: Op, position: u32) {
        let pc = self.code.ops.len().min(usize::from(u16::MAX)) as u16;
        self.code.positions.push((pc, position));
        self.emit(op);
    }

    pub(super) fn here(&self) -> Label {
        Label(self.code.ops.len().min(usize::from(u16::MAX)) as u16)
    }

    /// A label for later.
    pub(super) fn pending(&mut self) -> Pending {
        self.labels.push(None);
        Label((self.labels.len() - 1).min(usize::from(u16::MAX)) as u16)
    }

    /// A label for here.
    pub(super) fn bound(&mut self) -> Pending {
        let label = self.pending();
        self.bind(label);
        label
    }

    pub(super) fn bind(&mut self, label: Pending) {
        let here = self.here();
        self.bound_at = here;
        if let Some(slot) = self.labels.get_mut(usize::from(label.0)) {
            *slot = Some(here);
        }
    }

    /// Replaces the labels of all jumps by positions in the code.
    pub(super) fn resolve(&mut self) {
        let labels = &self.labels;
        for op in &mut self.code.ops {
            if let Some(label) = target(op)
                && let Some(Some(bound)) = labels.get(usize::from(label.0))
            {
                *label = *bound;
            }
        }
    }

    pub(super) fn literal(&mut self, dst: Reg, literal: Literal) {
        self.emit(Op::Literal { dst, literal });
    }

    pub(super) fn emit_builtin(&mut self, dst: Reg, builtin: Builtin) {
        self.emit(Op::Builtin { dst, builtin: u16::from(builtin.0) });
    }

    pub(super) fn move_to(&mut self, dst: Reg, src: Reg) {
        if dst != src {
            self.emit(Op::Move { dst, src });
        }
    }

    pub(super) fn number(&mut self, number: f64) -> u16 {
        self.code.numbers.push(number);
        (self.code.numbers.len() - 1) as u16
    }

    pub(super) fn string(&mut self, text: &str) -> u16 {
        let strings = &mut self.code.strings;
        let index = strings.iter().position(|known| **known == *text).unwrap_or_else(|| {
            strings.push(text.into());
            strings.len() - 1
        });
        index as u16
    }

    pub(super) fn name(&mut self, name: &str) -> u16 {
        let names = &mut self.code.names;
        let index = names.iter().position(|known| known.text() == name).unwrap_or_else(|| {
            names.push(Box::<str>::from(name).into());
            names.len() - 1
        });
        index as u16
    }
}

/// Where an op may continue, if it may continue elsewhere.
fn target(op: &mut Op) -> Option<&mut Label> {
    match op {
        Op::MoveIfBound { target, .. }
        | Op::Next { exit: target, .. }
        | Op::Jump { target }
        | Op::PushJump { target, .. }
        | Op::JumpUnless { target, .. }
        | Op::JumpUnlessCompared { target, .. }
        | Op::JumpIfTrue { target, .. }
        | Op::JumpUnlessTrue { target, .. }
        | Op::JumpIfDefined { target, .. }
        | Op::JumpIfEmpty { target, .. }
        | Op::GroupNext { exit: target, .. }
        | Op::GroupNextTuple { exit: target, .. }
        | Op::Array { target, .. } => Some(target),
        _ => None,
    }
}
