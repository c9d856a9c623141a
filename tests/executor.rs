//! Single executions: clocks, handlers, mocks, panics.

use std::sync::Arc;
use std::time::Duration;

use aslx::executor::{ManualClock, Outcome, OutcomeStatus, Runner, RunnerBuilder, Time, Unanswered};
use aslx::task::{Constant, Echo, MockConfig, TaskError, TaskRegistry, TaskRequest};
use aslx::value::timestamp::Timestamp;
use aslx::{CompileOptions, compile};

const START_MS: i64 = 1_790_000_000_000;

fn start() -> Timestamp {
    Timestamp::from_millis(START_MS)
}

fn builder(definition: &str) -> RunnerBuilder {
    let program = compile(definition, &CompileOptions::default()).expect("a valid definition");
    let mut builder = Runner::builder(program);
    builder.time(Time::Virtual { start: start() });
    builder
}

/// One execution: its output, or its error and cause.
fn run(builder: &RunnerBuilder, input: &str) -> (Outcome, String) {
    let mut output = Vec::new();
    let mut runner = builder.build().expect("every task is answered");
    let outcome = runner.run(input.as_bytes(), &mut output).expect("the input is JSON");
    (outcome, String::from_utf8(output).expect("output is UTF-8"))
}

fn succeeded(builder: &RunnerBuilder, input: &str) -> String {
    let (outcome, output) = run(builder, input);
    assert_eq!(outcome.status, OutcomeStatus::Succeeded, "{outcome:?}");
    output
}

/// One Task with further members.
fn task(resource: &str, members: &str) -> String {
    format!(
        r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{resource}"{members},"End":true}}}}}}"#
    )
}

const PAY: &str = "arn:aws:lambda:us-east-1:123456789012:function:Pay";
const INVOKE: &str = "arn:aws:states:::lambda:invoke";

#[test]
fn waits_and_deadlines_cost_nothing_under_a_virtual_clock() {
    let wait = |seconds: u32, timeout: u32| {
        format!(
            r#"{{"StartAt":"W","TimeoutSeconds":{timeout},"States":{{
                "W":{{"Type":"Wait","Seconds":{seconds},"Next":"P"}},
                "P":{{"Type":"Pass","Parameters":{{"at.$":"$$.State.EnteredTime"}},"End":true}}}}}}"#
        )
    };
    assert_eq!(succeeded(&builder(&wait(100, 200)), "{}"), r#"{"at":"2026-09-21T14:15:00.000Z"}"#);
    let (outcome, output) = run(&builder(&wait(200, 100)), "{}");
    assert_eq!((outcome.status, outcome.error.as_deref()), (OutcomeStatus::TimedOut, Some("States.Timeout")));
    assert_eq!(output, "");
    // An Express execution ends after five minutes.
    let (outcome, _) = run(&builder(&wait(301, 9_999)), "{}");
    assert_eq!(outcome.status, OutcomeStatus::TimedOut);
}

#[test]
fn a_real_clock_is_waited_for() {
    let clock = Arc::new(ManualClock::new(start()));
    let mut builder = builder(r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":60,"End":true}}}"#);
    builder.time(Time::Real(Arc::<ManualClock>::clone(&clock)));
    assert_eq!(succeeded(&builder, "[1]"), "[1]");
    assert_eq!(aslx::executor::Clock::now(&*clock), Timestamp::from_millis(START_MS + 60_000));
}

#[test]
fn parallel_waits_overlap() {
    let definition = r#"{"StartAt":"M","TimeoutSeconds":100,"States":{"M":{"Type":"Map","MaxConcurrency":10,"ItemProcessor":{
        "StartAt":"W","States":{"W":{"Type":"Wait","SecondsPath":"$.s","End":true}}},"End":true}}}"#;
    let input = r#"[{"s":90},{"s":10},{"s":0},{"s":90}]"#;
    assert_eq!(succeeded(&builder(definition), input), input);
}

