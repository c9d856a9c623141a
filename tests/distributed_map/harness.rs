//! Machines of one Distributed Map, run by a runner and by an executor.

use std::sync::Arc;

use aslx::asl::model::MachineType;
use aslx::bytecode::Program;
use aslx::executor::{Completed, Executor, OutcomeStatus, Runner, Time};
use aslx::task::{TaskError, TaskRegistry, TaskRequest};
use aslx::value::timestamp::Timestamp;
use aslx::vm::Names;
use aslx::{CompileOptions, compile};
use serde_json::{Value, json};

use super::store::Store;

pub(crate) const START_MS: i64 = 1_790_000_000_000;
pub(crate) const WORK: &str = "arn:aws:lambda:us-east-1:123456789012:function:Work";

pub(crate) fn program(definition: &Value) -> Arc<Program> {
    let mut options = CompileOptions::default();
    options.machine_type = MachineType::Standard;
    match compile(&definition.to_string(), &options) {
        Ok(program) => Arc::new(program),
        Err(diagnostics) => panic!("{diagnostics:#?}"),
    }
}

/// A machine of one Map with further fields whose children run `states`, beginning with the first by name.
pub(crate) fn machine(fields: Value, states: Value) -> Value {
    let (Value::Object(fields), Value::Object(states)) = (fields, states) else { panic!("no objects") };
    let start = states.keys().next().unwrap().clone();
    let mut map = json!({"Type": "Map", "End": true, "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": start}});
    map["ItemProcessor"]["States"] = Value::Object(states);
    map.as_object_mut().unwrap().extend(fields);
    json!({"StartAt": "M", "States": {"M": map}})
}

pub(crate) fn pass() -> Value {
    json!({"P": {"Type": "Pass", "End": true}})
}

pub(crate) type Handler = fn(&TaskRequest<'_>) -> Result<Vec<u8>, TaskError>;

/// Fails for negative numbers.
pub(crate) fn work(request: &TaskRequest<'_>) -> Result<Vec<u8>, TaskError> {
    if request.payload.starts_with(b"-") {
        Err(TaskError::new("Negative", "below 0"))
    } else {
        Ok(request.payload.to_vec())
    }
}

pub(crate) fn tasks(handler: Handler) -> TaskRegistry {
    let mut tasks = TaskRegistry::new();
    tasks.handle("*:function:Work", handler);
    tasks
}

pub(crate) fn names() -> Names {
    Names::new("SM", MachineType::Standard)
}

/// `Ok` with the output, or `Err` with error and cause.
pub(crate) type Ended = Result<String, (String, String)>;

pub(crate) fn runner(definition: &Value, input: &Value, store: &Store) -> Ended {
    let mut builder = Runner::builder(program(definition));
    builder.tasks(tasks(work)).object_store(Arc::new(store.clone())).names(names());
    builder.time(Time::Virtual { start: Timestamp::from_millis(START_MS) });
    let mut output = Vec::new();
    let outcome = builder.build().unwrap().run(input.to_string().as_bytes(), &mut output).unwrap();
    match outcome.status {
        OutcomeStatus::Succeeded => Ok(String::from_utf8(output).unwrap()),
        _ => Err((outcome.error.unwrap_or_default(), outcome.cause.unwrap_or_default())),
    }
}

pub(crate) fn executor(definition: &Value, store: &Store) -> Executor {
    let mut builder = Executor::builder(program(definition));
    builder.tasks(tasks(work)).object_store(Arc::new(store.clone())).names(names()).workers(2);
    builder.time(Time::Virtual { start: Timestamp::from_millis(START_MS) });
    builder.build().unwrap()
}

pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

pub(crate) fn ended(completed: Completed) -> Ended {
    let outcome = completed.outcome;
    match outcome.status {
        OutcomeStatus::Succeeded => Ok(String::from_utf8(completed.output).unwrap()),
        _ => Err((outcome.error.unwrap_or_default(), outcome.cause.unwrap_or_default())),
    }
}

/// On one thread and on many it must come to the same.
#[track_caller]
pub(crate) fn both(definition: &Value, input: &Value, store: &Store) -> Ended {
    let one = runner(definition, input, store);
    let executor = executor(definition, store);
    let many = ended(block_on(executor.execute(input.to_string())).unwrap());
    assert_eq!(one, many);
    one
}

#[track_caller]
pub(crate) fn check(definition: &Value, input: &Value, expected: &str) {
    assert_eq!(both(definition, input, &Store::default()).expect("succeeds"), expected);
}

#[track_caller]
pub(crate) fn check_failure(definition: &Value, input: &Value, store: &Store, error: &str, cause: &str) {
    assert_eq!(both(definition, input, store), Err((error.to_owned(), cause.to_owned())));
}

pub(crate) fn reader(config: Value, parameters: Value, action: &str) -> Value {
    let mut fields = json!({"ItemReader": {"Resource": format!("arn:aws:states:::s3:{action}")}});
    (fields["ItemReader"]["ReaderConfig"], fields["ItemReader"]["Parameters"]) = (config, parameters);
    fields
}
