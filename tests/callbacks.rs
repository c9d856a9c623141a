//! Tasks that wait for a callback: answered, failed, late, forged, stopped; activities and their workers.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aslx::asl::model::MachineType;
use aslx::bytecode::Program;
use aslx::executor::{Clock, Completed, Executor, ExecutorBuilder, ManualClock, OutcomeStatus, Time};
use aslx::task::{CallbackError, Callbacks, TaskCall, TaskError, TaskRegistry};
use aslx::value::timestamp::Timestamp;
use aslx::vm::Names;
use aslx::{CompileOptions, compile};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

const TOKEN: &str = "arn:aws:states:::lambda:invoke.waitForTaskToken";
const ACTIVITY: &str = "arn:aws:states:eu-west-1:123456789012:activity:Pack";

fn program(definition: &str) -> Program {
    let mut options = CompileOptions::default();
    options.machine_type = MachineType::Standard;
    compile(definition, &options).expect("a valid definition")
}

/// One Task with further members, and states behind it.
fn task(resource: &str, members: &str, states: &str) -> Program {
    program(&format!(
        r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{resource}","Parameters":{{"FunctionName":"Ask","Payload":{{"token.$":"$$.Task.Token"}}}}{members}}}{states}}}}}"#
    ))
}

/// A clock that moves only when it is told to.
#[derive(Debug)]
struct HeldClock(AtomicI64);

impl Clock for HeldClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }

    fn block_for(&self, _: Timestamp) -> Duration {
        Duration::from_millis(1)
    }
}

/// The tokens that were sent out, and how many.
#[derive(Clone)]
struct Desk {
    tokens: Arc<Mutex<Vec<String>>>,
    arrived: Arc<Semaphore>,
}

impl Desk {
    fn new() -> Self {
        Self { tokens: Arc::default(), arrived: Arc::new(Semaphore::new(0)) }
    }

    async fn token(&self) -> String {
        self.arrived.acquire().await.expect("never closed").forget();
        self.tokens.lock().expect("no test panicked").remove(0)
    }

