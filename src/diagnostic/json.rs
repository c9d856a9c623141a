//! Findings as one line of JSON, in the shape of `ValidateStateMachineDefinition`'s answer.

use serde::Serialize;

use super::{Diagnostics, LineIndex};

#[derive(Serialize)]
struct Answer<'d> {
    result: &'static str,
    diagnostics: Vec<Finding<'d>>,
}

#[derive(Serialize)]
struct Finding<'d> {
    severity: &'static str,
    code: &'static str,
    message: &'d str,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<&'d str>,
    line: u32,
    column: u32,
}

/// `{"result":"OK|FAIL","diagnostics":[{"severity","code","message","location","line","column"}...]}` without a line
/// break; `location` is left out where AWS gives none.
#[expect(clippy::missing_panics_doc, reason = "the invariant cannot be broken by any input")]
pub fn render_json(diagnostics: &Diagnostics, source: &str) -> String {
    let lines = LineIndex::new(source);
    let findings = diagnostics.iter().map(|diagnostic| {
        let (line, column) = lines.line_column(diagnostic.span.start);
        Finding {
            severity: diagnostic.severity.as_str(),
            code: diagnostic.code.as_str(),
            message: &diagnostic.message,
            location: diagnostic.location.as_deref(),
            line,
            column,
        }
    });
    let result = if diagnostics.has_errors() { "FAIL" } else { "OK" };
    let answer = Answer { result, diagnostics: findings.collect() };
    simd_json::serde::to_string(&answer).expect("strings and integers always serialise")
}
