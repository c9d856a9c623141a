//! The functions of the language, one file per chapter of its documentation.

/// A function's index in the table of functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Builtin(pub u8);
