//! The memory of a steady state: executions that only compute take nothing from the global heap, however many run.
//!
//! Counted is what the thread of the test asks its allocator for, in the second half of a run: by then every buffer
//! has grown to what such inputs need. What does not come to nothing yet is in the tests as a bound, with its reason:
//! bounds go down only.

use std::io;
use std::sync::Arc;

use aslx::bytecode::Program;
use aslx::executor::{OutcomeStatus, Runner};
use aslx::pipeline::Pipeline;
use aslx::sink::Sink;
use aslx::source::Input;
use aslx::task::{Constant, Echo, TaskRegistry};
use aslx::{CompileOptions, compile};
use densa_alloc::{AllocStats, CountingAllocator, is_active, measure, thread_stats};

/// Implements `GlobalAlloc` itself, so that nothing here is unsafe.
#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator::system();

/// Executions of a run; the second half is counted.
const EXECUTIONS: u64 = 2_000;
/// What a pipeline may ask for once for each of its chunks: the chunk, its ranges, what is handed over.
const CHUNK_ALLOCATIONS_MAX: u64 = 32;
/// Bytes of a chunk here.
const CHUNK_BYTES: usize = 64 << 10;

const PASS: &str = include_str!("../benches/definitions/pass.asl.json");
const ORDER: &str = include_str!("../benches/definitions/order.asl.json");
const MAP: &str = include_str!("../benches/definitions/map.asl.json");

const CHOICE: &str = r#"{"StartAt":"Route","States":{
    "Route":{"Type":"Choice","Choices":[
        {"Variable":"$.order.status","StringEquals":"cancelled","Next":"Other"},
        {"Variable":"$.order.note","StringMatches":"*urgent*","Next":"Urgent"},
        {"And":[{"Variable":"$.order.total","NumericGreaterThan":100},
                {"Not":{"Variable":"$.order.createdAt","TimestampLessThan":"2020-01-01T00:00:00Z"}}],"Next":"Large"}],
        "Default":"Other"},
    "Urgent":{"Type":"Succeed","OutputPath":"$.order"},
    "Large":{"Type":"Pass","Parameters":{"id.$":"$.order.id","large":true},"End":true},
    "Other":{"Type":"Succeed"}}}"#;

const ETL: &str = r#"{"StartAt":"Extract","States":{
    "Extract":{"Type":"Pass","Parameters":{
        "key.$":"States.Format('{}/{}', $.order.region, $.order.id)",
        "parts.$":"States.StringSplit($.order.note, ' ')",
        "count.$":"States.ArrayLength($.items)",
        "next.$":"States.MathAdd($.order.total, 1)",
        "text.$":"States.JsonToString($.order)",
        "again.$":"States.StringToJson($.raw)",
        "encoded.$":"States.Base64Encode($.order.id)",
        "digest.$":"States.Hash($.order.id, 'SHA-256')",
        "skus.$":"$.items[*].sku",
        "pages.$":"States.ArrayPartition($.items, 2)"},
        "ResultPath":"$.extracted","Next":"Load"},
    "Load":{"Type":"Pass","Parameters":{"record.$":"$.extracted","source.$":"$.order.region"},"End":true}}}"#;

const JSONATA: &str = r#"{"QueryLanguage":"JSONata","StartAt":"Total","States":{
    "Total":{"Type":"Pass","Assign":{"total":"{% $sum($states.input.items.(price * quantity)) %}"},"Output":{
        "id":"{% $states.input.order.id %}",
        "skus":"{% $states.input.items[quantity > 1].sku %}",
        "label":"{% $uppercase($states.input.order.region) & '-' & $states.input.order.id %}",
        "names":"{% $map($states.input.items, function($item) { $item.sku & '!' }) %}"},"Next":"Route"},
    "Route":{"Type":"Choice","Choices":[{"Condition":"{% $total > 100 %}","Next":"Large"}],"Default":"Small"},
    "Large":{"Type":"Pass","Output":{"large":"{% $total %}"},"End":true},
    "Small":{"Type":"Succeed"}}}"#;

const EVENT: &str = r#"{"order":{"id":"ORD-000017","region":"eu","note":"an urgent one","total":129,"status":"new","createdAt":"2026-03-04T05:06:07Z"},"items":[{"sku":"a","price":12.5,"quantity":2},{"sku":"b","price":30,"quantity":1},{"sku":"c","price":4.25,"quantity":12}],"raw":"{\"a\":[1,2,3]}"}"#;

