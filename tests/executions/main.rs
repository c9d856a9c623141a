//! Executions from definition and input to output: the rules of the language, one table per area.

mod bounds;
mod history;
mod history_properties;
#[path = "../support/mod.rs"]
mod support;

use aslx::Limits;
use serde_json::{Value, json};
use support::{Answer, Ended, execute, program};

/// Runs a definition, or a single state given by name, with tasks that echo their input.
fn run(definition: &Value, input: &Value) -> Ended {
    run_with(definition, input, &mut |_, payload, _| Answer::Json(payload.to_owned()))
}

fn run_with(definition: &Value, input: &Value, tasks: support::Tasks<'_>) -> Ended {
    let whole = match definition.as_object().and_then(|states| states.keys().next()) {
        Some(name) if definition.get("States").is_none() => json!({"StartAt": name, "States": definition}),
        _ => definition.clone(),
    };
    execute(&program(&whole.to_string()), &input.to_string(), &Limits::default(), false, tasks)
}

/// As `check`, on texts: key order and number texts of definition and input count too.
#[track_caller]
fn check_text(definition: &str, input: &str, expected: &str) {
    let echo: support::Tasks<'_> = &mut |_, payload, _| Answer::Json(payload.to_owned());
    let ended = execute(&program(definition), input, &Limits::default(), false, echo);
    assert_eq!(ended.result.expect("must succeed"), expected);
}

/// The output must be this text: key order and number texts count.
#[track_caller]
fn check(states: &Value, input: &Value, expected: &str) {
    match run(states, input).result {
        Ok(output) => assert_eq!(output, expected),
        Err(failure) => panic!("{failure:?}"),
    }
}

/// The execution must fail with this error and cause.
#[track_caller]
fn check_failure(states: &Value, input: &Value, error: &str, cause: &str) {
    let failure = run(states, input).result.expect_err("must fail");
    assert_eq!((failure.error.as_deref(), failure.cause.as_deref()), (Some(error), Some(cause)));
}

const FILTERED: &str =
    r#"{"orders":[{"id":1,"lines":[{"sku":"a","n":2},{"sku":"b","n":1}]},{"id":2,"lines":[]}],"min":2}"#;

