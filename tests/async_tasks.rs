//! Executors and handlers that answer later: parking, swapping, stopping, shutting down.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aslx::bytecode::Program;
use aslx::executor::{
    Clock, Completed, ExecuteError, Executor, ExecutorBuilder, ManualClock, OutcomeStatus, Runner, Time,
};
use aslx::sink::Sink;
use aslx::source::Input;
use aslx::task::{BatchOptions, TaskCall, TaskError, TaskRegistry, TaskRequest};
use aslx::value::timestamp::Timestamp;
use aslx::{CompileOptions, Limits, compile};
use tokio::sync::{Semaphore, watch};

fn program(definition: &str) -> Program {
    compile(definition, &CompileOptions::default()).expect("a valid definition")
}

/// One Task that asks the function `Work`, with further members, and states behind it.
fn work(members: &str, states: &str) -> Program {
    program(&format!(
        r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"arn:aws:lambda:eu-west-1:1:function:Work"{members}}}{states}}}}}"#
    ))
}

fn executor(program: Program, tasks: TaskRegistry) -> ExecutorBuilder {
    let mut builder = Executor::builder(program);
    builder.tasks(tasks).workers(2);
    builder
}

fn text(completed: &Completed) -> &str {
    std::str::from_utf8(&completed.output).expect("output is UTF-8")
}

/// A gate that handlers wait at, and how many have come to it.
#[derive(Clone)]
struct Gate {
    open: watch::Sender<bool>,
    arrived: Arc<Semaphore>,
}

impl Gate {
    fn new() -> Self {
        Self { open: watch::Sender::new(false), arrived: Arc::new(Semaphore::new(0)) }
    }

    async fn pass(&self) {
        self.arrived.add_permits(1);
        let mut open = self.open.subscribe();
        open.wait_for(|open| *open).await.expect("the gate lives as long as the test");
    }

    async fn wait_for(&self, count: u32) {
        self.arrived.acquire_many(count).await.expect("never closed").forget();
    }
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

/// Notes that it was dropped.
struct Dropped(Arc<Mutex<Vec<&'static str>>>, &'static str);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.lock().expect("no test panicked").push(self.1);
    }
}

#[test]
fn what_crosses_threads_may() {
    fn is_send_and_sync<T: Send + Sync>() {}
    fn is_send<T: Send>() {}
    is_send_and_sync::<Program>();
    is_send_and_sync::<Executor>();
    is_send_and_sync::<TaskRegistry>();
    is_send_and_sync::<TaskCall>();
    is_send_and_sync::<Completed>();
    is_send::<Runner>();
    is_send::<aslx::pipeline::Pipeline>();
    is_send::<aslx::vm::Fiber>();
}

