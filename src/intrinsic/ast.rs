//! A parsed call.

use std::ops::Range;

use super::Function;
use crate::jsonpath::Path;

/// A call of an intrinsic function, its argument count checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Which function.
    pub function: Function,
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// Bytes of the text that the call takes, from `States.` to `)`.
    pub span: Range<u32>,
}

/// One argument of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// `'text'`, escapes resolved; but a template of `States.Format` keeps `\{`, `\}` and `\\`, which that
    /// function resolves itself.
    String(String),
    /// A JSON number, as written.
    Number(String),
    /// `true` or `false`
    Bool(bool),
    /// `null`
    Null,
    /// A path into the input, the Context Object or a variable.
    Path(Path),
    /// A nested call.
    Call(Call),
}
