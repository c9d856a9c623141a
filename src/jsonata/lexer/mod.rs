//! Text to words.

mod scan;
mod string;
#[cfg(test)]
mod tests;

pub(super) use scan::{Lexer, Slash};
