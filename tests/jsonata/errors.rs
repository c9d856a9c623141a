//! What is no expression, and what fails: codes and places of the reference implementation.

use super::check;
use aslx::Limits;
use aslx::jsonata::{EvaluateError, Evaluator, Expression, Given};

#[test]
fn texts_that_are_no_expression() {
    check(
        "null",
        &[
            ("", "!S0207@0"),
            ("1 +", "!S0207@3"),
            ("(1", "!S0203@2"),
            ("[1, 2", "!S0203@5"),
            ("{'a' 1}", "!S0202@6"),
            ("1 2", "!S0201@3"),
            ("a ! b", "!S0204@3"),
            ("'open", "!S0101@5"),
            ("'\\q'", "!S0103@2"),
            ("'\\u12'", "!S0104@2"),
            ("`open", "!S0105@5"),
            ("a.1", "!S0213@3"),
            ("function(x){1}", "!S0208@10"),
            ("+ 1", "!S0211@1"),
            ("1e1000", "!S0102@0"),
            ("$é.('", "!S0101@5"),
        ],
    );
}

#[test]
fn failures_name_code_and_place() {
    check(
        r#"{"s":"x","l":[1,"a"]}"#,
        &[
            ("1 + (2 * s)", "!T2002@8"),
            ("$sum(l)", "!T0412@5"),
            ("$length(1)", "!T0410@8"),
            ("l.$length()", "!T0411@10"),
            ("$number('x')", "!D3030@8"),
            ("$sqrt(-1)", "!D3060@6"),
            ("$error('mine')", "!D3137@7"),
            ("$assert(false, 'mine')", "!D3141@8"),
            ("s ~> $substring('a')", "!T0410@16"),
            ("('a'; s.(1 - $))", "!T2002@12"),
        ],
    );
    let failed = |text: &str| {
        let expression = Expression::new(text).unwrap();
        match Evaluator::new(&Limits::default()).evaluate(&expression, b"null", &mut Vec::new()) {
            Err(EvaluateError::Expression(error)) => error.message(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(failed("$error('mine')"), "mine");
    assert_eq!(failed("$number('x')"), "Unable to cast value to a number: \"x\"");
    assert_eq!(failed("1 + 'x'"), "The right side of the \"+\" operator must evaluate to a number");
}

#[test]
fn variables_are_given_and_hide_functions() {
    let variables = aslx::json::Document::parse(br#"{"sum":3,"v":[1,2]}"#.to_vec(), 8).unwrap();
    let given = Given { input: None, variables: Some(&variables), ..Given::default() };
    let expression = Expression::with_variables("[$sum, $count($v), $exists($)]", &["sum", "v"]).unwrap();
    let mut output = Vec::new();
    assert_eq!(Evaluator::new(&Limits::default()).evaluate_with(&expression, &given, &mut output), Ok(true));
    assert_eq!(output, b"[3,2,false]");
}

#[test]
fn expressions_of_states_see_states_and_must_have_a_result() {
    let context = aslx::json::Document::parse(br#"{"Execution":{"Name":"e"}}"#.to_vec(), 8).unwrap();
    let run = |text: &str| {
        let given = Given { input: Some(br#"{"a":1}"#), context: Some(&context), ..Given::default() };
        let expression = Expression::of_state(text).unwrap();
        let mut output = Vec::new();
        let result = Evaluator::new(&Limits::default()).evaluate_with(&expression, &given, &mut output);
        result.map(|_| String::from_utf8(output).unwrap())
    };
    assert_eq!(run("$states.input.a + 1").unwrap(), "2");
    assert_eq!(run("$states.context.Execution.Name").unwrap(), "\"e\"");
    assert_eq!(run("$states").unwrap(), r#"{"input":{"a":1},"context":{"Execution":{"Name":"e"}}}"#);
    assert_eq!(run("a"), Err(EvaluateError::Result("returned nothing (undefined).")));
    assert_eq!(run("$$.a"), Err(EvaluateError::Result("returned nothing (undefined).")));
    assert_eq!(run("[$sum]"), Err(EvaluateError::Result("returned an unsupported result type.")));
}
