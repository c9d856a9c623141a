//! Functions and their arguments.

use std::fmt;

use crate::jsonpath::ast::Quoting;
use crate::jsonpath::filter::{Literal, Query};

/// A function of Jayway JsonPath.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Function {
    /// Number of elements of an array or of members of an object; `null` for anything else.
    Length,
    /// The same as `Length`.
    Size,
    /// The least number of an array.
    Min,
    /// The greatest number of an array.
    Max,
    /// The mean of an array's numbers.
    Average,
    /// The population's standard deviation of an array's numbers.
    StandardDeviation,
    /// The sum of an array's numbers.
    Sum,
    /// An array's strings, and the arguments, as one string.
    Concat,
    /// An array with the arguments as further elements.
    Append,
    /// The names of an object's members; `null` for anything else.
    Keys,
    /// The first element of an array.
    First,
    /// The last element of an array.
    Last,
    /// The element of an array at the argument's place, from the end if negative.
    Index,
}

impl Function {
    /// All functions.
    pub const ALL: [Self; 13] = [
        Self::Length,
        Self::Size,
        Self::Min,
        Self::Max,
        Self::Average,
        Self::StandardDeviation,
        Self::Sum,
        Self::Concat,
        Self::Append,
        Self::Keys,
        Self::First,
        Self::Last,
        Self::Index,
    ];

    /// The name in a path.
    pub fn name(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Size => "size",
            Self::Min => "min",
            Self::Max => "max",
            Self::Average => "avg",
            Self::StandardDeviation => "stddev",
            Self::Sum => "sum",
            Self::Concat => "concat",
            Self::Append => "append",
            Self::Keys => "keys",
            Self::First => "first",
            Self::Last => "last",
            Self::Index => "index",
        }
    }

    /// Whether it takes arguments.
    pub(super) fn takes_arguments(self) -> bool {
        !matches!(self, Self::Length | Self::Size | Self::Keys | Self::First | Self::Last)
    }
}

/// A function step of a path.
#[derive(Debug, Clone)]
pub struct FunctionCall {
    pub(super) function: Function,
    pub(super) arguments: Box<[Argument]>,
    /// The arguments as written, with the parentheses around them.
    pub(super) text: Box<str>,
}

/// An argument of a function.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::jsonpath) enum Argument {
    /// A path; from the document also where it begins with `@`.
    Query(Query),
    /// A number, a string or an object.
    Literal(Literal),
}

impl FunctionCall {
    /// The function.
    pub fn function(&self) -> Function {
        self.function
    }

    /// Whether an argument is a path.
    pub(in crate::jsonpath) fn reads_root(&self) -> bool {
        self.arguments.iter().any(|argument| matches!(argument, Argument::Query(_)))
    }

    pub(in crate::jsonpath) fn write(&self, quoting: Quoting, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arguments = match quoting {
            Quoting::Escaped => &*self.text,
            Quoting::Verbatim if self.arguments.is_empty() => "()",
            Quoting::Verbatim => "(...)",
        };
        write!(f, ".{}{arguments}", self.function.name())
    }
}

/// Two calls are equal if they mean the same, however they are written.
impl PartialEq for FunctionCall {
    fn eq(&self, other: &Self) -> bool {
        self.function == other.function && self.arguments == other.arguments
    }
}

impl Eq for FunctionCall {}

impl std::hash::Hash for FunctionCall {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.function.hash(state);
        self.arguments.hash(state);
    }
}
