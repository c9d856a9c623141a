//! Text to a tree as it was written: precedence is resolved, nothing else.

mod construct;
mod expression;
mod function;
mod infix;
mod prefix;
mod raw;
#[cfg(test)]
mod tests;

pub(super) use expression::{number_text, parse_raw};
pub(super) use raw::{RawId, RawKind, RawPairs, RawTree};
