//! Histories and logs of executions as users of the crate get them.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use aslx::executor::{Executor, Outcome, Runner, Time};
use aslx::pipeline::Pipeline;
use aslx::sink::Sink;
use aslx::source::Input;
use aslx::task::{TaskCall, TaskError, TaskRegistry, TaskRequest};
use aslx::telemetry::ExecutionLog;
use aslx::value::timestamp::Timestamp;
use aslx::vm::{LogLevel, RecordOptions};
use aslx::{CompileOptions, Limits, bytecode::Program, compile};
use serde_json::Value;

const START_MS: i64 = 1_790_000_000_000;

/// What was logged.
#[derive(Debug, Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Written {
    fn records(&self) -> Vec<Value> {
        let bytes = self.0.lock().expect("no panic");
        assert!(bytes.is_empty() || bytes.ends_with(b"\n"), "whole lines only");
        let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines.map(|line| serde_json::from_slice(line).expect("a line is JSON")).collect()
    }
}

fn options(level: LogLevel, includes_data: bool) -> RecordOptions {
    RecordOptions { level, includes_data }
}

fn program(definition: &str) -> Program {
    compile(definition, &CompileOptions::default()).expect("a valid definition")
}

/// Waits a second, then asks a task; a Fail if that fails.
fn order() -> Program {
    program(
        r#"{"StartAt":"W","States":{
            "W":{"Type":"Wait","Seconds":1,"Next":"T"},
            "T":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:Pay","End":true,
                 "Catch":[{"ErrorEquals":["States.ALL"],"Next":"F"}]},
            "F":{"Type":"Fail","Error":"Unpaid","Cause":"no money"}}}"#,
    )
}

fn tasks() -> TaskRegistry {
    let mut tasks = TaskRegistry::new();
    tasks.handle("*:function:Pay", |request: &TaskRequest<'_>| match request.payload {
        b"13" => Err(TaskError::new("Declined", "unlucky")),
        b"7" => panic!("a broken handler"),
        payload => Ok(payload.to_vec()),
    });
    tasks
}

fn virtual_time() -> Time {
    Time::Virtual { start: Timestamp::from_millis(START_MS) }
}

fn types(outcome: &Outcome) -> Vec<&'static str> {
    let history = outcome.history().expect("recorded");
    history.events().iter().map(|event| event.event_type.as_str()).collect()
}

#[test]
fn records_have_the_shape_of_aws() {
    let written = Written::default();
    let log = ExecutionLog::new(written.clone(), options(LogLevel::All, true));
    let mut builder = Runner::builder(order());
    builder.tasks(tasks()).time(virtual_time()).log(log);
    let mut runner = builder.build().expect("answered");
    let outcome = runner.run(b" 5 ", &mut Vec::new()).expect("JSON");
    assert!(outcome.history().is_none(), "logging alone keeps nothing");
    let records = written.records();
    assert_eq!(records.len(), 9);
    let arn = records[0]["execution_arn"].as_str().expect("a text").to_owned();
    assert!(arn.starts_with("arn:aws:states:us-east-1:123456789012:express:StateMachine:"), "{arn}");
    let expected = serde_json::json!({
        "id": "3", "type": "WaitStateExited",
        "details": {"name": "W", "output": "5", "outputDetails": {"truncated": false}},
        "previous_event_id": "2", "event_timestamp": (START_MS + 1000).to_string(),
        "execution_arn": arn, "redrive_count": "0"
    });
    assert_eq!(records[2], expected);
}

#[test]
fn levels_and_data() {
    let logged = |level, includes_data| {
        let written = Written::default();
        let log = ExecutionLog::new(written.clone(), options(level, includes_data));
        let mut builder = Runner::builder(order());
        builder.tasks(tasks()).time(virtual_time()).log(log).record_history(true);
        let mut runner = builder.build().expect("answered");
        runner.run(b"5", &mut Vec::new()).expect("JSON");
        let outcome = runner.run(b"13", &mut Vec::new()).expect("JSON");
        let data = &outcome.history().expect("recorded").events()[0].details;
        assert!(format!("{data:?}").contains("13"), "the history has data, whatever the log has: {data:?}");
        let records = written.records();
        assert!(includes_data || records.iter().all(|record| !record["details"].to_string().contains("put")));
        let name = |record: &Value| format!("{} {}", record["id"], record["type"]).replace('"', "");
        records.iter().map(name).collect::<Vec<_>>()
    };
    assert_eq!(logged(LogLevel::Off, true), [""; 0]);
    assert_eq!(logged(LogLevel::Fatal, true), ["10 ExecutionFailed"]);
    let errors = ["7 LambdaFunctionFailed", "9 FailStateEntered", "10 ExecutionFailed"];
    // Ids keep what they are in the history.
    assert_eq!(logged(LogLevel::Error, false), errors);
    assert_eq!(logged(LogLevel::All, false).len(), 9 + 10);
}

