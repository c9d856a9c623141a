//! The normalised tree while it grows.

use super::super::ast::{Ast, Node, NodeId, NodeKind, Stage, Step};
use super::super::error::Error;
use super::super::parser::RawTree;
use super::ancestor::{Slot, SlotId};

/// What is built, and what it is built from.
#[derive(Debug)]
pub(super) struct Normalizer {
    pub raw: RawTree,
    pub nodes: Vec<Node>,
    /// By node; few have one.
    notes: Vec<Option<Box<Note>>>,
    /// What each `%` looks for.
    pub slots: Vec<Slot>,
    /// How many nodes were asked whether they are what a `%` looks for.
    pub visits: u32,
}

/// What is known about a node before it is known whether it becomes a step.
#[derive(Debug, Default)]
pub(super) struct Note {
    pub stages: Vec<Stage>,
    pub focus: Option<Box<str>>,
    pub index: Option<Box<str>>,
    /// Its input is what this slot's `%` look for.
    pub ancestor: Option<SlotId>,
    pub tuple: bool,
    /// The `%` within it that may look further back.
    pub seeking: Vec<SlotId>,
}

impl Normalizer {
    pub(super) fn new(raw: RawTree) -> Self {
        let count = raw.len();
        Self {
            raw,
            nodes: Vec::with_capacity(count),
            notes: Vec::with_capacity(count),
            slots: Vec::new(),
            visits: 0,
        }
    }

    pub(super) fn add(&mut self, kind: NodeKind, position: u32) -> NodeId {
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(Node { kind, position, keep_array: false, predicates: Vec::new(), group: None });
        self.notes.push(None);
        id
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    pub(super) fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.0 as usize]
    }

    pub(super) fn note(&self, id: NodeId) -> Option<&Note> {
        self.notes[id.0 as usize].as_deref()
    }

    pub(super) fn note_mut(&mut self, id: NodeId) -> &mut Note {
        self.notes[id.0 as usize].get_or_insert_default()
    }

    /// The steps of a path; empty for anything else.
    pub(super) fn steps(&self, path: NodeId) -> &[Step] {
        match &self.node(path).kind {
            NodeKind::Path { steps, .. } => steps,
            _ => &[],
        }
    }

    pub(super) fn last_step(&self, path: NodeId) -> Option<NodeId> {
        self.steps(path).last().map(|step| step.node)
    }

    /// The path that `node` is, or one with `node` as its only step.
    pub(super) fn path_of(&mut self, node: NodeId) -> NodeId {
        if matches!(self.node(node).kind, NodeKind::Path { .. }) {
            return node;
        }
        let kind = NodeKind::Path { steps: vec![bare_step(node)], keep_singleton: false, tuple: false };
        self.add(kind, self.node(node).position)
    }

    pub(super) fn push_step(&mut self, path: NodeId, step: NodeId) {
        if let NodeKind::Path { steps, .. } = &mut self.node_mut(path).kind {
            steps.push(bare_step(step));
        }
    }

    /// The finished tree: notes become part of the steps, slots become labels.
    pub(super) fn finish(mut self, root: NodeId) -> Ast {
        for (index, node) in self.nodes.iter_mut().enumerate() {
            match &mut node.kind {
                NodeKind::Path { steps, tuple, .. } => {
                    *tuple = self.notes[index].as_ref().is_some_and(|note| note.tuple);
                    for step in steps {
                        if let Some(note) = self.notes[step.node.0 as usize].take() {
                            step.stages = note.stages;
                            step.focus = note.focus;
                            step.index = note.index;
                            step.ancestor = note.ancestor.map(|slot| self.slots[slot as usize].label);
                            step.tuple = note.tuple;
                        }
                    }
                }
                NodeKind::Parent(slot) => *slot = self.slots[*slot as usize].label,
                _ => {}
            }
        }
        Ast { nodes: self.nodes, root }
    }

    /// The node that cannot have a `%` before it.
    #[cold]
    pub(super) fn no_parent(&self, node: NodeId) -> Error {
        let error = Error::new("S0217").token(type_name(&self.node(node).kind));
        match self.node(node).kind {
            // The reference does not know where these are.
            NodeKind::Path { .. } | NodeKind::Parent(_) => error,
            _ => error.at(self.node(node).position),
        }
    }
}

/// A step of which the rest is still noted elsewhere.
fn bare_step(node: NodeId) -> Step {
    Step { node, stages: Vec::new(), focus: None, index: None, ancestor: None, tuple: false }
}

/// What the reference calls such nodes.
fn type_name(kind: &NodeKind) -> &'static str {
    match kind {
        NodeKind::Path { .. } => "path",
        NodeKind::Name(_) => "name",
        NodeKind::String(_) => "string",
        NodeKind::Number(_) => "number",
        NodeKind::Bool(_) | NodeKind::Null => "value",
        NodeKind::Regex { .. } => "regex",
        NodeKind::Wildcard => "wildcard",
        NodeKind::Descendant => "descendant",
        NodeKind::Parent(_) => "parent",
        NodeKind::Variable(_) => "variable",
        NodeKind::Negate(_) | NodeKind::Array { .. } | NodeKind::Object(_) => "unary",
        NodeKind::Binary { .. } => "binary",
        NodeKind::Bind { .. } => "bind",
        NodeKind::Block { .. } => "block",
        NodeKind::Condition { .. } | NodeKind::Default { .. } | NodeKind::Coalesce { .. } => "condition",
        NodeKind::Call { .. } => "function",
        NodeKind::Partial { .. } => "partial",
        NodeKind::Lambda { .. } => "lambda",
        NodeKind::Apply { .. } => "apply",
        NodeKind::Transform { .. } => "transform",
        NodeKind::Sort(_) => "sort",
    }
}
