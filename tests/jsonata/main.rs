//! JSONata through the crate's public face: one table for each chapter of the language's documentation.

mod errors;
mod functional;
mod generated;
mod paths;
mod scopes;
mod shaping;

use aslx::Limits;
use aslx::jsonata::{Evaluator, Expression};

/// The result as JSON, nothing for undefined, `!code@position` for an error.
fn run(expression: &str, input: &str) -> String {
    let error = |error: &aslx::jsonata::Error| {
        format!("!{}@{}", error.code(), error.position().map_or_else(String::new, |at| at.to_string()))
    };
    let expression = match Expression::new(expression) {
        Ok(expression) => expression,
        Err(refused) => return error(&refused),
    };
    let mut output = Vec::new();
    match Evaluator::new(&Limits::default()).evaluate(&expression, input.as_bytes(), &mut output) {
        Ok(_) => String::from_utf8(output).expect("JSON is UTF-8"),
        Err(aslx::jsonata::EvaluateError::Expression(failed)) => error(&failed),
        Err(other) => panic!("{other}"),
    }
}

/// Checks a table of expressions over one input; all that differ are shown.
#[track_caller]
fn check(input: &str, table: &[(&str, &str)]) {
    let differ = table.iter().map(|(expression, wanted)| (expression, wanted, run(expression, input)));
    let differ = differ.filter(|(_, wanted, found)| *wanted != found);
    let shown = |(expression, wanted, found)| format!("{expression}\n  wanted {wanted}\n  found  {found}\n");
    let differ: Vec<String> = differ.map(shown).collect();
    assert!(differ.is_empty(), "\n{}", differ.concat());
}
