//! Field values that several state types share.

use crate::diagnostic::Span;
use crate::json::NodeId;

/// A string of the definition with its place: a path, an intrinsic call, an expression, a Resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The text, escapes resolved. A `{% %}` expression keeps its delimiters.
    pub text: String,
    /// The string in the definition, with its quotes.
    pub span: Span,
    /// Its location in AWS's form.
    pub location: String,
}

/// `InputPath`, `OutputPath`, `ResultPath` and `ItemsPath`: absent and `null` mean different things.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum PathField {
    /// Absent: `$`.
    #[default]
    Default,
    /// JSON `null`.
    Null,
    /// A path.
    Path(Text),
}

/// A sub-tree of the definition that is a payload template (or, in `JSONata` states, any JSON with `{% %}` strings).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayloadTemplate {
    /// Its root on the tape of [`StateMachine::source`](super::StateMachine::source).
    pub node: NodeId,
    /// Its place in the definition.
    pub span: Span,
    /// Its location in AWS's form, such as `/States/A/Parameters`.
    pub location: String,
}

/// An integer that may come from a path or an expression (`TimeoutSeconds` and `TimeoutSecondsPath` are one field).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntField {
    /// Written as a number, in range.
    Literal(i64),
    /// The `...Path` form.
    Path(Text),
    /// A `{% %}` string.
    Expression(Text),
}

/// A number that may come from a path or an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum FloatField {
    /// Written as a number, in range.
    Literal(f64),
    /// The `...Path` form.
    Path(Text),
    /// A `{% %}` string.
    Expression(Text),
}

/// A string that may come from a path, an intrinsic function or an expression (`Error` and `ErrorPath`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextField {
    /// Written as it is.
    Literal(String),
    /// The `...Path` form: a reference path or an intrinsic call.
    Path(Text),
    /// A `{% %}` string.
    Expression(Text),
}
