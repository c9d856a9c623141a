//! JSON bytes to a [`Tape`] over the untouched source, and back to bytes.
//!
//! A tape is an array of 16-byte pre-order nodes whose offsets point into the source: sub-trees are spans,
//! numbers stay text until something computes on them, strings keep their quotes and escapes.
//!
//! Invariants: a [`Doc`] is only made from a tape that [`Parser`] filled from the same bytes, so every node's
//! span lies inside them, on `char` boundaries, and every string's escapes are valid.

mod decimal;
mod document;
mod error;
mod escape;
mod fault;
mod format;
mod key_table;
mod number;
mod number_text;
mod parse;
mod scan;
mod string;
mod tape;
#[cfg(test)]
mod tests;
mod walk;
mod write;

pub use document::{Doc, Document, Elements, Members};
pub use error::{ParseError, ParseErrorKind};
pub use format::{f64_len, format_f64};
pub use key_table::KeyTable;
pub use number::{Num, Number};
pub use parse::Parser;
pub use scan::{Kernel, KernelError};
pub use string::{Chars, JsonStr, same_bytes};
pub use tape::{DocFlags, Node, NodeId, Tag, Tape};
pub use write::{
    canonical_string_len, json_string_len, minified_len, minify, write_canonical_string, write_json_string,
};
