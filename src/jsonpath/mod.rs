//! JSONPath in the dialect of AWS: text to [`Path`], and a path applied to a value.
//!
//! AWS evaluates paths with Jayway JsonPath, whose rules hold here: a *definite* path (names and single
//! indexes) is the value it leads to, or an error; any other is *indefinite* and always gives an array, empty if
//! nothing matches. The root is the input (`$`), the Context Object (`$$`) or a variable (`$name`).
//!
//! Filters, functions, scripts and slice steps are recognised as [`SyntaxErrorKind::Unsupported`], so that a
//! definition that uses them can be told from a malformed one.
//!
//! Invariant: nothing here recurses, neither over the path nor over the data.

mod ast;
mod error;
mod lexer;
mod parser;
mod reference_path;
mod select;
mod string_matches;

pub use ast::{Path, Root, Segment};
pub use error::{SyntaxError, SyntaxErrorKind};
pub use reference_path::{SetError, set};
pub use select::{SelectError, find, select};
pub use string_matches::{Pattern, PatternError};
