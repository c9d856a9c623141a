//! The findings themselves.

use super::shape::Missing;
use crate::asl::validate::did_you_mean;
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::jsonata::Builtin;

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
    location: Option<&str>,
) -> Diagnostic {
    let message = format!("No state before this one assigns the variable '${name}'");
    let mut diagnostic = Diagnostic::warning(Code::UnassignedVariable, message, span);
    diagnostic.location = location.map(str::to_owned);
    diagnostic.help = did_you_mean(name, known);
    diagnostic
}

/// A member of `$states` that it does not have in this field.
pub(super) fn absent_states_member<'n>(
    name: &str,
    known: impl Iterator<Item = &'n str> + Clone,
    span: Span,
) -> Diagnostic {
    let listed = known.clone().collect::<Vec<_>>().join(", ");
    let message = format!("'$states' has no '{name}' in this field");
    let mut diagnostic = Diagnostic::warning(Code::AbsentStatesMember, message, span)
        .label(format!("only these are here: {listed}"));
    diagnostic.help = match name {
        "result" => Some("it is there in `Assign` and `Output` of Task, Parallel and Map states".to_owned()),
        "errorOutput" => Some("it is there in `Assign` and `Output` of the entries of `Catch`".to_owned()),
        _ => did_you_mean(name, known),
    };
    diagnostic
}

/// A call of something that is neither a function nor a variable.
pub(super) fn unknown_function(name: &str, span: Span) -> Diagnostic {
    let message = format!("There is no function '${name}'");
    let mut diagnostic = Diagnostic::warning(Code::UnknownFunction, message, span);
    diagnostic.help = match name {
        // AWS docs, "Transforming data": what Step Functions leaves out of JSONata.
        "eval" => Some("Step Functions has no `$eval`; `$parse` reads JSON text".to_owned()),
        "randomSeeded" => Some("`$random(seed)` answers the same number for the same seed".to_owned()),
        _ => did_you_mean(name, Builtin::names()),
    };
    diagnostic
}

/// `$states := ...`
pub(super) fn bound_states(span: Span) -> Diagnostic {
    let message = "The expression gives '$states' another meaning, and loses what the state is given";
    Diagnostic::warning(Code::ReservedVariableName, message, span).help("use another name")
}