#[test]
fn handlers_answer_by_the_first_pattern_that_matches() {
    let check = |resource: &str, members: &str, tasks: &TaskRegistry, expected: &str| {
        let mut builder = builder(&task(resource, members));
        builder.tasks(tasks.clone());
        assert_eq!(succeeded(&builder, r#"{"a":1,"f":"Pay"}"#), expected, "{resource} {members}");
    };
    let constant = |json: &'static str| Constant::new(json.as_bytes(), 10).expect("JSON");
    let mut tasks = TaskRegistry::new();
    tasks.handle("arn:aws:lambda:*:function:Pay", constant("1")).handle("*", Echo);
    check(PAY, "", &tasks, "1");
    check("arn:aws:lambda:us-east-1:123456789012:function:Ship", "", &tasks, r#"{"a":1,"f":"Pay"}"#);

    let wrapped =
        |payload: &str| format!(r#"{{"ExecutedVersion":"$LATEST","Payload":{payload},"StatusCode":200}}"#);
    let invoke =
        |function: &str| format!(r#","Parameters":{{"FunctionName":"{function}","Payload.$":"$.a"}}"#);
    for function in ["Pay", "Pay:live", "123456789012:function:Pay", PAY] {
        check(INVOKE, &invoke(function), &tasks, &wrapped("1"));
    }
    check(INVOKE, r#","Parameters":{"FunctionName.$":"$.f","Payload.$":"$"}"#, &tasks, &wrapped("1"));
    check(INVOKE, &invoke("Ship"), &tasks, &wrapped("1"));
    check(INVOKE, r#","Parameters":{"FunctionName":"Ship"}"#, &tasks, &wrapped("{}"));

    let mut by_name = TaskRegistry::new();
    by_name.handle("Pay", |request: &TaskRequest<'_>| {
        let name = request.function_name.unwrap_or("none");
        Ok(format!("[{name:?},{}]", String::from_utf8_lossy(request.payload)))
    });
    by_name.handle("*", constant("null"));
    check(INVOKE, &invoke("Pay"), &by_name, &wrapped("[\"Pay\",1]"));
}

#[test]
fn a_task_nobody_answers_is_refused_or_fails_when_reached() {
    let mut builder = builder(&task(PAY, ""));
    let error = builder.build().expect_err("nothing answers").to_string();
    assert!(error.contains("'T'") && error.contains(PAY) && error.contains("--mock-config"), "{error}");
    builder.unanswered(Unanswered::FailWhenReached);
    let (outcome, _) = run(&builder, "{}");
    assert_eq!((outcome.error.as_deref(), outcome.state.as_deref()), (Some("States.Runtime"), Some("T")));
    assert!(outcome.cause.is_some_and(|cause| cause.contains(PAY)));
}

#[test]
fn mocked_states_count_their_invocations_from_the_start_of_each_execution() {
    let definition = task(
        PAY,
        r#","Retry":[{"ErrorEquals":["Busy"],"MaxAttempts":2,"IntervalSeconds":60}],"ResultSelector":{"got.$":"$.n"}"#,
    );
    let text = r#"{"StateMachines":{"M":{"TestCases":{"c":{"T":"R"}}}},"MockedResponses":{"R":{
        "0-1":{"Throw":{"Error":"Busy","Cause":"later"}},"2":{"Return":{"n":1.0}}}}}"#;
    let case =
        MockConfig::parse("mocks.json", text).and_then(|config| config.test_case("M", "c")).expect("valid");
    let mut tasks = TaskRegistry::new();
    tasks.mock(case);
    let mut builder = builder(&definition);
    builder.tasks(tasks);
    let mut runner = builder.build().expect("mocked");
    for _ in 0..3 {
        let mut output = Vec::new();
        let outcome = runner.run(b"{}", &mut output).expect("JSON");
        assert_eq!(
            (outcome.status, output.as_slice()),
            (OutcomeStatus::Succeeded, br#"{"got":1.0}"#.as_slice())
        );
    }
}

#[test]
fn mocks_that_run_out_fail_the_execution_naming_state_and_index() {
    let text = r#"{"StateMachines":{"M":{"TestCases":{"c":{"T":"R"}}}},"MockedResponses":{"R":{"0":{"Throw":{"Error":"E"}}}}}"#;
    let case =
        MockConfig::parse("mocks.json", text).and_then(|config| config.test_case("M", "c")).expect("valid");
    let mut builder = builder(&task(PAY, r#","Retry":[{"ErrorEquals":["States.ALL"]}]"#));
    builder.tasks({
        let mut tasks = TaskRegistry::new();
        tasks.mock(case);
        tasks
    });
    let (outcome, _) = run(&builder, "{}");
    assert_eq!(outcome.error.as_deref(), Some("States.Runtime"));
    assert_eq!(
        outcome.cause.as_deref(),
        Some("no mocked response for invocation 1 (counted from 0) of state 'T'")
    );
}

#[test]
fn a_panic_fails_its_execution_and_no_other() {
    let mut tasks = TaskRegistry::new();
    tasks.handle("*", |request: &TaskRequest<'_>| {
        assert_ne!(request.payload, b"\"boom\"", "told to");
        Ok(request.payload.to_vec())
    });
    let mut builder = builder(&task(PAY, r#","Catch":[{"ErrorEquals":["States.ALL"],"Next":"T"}]"#));
    builder.tasks(tasks);
    let mut runner = builder.build().expect("answered");
    let mut output = b"before ".to_vec();
    let outcome = runner.run(b"\"boom\"", &mut output).expect("JSON");
    assert_eq!((outcome.status, outcome.error.as_deref()), (OutcomeStatus::Failed, Some("States.Runtime")));
    assert_eq!(outcome.state.as_deref(), Some("T"));
    assert!(outcome.cause.is_some_and(|cause| cause.contains("panicked") && cause.contains("told to")));
    let outcome = runner.run(b"\"calm\"", &mut output).expect("JSON");
    assert_eq!(outcome.status, OutcomeStatus::Succeeded);
    assert_eq!(output, b"before \"calm\"");
}

#[test]
fn a_handler_that_comes_back_late_has_timed_out() {
    let clock = Arc::new(ManualClock::new(start()));
    let slow = Arc::clone(&clock);
    let mut tasks = TaskRegistry::new();
    tasks.handle("*", move |_: &TaskRequest<'_>| {
        slow.advance(Duration::from_secs(3));
        Ok("1")
    });
    let check = |timeout: u32, expected| {
        let mut builder = builder(&task(PAY, &format!(r#","TimeoutSeconds":{timeout}"#)));
        builder.tasks(tasks.clone()).time(Time::Real(Arc::<ManualClock>::clone(&clock)));
        assert_eq!(run(&builder, "{}").0.error.as_deref(), expected);
    };
    check(3, Some("States.Timeout"));
    check(4, None);
}

#[test]
fn a_handlers_error_is_what_retry_and_catch_see() {
    let mut tasks = TaskRegistry::new();
    tasks.handle("*", |_: &TaskRequest<'_>| {
        Err::<&str, _>(TaskError { error: "Card.Declined".into(), cause: None })
    });
    let mut builder = builder(
        r#"{"StartAt":"T","States":{"T":{"Type":"Task","Resource":"r","End":true,
            "Catch":[{"ErrorEquals":["Card.Declined"],"ResultPath":"$.why","Next":"P"}]},"P":{"Type":"Pass","End":true}}}"#,
    );
    builder.tasks(tasks);
    assert!(succeeded(&builder, "{}").starts_with(r#"{"why":{"Error":"Card.Declined","Cause":"#));
}

#[test]
fn a_trace_lists_the_visits_in_order_of_entry() {
    let mut builder = builder(
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Result":1,"Next":"B"},"B":{"Type":"Fail","Error":"E"}}}"#,
    );
    builder.trace(true);
    let (outcome, _) = run(&builder, "{}");
    let visits: Vec<_> =
        outcome.visits.iter().map(|v| (v.name.as_str(), v.input.as_str(), v.output.as_deref())).collect();
    assert_eq!(visits, [("A", "{}", Some("1")), ("B", "1", None)]);
}

#[test]
fn an_input_that_is_not_json_is_no_execution() {
    let mut runner =
        builder(r#"{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}"#).build().expect("no tasks");
    assert!(runner.run(b"{", &mut Vec::new()).is_err());
    assert!(runner.run(b"{}", &mut Vec::new()).is_ok());
}
