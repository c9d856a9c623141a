//! Why a path leads nowhere.

use std::fmt;

use super::ast::{Quoting, write_bracketed};
use super::selection::VALUES_MAX;
use super::{Path, Segment};

/// Why a path leads nowhere. Making one costs nothing; the text is made by `Display`, as Jayway words it.
#[derive(Debug, Clone, Copy)]
pub struct SelectError<'p> {
    path: &'p Path,
    step: u32,
    reason: Reason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// The member or element is not there.
    Missing,
    /// A name was applied to this instead of an object.
    NotAnObject(&'static str),
    /// An index was applied to this instead of an array.
    NotAnArray(&'static str),
    /// A filter was applied to this instead of an array or an object.
    NotFilterable(&'static str),
    /// An operator of a filter was given what it is not for; the element does not pass.
    NotComparable,
    /// A list of a filter (`in`, `contains`, ...) holds an array or an object.
    NotAScalar,
    /// A function of numbers found none.
    NoNumbers,
    /// `first`, `last` or `index`: no element at this place in an array of this length.
    NoElement {
        /// The place.
        index: i64,
        /// Number of elements.
        len: usize,
    },
    /// A function's number is too large for JSON.
    NotFinite,
    /// Over [`VALUES_MAX`].
    TooMany,
}

impl Reason {
    /// Whether something is not there, which to a filter is a value of its own; anything else ends the evaluation.
    pub(super) fn is_absence(self) -> bool {
        matches!(self, Self::Missing | Self::NotAnObject(_) | Self::NotAnArray(_) | Self::NotFilterable(_))
    }
}

impl<'p> SelectError<'p> {
    pub(super) fn new(path: &'p Path, step: usize, reason: Reason) -> Self {
        Self { path, step: step as u32, reason }
    }
}

impl std::error::Error for SelectError<'_> {}

impl fmt::Display for SelectError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let segments = self.path.segments();
        let step = self.step as usize;
        let up_to = |end: usize, f: &mut fmt::Formatter<'_>| {
            f.write_str("$")?;
            segments.iter().take(end).try_for_each(|segment| write_bracketed(segment, Quoting::Verbatim, f))
        };
        match (self.reason, segments.get(step)) {
            (Reason::Missing, Some(Segment::Name(_))) if step + 1 < segments.len() => {
                f.write_str("Missing property in path ")?;
                up_to(step + 1, f)
            }
            (Reason::NotAnObject(found), Some(segment)) => {
                f.write_str("Expected to find an object with property ")?;
                write_bracketed(segment, Quoting::Verbatim, f)?;
                f.write_str(" in path ")?;
                up_to(step, f)?;
                write!(f, " but found '{found}'")
            }
            (Reason::NotAnArray(found), Some(segment)) => {
                f.write_str("Filter: ")?;
                write_bracketed(segment, Quoting::Verbatim, f)?;
                f.write_str(" can only be applied to arrays; in path ")?;
                up_to(step, f)?;
                write!(f, " it found '{found}'")
            }
            (Reason::NotFilterable(found), Some(segment)) => {
                f.write_str("Filter: ")?;
                write_bracketed(segment, Quoting::Verbatim, f)?;
                write!(f, " can not be applied to primitives. Current context is: {found}")
            }
            (Reason::NotAScalar, _) => f.write_str("Could not determine value type"),
            (Reason::NoNumbers, _) => {
                f.write_str("Aggregation function attempted to calculate value using empty array")
            }
            (Reason::NoElement { index, len }, _) => {
                write!(f, "Target index:{index} larger than object count:{len}")
            }
            (Reason::NotFinite, _) => f.write_str("Aggregation function found no finite number"),
            (Reason::TooMany, _) => {
                f.write_str("More than ")?;
                write!(f, "{VALUES_MAX} values to look at for path: ")?;
                up_to(segments.len(), f)
            }
            _ => {
                f.write_str("No results for path: ")?;
                up_to(segments.len(), f)
            }
        }
    }
}
