//! The tree as it was written.

use super::super::ast::Operator;
use super::super::error::Error;

/// Deepest nesting of an expression; each operator of a chain counts.
const NESTING_DEPTH_MAX: u16 = 500;

/// A node's index in its [`RawTree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct RawId(u32);

/// Keys and values of an object.
pub(in super::super) type RawPairs = Vec<(RawId, RawId)>;

/// All nodes of an expression.
#[derive(Debug, Default)]
pub(in super::super) struct RawTree {
    nodes: Vec<RawNode>,
}

/// One expression.
#[derive(Debug)]
pub(in super::super) struct RawNode {
    pub kind: RawKind,
    /// The offset, in UTF-16 units, behind its word.
    pub position: u32,
    /// `[]` stands behind it.
    pub keep_array: bool,
    /// How many nodes deep it is.
    height: u16,
}

/// Kinds of expressions, as they are written.
#[derive(Debug)]
pub(in super::super) enum RawKind {
    /// Nothing, where an operand should be.
    End,
    Name(Box<str>),
    Variable(Box<str>),
    String(Box<str>),
    Number(f64),
    Bool(bool),
    Null,
    Regex {
        pattern: Box<str>,
        flags: Box<str>,
    },
    /// `*`
    Wildcard,
    /// `**`
    Descendant,
    /// `%`
    Parent,
    /// `?` as an argument.
    Placeholder,
    /// `-x`
    Negate(RawId),
    /// `[a, b..c]`
    Array(Vec<RawId>),
    /// `{k: v}`
    Object(RawPairs),
    /// `(a; b)`
    Block(Vec<RawId>),
    /// Two operands.
    Binary {
        operator: Operator,
        left: RawId,
        right: RawId,
    },
    /// `left.right`
    Map {
        left: RawId,
        right: RawId,
    },
    /// `left[predicate]`
    Filter {
        left: RawId,
        predicate: RawId,
    },
    /// `left{k: v}`
    Group {
        left: RawId,
        pairs: RawPairs,
    },
    /// `left^(terms)`; descending ones are marked.
    Sort {
        left: RawId,
        terms: Vec<(bool, RawId)>,
    },
    /// `left@$variable`
    Focus {
        left: RawId,
        variable: Box<str>,
    },
    /// `left#$variable`
    Index {
        left: RawId,
        variable: Box<str>,
    },
    /// `$name := value`
    Bind {
        name: Box<str>,
        value: RawId,
    },
    /// `left ~> right`
    Apply {
        left: RawId,
        right: RawId,
    },
    /// `test ? then : otherwise`
    Condition {
        test: RawId,
        then: RawId,
        otherwise: Option<RawId>,
    },
    /// `left ?: right`
    Default {
        left: RawId,
        right: RawId,
    },
    /// `left ?? right`
    Coalesce {
        left: RawId,
        right: RawId,
    },
    /// `procedure(arguments)`; a [`Self::Placeholder`] among them makes it partial.
    Call {
        procedure: RawId,
        arguments: Vec<RawId>,
    },
    /// `function($a)<signature>{ body }`
    Lambda {
        parameters: Vec<Box<str>>,
        signature: Option<(Box<str>, u32)>,
        body: RawId,
    },
    /// `|pattern|update, delete|`
    Transform {
        pattern: RawId,
        update: RawId,
        delete: Option<RawId>,
    },
}

impl RawTree {
    /// Adds a node; its parts are there already.
    pub(super) fn add(&mut self, kind: RawKind, position: u32) -> Result<RawId, Error> {
        let mut height = 0;
        kind.for_each_part(&mut |part| height = self.node(part).height.max(height));
        if height >= NESTING_DEPTH_MAX {
            return Err(too_deep());
        }
        self.nodes.push(RawNode { kind, position, keep_array: false, height: height + 1 });
        Ok(RawId(self.nodes.len() as u32 - 1))
    }

    pub(super) fn node(&self, id: RawId) -> &RawNode {
        &self.nodes[id.0 as usize]
    }

    pub(super) fn node_mut(&mut self, id: RawId) -> &mut RawNode {
        &mut self.nodes[id.0 as usize]
    }

    /// The node itself; [`RawKind::End`] stays in its place.
    pub(in super::super) fn take(&mut self, id: RawId) -> RawNode {
        let node = self.node_mut(id);
        RawNode { kind: std::mem::replace(&mut node.kind, RawKind::End), ..*node }
    }

    pub(in super::super) fn is_placeholder(&self, id: RawId) -> bool {
        matches!(self.node(id).kind, RawKind::Placeholder)
    }

    /// How many nodes there are.
    pub(in super::super) fn len(&self) -> usize {
        self.nodes.len()
    }
}

impl RawKind {
    /// Visits what it is made of.
    fn for_each_part(&self, visit: &mut dyn FnMut(RawId)) {
        match self {
            Self::End
            | Self::Name(_)
            | Self::Variable(_)
            | Self::String(_)
            | Self::Number(_)
            | Self::Bool(_)
            | Self::Null
            | Self::Regex { .. }
            | Self::Wildcard
            | Self::Descendant
            | Self::Parent
            | Self::Placeholder => {}
            Self::Negate(part)
            | Self::Focus { left: part, .. }
            | Self::Index { left: part, .. }
            | Self::Bind { value: part, .. }
            | Self::Lambda { body: part, .. } => visit(*part),
            Self::Array(parts) | Self::Block(parts) => parts.iter().copied().for_each(visit),
            Self::Object(pairs) => pairs.iter().flat_map(|pair| [pair.0, pair.1]).for_each(visit),
            Self::Binary { left, right, .. }
            | Self::Map { left, right }
            | Self::Filter { left, predicate: right }
            | Self::Apply { left, right }
            | Self::Default { left, right }
            | Self::Coalesce { left, right } => [*left, *right].into_iter().for_each(visit),
            Self::Group { left, pairs } => {
                visit(*left);
                pairs.iter().flat_map(|pair| [pair.0, pair.1]).for_each(visit);
            }
            Self::Sort { left, terms } => {
                visit(*left);
                terms.iter().map(|term| term.1).for_each(visit);
            }
            Self::Condition { test: first, then: second, otherwise: third }
            | Self::Transform { pattern: first, update: second, delete: third } => {
                [*first, *second].into_iter().chain(*third).for_each(visit);
            }
            Self::Call { procedure, arguments } => {
                visit(*procedure);
                arguments.iter().copied().for_each(visit);
            }
        }
    }
}

/// One expression within the other, so deep?
pub(super) fn check_depth(depth: u16) -> Result<(), Error> {
    if depth > NESTING_DEPTH_MAX { Err(too_deep()) } else { Ok(()) }
}

#[cold]
fn too_deep() -> Error {
    Error::new("").text(format!("The expression is nested too deeply; the limit is {NESTING_DEPTH_MAX}"))
}