    /// A handler that only notes the token.
    fn answer(&self, tasks: &mut TaskRegistry) {
        let desk = self.clone();
        tasks.handle_async("Ask", move |call: TaskCall| {
            let token = call.task_token().expect("the state waits for one").to_owned();
            let sent = format!(r#"{{"token":"{token}"}}"#);
            assert_eq!(call.payload(), sent.as_bytes(), "the payload has the token that the call has");
            desk.tokens.lock().expect("no test panicked").push(token);
            desk.arrived.add_permits(1);
            async { Ok(r#"{"ignored":true}"#) }
        });
    }
}

fn builder(program: Program, tasks: TaskRegistry) -> ExecutorBuilder {
    let mut builder = Executor::builder(program);
    builder
        .tasks(tasks)
        .workers(2)
        .names(Names::new("order", MachineType::Standard))
        .runtime(Handle::current());
    builder
}

fn waiting(program: Program) -> (Arc<Executor>, Callbacks, Desk) {
    let (callbacks, desk) = (Callbacks::new(), Desk::new());
    let mut tasks = TaskRegistry::new();
    desk.answer(tasks.callbacks(&callbacks));
    let executor = builder(program, tasks).build().expect("all answered");
    (Arc::new(executor), callbacks, desk)
}

fn start(executor: &Arc<Executor>) -> tokio::task::JoinHandle<Completed> {
    let executor = Arc::clone(executor);
    tokio::spawn(async move { executor.execute(*b"{}").await.expect("an execution") })
}

fn text(completed: &Completed) -> &str {
    std::str::from_utf8(&completed.output).expect("output is UTF-8")
}

#[tokio::test]
async fn a_token_that_comes_back_is_the_result_and_works_once() {
    let (executor, callbacks, desk) = waiting(task(TOKEN, r#","End":true"#, ""));
    let execution = start(&executor);
    let token = desk.token().await;
    assert_eq!(callbacks.waiting_count(), 1);
    let malformed = callbacks.send_task_success(&token, b"{").expect_err("not JSON");
    assert_eq!(malformed.code(), "InvalidOutput");
    callbacks.send_task_success(&token, br#"{ "approved": true }"#).expect("it waits");
    assert_eq!(text(&execution.await.expect("no panic")), r#"{"approved":true}"#);

    assert_eq!(callbacks.send_task_success(&token, b"1"), Err(CallbackError::TaskTimedOut), "repeated");
    assert_eq!(callbacks.send_task_failure(&token, None, None), Err(CallbackError::TaskTimedOut));
    assert_eq!(callbacks.send_task_heartbeat(&token), Err(CallbackError::TaskTimedOut));
    for forged in ["", "AAAA", &token[1..], &token.replace(&token[..2], "__")] {
        assert_eq!(callbacks.send_task_success(forged, b"1"), Err(CallbackError::InvalidToken), "{forged}");
    }
    assert_eq!(Callbacks::new().send_task_heartbeat(&token), Err(CallbackError::InvalidToken), "of others");
    assert_eq!(callbacks.waiting_count(), 0);
}

#[tokio::test]
async fn failures_have_the_names_that_were_given() {
    let catch = r#","End":true,"Catch":[{"ErrorEquals":["States.ALL"],"Next":"C"}]"#;
    let caught = r#","C":{"Type":"Pass","End":true}"#;
    let (executor, callbacks, desk) = waiting(task(TOKEN, catch, caught));
    let failures = [
        (Some("Refused"), Some("too dear"), r#"{"Error":"Refused","Cause":"too dear"}"#),
        (Some("Refused"), None, r#"{"Error":"Refused","Cause":null}"#),
        (None, None, r#"{"Error":null,"Cause":null}"#),
    ];
    for (error, cause, expected) in failures {
        let execution = start(&executor);
        callbacks.send_task_failure(&desk.token().await, error, cause).expect("it waits");
        assert_eq!(text(&execution.await.expect("no panic")), expected);
    }
}

#[tokio::test]
async fn every_attempt_has_a_token_of_its_own() {
    let retry = r#","End":true,"Retry":[{"ErrorEquals":["Again"],"IntervalSeconds":1}]"#;
    let (callbacks, desk) = (Callbacks::new(), Desk::new());
    let mut tasks = TaskRegistry::new();
    desk.answer(tasks.callbacks(&callbacks));
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(0)));
    let mut builder = builder(task(TOKEN, retry, ""), tasks);
    let executor = Arc::new(builder.time(Time::Real(clock)).build().expect("all answered"));
    let execution = start(&executor);
    let first = desk.token().await;
    callbacks.send_task_failure(&first, Some("Again"), None).expect("it waits");
    let second = desk.token().await;
    assert_ne!(first, second);
    assert_eq!(callbacks.send_task_success(&first, b"1"), Err(CallbackError::TaskTimedOut));
    callbacks.send_task_success(&second, b"2").expect("it waits");
    assert_eq!(text(&execution.await.expect("no panic")), "2");
}

#[tokio::test]
async fn a_callback_that_is_too_late_is_told_so() {
    let (callbacks, desk) = (Callbacks::new(), Desk::new());
    let mut tasks = TaskRegistry::new();
    desk.answer(tasks.callbacks(&callbacks));
    let clock = Arc::new(HeldClock(AtomicI64::new(0)));
    let mut builder = builder(task(TOKEN, r#","TimeoutSeconds":60,"End":true"#, ""), tasks);
    let executor =
        Arc::new(builder.time(Time::Real(Arc::<HeldClock>::clone(&clock))).build().expect("all answered"));
    let execution = start(&executor);
    let token = desk.token().await;
    clock.0.store(60_000, Ordering::SeqCst);
    let failed = execution.await.expect("no panic").outcome;
    assert_eq!((failed.error.as_deref(), failed.cause.as_deref()), (Some("States.Timeout"), None));
    let late = callbacks.send_task_success(&token, b"1").expect_err("too late");
    assert_eq!(late.to_string(), "Task Timed Out: 'Provided task does not exist anymore'");
    assert_eq!(callbacks.waiting_count(), 0);
}

#[tokio::test(start_paused = true)]
async fn heartbeats_keep_a_task_alive_and_a_missed_one_ends_it() {
    let (executor, callbacks, desk) = waiting(task(TOKEN, r#","HeartbeatSeconds":5,"End":true"#, ""));
    let execution = start(&executor);
    let token = desk.token().await;
    let started = tokio::time::Instant::now();
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_secs(4)).await;
        callbacks.send_task_heartbeat(&token).expect("it waits");
    }
    let failed = execution.await.expect("no panic").outcome;
    assert_eq!(started.elapsed().as_secs(), 4 * 4 + 5);
    assert_eq!((failed.error.as_deref(), failed.cause.as_deref()), (Some("States.Timeout"), None));
    assert_eq!(callbacks.send_task_heartbeat(&token), Err(CallbackError::TaskTimedOut));
}

#[tokio::test]
async fn a_handler_that_fails_ends_the_wait_and_one_that_is_slow_does_not_hold_the_token_up() {
    let callbacks = Callbacks::new();
    let mut tasks = TaskRegistry::new();
    tasks.callbacks(&callbacks);
    let inside = callbacks.clone();
    tasks.handle_async("Ask", move |call: TaskCall| {
        let callbacks = inside.clone();
        async move {
            let token = call.task_token().expect("it waits").to_owned();
            if call.retry_count() == 0 {
                return Err::<&str, _>(TaskError::new("Unreachable", "nobody took the token"));
            }
            callbacks.send_task_success(&token, b"7").expect("it waits before its handler has answered");
            tokio::task::yield_now().await;
            Err(TaskError::new("Late", "the answer is known already"))
        }
    });
    let retry = r#","End":true,"Retry":[{"ErrorEquals":["Unreachable"],"IntervalSeconds":1}]"#;
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(0)));
    let mut builder = builder(task(TOKEN, retry, ""), tasks);
    let executor = Arc::new(builder.time(Time::Real(clock)).build().expect("all answered"));
    assert_eq!(text(&start(&executor).await.expect("no panic")), "7");
    assert_eq!(callbacks.waiting_count(), 0);
}

#[tokio::test]
async fn a_job_is_answered_by_its_end_or_by_its_token() {
    let job = "arn:aws:states:::glue:startJobRun.sync";
    let (callbacks, desk) = (Callbacks::new(), Desk::new());
    let (ends, told) = (Arc::new(Semaphore::new(0)), desk.clone());
    let mut tasks = TaskRegistry::new();
    let ended = Arc::clone(&ends);
    tasks.callbacks(&callbacks).handle_async("arn:aws:states:::glue:*", move |call: TaskCall| {
        told.tokens.lock().expect("no test panicked").push(call.task_token().expect("one").to_owned());
        told.arrived.add_permits(1);
        let ended = Arc::clone(&ended);
        async move {
            ended.acquire().await.expect("never closed").forget();
            Ok("\"ended\"")
        }
    });
    let executor = Arc::new(builder(task(job, r#","End":true"#, ""), tasks).build().expect("all answered"));
    let execution = start(&executor);
    let token = desk.token().await;
    ends.add_permits(1);
    assert_eq!(text(&execution.await.expect("no panic")), "\"ended\"");
    assert_eq!(callbacks.send_task_success(&token, b"1"), Err(CallbackError::TaskTimedOut));

    let execution = start(&executor);
    callbacks.send_task_success(&desk.token().await, b"\"told\"").expect("it waits");
    assert_eq!(text(&execution.await.expect("no panic")), "\"told\"");
}

#[tokio::test]
async fn whoever_is_stopped_waits_no_longer() {
    let definition = format!(
        r#"{{"StartAt":"P","States":{{"P":{{"Type":"Parallel","End":true,"Branches":[
            {{"StartAt":"A","States":{{"A":{{"Type":"Task","Resource":"{TOKEN}","Parameters":{{"FunctionName":"Ask","Payload":{{"token.$":"$$.Task.Token"}}}},"End":true}}}}}},
            {{"StartAt":"B","States":{{"B":{{"Type":"Task","Resource":"{TOKEN}","Parameters":{{"FunctionName":"Ask","Payload":{{"token.$":"$$.Task.Token"}}}},"End":true}}}}}}]}}}}}}"#
    );
    let (executor, callbacks, desk) = waiting(program(&definition));
    let execution = start(&executor);
    let (first, second) = (desk.token().await, desk.token().await);
    callbacks.send_task_failure(&second, Some("Refused"), None).expect("it waits");
    assert_eq!(execution.await.expect("no panic").outcome.error.as_deref(), Some("Refused"));
    assert_eq!(callbacks.send_task_success(&first, b"1"), Err(CallbackError::TaskTimedOut));
    assert_eq!(callbacks.waiting_count(), 0);

    let execution = start(&executor);
    desk.token().await;
    execution.abort();
    assert!(execution.await.is_err_and(|error| error.is_cancelled()));
    let executor = Arc::into_inner(executor).expect("nobody else has it");
    tokio::task::spawn_blocking(|| executor.shut_down()).await.expect("no panic");
    assert_eq!(callbacks.waiting_count(), 0, "an execution that is given up waits for nothing");
}

#[tokio::test]
async fn workers_get_the_tasks_of_their_activity() {
    let definition =
        format!(r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{ACTIVITY}","End":true}}}}}}"#);
    let callbacks = Callbacks::new();
    let unknown = callbacks.get_activity_task(ACTIVITY).await.expect_err("nobody has named it");
    assert_eq!(unknown.code(), "ActivityDoesNotExist");
    assert_eq!(callbacks.get_activity_task("Pack").await.expect_err("no ARN").code(), "InvalidArn");

    let mut tasks = TaskRegistry::new();
    tasks.callbacks(&callbacks);
    let executor = Arc::new(builder(program(&definition), tasks).build().expect("workers answer activities"));
    // A worker that waits and then does not loses nothing.
    let gone = tokio::time::timeout(Duration::ZERO, callbacks.get_activity_task(ACTIVITY)).await;
    assert!(gone.is_err());
    let executions: Vec<_> = (0..3)
        .map(|number: i32| {
            let executor = Arc::clone(&executor);
            tokio::spawn(async move { executor.execute(number.to_string()).await.expect("an execution") })
        })
        .collect();
    for _ in 0..3 {
        let task = callbacks.get_activity_task(ACTIVITY).await.expect("a task");
        callbacks
            .send_task_success(&task.task_token, &[b"[", &task.input[..], b"]"].concat())
            .expect("it waits");
    }
    for (number, execution) in executions.into_iter().enumerate() {
        assert_eq!(text(&execution.await.expect("no panic")), format!("[{number}]"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_activity_that_was_taken_must_show_life() {
    let definition = format!(
        r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{ACTIVITY}","HeartbeatSeconds":5,"End":true}}}}}}"#
    );
    let callbacks = Callbacks::new();
    let mut tasks = TaskRegistry::new();
    tasks.callbacks(&callbacks);
    let executor = Arc::new(builder(program(&definition), tasks).build().expect("workers answer activities"));
    let execution = start(&executor);
    while callbacks.waiting_count() == 0 {
        tokio::task::yield_now().await;
    }
    tokio::time::sleep(Duration::from_mins(1)).await;
    let task =
        callbacks.get_activity_task(ACTIVITY).await.expect("it has waited for a worker without a heartbeat");
    let taken = tokio::time::Instant::now();
    let failed = execution.await.expect("no panic").outcome;
    assert_eq!(taken.elapsed().as_secs(), 5);
    assert_eq!((failed.status, failed.error.as_deref()), (OutcomeStatus::Failed, Some("States.Timeout")));
    assert_eq!(callbacks.send_task_success(&task.task_token, b"1"), Err(CallbackError::TaskTimedOut));

    // What nobody took before its time was up is given to no worker.
    let execution = start(&executor);
    while callbacks.waiting_count() == 0 {
        tokio::task::yield_now().await;
    }
    execution.abort();
    while callbacks.waiting_count() > 0 {
        tokio::task::yield_now().await;
    }
    let none = tokio::time::timeout(Duration::from_secs(1), callbacks.get_activity_task(ACTIVITY)).await;
    assert!(none.is_err());
}
