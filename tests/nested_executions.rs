//! Executions that start executions: request and response, `.sync`, `.sync:2`, `startSyncExecution`, callbacks.

use std::fmt::Write as _;
use std::sync::Arc;

use aslx::asl::model::MachineType;
use aslx::bytecode::Program;
use aslx::executor::{Completed, Executor, StateMachines, StateMachinesBuilder, Time};
use aslx::task::{Callbacks, TaskCall, TaskRegistry};
use aslx::value::timestamp::Timestamp;
use aslx::vm::Names;
use aslx::{CompileOptions, Limits, compile};
use tokio::sync::Semaphore;

const CHILD: &str = "arn:aws:states:us-east-1:123456789012:stateMachine:Child";

fn program(definition: &str, machine_type: MachineType) -> Program {
    let mut options = CompileOptions::default();
    options.machine_type = machine_type;
    compile(definition, &options).expect("a valid definition")
}

fn standard(definition: &str) -> Program {
    program(definition, MachineType::Standard)
}

/// A state machine of one Task that starts `machine` with what `$.input` is.
fn parent(resource: &str, machine: &str) -> Program {
    standard(&format!(
        r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"arn:aws:states:::{resource}",
        "Parameters":{{"StateMachineArn":"{machine}","Name":"first","Input.$":"$.input"}},"End":true}}}}}}"#
    ))
}

const DOUBLE: &str = r#"{"StartAt":"P","States":{"P":{"Type":"Pass","Parameters":{"twice.$":"States.Array($.n, $.n)"},"End":true}}}"#;
const REFUSE: &str =
    r#"{"StartAt":"F","States":{"F":{"Type":"Fail","Error":"Refused","Cause":"not today"}}}"#;

/// Runs `parent` once at the first millisecond of 2026.
async fn run(parent: Program, machines: &StateMachines, input: &str) -> Completed {
    let mut builder = Executor::builder(parent);
    builder.tasks(machines.tasks()).names(Names::new("Parent", MachineType::Standard)).workers(1);
    let executor = builder.time(time()).build().expect("all answered");
    executor.execute(input.as_bytes()).await.expect("an execution")
}

fn time() -> Time {
    Time::Virtual { start: Timestamp::parse_rfc3339(b"2026-01-01T00:00:00Z").expect("a time") }
}

fn machines(child: &str, machine_type: MachineType) -> StateMachinesBuilder {
    let mut builder = StateMachines::builder();
    builder.machine("Child", program(child, machine_type)).time(time());
    builder
}

fn text(completed: &Completed) -> &str {
    std::str::from_utf8(&completed.output).expect("output is UTF-8")
}

#[tokio::test]
async fn results_have_the_shapes_of_the_service() {
    let standard = machines(DOUBLE, MachineType::Standard).build().expect("sound");
    let express = machines(DOUBLE, MachineType::Express).build().expect("sound");
    let mut report = String::new();
    let cases = [
        ("states:startExecution", &standard),
        ("states:startExecution.sync", &standard),
        ("states:startExecution.sync:2", &standard),
        ("aws-sdk:sfn:startExecution", &standard),
        ("aws-sdk:sfn:startSyncExecution", &express),
    ];
    for (resource, machines) in cases {
        let completed = run(parent(resource, CHILD), machines, r#"{"input":{"n":7}}"#).await;
        write!(report, "{resource}\n{}\n\n", text(&completed)).expect("writing to a string");
    }
    insta::assert_snapshot!(report);
}

#[tokio::test]
async fn failures_are_those_of_the_service() {
    let standard = machines(REFUSE, MachineType::Standard).build().expect("sound");
    let express = machines(REFUSE, MachineType::Express).build().expect("sound");
    let mut report = String::new();
    let cases = [
        ("states:startExecution.sync", CHILD, "{}", &standard),
        ("states:startExecution.sync:2", CHILD, "{}", &standard),
        ("aws-sdk:sfn:startSyncExecution", CHILD, "{}", &express),
        ("aws-sdk:sfn:startSyncExecution", CHILD, "{}", &standard),
        ("states:startExecution", "arn:aws:states:us-east-1:123456789012:stateMachine:None", "{}", &standard),
        ("aws-sdk:sfn:startExecution", "None", "{}", &standard),
        ("states:startExecution.sync", CHILD, "\"{\"", &standard),
    ];
    for (resource, machine, input, machines) in cases {
        let completed = run(parent(resource, machine), machines, &format!(r#"{{"input":{input}}}"#)).await;
        let outcome = &completed.outcome;
        let (error, cause) = (outcome.error.as_deref(), outcome.cause.as_deref());
        write!(report, "{resource} {machine}\n{} {error:?} {cause:?}\n\n", text(&completed))
            .expect("writing to a string");
    }
    let nothing = r#"{"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:states:::states:startExecution","Parameters":{"Input":1},"End":true}}}"#;
    let completed = run(self::standard(nothing), &standard, "{}").await;
    writeln!(report, "{:?} {:?}", completed.outcome.error, completed.outcome.cause)
        .expect("writing to a string");
    insta::assert_snapshot!(report);
}

#[tokio::test]
async fn inputs_may_be_left_out_or_be_text() {
    let echo = r#"{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}"#;
    let machines = machines(echo, MachineType::Standard).build().expect("sound");
    let definition = r#"{"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:states:::states:startExecution.sync:2",
        "Parameters":{"StateMachineArn":"Child","Input.$":"$.input"},"OutputPath":"$.Output","End":true}}}"#;
    for (input, expected) in [("null", "{}"), (r#""[1, 2]""#, "[1,2]"), (r#"{"a":[]}"#, r#"{"a":[]}"#)] {
        let completed = run(standard(definition), &machines, &format!(r#"{{"input":{input}}}"#)).await;
        assert_eq!(text(&completed), expected);
    }
}

#[tokio::test]
async fn a_state_machine_that_starts_itself_comes_to_an_end() {
    let own = r#"{"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:states:::states:startExecution.sync:2",
        "Parameters":{"StateMachineArn.$":"$$.StateMachine.Id"},"End":true,
        "Catch":[{"ErrorEquals":["StepFunctions.ExecutionLimitExceededException"],"Next":"Deepest"}]},
        "Deepest":{"Type":"Pass","Result":"deepest","End":true}}}"#;
    let mut limits = Limits::default();
    // One execution at each depth: whoever waits for a deeper one holds nothing that it needs.
    (limits.nested_execution_depth_max, limits.in_flight_max) = (5, 1);
    let machines = machines(own, MachineType::Standard).limits(limits).build().expect("sound");
    let completed = run(parent("states:startExecution.sync:2", CHILD), &machines, r#"{"input":{}}"#).await;
    assert_eq!(text(&completed).matches("stateMachine:Child").count(), 5, "{}", text(&completed));
    assert_eq!(text(&completed).matches("\"deepest\"").count(), 1);
}

/// Notes that it was dropped.
struct Leaving(Arc<Semaphore>);
impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.add_permits(1);
    }
}