#[test]
fn filters_and_functions_in_paths() {
    let input: Value = serde_json::from_str(FILTERED).unwrap();
    let pass = |parameters: Value| json!({"P": {"Type": "Pass", "Parameters": parameters, "End": true}});
    check(&pass(json!({"v.$": "$.orders[?(@.id >= $.min)].id"})), &input, r#"{"v":[2]}"#);
    check(
        &pass(json!({"v.$": "$.orders[?(@.lines[?(@.sku == 'b')] empty false)].id"})),
        &input,
        r#"{"v":[1]}"#,
    );
    check(&pass(json!({"v.$": "$.orders[0].lines.length()"})), &input, r#"{"v":2}"#);
    check(&pass(json!({"v.$": "$..n.sum()"})), &input, r#"{"v":3.0}"#);
    let item = "States.ArrayGetItem($.orders[0].lines[?(@.sku == 'b' || @.n > 9)].n, 0)";
    check(&pass(json!({"v.$": item})), &input, r#"{"v":1}"#);
    check(
        &pass(json!({"v.$": "$$.Execution[?(@.Id && $.State.Name == 'P')].Input.min"})),
        &input,
        r#"{"v":[2]}"#,
    );
    let choice = json!({
        "C": {"Type": "Choice", "Default": "Few",
            "Choices": [{"Variable": "$.orders[0].lines.size()", "NumericGreaterThanPath": "$.orders[1].id", "Next": "Many"},
                {"Variable": "$.orders[?(@.id == 2)][0]", "IsPresent": true, "Next": "Many"}]},
        "Few": {"Type": "Pass", "Result": "few", "End": true},
        "Many": {"Type": "Pass", "Result": "many", "End": true}
    });
    let definition = json!({"StartAt": "C", "States": choice});
    check(&definition, &input, r#""many""#);
}

#[test]
fn filters_of_a_selected_item_see_the_whole_item() {
    let inner = json!({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true,
        "Parameters": {"v.$": "$.list[?(@.id >= $.min)].id", "n.$": "$.list.length()"}}}});
    let map = json!({"M": {"Type": "Map", "ItemsPath": "$.orders", "ItemProcessor": inner, "End": true,
        "ItemSelector": {"list.$": "$.orders", "min.$": "$$.Map.Item.Value.id"}}});
    let input: Value = serde_json::from_str(FILTERED).unwrap();
    check(&map, &input, r#"[{"v":[1,2],"n":2},{"v":[2],"n":2}]"#);
}

const LAMBDA: &str = "arn:aws:lambda:us-east-1:123456789012:function:f";

#[test]
fn input_and_output_paths() {
    let input = json!({"a": {"b": [1, 2.5, "x"]}, "c": null});
    check(&json!({"P": {"Type": "Pass", "End": true}}), &input, r#"{"a":{"b":[1,2.5,"x"]},"c":null}"#);
    check(&json!({"P": {"Type": "Pass", "InputPath": "$.a.b", "End": true}}), &input, r#"[1,2.5,"x"]"#);
    check(&json!({"P": {"Type": "Pass", "InputPath": null, "End": true}}), &input, "{}");
    check(&json!({"P": {"Type": "Pass", "OutputPath": null, "End": true}}), &input, "{}");
    check(&json!({"P": {"Type": "Pass", "OutputPath": "$.a.b[-1]", "End": true}}), &input, r#""x""#);
    check(&json!({"P": {"Type": "Pass", "InputPath": "$.a.b[*]", "End": true}}), &input, r#"[1,2.5,"x"]"#);
    check(&json!({"S": {"Type": "Succeed", "InputPath": "$.a", "OutputPath": "$.b[0]"}}), &input, "1");
}

#[test]
fn result_paths_overlay_the_raw_input() {
    let pass =
        |path: Value| json!({"P": {"Type": "Pass", "Result": {"n": 1}, "ResultPath": path, "End": true}});
    let input = json!({"a": {"b": 1}, "z": [10, 20]});
    check(&pass(json!("$")), &input, r#"{"n":1}"#);
    check(&pass(json!(null)), &input, r#"{"a":{"b":1},"z":[10,20]}"#);
    check(&pass(json!("$.a.b")), &input, r#"{"a":{"b":{"n":1}},"z":[10,20]}"#);
    check(&pass(json!("$.new.deep")), &input, r#"{"a":{"b":1},"z":[10,20],"new":{"deep":{"n":1}}}"#);
    check(&pass(json!("$.z[1]")), &input, r#"{"a":{"b":1},"z":[10,{"n":1}]}"#);
    let failure = run(&pass(json!("$.a.b.c")), &input).result.expect_err("a number is in the way");
    assert_eq!(failure.error.as_deref(), Some("States.ResultPathMatchFailure"));
}

#[test]
fn overlays_on_overlays_keep_order_and_last_value() {
    let states = json!({"StartAt": "A", "States": {
        "A": {"Type": "Pass", "Result": 1, "ResultPath": "$.x", "Next": "B"},
        "B": {"Type": "Pass", "Result": 2, "ResultPath": "$.y", "Next": "C"},
        "C": {"Type": "Pass", "Result": 3, "ResultPath": "$.x", "Next": "D"},
        "D": {"Type": "Pass", "Parameters": {"keep.$": "$"}, "ResultPath": "$.y", "End": true},
    }});
    check(&states, &json!({"a": 0}), r#"{"a":0,"x":3,"y":{"keep":{"a":0,"x":3,"y":2}}}"#);
}

#[test]
fn templates_order_keys_as_aws_does() {
    // Literal keys in template order, then the others as a Java HashMap of {zeta, alpha} iterates.
    check_text(
        r#"{"StartAt": "P", "States": {"P": {"Type": "Pass", "Parameters": {
            "zeta.$": "$.v", "plain": {"inner.$": "$.v", "k": [1, {"d.$": "$.v"}]}, "alpha.$": "$.v", "b": "$.v"
        }, "End": true}}}"#,
        r#"{"v": 7}"#,
        r#"{"plain":{"k":[1,{"d":7}],"inner":7},"b":"$.v","zeta":7,"alpha":7}"#,
    );
}

#[test]
fn numbers_and_keys_keep_their_text_and_order() {
    let pass = r#"{"StartAt": "P", "States": {"P": {"Type": "Pass", "ResultPath": "$.again", "End": true}}}"#;
    let input = r#" { "z" : [ 1 , 2.50 , 1E2 , -0 ] , "a" : "\u00e9\n" } "#;
    let minified = r#"{"z":[1,2.50,1E2,-0],"a":"\u00e9\n"}"#;
    let expected = format!("{},\"again\":{minified}}}", minified.trim_end_matches('}'));
    check_text(pass, input, &expected);
}

#[test]
fn missing_paths_fail_with_their_place() {
    let prefix = "An error occurred while executing the state 'P' (entered at the event id #2). ";
    let input = json!({"a": {}});
    check_failure(
        &json!({"P": {"Type": "Pass", "InputPath": "$.x", "End": true}}),
        &input,
        "States.Runtime",
        &format!("{prefix}Invalid path '$.x' : No results for path: $['x']"),
    );
    check_failure(
        &json!({"P": {"Type": "Pass", "OutputPath": "$.no.such", "End": true}}),
        &input,
        "States.Runtime",
        &format!("{prefix}Invalid path '$.no.such' : Missing property in path $['no']"),
    );
    check_failure(
        &json!({"P": {"Type": "Pass", "Parameters": {"f": {"v.$": "$.x"}}, "End": true}}),
        &input,
        "States.Runtime",
        &format!(
            "{prefix}The JSONPath '$.x' specified for the field 'v.$' could not be found in the input '{{\"a\":{{}}}}'"
        ),
    );
}

#[test]
fn choice_rules_in_order() {
    let states = json!({"StartAt": "C", "States": {
        "C": {"Type": "Choice", "Choices": [
            {"And": [{"Variable": "$.n", "NumericGreaterThan": 5}, {"Variable": "$.n", "NumericLessThanEquals": 10}], "Next": "Mid"},
            {"Or": [{"Variable": "$.n", "NumericEquals": 1.0}, {"Not": {"Variable": "$.n", "IsNumeric": true}}], "Next": "One"},
            {"Variable": "$.n", "NumericGreaterThanPath": "$.limit", "Next": "Big"}
        ], "Default": "Other"},
        "Mid": {"Type": "Pass", "Result": "mid", "End": true},
        "One": {"Type": "Pass", "Result": "one", "End": true},
        "Big": {"Type": "Pass", "Result": "big", "End": true},
        "Other": {"Type": "Pass", "Result": "other", "End": true}
    }});
    for (n, expected) in [
        (json!(6), "mid"),
        (json!(10.0), "mid"),
        (json!(1), "one"),
        (json!("1"), "one"),
        (json!(null), "one"),
        (json!(11), "other"),
        (json!(101), "big"),
        (json!(0), "other"),
    ] {
        check(&states, &json!({"n": n, "limit": 100}), &format!("\"{expected}\""));
    }
}

#[test]
fn choice_without_answer_or_variable() {
    let states = json!({"StartAt": "C", "States": {
        "C": {"Type": "Choice", "Choices": [{"Variable": "$.a", "StringEquals": "x", "Next": "D"}]},
        "D": {"Type": "Succeed"}
    }});
    let failure = run(&states, &json!({"a": "y"})).result.expect_err("no rule matches");
    assert_eq!(failure.error.as_deref(), Some("States.NoChoiceMatched"));
    check_failure(
        &states,
        &json!({}),
        "States.Runtime",
        "An error occurred while executing the state 'C' (entered at the event id #2). Invalid path '$.a': The choice state's condition path references an invalid value.",
    );
}

#[test]
fn map_keeps_order_and_sees_its_context() {
    let states = json!({"M": {"Type": "Map", "ItemsPath": "$.items", "MaxConcurrency": 2,
        "ItemSelector": {"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value.n", "all.$": "$.factor"},
        "ItemProcessor": {"StartAt": "P", "States": {
            "P": {"Type": "Pass", "Parameters": {"sum.$": "States.MathAdd($.v, $.all)"}, "OutputPath": "$.sum", "End": true}}},
        "ResultPath": "$.sums", "OutputPath": "$.sums", "End": true}});
    check(&states, &json!({"items": [{"n": 1}, {"n": 2}, {"n": 3}], "factor": 10}), "[11,12,13]");
    check(&states, &json!({"items": [], "factor": 10}), "[]");
    check_failure(
        &states,
        &json!({"items": 7, "factor": 1}),
        "States.Runtime",
        "An error occurred while executing the state 'M' (entered at the event id #2). Reference path \"$.items\" must point to array.",
    );
}

/// AWS docs, "`ItemsPath` (Map, JSONPath only)": each member is an iteration, and the pair is its input.
#[test]
fn map_runs_over_the_members_of_an_object() {
    let map = |selector: Value| {
        json!({"M": {"Type": "Map", "ItemsPath": "$.o", "ItemSelector": selector,
        "ItemProcessor": {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}, "End": true}})
    };
    let input = json!({"o": {"a": 1, "b\"": [2]}});
    let mut plain = map(json!({}));
    plain["M"].as_object_mut().unwrap().remove("ItemSelector");
    check(&plain, &input, r#"[{"Key":"a","Value":1},{"Key":"b\"","Value":[2]}]"#);
    check(
        &map(json!({"i.$": "$$.Map.Item"})),
        &input,
        r#"[{"i":{"Index":0,"Key":"a","Value":1,"Source":"STATE_DATA"}},{"i":{"Index":1,"Key":"b\"","Value":[2],"Source":"STATE_DATA"}}]"#,
    );
    check(&map(json!({"k.$": "$$.Map.Item.Key"})), &json!({"o": {}}), "[]");
    check_failure(
        &map(json!({"k.$": "$$.Map.Item.Key"})),
        &json!({"o": [1]}),
        "States.Runtime",
        "An error occurred while executing the state 'M' (entered at the event id #2). Invalid path '$$.Map.Item.Key' : No results for path: $['Key']",
    );
}

#[test]
fn a_variable_that_was_never_assigned_cannot_be_read() {
    let cause = "An error occurred while executing the state 'P' (entered at the event id #2). The variable '$gone' was read before a value was assigned to it";
    let pass = |field: &str, value: Value| json!({"P": {"Type": "Pass", field: value, "End": true}});
    for parameters in
        [json!({"a.$": "$gone"}), json!({"a": [{"b.$": "$gone"}]}), json!({"a.$": "States.Array($gone)"})]
    {
        check_failure(&pass("Parameters", parameters), &json!({}), "States.Runtime", cause);
    }
    for field in ["InputPath", "OutputPath"] {
        let failure = run(&pass(field, json!("$gone")), &json!({})).result.expect_err(field);
        assert_eq!(failure.error.as_deref(), Some("States.Runtime"));
    }
}

#[test]
fn a_selected_item_is_read_as_it_stands_now() {
    // Inner states read the selected object, a changed one, and the selected one again after a loop back.
    let item = |inner: Value| {
        json!({"M": {"Type": "Map", "ItemsPath": "$.items",
            "ItemSelector": {"v.$": "$$.Map.Item.Value", "k.$": "$.k", "lit": {"n": 1}},
            "ItemProcessor": {"StartAt": "A", "States": inner}, "End": true}})
    };
    let input = json!({"items": [{"n": 1}, {"n": 5}], "k": 3});
    let choice = json!({
        "A": {"Type": "Choice", "Choices": [{"Variable": "$.v.n", "NumericLessThanPath": "$.k", "Next": "B"}], "Default": "C"},
        "B": {"Type": "Pass", "Parameters": {"low.$": "$.v.n", "lit.$": "$.lit.n", "all.$": "$"}, "End": true},
        "C": {"Type": "Pass", "Result": 9, "ResultPath": "$.v.n", "Next": "D"},
        "D": {"Type": "Pass", "Parameters": {"high.$": "$.v.n", "k.$": "States.MathAdd($.k, 1)"}, "End": true}
    });
    check(
        &item(choice),
        &input,
        r#"[{"all":{"lit":{"n":1},"v":{"n":1},"k":3},"low":1,"lit":1},{"high":9,"k":4}]"#,
    );
    let back = json!({
        "A": {"Type": "Choice", "Choices": [{"Variable": "$.k", "NumericEquals": 3, "Next": "B"}], "Default": "C"},
        "B": {"Type": "Pass", "Result": 4, "ResultPath": "$.k", "Next": "A"},
        "C": {"Type": "Pass", "Parameters": {"k.$": "$.k"}, "End": true}
    });
    check(&item(back), &input, r#"[{"k":4},{"k":4}]"#);
    let failing = json!({"A": {"Type": "Pass", "Parameters": {"x.$": "$.v.none"}, "End": true}});
    let failure = run(&item(failing), &input).result.expect_err("no such field");
    assert_eq!(
        failure.cause.as_deref(),
        Some(
            "An error occurred while executing the state 'A' (entered at the event id #5). The JSONPath '$.v.none' specified for the field 'x.$' could not be found in the input '{\"lit\":{\"n\":1},\"v\":{\"n\":1},\"k\":3}'"
        )
    );
}

#[test]
fn nested_maps_and_parallels() {
    let states = json!({"M": {"Type": "Map", "ItemProcessor": {"StartAt": "Q", "States": {
        "Q": {"Type": "Parallel", "Branches": [
            {"StartAt": "I", "States": {"I": {"Type": "Map", "ItemProcessor": {"StartAt": "E", "States": {
                "E": {"Type": "Pass", "Parameters": {"v.$": "$", "outer.$": "$$.Map.Item.Index"}, "End": true}}}, "End": true}}},
            {"StartAt": "L", "States": {"L": {"Type": "Pass", "Parameters": {"n.$": "States.ArrayLength($)"}, "End": true}}}
        ], "End": true}}}, "End": true}});
    check(&states, &json!([[5, 6], []]), r#"[[[{"v":5,"outer":0},{"v":6,"outer":1}],{"n":2}],[[],{"n":0}]]"#);
}

#[test]
fn retry_backs_off_and_then_catch_answers() {
    let states = json!({"StartAt": "T", "States": {
        "T": {"Type": "Task", "Resource": LAMBDA,
            "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 2, "MaxAttempts": 2, "BackoffRate": 3.0}],
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "H"}], "End": true},
        "H": {"Type": "Pass", "End": true}
    }});
    let ended = run_with(&states, &json!({"a": 1}), &mut |_, _, _| Answer::Error("Busy", "again"));
    assert_eq!(ended.result.expect("caught"), r#"{"a":1,"error":{"Error":"Busy","Cause":"again"}}"#);
    assert_eq!(ended.elapsed_ms, 2000 + 6000);
    let ended = run_with(&states, &json!({"a": 1}), &mut |_, _, call| match call {
        0 => Answer::Error("Busy", "again"),
        _ => Answer::Json("7".to_owned()),
    });
    assert_eq!((ended.result.expect("second try"), ended.elapsed_ms), ("7".to_owned(), 2000));
    let ended = run_with(&states, &json!({"a": 1}), &mut |_, _, _| Answer::Error("Other", "no retry"));
    assert_eq!(ended.elapsed_ms, 0);
}

#[test]
fn a_retry_sees_its_count_and_runs_the_work_again() {
    let states = json!({"T": {"Type": "Task", "Resource": LAMBDA,
        "Parameters": {"try.$": "$$.State.RetryCount"},
        "Retry": [{"ErrorEquals": ["States.TaskFailed"], "MaxAttempts": 5}], "End": true}});
    let ended = run_with(&states, &json!({}), &mut |_, payload, call| match call {
        0..3 => Answer::Error("Flaky", ""),
        _ => Answer::Json(payload.to_owned()),
    });
    assert_eq!(ended.result.expect("fourth try"), r#"{"try":3}"#);
    assert_eq!(ended.visits.len(), 1, "a retry does not enter the state again");
}

#[test]
fn timeouts_are_not_task_failures() {
    let state = |errors: Value| {
        json!({"StartAt": "T", "States": {
            "T": {"Type": "Task", "Resource": LAMBDA, "TimeoutSeconds": 9,
                "Catch": [{"ErrorEquals": errors, "Next": "H"}], "End": true},
            "H": {"Type": "Pass", "End": true}
        }})
    };
    let hang: support::Tasks<'_> = &mut |_, _, _| Answer::Hang;
    let ended = run_with(&state(json!(["States.Timeout"])), &json!({}), hang);
    assert_eq!(
        (ended.result.expect("caught"), ended.elapsed_ms),
        (r#"{"Error":"States.Timeout","Cause":""}"#.to_owned(), 9000)
    );
    let failure = run_with(&state(json!(["States.TaskFailed"])), &json!({}), hang)
        .result
        .expect_err("not a task failure");
    assert_eq!((failure.error.as_deref(), failure.cause), (Some("States.Timeout"), None));
}

#[test]
fn runtime_errors_cannot_be_caught() {
    let states = json!({"StartAt": "T", "States": {
        "T": {"Type": "Task", "Resource": LAMBDA, "InputPath": "$.none",
            "Retry": [{"ErrorEquals": ["States.ALL"]}],
            "Catch": [{"ErrorEquals": ["States.Runtime"], "Next": "H"}, {"ErrorEquals": ["States.ALL"], "Next": "H"}], "End": true},
        "H": {"Type": "Pass", "End": true}
    }});
    assert_eq!(run(&states, &json!({})).result.expect_err("fails").error.as_deref(), Some("States.Runtime"));
}

#[test]
fn the_first_failing_branch_ends_its_siblings() {
    let states = json!({"StartAt": "P", "States": {
        "P": {"Type": "Parallel", "Branches": [
            {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 100, "End": true}}},
            {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Broken", "Cause": "on purpose"}}}
        ], "Catch": [{"ErrorEquals": ["Broken"], "Next": "H"}], "End": true},
        "H": {"Type": "Pass", "End": true}
    }});
    let ended = run(&states, &json!({}));
    assert_eq!(ended.elapsed_ms, 0);
    assert_eq!(ended.result.expect("caught"), r#"{"Error":"Broken","Cause":"on purpose"}"#);
}

#[test]
fn waits_run_concurrently_in_a_map() {
    let states = |concurrency: u32| {
        json!({"M": {"Type": "Map", "MaxConcurrency": concurrency,
        "ItemProcessor": {"StartAt": "W", "States": {
            "W": {"Type": "Wait", "SecondsPath": "$", "Next": "P"}, "P": {"Type": "Pass", "End": true}}}, "End": true}})
    };
    for (concurrency, elapsed_ms) in [(1, 9000), (2, 6000), (3, 4000), (0, 4000)] {
        let ended = run(&states(concurrency), &json!([3, 2, 4]));
        assert_eq!(
            (ended.result.expect("ends"), ended.elapsed_ms),
            ("[3,2,4]".to_owned(), elapsed_ms),
            "{concurrency}"
        );
    }
}

#[test]
fn variables_are_read_as_they_were_at_entry() {
    let states = json!({"StartAt": "A", "States": {
        "A": {"Type": "Pass", "Assign": {"x": 1, "in.$": "$.v"}, "Next": "B"},
        "B": {"Type": "Pass", "Parameters": {"old.$": "$x"}, "Assign": {"x": 2, "y.$": "$x"}, "Next": "C"},
        "C": {"Type": "Map", "ItemsPath": "$in", "ItemProcessor": {"StartAt": "I", "States": {
            "I": {"Type": "Pass", "Assign": {"z.$": "$"}, "Next": "J"},
            "J": {"Type": "Pass", "Parameters": {"x.$": "$x", "z.$": "$z", "y.$": "$y"}, "End": true}}}, "End": true}
    }});
    let ended = run(&states, &json!({"v": [7, 8]}));
    assert_eq!(ended.visits[1].output.as_deref(), Some(r#"{"old":1}"#));
    assert_eq!(ended.result.expect("ends"), r#"[{"x":2,"y":1,"z":7},{"x":2,"y":1,"z":8}]"#);
}

#[test]
fn tolerated_failures() {
    let states = |count: u32| {
        json!({"M": {"Type": "Map", "ToleratedFailureCount": count, "ItemProcessor": {"StartAt": "C", "States": {
        "C": {"Type": "Choice", "Choices": [{"Variable": "$", "NumericLessThan": 0, "Next": "F"}], "Default": "P"},
        "F": {"Type": "Fail", "Error": "Negative"}, "P": {"Type": "Pass", "End": true}}}, "End": true}})
    };
    assert!(run(&states(2), &json!([1, -1, 2, -2])).result.is_ok());
    let failure = run(&states(1), &json!([1, -1, 2, -2])).result.expect_err("too many");
    assert_eq!(failure.error.as_deref(), Some("States.ExceedToleratedFailureThreshold"));
}

#[test]
fn parking_changes_nothing() {
    let definition = json!({"StartAt": "A", "States": {
        "A": {"Type": "Pass", "Parameters": {"list.$": "States.ArrayRange(1, 5, 1)", "in.$": "$"}, "Next": "M"},
        "M": {"Type": "Map", "ItemsPath": "$.list", "ItemSelector": {"v.$": "$$.Map.Item.Value", "s.$": "States.Format('n{}', $.in.k)"},
            "ItemProcessor": {"StartAt": "W", "States": {
                "W": {"Type": "Wait", "SecondsPath": "$.v", "Next": "T"},
                "T": {"Type": "Task", "Resource": LAMBDA, "ResultPath": "$.r", "End": true}}},
            "ResultPath": "$.out", "End": true}}});
    let program = program(&definition.to_string());
    let mut echo = |_: &str, payload: &str, _: usize| Answer::Json(payload.to_owned());
    let stay = execute(&program, r#"{"k": [1, {"x": 2.0}]}"#, &Limits::default(), false, &mut echo);
    let moved = execute(&program, r#"{"k": [1, {"x": 2.0}]}"#, &Limits::default(), true, &mut echo);
    assert_eq!(stay.result.expect("ends"), moved.result.expect("ends"));
    assert_eq!(stay.visits, moved.visits);
    assert_eq!(stay.elapsed_ms, 5000);
}

/// Handlers answer what a state's own work raises, not what they raise themselves: else this would never end.
#[test]
fn a_failing_catcher_is_not_caught_by_itself() {
    let with = |catcher: Value| {
        let branch = json!({"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Broken"}}});
        let parallel = json!({"Type": "Parallel", "Branches": [branch], "Catch": [catcher], "End": true});
        json!({"P": parallel, "Z": {"Type": "Succeed"}})
    };
    let result_path = with(json!({"ErrorEquals": ["States.ALL"], "ResultPath": "$.list.error", "Next": "Z"}));
    let failure = run(&result_path, &json!({"list": [1]})).result.expect_err("an array is in the way");
    assert_eq!(failure.error.as_deref(), Some("States.ResultPathMatchFailure"));
    let call = json!({"x.$": "States.StringToJson($.Error)"});
    let assign = with(json!({"ErrorEquals": ["States.ALL"], "Assign": call, "Next": "Z"}));
    let failure = run(&assign, &json!({"list": [1]})).result.expect_err("the name is not JSON");
    assert_eq!(failure.error.as_deref(), Some("States.IntrinsicFailure"));
}
