//! Why a request is refused, as the API says it.

use crate::asl::Parsed;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::json::{ParseError, write_json_string};

/// Why a test cannot be made: nothing has run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// What kind of mistake it is.
    pub kind: RefusalKind,
    /// AWS's own text where AWS has one.
    pub message: String,
}

/// The exceptions of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefusalKind {
    /// The request does not hold together.
    ValidationException,
    /// The definition cannot be used.
    InvalidDefinition,
    /// The input is not JSON.
    InvalidExecutionInput,
}

impl RefusalKind {
    /// AWS's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ValidationException => "ValidationException",
            Self::InvalidDefinition => "InvalidDefinition",
            Self::InvalidExecutionInput => "InvalidExecutionInput",
        }
    }
}

impl Refusal {
    /// The error as the API answers it: `{"__type":"...","message":"..."}`.
    pub fn to_json(&self) -> String {
        let mut out = format!("{{\"__type\":\"{}\",\"message\":", self.kind.as_str()).into_bytes();
        write_json_string(&self.message, &mut out);
        out.push(b'}');
        String::from_utf8_lossy(&out).into_owned()
    }

    pub(super) fn validation(message: impl Into<String>) -> Self {
        Self { kind: RefusalKind::ValidationException, message: message.into() }
    }

    /// A value outside the bounds that the API's model sets.
    pub(super) fn constraint(field: &str, constraint: &str) -> Self {
        Self::validation(format!(
            "1 validation error detected: Value at '{field}' failed to satisfy constraint: {constraint}"
        ))
    }

    pub(super) fn definition(message: impl Into<String>) -> Self {
        Self { kind: RefusalKind::InvalidDefinition, message: message.into() }
    }

    pub(super) fn input(error: ParseError) -> Self {
        let message = format!("Invalid State Machine Execution Input: '{error}'");
        Self { kind: RefusalKind::InvalidExecutionInput, message }
    }

    /// All errors of a definition, one after the other: `'CODE: message at location'`.
    pub(super) fn diagnostics<'d>(found: impl IntoIterator<Item = &'d Diagnostic>) -> Self {
        let errors = found.into_iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        let texts: Vec<_> = errors.map(text).collect();
        Self::definition(format!("Invalid State Machine Definition: {}", texts.join(", ")))
    }
}

fn text(diagnostic: &Diagnostic) -> String {
    let Diagnostic { code, message, location, .. } = diagnostic;
    match location {
        Some(location) => format!("'{code}: {message} at {location}'"),
        None => format!("'{code}: {message}'"),
    }
}

impl From<&Parsed> for Refusal {
    fn from(parsed: &Parsed) -> Self {
        Self::diagnostics(&parsed.diagnostics)
    }
}

impl From<Diagnostics> for Refusal {
    fn from(diagnostics: Diagnostics) -> Self {
        Self::diagnostics(&diagnostics)
    }
}
