//! JSONPath in the dialect of AWS: text to [`Path`], and a path applied to a value.
//!
//! AWS evaluates paths with Jayway JsonPath, whose rules hold here: a *definite* path (names and single
//! indexes) is the value it leads to, or an error; any other is *indefinite* and always gives an array, empty if
//! nothing matches. The root is the input (`$`), the Context Object (`$$`) or a variable (`$name`).
//!
//! Filters and functions follow Jayway 2.6 to 2.9: what it compares with what, where it fails, and where it has a
//! will of its own. What AWS accepts and cannot run here (a regular expression with look-around, a word without
//! quotes in a filter) is [`SyntaxErrorKind::Unsupported`], so that it can be told from what is malformed.
//!
//! Invariant: nothing here recurses over the data, and over a path only as deep as paths stand in the filters and
//! arguments of paths, which has a bound. The tests of a filter are a flat program.

mod ast;
mod error;
mod filter;
mod function;
mod lexer;
mod parser;
mod reference_path;
mod select;
mod select_error;
mod selection;
mod steps;
mod string_matches;

pub use ast::{Path, Root, Segment};
pub use error::{SyntaxError, SyntaxErrorKind};
pub use filter::Filter;
pub use function::{Function, FunctionCall};
pub use reference_path::{SetError, set};
pub use select::{find, select};
pub use select_error::SelectError;
pub use string_matches::{Pattern, PatternError};