#[test]
fn an_execution_that_is_ended_from_outside_has_an_end() {
    let mut limits = Limits::default();
    limits.payload_bytes_max = 100;
    let mut builder = Runner::builder(order());
    builder.tasks(tasks()).time(virtual_time()).limits(limits).record_history(true);
    let mut runner = builder.build().expect("answered");
    let outcome = runner.run(format!("\"{}\"", "x".repeat(200)).as_bytes(), &mut Vec::new()).expect("JSON");
    assert_eq!(types(&outcome), ["ExecutionStarted", "ExecutionFailed"]);
    let outcome = runner.run(b"7", &mut Vec::new()).expect("JSON");
    assert_eq!(types(&outcome).last(), Some(&"ExecutionFailed"));
    let last = outcome.history().expect("recorded").events().last().expect("events").clone();
    assert_eq!((last.id, last.previous_event_id), (7, 6), "{last:?}");
    assert_eq!(last.timestamp, Timestamp::from_millis(START_MS + 1000));
    assert!(runner.run(b"{", &mut Vec::new()).is_err());
    let outcome = runner.run(b"1", &mut Vec::new()).expect("JSON");
    assert_eq!(types(&outcome).len(), 9);
}

#[tokio::test]
async fn executors_record_executions_that_wait() {
    let mut tasks = TaskRegistry::new();
    tasks.handle_async("*:function:Pay", |call: TaskCall| async move { Ok(call.into_payload()) });
    let mut builder = Executor::builder(order());
    builder.tasks(tasks).time(virtual_time()).workers(2).record_history(true);
    let executor = builder.build().expect("threads");
    let completed = executor.execute(*b"5").await.expect("JSON");
    let types = types(&completed.outcome);
    assert_eq!((types.len(), types[8]), (9, "ExecutionSucceeded"));
    executor.shut_down();
}

#[test]
fn a_run_logs_every_execution_in_one_piece() {
    let written = Written::default();
    let log = ExecutionLog::new(written.clone(), options(LogLevel::All, false));
    let numbers = (0..500).map(|n| if n % 3 == 0 { 13 } else { n + 100 });
    let lines = numbers.fold(String::new(), |lines, n| lines + &format!("{n}\n"));
    let mut builder = Pipeline::builder(order());
    builder.tasks(tasks()).time(virtual_time()).workers(3).chunk_bytes(256).log(log.clone());
    builder.input(Input::memory("numbers", lines.into_bytes()));
    builder.output(Sink::stream("nowhere", io::sink()));
    let summary = builder.build().expect("a run").run().expect("runs");
    assert_eq!((summary.succeeded, summary.failed), (333, 167));
    drop(builder);
    log.finish().expect("written");
    let records = written.records();
    let mut runs: Vec<(String, u32)> = Vec::new();
    for record in &records {
        let arn = record["execution_arn"].as_str().expect("a text").to_owned();
        match runs.last_mut() {
            Some((last, count)) if *last == arn => *count += 1,
            _ => runs.push((arn, 1)),
        }
    }
    let by_arn: BTreeMap<_, _> = runs.iter().cloned().collect();
    assert_eq!(by_arn.len(), runs.len(), "the records of an execution stand together");
    assert_eq!((runs.len(), records.len()), (500, 333 * 9 + 167 * 10));
}

/// Takes nothing.
#[derive(Debug)]
struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_log_that_cannot_be_written_does_not_stop_executions() {
    let log = ExecutionLog::new(Full, RecordOptions::default());
    let mut builder = Runner::builder(order());
    builder.tasks(tasks()).time(virtual_time()).log(log.clone());
    let mut runner = builder.build().expect("answered");
    for _ in 0..3 {
        let mut output = Vec::new();
        runner.run(b"5", &mut output).expect("JSON");
        assert_eq!(output, b"5");
    }
    assert_eq!(log.finish().expect_err("full").kind(), io::ErrorKind::StorageFull);
}