fn tasks() -> TaskRegistry {
    let constant = |json: &'static str| Constant::new(json.as_bytes(), 16).expect("the constant is JSON");
    let mut tasks = TaskRegistry::new();
    tasks
        .handle("*:function:Validate", Echo)
        .handle("*:function:Reserve", constant(r#"{"available":true,"warehouse":"FRA-1","reserved":6}"#))
        .handle("*:function:Ship", constant(r#"{"shipped":true,"warehouse":"FRA-1"}"#))
        .handle("*:function:Confirm", Echo);
    tasks
}

fn program(definition: &str) -> Arc<Program> {
    Arc::new(compile(definition, &CompileOptions::default()).expect("a valid definition"))
}

fn map_event() -> String {
    let reading = |index: u32| {
        let value = f64::from(index) / 2.0;
        format!(r#"{{"id":"r{index}","value":{value},"quality":{index},"t":1790000000,"ok":true}}"#)
    };
    let readings: Vec<_> = (0..100).map(reading).collect();
    format!(r#"{{"batchId":"b","limit":30.5,"firmware":"2.1.0","readings":[{}]}}"#, readings.join(","))
}

fn heap_operations(stats: AllocStats) -> u64 {
    stats.allocs + stats.reallocs
}

/// What the second half of a run on a [`Runner`] takes from the heap.
fn of_runner(definition: &str, event: &str) -> AllocStats {
    let mut runner = Runner::builder(program(definition)).tasks(tasks()).build().expect("answered tasks");
    let mut output = Vec::new();
    let mut half = || {
        for _ in 0..EXECUTIONS / 2 {
            output.clear();
            let outcome = runner.run(event.as_bytes(), &mut output).expect("the event is JSON");
            assert_eq!(outcome.status, OutcomeStatus::Succeeded, "{:?}: {:?}", outcome.error, outcome.cause);
        }
    };
    half();
    measure(half).1
}

/// What a pipeline with one worker takes from the heap for so many lines.
fn of_pipeline(program: &Arc<Program>, event: &str, lines: u64) -> AllocStats {
    let line = format!("{event}\n");
    let input: Arc<[u8]> = line.repeat(lines as usize).into_bytes().into();
    let mut builder = Pipeline::builder(Arc::clone(program));
    builder.tasks(tasks()).workers(1).chunk_bytes(CHUNK_BYTES);
    builder.input(Input::memory("events", input)).output(Sink::stream("nowhere", io::sink()));
    let pipeline = builder.build().expect("answered tasks");
    let before = thread_stats();
    let summary = pipeline.run().expect("memory can be read and written");
    assert_eq!(summary.succeeded, lines);
    thread_stats().since(before)
}

/// `each_max`: what an execution may take.
#[track_caller]
fn check(definition: &str, event: &str, each_max: u64) {
    assert!(is_active(), "allocations are counted");
    let count = EXECUTIONS / 2;
    let taken = heap_operations(of_runner(definition, event));
    assert!(taken <= each_max * count, "{taken} of {count} executions, at most {each_max} each");

    let program = program(definition);
    let [half, whole] = [count, EXECUTIONS].map(|lines| of_pipeline(&program, event, lines));
    let more = heap_operations(whole).saturating_sub(heap_operations(half));
    let chunks = (count * event.len() as u64).div_ceil(CHUNK_BYTES as u64);
    let allowed = each_max * count + chunks * CHUNK_ALLOCATIONS_MAX;
    assert!(more <= allowed, "{more} of {count} lines in {chunks} chunks, at most {allowed}");
}

#[test]
fn a_pass_takes_nothing() {
    check(PASS, EVENT, 0);
}

/// One: the stack on which an output is written that is not a span of the input.
#[test]
fn tasks_that_answer_at_once_take_next_to_nothing() {
    check(
        ORDER,
        r#"{"orderId":"ORD-1","tier":"PREMIUM","total":129.5,"currency":"EUR","express":false,"coupon":null,"customer":{"id":"C1","name":"Ada","email":"ada@example.com","address":{"street":"1 Main Street","city":"Berlin","zip":"10115","country":"DE"}},"items":[{"sku":"a","quantity":2,"price":3.5}],"payment":{"method":"card","last4":"0001","authorized":true}}"#,
        1,
    );
}

#[test]
fn a_choice_takes_nothing() {
    check(CHOICE, EVENT, 0);
}

/// As above; and the texts of `States.JsonToString` and `States.Base64Encode` before they are in the arena.
#[test]
fn intrinsic_functions_take_little() {
    check(ETL, EVENT, 8);
}

/// As tasks.
#[test]
fn a_map_takes_next_to_nothing() {
    check(MAP, &map_event(), 1);
}

/// As tasks; and the texts of `&` and `$uppercase` and the members of `$states` before they are in the arena.
#[test]
fn jsonata_takes_little() {
    check(JSONATA, EVENT, 10);
}

/// The checks would see it: a handler that makes a vector.
#[test]
fn what_a_handler_takes_is_counted() {
    let definition = r#"{"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:Copy","End":true}}}"#;
    let mut tasks = TaskRegistry::new();
    tasks.handle("*:function:Copy", |request: &aslx::task::TaskRequest<'_>| Ok(request.payload.to_vec()));
    let mut runner = Runner::builder(program(definition)).tasks(tasks).build().expect("answered tasks");
    let mut output = Vec::with_capacity(1 << 10);
    runner.run(EVENT.as_bytes(), &mut output).expect("the event is JSON");
    output.clear();
    let (_, stats) = measure(|| runner.run(EVENT.as_bytes(), &mut output).expect("the event is JSON"));
    assert!(heap_operations(stats) >= 1, "{stats:?}");
}
