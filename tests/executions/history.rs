//! Histories: which events, in which order, after which others. The snapshots are the contract.

use std::fmt::Write as _;

use aslx::Limits;
use aslx::vm::{ExecutionHistory, RecordOptions};
use serde_json::{Value, json};

use crate::support::{Answer, STARTED_MS, execute_recorded, program};

/// One line an event: its number, that of its predecessor, milliseconds since the start, type and details.
fn lines(history: &ExecutionHistory) -> String {
    let mut json = Vec::new();
    history.write_json(&mut json);
    let told: Value = serde_json::from_slice(&json).expect("events are JSON");
    let mut text = String::new();
    for (event, told) in history.events().iter().zip(told.as_array().expect("an array")) {
        let elapsed = event.timestamp.to_millis() - STARTED_MS;
        let _ =
            write!(text, "{:>2} < {:<2} {elapsed:>5}  {}", event.id, event.previous_event_id, told["type"]);
        let details = told.as_object().expect("an object").iter().find(|(name, _)| name.ends_with("Details"));
        if let Some((name, details)) = details {
            let _ = write!(text, "  {name} {details}");
        }
        text.push('\n');
    }
    text.replace(r#"Details":{"truncated":false}"#, r#"Details":..."#)
}

/// Executes states, the first of which is entered first; `answers` are those of its tasks, in the order of calls.
fn record(states: &Value, input: &Value, answers: &[Answer]) -> String {
    let first = states.as_object().and_then(|states| states.keys().next()).expect("a state");
    record_machine(&json!({"StartAt": first, "States": states}), input, answers)
}

fn record_machine(definition: &Value, input: &Value, answers: &[Answer]) -> String {
    let ended = execute_recorded(
        &program(&definition.to_string()),
        &input.to_string(),
        &Limits::default(),
        false,
        Some(RecordOptions::default()),
        &mut |_, payload, call| answers.get(call).cloned().unwrap_or(Answer::Json(payload.to_owned())),
    );
    lines(&ended.history.expect("recorded"))
}

const FUNCTION: &str = "arn:aws:lambda:us-east-1:123456789012:function:Pay";
const PUT: &str = "arn:aws:states:::dynamodb:putItem";
const CALLBACK: &str = "arn:aws:states:::sqs:sendMessage.waitForTaskToken";
const ACTIVITY: &str = "arn:aws:states:us-east-1:123456789012:activity:Sign";

fn task(resource: &str, members: &Value) -> Value {
    let mut task = json!({"Type": "Task", "Resource": resource, "End": true});
    for (name, value) in members.as_object().expect("members") {
        task[name] = value.clone();
    }
    task
}

fn pass() -> Value {
    json!({"Type": "Pass", "End": true})
}

/// A Map whose items go through one state.
fn map(processor: &Value, members: &Value) -> Value {
    let mut map =
        json!({"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "I", "States": {"I": processor}}});
    for (name, value) in members.as_object().expect("members") {
        map[name] = value.clone();
    }
    map
}

fn retry_and_catch() -> Value {
    json!({
        "Retry": [{"ErrorEquals": ["Busy"], "MaxAttempts": 1, "IntervalSeconds": 2}],
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "P", "ResultPath": "$.error"}]
    })
}

const BUSY: Answer = Answer::Error("Busy", "try again");

#[test]
fn tasks_by_kind() {
    let function = task(FUNCTION, &json!({"TimeoutSeconds": 9, "Next": "D", "End": null}));
    let clean = |mut task: Value| {
        task.as_object_mut().expect("a task").retain(|_, value| !value.is_null());
        task
    };
    let states = json!({
        "A": clean(function),
        "D": clean(task(PUT, &json!({"Parameters": {"TableName": "t"}, "ResultPath": "$.put", "Next": "M", "End": null}))),
        "M": clean(task(CALLBACK, &json!({"HeartbeatSeconds": 5, "Next": "S", "End": null}))),
        "S": task(ACTIVITY, &json!({"TimeoutSeconds": 60, "HeartbeatSeconds": 10})),
    });
    insta::assert_snapshot!(record(&states, &json!({"a": 1}), &[]));
}

#[test]
fn a_task_that_is_retried() {
    let mut states = json!({"A": task(FUNCTION, &retry_and_catch()), "P": pass()});
    insta::assert_snapshot!(record(&states, &json!({}), &[BUSY]));
    states["A"]["Resource"] = json!(PUT);
    insta::assert_snapshot!("a_task_that_is_retried_and_caught", record(&states, &json!({}), &[BUSY, BUSY]));
}

#[test]
fn tasks_that_time_out() {
    for (kind, resource) in [("function", FUNCTION), ("integration", CALLBACK), ("activity", ACTIVITY)] {
        let states = json!({"A": task(resource, &json!({"TimeoutSeconds": 3}))});
        let name = format!("tasks_that_time_out@{kind}");
        insta::assert_snapshot!(name, record(&states, &json!({}), &[Answer::Hang]));
    }
}

#[test]
fn a_failure_before_the_work_has_no_event_of_its_own() {
    let states = json!({"A": task(FUNCTION, &json!({"InputPath": "$.missing"}))});
    insta::assert_snapshot!(record(&states, &json!({}), &[]));
}

#[test]
fn pass_choice_wait_succeed_fail() {
    let states = json!({
        "A": {"Type": "Pass", "Assign": {"x.$": "$.n", "y": "text"}, "Next": "C"},
        "C": {"Type": "Choice", "Choices": [{"Variable": "$x", "NumericEquals": 1, "Next": "W"}], "Default": "F"},
        "F": {"Type": "Fail", "Error": "E", "Cause": "c"},
        "W": {"Type": "Wait", "Seconds": 4, "Next": "S"},
        "S": {"Type": "Succeed"}
    });
    insta::assert_snapshot!(record(&states, &json!({"n": 1}), &[]));
    insta::assert_snapshot!("a_fail_state", record(&states, &json!({"n": 2}), &[]));
}

#[test]
fn maps_one_by_one_and_at_once() {
    for concurrency in [1, 2, 5] {
        let states = json!({"A": map(&task(FUNCTION, &json!({})), &json!({"MaxConcurrency": concurrency}))});
        let name = format!("maps_one_by_one_and_at_once@{concurrency}");
        insta::assert_snapshot!(name, record(&states, &json!([1, 2, 3]), &[]));
    }
    let states = json!({"A": map(&pass(), &json!({}))});
    insta::assert_snapshot!("an_empty_map", record(&states, &json!([]), &[]));
}

#[test]
fn a_map_that_fails_while_others_run() {
    let failing = task(FUNCTION, &json!({"TimeoutSeconds": 50}));
    let mut members = retry_and_catch();
    members["Catch"][0]["ResultPath"] = json!("$");
    let states = json!({"A": map(&failing, &members), "P": pass()});
    // The first and the last item hang in both attempts, the second one fails.
    let answers = [Answer::Hang, BUSY];
    insta::assert_snapshot!(record(&states, &json!([1, 2, 3]), &answers));
    let answers = [Answer::Hang, BUSY, Answer::Hang, BUSY];
    insta::assert_snapshot!("a_map_that_fails_twice", record(&states, &json!([1, 2, 3]), &answers));
    let states = json!({"A": map(&failing, &json!({"ToleratedFailureCount": 1}))});
    insta::assert_snapshot!("a_map_that_tolerates", record(&states, &json!([1, 2]), &[BUSY]));
    insta::assert_snapshot!("a_map_that_tolerates_no_more", record(&states, &json!([1, 2]), &[BUSY, BUSY]));
}

#[test]
fn a_parallel_that_aborts_what_runs_within() {
    let wait = json!({"Type": "Wait", "Seconds": 100, "End": true});
    let retried = task(FUNCTION, &json!({"Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 50}]}));
    let inner = map(
        &json!({"Type": "Choice", "Choices": [{"Variable": "$", "NumericEquals": 1, "Next": "W"}], "Default": "R"}),
        &json!({}),
    );
    let mut inner = inner;
    inner["ItemProcessor"]["States"]["W"] = wait.clone();
    inner["ItemProcessor"]["States"]["R"] = retried;
    let branch = |name: &str, state: Value| json!({"StartAt": name, "States": {name: state}});
    let failing = json!({"StartAt": "B", "States": {
        "B": {"Type": "Wait", "Seconds": 1, "Next": "F"}, "F": {"Type": "Fail", "Error": "E"}}});
    let nested = json!({"Type": "Parallel", "End": true, "Branches": [branch("N", wait)]});
    let parallel = json!({"Type": "Parallel", "End": true,
        "Branches": [branch("M", inner), failing, branch("Q", nested)]});
    insta::assert_snapshot!(record(&json!({"A": parallel}), &json!([1, 2]), &[BUSY]));
}

#[test]
fn a_parallel_that_succeeds() {
    let branch = |name: &str, state: Value| json!({"StartAt": name, "States": {name: state}});
    let parallel = json!({"Type": "Parallel", "Next": "P", "Branches": [
        branch("L", json!({"Type": "Wait", "Seconds": 2, "End": true})), branch("R", pass())]});
    insta::assert_snapshot!(record(&json!({"A": parallel, "P": pass()}), &json!({}), &[]));
}

#[test]
fn an_execution_that_times_out_follows_nothing() {
    let definition = json!({"StartAt": "W", "TimeoutSeconds": 10, "States": {"W": {"Type": "Wait", "Seconds": 99, "End": true}}});
    insta::assert_snapshot!(record_machine(&definition, &json!({}), &[]));
}

#[test]
fn a_full_history_still_has_its_end() {
    let states = json!({"A": map(&pass(), &json!({}))});
    let definition = json!({"StartAt": "A", "States": states}).to_string();
    let mut limits = Limits::default();
    limits.history_events_max = 6;
    let run = |limits: &Limits| {
        let options = Some(RecordOptions::default());
        let ended =
            execute_recorded(&program(&definition), "[1,2,3]", limits, false, options, &mut |_, _, _| BUSY);
        assert_eq!(ended.result.expect("succeeds"), "[1,2,3]");
        ended.history.expect("recorded")
    };
    let ids = |history: &ExecutionHistory| history.events().iter().map(|event| event.id).collect::<Vec<_>>();
    let history = run(&limits);
    assert_eq!((ids(&history), history.omitted_count()), (vec![1, 2, 3, 4, 5, 18], 12));
    limits = Limits::default();
    limits.history_bytes_max = 1;
    let history = run(&limits);
    assert_eq!((ids(&history), history.omitted_count()), (vec![1, 18], 16));
}
