//! A parsed filter: flat, so that nothing has to recurse over `&&`, `||`, `!` and parentheses.

use std::hash::{Hash, Hasher};

use super::regexp::Regexp;
use crate::jsonpath::Segment;
use crate::jsonpath::steps::Steps;

/// The test of a filter step.
#[derive(Debug, Clone)]
pub struct Filter {
    text: Box<str>,
    ops: Box<[FilterOp]>,
    operands: Box<[Operand]>,
}

/// One op of a filter. Ops run in order over one truth value, the last test's result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum FilterOp {
    /// Sets the truth value: whether the path of the operand leads somewhere, or the contrary.
    Exists { operand: u32, wanted: bool },
    /// Sets the truth value: a comparison of two operands.
    Compare { left: u32, operator: Operator, right: u32 },
    /// Negates the truth value.
    Not,
    /// `&&`: goes on at the op of this number if the truth value is false.
    SkipUnless(u32),
    /// `||`: goes on at the op of this number if the truth value is true.
    SkipIf(u32),
}

/// What stands between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    SameTypeEqual,
    SameTypeNotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Matches,
    In,
    NotIn,
    Contains,
    Size,
    Empty,
    SubsetOf,
    AnyOf,
    NoneOf,
}

impl Operator {
    /// The operator of this spelling; words in any case.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        Some(match text.to_ascii_lowercase().as_str() {
            "==" => Self::Equal,
            "!=" => Self::NotEqual,
            "===" => Self::SameTypeEqual,
            "!==" => Self::SameTypeNotEqual,
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            "=~" => Self::Matches,
            "in" => Self::In,
            "nin" => Self::NotIn,
            "contains" => Self::Contains,
            "size" => Self::Size,
            "empty" => Self::Empty,
            "subsetof" => Self::SubsetOf,
            "anyof" => Self::AnyOf,
            "noneof" => Self::NoneOf,
            _ => return None,
        })
    }
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Operand {
    Query(Query),
    Literal(Literal),
    Regexp(Regexp),
}

/// A path in a filter or in a function's arguments.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::jsonpath) struct Query {
    /// Whether it starts at the document (`$`) rather than at the element (`@`).
    pub(in crate::jsonpath) from_root: bool,
    pub(in crate::jsonpath) steps: Steps,
}

impl Query {
    /// Whether it leads back to the document, at its start or in a filter or function of its own.
    pub(in crate::jsonpath) fn reads_root(&self) -> bool {
        let step_does = |segment: &Segment| match segment {
            Segment::Filter(filter) => filter.reads_root(),
            Segment::Function(call) => call.reads_root(),
            _ => false,
        };
        self.from_root || self.steps.segments().iter().any(step_does)
    }
}

/// A value that stands in the path's text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::jsonpath) enum Literal {
    Null,
    Bool(bool),
    /// An integer in its shortest form.
    Integer(i64),
    /// Any other number, as JSON writes it.
    Number(Box<str>),
    /// A string.
    String(Box<str>),
    /// An array or an object, as JSON text.
    Json(Box<str>),
}

impl Filter {
    pub(super) fn new(text: &str, ops: Vec<FilterOp>, operands: Vec<Operand>) -> Self {
        Self { text: text.into(), ops: ops.into(), operands: operands.into() }
    }

    /// The test as written, with the parentheses around it.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn ops(&self) -> &[FilterOp] {
        &self.ops
    }

    pub(super) fn operands(&self) -> &[Operand] {
        &self.operands
    }

    /// Whether an operand starts at `$`.
    pub(in crate::jsonpath) fn reads_root(&self) -> bool {
        self.operands.iter().any(|operand| matches!(operand, Operand::Query(query) if query.reads_root()))
    }
}

/// Two filters are equal if they test the same, however they are written.
impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.ops == other.ops && self.operands == other.operands
    }
}

impl Eq for Filter {}

impl Hash for Filter {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.ops.hash(state);
        self.operands.hash(state);
    }
}
