//! The findings themselves.

use super::shape::Missing;
use crate::asl::validate::did_you_mean;
use crate::diagnostic::{Code, Diagnostic, Span};

/// Members that a message lists.
const LISTED_MAX: usize = 8;

/// A path that no input can have.
pub(super) fn impossible_path(text: &str, missing: &Missing, span: Span, location: &str) -> Diagnostic {
    let message = format!("No state before this one can have produced '{text}'");
    let mut diagnostic = Diagnostic::warning(Code::ImpossiblePath, message, span).at(location);
    diagnostic = diagnostic.label(match &missing.known[..] {
        [] => format!("nothing can hold '{}' here", missing.name),
        known => {
            let more = if known.len() > LISTED_MAX { ", ..." } else { "" };
            format!("only these can be here: {}{more}", known[..known.len().min(LISTED_MAX)].join(", "))
        }
    });
    diagnostic.help = did_you_mean(&missing.name, missing.known.iter().map(String::as_str));
    diagnostic
}

/// A variable that nobody sets.
pub(super) fn unassigned_variable<'n>(
    name: &str,
    known: impl Iterator<Item = &'n str>,
    span: Span,
    location: &str,
) -> Diagnostic {
    let message = format!("No state before this one assigns the variable '${name}'");
    let mut diagnostic = Diagnostic::warning(Code::UnassignedVariable, message, span).at(location);
    diagnostic.help = did_you_mean(name, known);
    diagnostic
}
