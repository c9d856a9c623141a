//! Which step's input each `%` means.
//!
//! A `%` is a slot that looks back: each step on the way to it brings it one level nearer, each other `%` one level
//! further away. Expressions hand the slots that they contain to what they are part of, until a path finds the step.

use super::super::ast::{NodeId, NodeKind};
use super::super::error::Error;
use super::tree::Normalizer;

/// A slot's index in [`Normalizer::slots`].
pub(super) type SlotId = u32;

/// What a `%` looks for.
#[derive(Debug)]
pub(super) struct Slot {
    /// What the step's input is bound to; two `%` that mean the same step share it.
    pub label: u32,
    /// How many steps back it still is; found at 0.
    level: i32,
}

/// Steps that all `%` of an expression together may look at, so that hostile ones take no quadratic time.
const VISITS_MAX: u32 = 1 << 22;

impl Normalizer {
    /// A new `%`.
    pub(super) fn add_parent(&mut self, position: u32) -> NodeId {
        let slot = self.slots.len() as SlotId;
        self.slots.push(Slot { label: slot, level: 1 });
        self.add(NodeKind::Parent(slot), position)
    }

    /// `to` looks for what its part `from` looks for. Nobody asks `from` again.
    pub(super) fn inherit_parents(&mut self, to: NodeId, from: NodeId) {
        let slots = self.take_seeking(from);
        if slots.is_empty() {
            return;
        }
        let seeking = &mut self.note_mut(to).seeking;
        if seeking.is_empty() {
            *seeking = slots;
        } else {
            seeking.extend(slots);
        }
    }

    /// What a node looks for, its own `%` last.
    fn take_seeking(&mut self, node: NodeId) -> Vec<SlotId> {
        let mut slots = match self.note(node) {
            Some(note) if !note.seeking.is_empty() => std::mem::take(&mut self.note_mut(node).seeking),
            _ => Vec::new(),
        };
        if let NodeKind::Parent(slot) = self.node(node).kind {
            slots.push(slot);
        }
        slots
    }

    pub(super) fn is_seeking(&self, node: NodeId) -> bool {
        self.note(node).is_some_and(|note| !note.seeking.is_empty())
    }

    /// What the last step of `path` looks for is looked for in the steps before it, then left to what `path` is in.
    pub(super) fn resolve_parents(&mut self, path: NodeId) -> Result<(), Error> {
        let Some(last) = self.last_step(path) else { return Ok(()) };
        for slot in self.take_seeking(last) {
            // The steps before it are those below `end`.
            let mut end = self.steps(path).len() - 1;
            while self.slots[slot as usize].level > 0 {
                if end == 0 {
                    self.note_mut(path).seeking.push(slot);
                    break;
                }
                end -= 1;
                // Of steps in a row that bind a variable each, only the first moves the context.
                while end > 0 && self.has_focus(path, end) && self.has_focus(path, end - 1) {
                    end -= 1;
                }
                self.seek(self.steps(path)[end].node, slot)?;
            }
        }
        Ok(())
    }

    fn has_focus(&self, path: NodeId, step: usize) -> bool {
        self.note(self.steps(path)[step].node).is_some_and(|note| note.focus.is_some())
    }

    /// The `%` of a predicate look at its step first.
    pub(super) fn resolve_predicate_parents(&mut self, step: NodeId, predicate: NodeId) -> Result<(), Error> {
        if !self.is_seeking(predicate) {
            return Ok(());
        }
        let slots = std::mem::take(&mut self.note_mut(predicate).seeking);
        for &slot in &slots {
            match &mut self.slots[slot as usize].level {
                1 => self.seek(step, slot)?,
                level => *level -= 1,
            }
        }
        self.note_mut(predicate).seeking = slots;
        self.inherit_parents(step, predicate);
        Ok(())
    }

    /// Asks one node: is its input what `slot` looks for?
    fn seek(&mut self, node: NodeId, slot: SlotId) -> Result<(), Error> {
        self.visits += 1;
        if self.visits > VISITS_MAX {
            return Err(Error::new("").text(format!(
                "The parent operator % looks back over too many steps; the limit is {VISITS_MAX} in one expression"
            )));
        }
        match &self.node(node).kind {
            NodeKind::Name(_) | NodeKind::Wildcard => self.seek_step(node, slot),
            NodeKind::Parent(_) => self.slots[slot as usize].level += 1,
            NodeKind::Block { expressions, .. } => {
                if let Some(&last) = expressions.last() {
                    self.note_mut(node).tuple = true;
                    self.seek(last, slot)?;
                }
            }
            NodeKind::Path { steps, .. } => {
                let mut end = steps.len();
                self.note_mut(node).tuple = true;
                loop {
                    end -= 1;
                    self.seek(self.steps(node)[end].node, slot)?;
                    if end == 0 || self.slots[slot as usize].level <= 0 {
                        break;
                    }
                }
            }
            _ => return Err(self.no_parent(node)),
        }
        Ok(())
    }

    /// One step nearer; at the last one the step binds its input.
    fn seek_step(&mut self, step: NodeId, slot: SlotId) {
        self.slots[slot as usize].level -= 1;
        if self.slots[slot as usize].level != 0 {
            return;
        }
        if let Some(bound) = self.note(step).and_then(|note| note.ancestor) {
            self.slots[slot as usize].label = self.slots[bound as usize].label;
        }
        let note = self.note_mut(step);
        note.ancestor = Some(slot);
        note.tuple = true;
    }
}