#[tokio::test]
async fn executions_answer_one_by_one() {
    let mut tasks = TaskRegistry::new();
    tasks.handle_async("Work", |call: TaskCall| async move {
        tokio::task::yield_now().await;
        match call.payload() {
            b"0" => Err(TaskError::new("Zero", "refused")),
            payload => Ok(format!("[{}]", String::from_utf8_lossy(payload))),
        }
    });
    let executor = executor(work(r#","End":true"#, ""), tasks).build().expect("all answered");
    assert_eq!(text(&executor.execute(*b" 7 ").await.expect("an execution")), "[7]");
    let failed = executor.execute(*b"0").await.expect("an execution");
    assert_eq!((failed.outcome.status, text(&failed)), (OutcomeStatus::Failed, ""));
    assert_eq!(failed.outcome.error.as_deref(), Some("Zero"));
    assert!(matches!(executor.execute(*b"{").await, Err(ExecuteError::Malformed(_))));
    executor.shut_down();
}

#[test]
fn a_runner_refuses_what_it_cannot_drive() {
    let mut tasks = TaskRegistry::new();
    tasks.handle_async("Work", |call: TaskCall| async move { Ok(call.into_payload()) });
    let error = Runner::builder(work(r#","End":true"#, "")).tasks(tasks).build().expect_err("asynchronous");
    let message = error.to_string();
    assert!(
        message.starts_with("state 'T': the handler of 'arn:aws:lambda:eu-west-1:1:function:Work'"),
        "{message}"
    );
}

#[tokio::test]
async fn a_swapped_program_touches_new_executions_only() {
    const PARKED: u32 = 10_000;
    let gate = Gate::new();
    let mut tasks = TaskRegistry::new();
    let at_gate = gate.clone();
    tasks.handle_async("Work", move |call: TaskCall| {
        let gate = at_gate.clone();
        async move {
            gate.pass().await;
            Ok(call.into_payload())
        }
    });
    let old = work(r#","Next":"P""#, r#","P":{"Type":"Pass","Parameters":{"old.$":"$"},"End":true}"#);
    let new =
        program(r#"{"StartAt":"P","States":{"P":{"Type":"Pass","Parameters":{"new.$":"$"},"End":true}}}"#);
    let executor = Arc::new(executor(old, tasks).build().expect("all answered"));
    let mut parked = tokio::task::JoinSet::new();
    for number in 0..PARKED {
        let executor = Arc::clone(&executor);
        parked.spawn(async move { (number, executor.execute(number.to_string()).await) });
    }
    gate.wait_for(PARKED).await;
    executor.swap(new).expect("it has no tasks");
    assert_eq!(text(&executor.execute(*b"1").await.expect("an execution")), r#"{"new":1}"#);
    gate.open.send_replace(true);
    let mut seen = 0;
    while let Some(ended) = parked.join_next().await {
        let (number, completed) = ended.expect("no panic");
        assert_eq!(text(&completed.expect("an execution")), format!(r#"{{"old":{number}}}"#));
        seen += 1;
    }
    assert_eq!(seen, PARKED);
}

#[tokio::test]
async fn a_late_handler_is_dropped_before_its_timeout_is_caught() {
    let log = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = TaskRegistry::new();
    let clock = Arc::new(HeldClock(AtomicI64::new(1_790_000_000_000)));
    let (dropped, moved) = (Arc::clone(&log), Arc::clone(&clock));
    tasks.handle_async("Work", move |_: TaskCall| {
        let (guard, clock) = (Dropped(Arc::clone(&dropped), "late handler"), Arc::clone(&moved));
        async move {
            clock.0.fetch_add(6_000, Ordering::SeqCst);
            std::future::pending::<()>().await;
            drop(guard);
            Ok("null")
        }
    });
    let after = Arc::clone(&log);
    tasks.handle("After", move |_: &TaskRequest<'_>| {
        after.lock().expect("no test panicked").push("catcher");
        Ok("\"caught\"")
    });
    let program = work(
        r#","TimeoutSeconds":5,"Catch":[{"ErrorEquals":["States.Timeout"],"Next":"C"}],"End":true"#,
        r#","C":{"Type":"Task","Resource":"arn:aws:lambda:eu-west-1:1:function:After","End":true}"#,
    );
    let executor = executor(program, tasks).time(Time::Real(clock)).build().expect("all answered");
    assert_eq!(text(&executor.execute(*b"{}").await.expect("an execution")), "\"caught\"");
    assert_eq!(*log.lock().expect("no test panicked"), ["late handler", "catcher"]);
}

#[tokio::test]
async fn a_failed_branch_stops_its_siblings_before_it_is_caught() {
    let (log, gate) = (Arc::new(Mutex::new(Vec::new())), Gate::new());
    let mut tasks = TaskRegistry::new();
    let (dropped, at_gate) = (Arc::clone(&log), gate.clone());
    tasks.handle_async("Hang", move |_: TaskCall| {
        let (guard, gate) = (Dropped(Arc::clone(&dropped), "sibling"), at_gate.clone());
        async move {
            gate.arrived.add_permits(1);
            std::future::pending::<()>().await;
            drop(guard);
            Ok("null")
        }
    });
    let at_gate = gate.clone();
    tasks.handle_async("Fail", move |_: TaskCall| {
        let gate = at_gate.clone();
        async move {
            gate.wait_for(3).await; // all siblings are under way
            Err::<&str, _>(TaskError::new("Broken", "as asked"))
        }
    });
    let after = Arc::clone(&log);
    tasks.handle("After", move |_: &TaskRequest<'_>| {
        after.lock().expect("no test panicked").push("catcher");
        Ok("\"caught\"")
    });
    let task = |name: &str| {
        format!(r#"{{"Type":"Task","Resource":"arn:aws:lambda:eu-west-1:1:function:{name}","End":true}}"#)
    };
    let branch = |name: &str| format!(r#"{{"StartAt":"{name}","States":{{"{name}":{}}}}}"#, task(name));
    let nested = format!(
        r#"{{"StartAt":"M","States":{{"M":{{"Type":"Map","ItemsPath":"$.items","ItemProcessor":{},"End":true}}}}}}"#,
        branch("Hang").replace("\"Hang\"", "\"Hang2\"")
    );
    let definition = format!(
        r#"{{"StartAt":"P","States":{{
            "P":{{"Type":"Parallel","Branches":[{},{nested},{}],"Catch":[{{"ErrorEquals":["Broken"],"Next":"After"}}],"End":true}},
            "After":{}}}}}"#,
        branch("Hang"),
        branch("Fail"),
        task("After"),
    );
    let executor = executor(program(&definition), tasks).build().expect("all answered");
    let completed = executor.execute(*br#"{"items":[1,2]}"#).await.expect("an execution");
    assert_eq!(text(&completed), "\"caught\"", "{completed:?}");
    assert_eq!(*log.lock().expect("no test panicked"), ["sibling", "sibling", "sibling", "catcher"]);
}

#[tokio::test]
async fn whoever_drops_the_future_aborts_the_execution() {
    let (log, gate) = (Arc::new(Mutex::new(Vec::new())), Gate::new());
    let mut tasks = TaskRegistry::new();
    let (dropped, at_gate) = (Arc::clone(&log), gate.clone());
    tasks.handle_async("Work", move |_: TaskCall| {
        let (guard, gate) = (Dropped(Arc::clone(&dropped), "handler"), at_gate.clone());
        async move {
            gate.pass().await;
            drop(guard);
            Ok("1")
        }
    });
    let mut limits = Limits::default();
    limits.in_flight_max = 1;
    let executor = executor(work(r#","End":true"#, ""), tasks).limits(limits).build().expect("all answered");
    let first = executor.execute(*b"1");
    tokio::select! {
        _ = first => panic!("it waits at the gate"),
        () = gate.wait_for(1) => {}
    }
    gate.open.send_replace(true);
    // The one permit comes free only when the first execution, and with it its handler, is gone.
    assert_eq!(text(&executor.execute(*b"2").await.expect("an execution")), "1");
    assert_eq!(*log.lock().expect("no test panicked"), ["handler", "handler"]);
}

#[tokio::test]
async fn a_panic_fails_one_execution() {
    let mut tasks = TaskRegistry::new();
    tasks.handle_async("Work", |call: TaskCall| async move {
        tokio::task::yield_now().await;
        assert_ne!(call.payload(), b"13", "unlucky");
        Ok(call.into_payload())
    });
    let executor = executor(work(r#","End":true"#, ""), tasks).build().expect("all answered");
    let failed = executor.execute(*b"13").await.expect("an execution").outcome;
    assert_eq!((failed.error.as_deref(), failed.state.as_deref()), (Some("States.Runtime"), Some("T")));
    assert!(failed.cause.expect("a cause").contains("the handler panicked"), "it says so");
    assert_eq!(text(&executor.execute(*b"14").await.expect("an execution")), "14");
}

#[tokio::test]
async fn shutting_down_finishes_and_dropping_aborts() {
    let gate = Gate::new();
    let tasks = |gate: &Gate| {
        let (mut tasks, gate) = (TaskRegistry::new(), gate.clone());
        tasks.handle_async("Work", move |call: TaskCall| {
            let gate = gate.clone();
            async move {
                gate.pass().await;
                Ok(call.into_payload())
            }
        });
        tasks
    };
    let definition = work(r#","End":true"#, "");
    let finished = Arc::new(executor(definition.clone(), tasks(&gate)).build().expect("all answered"));
    let execution = tokio::spawn({
        let executor = Arc::clone(&finished);
        async move { executor.execute(*b"5").await }
    });
    gate.wait_for(1).await;
    gate.open.send_replace(true);
    assert_eq!(text(&execution.await.expect("no panic").expect("an execution")), "5");
    Arc::into_inner(finished).expect("nobody else has it").shut_down();

    let stuck = Gate::new();
    let dropped = executor(definition, tasks(&stuck)).build().expect("all answered");
    {
        let execution = dropped.execute(*b"6");
        tokio::select! {
            _ = execution => panic!("it waits at the gate"),
            () = stuck.wait_for(1) => {}
        }
    }
    drop(dropped); // joins its threads: it would hang if the handler were not stopped
}

#[tokio::test]
async fn items_wait_beside_each_other_up_to_max_concurrency() {
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut tasks = TaskRegistry::new();
    let counts = (Arc::clone(&running), Arc::clone(&most));
    tasks.handle_async("Work", move |call: TaskCall| {
        let (running, most) = counts.clone();
        async move {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            running.fetch_sub(1, Ordering::SeqCst);
            Ok(call.into_payload())
        }
    });
    let definition = r#"{"StartAt":"M","States":{"M":{"Type":"Map","MaxConcurrency":3,"ItemProcessor":{"StartAt":"T","States":{
        "T":{"Type":"Task","Resource":"arn:aws:lambda:eu-west-1:1:function:Work","End":true}}},"End":true}}}"#;
    let executor = executor(program(definition), tasks).build().expect("all answered");
    let input = "[1,2,3,4,5,6,7,8,9,10]";
    assert_eq!(text(&executor.execute(input).await.expect("an execution")), input);
    assert_eq!(most.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn batches_are_shared_by_executions() {
    let mut tasks = TaskRegistry::new();
    let options = BatchOptions::new(4, Duration::from_hours(1));
    tasks.handle_batch("Work", options, |requests: &[TaskRequest<'_>]| {
        let size = requests.len();
        requests
            .iter()
            .map(|request| Ok(format!("[{size},{}]", String::from_utf8_lossy(request.payload))))
            .collect()
    });
    let executor = executor(work(r#","End":true"#, ""), tasks).build().expect("all answered");
    let [one, two, three, four] = [1, 2, 3, 4].map(|number| executor.execute(number.to_string()));
    let (one, two, three, four) = tokio::join!(one, two, three, four);
    for (number, completed) in [one, two, three, four].into_iter().enumerate() {
        assert_eq!(text(&completed.expect("an execution")), format!("[4,{}]", number + 1));
    }
}

#[tokio::test]
async fn lambda_invoke_takes_handlers_of_either_kind() {
    let mut tasks = TaskRegistry::new();
    tasks.handle_async("Later", |call: TaskCall| async move {
        Ok(format!("[{:?},{}]", call.function_name().unwrap_or("-"), String::from_utf8_lossy(call.payload())))
    });
    tasks.handle("Now", |request: &TaskRequest<'_>| Ok(request.payload.to_vec()));
    let definition = r#"{"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke",
        "Parameters":{"FunctionName.$":"$.name","Payload.$":"$.payload"},"OutputPath":"$.Payload","End":true}}}"#;
    let executor = executor(program(definition), tasks).build().expect("all answered");
    let run = |name: &str| executor.execute(format!(r#"{{"name":"{name}","payload":[7]}}"#));
    assert_eq!(text(&run("Later").await.expect("an execution")), r#"["Later",[7]]"#);
    assert_eq!(text(&run("Now").await.expect("an execution")), "[7]");
    let unknown = run("Never").await.expect("an execution").outcome;
    assert!(unknown.cause.expect("a cause").contains("no handler answers the function 'Never'"));
}

#[test]
fn an_executor_runs_batches_too() {
    let mut tasks = TaskRegistry::new();
    tasks.handle_async("Work", |call: TaskCall| async move { Ok(call.into_payload()) });
    let executor = executor(work(r#","End":true"#, ""), tasks).build().expect("all answered");
    let lines = "[1]\n".repeat(1_000);
    let written = Arc::new(Mutex::new(Vec::new()));
    let input = Input::memory("lines", lines.as_bytes());
    let summary =
        executor.run(input, Sink::stream("memory", Memory(Arc::clone(&written))), None).expect("a run");
    assert_eq!(summary.succeeded, 1_000);
    assert_eq!(*written.lock().expect("no test panicked"), lines.as_bytes());
}

struct Memory(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no test panicked").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_handler_past_its_deadline_is_told_of() {
    // The handler moves the clock past its own deadline, and comes back when the watchdog has seen that.
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_790_000_000_000)));
    let told = Arc::new(AtomicBool::new(false));
    let mut tasks = TaskRegistry::new();
    let (moved, seen) = (Arc::clone(&clock), Arc::clone(&told));
    tasks.handle("Work", move |_: &TaskRequest<'_>| {
        moved.advance(Duration::from_mins(1));
        while !seen.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        Ok("1")
    });
    let mut builder = aslx::pipeline::Pipeline::builder(work(r#","TimeoutSeconds":5,"End":true"#, ""));
    builder.tasks(tasks).time(Time::Real(clock)).workers(1);
    builder.input(Input::memory("lines", *b"{}\n")).output(Sink::stream("nowhere", std::io::sink()));
    builder.on_overdue(move |overdue| {
        assert_eq!((overdue.state.as_str(), overdue.overdue), ("T", Duration::from_secs(55)));
        told.store(true, Ordering::SeqCst);
    });
    let summary = builder.build().expect("all answered").run().expect("a run");
    assert_eq!((summary.succeeded, summary.failed), (0, 1));
}
