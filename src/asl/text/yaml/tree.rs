//! A YAML document as flat tables.

use std::borrow::Cow;
use std::ops::Range;

use crate::diagnostic::Span;

/// Index of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NodeIndex(pub(super) u32);

/// One value, with its place in the text.
#[derive(Debug)]
pub(super) struct Node<'t> {
    pub(super) span: Span,
    pub(super) kind: Kind<'t>,
}

/// What a node is; ranges are of [`Tree::children`], those of mappings hold keys and values in turn.
#[derive(Debug)]
pub(super) enum Kind<'t> {
    /// A number, a flag or null, as JSON.
    Literal(Cow<'t, str>),
    /// A string.
    Text(Text<'t>),
    Sequence(Range<u32>),
    Mapping(Range<u32>),
}

/// A string and how it was written.
#[derive(Debug)]
pub(super) struct Text<'t> {
    pub(super) value: Cow<'t, str>,
    pub(super) style: Style,
    /// It may become another kind of value when it is a placeholder as a whole: it was written without quotes.
    pub(super) is_plain: bool,
}

/// How the characters of a string stand in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Block,
    /// Not as they are.
    Derived,
}

/// The nodes of one document.
#[derive(Debug, Default)]
pub(super) struct Tree<'t> {
    pub(super) nodes: Vec<Node<'t>>,
    pub(super) children: Vec<NodeIndex>,
}

impl<'t> Tree<'t> {
    pub(super) fn node(&self, index: NodeIndex) -> &Node<'t> {
        &self.nodes[index.0 as usize]
    }

    pub(super) fn add(&mut self, span: Span, kind: Kind<'t>) -> NodeIndex {
        self.nodes.push(Node { span, kind });
        NodeIndex(self.nodes.len() as u32 - 1)
    }

    /// Stores the children of one collection.
    pub(super) fn add_children(&mut self, children: &[NodeIndex]) -> Range<u32> {
        let start = self.children.len() as u32;
        self.children.extend_from_slice(children);
        start..self.children.len() as u32
    }

    pub(super) fn children(&self, range: &Range<u32>) -> &[NodeIndex] {
        &self.children[range.start as usize..range.end as usize]
    }
}
