//! Bounds on one execution: endless loops, payloads, memory.

use aslx::Limits;
use serde_json::{Value, json};

use crate::support::{Answer, Tasks, execute, program};
use crate::{LAMBDA, run};

#[test]
fn endless_loops_end() {
    let definition = json!({"StartAt": "A", "States": {
        "A": {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, 1)"}, "Next": "B"},
        "B": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericLessThan": 0, "Next": "C"}], "Default": "A"},
        "C": {"Type": "Succeed"}}});
    let mut limits = Limits::default();
    limits.fuel_total_max = 4_000_000;
    let program = program(&definition.to_string());
    let ended = execute(&program, r#"{"n":0}"#, &limits, false, &mut |_, _, _| Answer::Hang);
    let failure = ended.result.expect_err("runs out of fuel");
    assert_eq!((failure.status.as_str(), failure.error.as_deref()), ("TIMED_OUT", Some("States.Timeout")));
}

#[test]
fn payload_limits() {
    let states = json!({"P": {"Type": "Pass", "Parameters": {"a.$": "$.s", "b.$": "$.s"}, "End": true}});
    let text = "x".repeat(140_000);
    let failure = run(&states, &json!({"s": text})).result.expect_err("two of them are too many");
    assert_eq!(failure.error.as_deref(), Some("States.DataLimitExceeded"));
    assert_eq!(
        failure.cause.as_deref(),
        Some(
            "The state/task 'P' returned a result with a size exceeding the maximum number of bytes service limit."
        )
    );
    let failure =
        run(&states, &json!({"s": "x".repeat(300_000)})).result.expect_err("the input alone is too large");
    assert_eq!(failure.error.as_deref(), Some("States.DataLimitExceeded"));
}

/// Fuel ends what no clock can: retries without a delay.
#[test]
fn retries_without_delay_use_fuel() {
    let retry = json!([{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 0, "MaxAttempts": 99_999_999}]);
    let definition = json!({"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": LAMBDA, "End": true,
        "Parameters": {"x.$": "States.StringToJson('no JSON')"}, "Retry": retry}}});
    let mut limits = Limits::default();
    limits.fuel_total_max = 100_000;
    let ended = execute(&program(&definition.to_string()), "{}", &limits, false, &mut |_, _, _| Answer::Hang);
    assert_eq!(ended.result.expect_err("endless").error.as_deref(), Some("States.Timeout"));
}

/// Values that double from state to state, and within one, end the execution before they fill the machine.
#[test]
fn memory_is_bounded_within_a_slice() {
    let mut limits = Limits::default();
    limits.arena_bytes_max = 16 << 20;
    let check = |states: Value| {
        let definition = json!({"StartAt": "A", "States": states}).to_string();
        let input = json!({"s": "x".repeat(1000), "list": (0..2000).collect::<Vec<_>>()}).to_string();
        let echo: Tasks<'_> = &mut |_, payload, _| Answer::Json(payload.to_owned());
        let failure =
            execute(&program(&definition), &input, &limits, false, echo).result.expect_err("too much");
        assert_eq!(failure.error.as_deref(), Some("States.Runtime"));
        let cause = failure.cause.expect("a cause");
        assert!(cause.ends_with("more than its limit of 16777216."), "{cause}");
    };
    let doubled = json!({"x.$": "States.Format('{}{}', $x, $x)"});
    check(json!({
        "A": {"Type": "Pass", "Assign": {"x.$": "$.s"}, "Next": "B"},
        "B": {"Type": "Pass", "Assign": doubled, "Next": "C"},
        "C": {"Type": "Choice", "Choices": [{"Variable": "$.end", "IsPresent": true, "Next": "Z"}], "Default": "B"},
        "Z": {"Type": "Succeed"},
    }));
    let all: Value =
        (0..2000).map(|n| (format!("k{n}.$"), json!("$..*"))).collect::<serde_json::Map<_, _>>().into();
    check(json!({"A": {"Type": "Pass", "Parameters": all, "End": true}}));
}