#[tokio::test]
async fn whoever_waits_gives_up_its_children_and_nobody_else_does() {
    let work = r#"{"StartAt":"W","States":{"W":{"Type":"Task","Resource":"arn:aws:lambda:eu-west-1:1:function:Work","End":true}}}"#;
    let (arrived, open, left) =
        (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let mut tasks = TaskRegistry::new();
    let (at_work, gate, gone) = (Arc::clone(&arrived), Arc::clone(&open), Arc::clone(&left));
    tasks.handle_async("Work", move |_: TaskCall| {
        let (leaving, gate) = (Leaving(Arc::clone(&gone)), Arc::clone(&gate));
        at_work.add_permits(1);
        async move {
            gate.acquire().await.expect("never closed").forget();
            drop(leaving);
            Ok("1")
        }
    });
    let mut builder = machines(work, MachineType::Standard);
    let machines = builder.tasks(tasks).time(Time::default()).build().expect("all answered");
    let build = |resource| {
        let mut builder = Executor::builder(parent(resource, CHILD));
        Arc::new(builder.tasks(machines.tasks()).workers(1).build().expect("all answered"))
    };
    let waiting = build("states:startExecution.sync");
    let execution = tokio::spawn(async move { waiting.execute(*br#"{"input":{}}"#).await });
    arrived.acquire().await.expect("never closed").forget();
    execution.abort();
    left.acquire().await.expect("never closed").forget();

    let leaving = build("states:startExecution");
    let completed = leaving.execute(*br#"{"input":{}}"#).await.expect("an execution");
    assert!(text(&completed).contains("\"ExecutionArn\""));
    arrived.acquire().await.expect("never closed").forget();
    assert_eq!(left.available_permits(), 0, "it runs on after its parent's end");
    open.add_permits(1);
    machines.shut_down();
    assert_eq!(left.available_permits(), 1, "shutting down lets it finish");
}

#[tokio::test]
async fn a_child_may_carry_the_token_of_its_parent() {
    let desk = r#"{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:lambda:eu-west-1:1:function:Answer","End":true}}}"#;
    let asks = r#"{"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:states:::states:startExecution.waitForTaskToken",
        "Parameters":{"StateMachineArn":"Child","Input":{"token.$":"$$.Task.Token"}},"End":true}}}"#;
    let callbacks = Callbacks::new();
    let answer = callbacks.clone();
    let mut tasks = TaskRegistry::new();
    tasks.callbacks(&callbacks).handle_async("Answer", move |call: TaskCall| {
        let payload = String::from_utf8_lossy(call.payload()).into_owned();
        let token = payload.trim_start_matches(r#"{"token":""#).trim_end_matches(r#""}"#);
        answer.send_task_success(token, b"\"from the child\"").expect("the parent waits");
        async { Ok("null") }
    });
    let machines = machines(desk, MachineType::Standard).tasks(tasks).build().expect("all answered");
    let completed = run(standard(asks), &machines, "{}").await;
    assert_eq!(text(&completed), "\"from the child\"");
}

#[tokio::test]
async fn without_their_owner_nothing_starts() {
    let machines = machines(DOUBLE, MachineType::Standard).build().expect("sound");
    let tasks = machines.tasks();
    drop(machines);
    let mut builder = Executor::builder(parent("states:startExecution.sync", CHILD));
    let executor = builder.tasks(tasks).workers(1).build().expect("all answered");
    let failed = executor.execute(*br#"{"input":{}}"#).await.expect("an execution").outcome;
    assert_eq!(failed.cause.as_deref(), Some("the state machines that could be started are gone"));
}
