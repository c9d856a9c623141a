//! Many executions that wait, and what they cost: memory while they are parked, and the rate of a stream of
//! others beside them.
//!
//!     cargo run --release --example parked -- wait|handler|callback [COUNT]
//!
//! COUNT executions (200,000 unless given) are parked in a Wait state, in an asynchronous handler, or until their task
//! tokens come back: ten clients send every token twice over HTTP, in any order, and just one of the two must be taken.
//! Meanwhile a stream of executions that only compute runs on two workers, as it did alone before. In the end every parked
//! execution must have given its output.

#![expect(clippy::print_stdout, reason = "a report for whoever runs it")]
#![expect(clippy::disallowed_methods, reason = "it measures time, and waits for memory to settle")]

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use aslx::asl::model::MachineType;
use aslx::bytecode::Program;
use aslx::pipeline::{OutputOrder, Pipeline, Summary};
use aslx::server::{CallbackEndpoint, CallbackEndpointOptions};
use aslx::sink::Sink;
use aslx::source::Input;
use aslx::task::{Callbacks, TaskCall, TaskRegistry};
use aslx::vm::Names;
use aslx::{CompileOptions, Limits, compile};
use tokio::sync::watch;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What is parked is whole: some data computed before the wait is needed after it.
const PARKED: &str = r#"{"StartAt":"Before","States":{
  "Before":{"Type":"Pass","Parameters":{"order.$":"$.order","label.$":"States.Format('order {}', $.order)","seconds.$":"$.seconds"},"Next":"Hold"},
  "Hold":HOLD,
  "After":{"Type":"Pass","Parameters":{"label.$":"$.label"},"End":true}}}"#;
const WAIT: &str = r#"{"Type":"Wait","SecondsPath":"$.seconds","Next":"After"}"#;
const TASK: &str = r#"{"Type":"Task","Resource":"arn:aws:lambda:eu-west-1:1:function:Gate","ResultPath":null,"TimeoutSeconds":3000,"Next":"After"}"#;
const TOKEN: &str = r#"{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke.waitForTaskToken","Parameters":{"FunctionName":"Gate","Payload":{"token.$":"$$.Task.Token"}},"ResultPath":null,"TimeoutSeconds":3000,"Next":"After"}"#;
/// Who answers tokens.
const CLIENTS: usize = 10;
const STREAM: &str = r#"{"StartAt":"Route","States":{
  "Route":{"Type":"Choice","Choices":[{"Variable":"$.n","NumericGreaterThan":10,"Next":"Shape"}],"Default":"Shape"},
  "Shape":{"Type":"Pass","Parameters":{"a.$":"$.a","n.$":"$.n","list.$":"$.list"},"End":true}}}"#;
/// Lines of the stream for each execution that is parked.
const STREAM_LINES: u64 = 10;
const BYTES_PER_EXECUTION_MAX: u64 = 5_000;

/// Seconds of the Wait: enough to park all and to run the stream beside them.
const WAIT_SECONDS: u64 = 25;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let place = arguments.next().unwrap_or_default();
    let count = arguments.next().map_or(200_000, |count| count.parse().expect("COUNT is a number"));
    let alone = rate(count);
    println!("stream alone: {alone:.0} executions/s");
    let bytes = match place.as_str() {
        "wait" => park_in_wait(count, alone),
        "handler" => park_in_handler(count, alone),
        "callback" => park_in_callback(count, alone),
        _ => panic!("where to park: wait, handler or callback"),
    };
    assert!(bytes < BYTES_PER_EXECUTION_MAX, "more than {BYTES_PER_EXECUTION_MAX} bytes each");
}

fn park_in_wait(count: u64, alone: f64) -> u64 {
    let before = resident_bytes();
    let written = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let run = park(WAIT, TaskRegistry::new(), count, &written);
    // All lines have been read once they are written; until then memory grows.
    let bytes = settled_bytes().saturating_sub(before) / count;
    assert_eq!(written.load(Ordering::SeqCst), 0, "the waits were over before all were parked");
    report(count, bytes, started, alone);
    finish(run, count);
    bytes
}

fn park_in_handler(count: u64, alone: f64) -> u64 {
    let before = resident_bytes();
    let (open, arrived) = (watch::Sender::new(false), Arc::new(AtomicU64::new(0)));
    let mut tasks = TaskRegistry::new();
    let (gate, at_gate) = (open.clone(), Arc::clone(&arrived));
    tasks.handle_async("Gate", move |_: TaskCall| {
        let (mut gate, at_gate) = (gate.subscribe(), Arc::clone(&at_gate));
        async move {
            at_gate.fetch_add(1, Ordering::SeqCst);
            gate.wait_for(|is_open| *is_open).await.expect("the gate outlives the run");
            Ok("null")
        }
    });
    let started = Instant::now();
    let run = park(TASK, tasks, count, &Arc::default());
    while arrived.load(Ordering::SeqCst) < count {
        std::thread::sleep(Duration::from_millis(10));
    }
    let bytes = settled_bytes().saturating_sub(before) / count;
    report(count, bytes, started, alone);
    open.send_replace(true);
    finish(run, count);
    bytes
}

fn park_in_callback(count: u64, alone: f64) -> u64 {
    let callbacks = Callbacks::new();
    let options = CallbackEndpointOptions::new(([127, 0, 0, 1], 0).into());
    let endpoint = CallbackEndpoint::start(callbacks.clone(), &options).expect("a free port");
    let before = resident_bytes();
    let tokens = Arc::new(Mutex::new(Vec::with_capacity(count as usize)));
    let mut tasks = TaskRegistry::new();
    let sent = Arc::clone(&tokens);
    tasks.callbacks(&callbacks).handle_async("Gate", move |call: TaskCall| {
        let token = call.task_token().expect("the state waits for it").to_owned();
        sent.lock().expect("no handler panics").push(token);
        async { Ok("null") }
    });
    let started = Instant::now();
    let run = park(TOKEN, tasks, count, &Arc::default());
    while (callbacks.waiting_count() as u64) < count || (tokens.lock().expect("whole").len() as u64) < count {
        std::thread::sleep(Duration::from_millis(10));
    }
    let bytes = settled_bytes().saturating_sub(before) / count;
    report(count, bytes, started, alone);
    let tokens = std::mem::take(&mut *tokens.lock().expect("no handler panics"));
    answer_twice(endpoint.address(), &tokens);
    assert_eq!(callbacks.waiting_count(), 0);
    finish(run, count);
    bytes
}

/// Sends every token twice, each time by one of ten clients and in another order.
fn answer_twice(address: SocketAddr, tokens: &[String]) {
    let started = Instant::now();
    let count = tokens.len();
    // A step that has no divisor in common with the count visits every token once.
    let step =
        (count * 3 / 7 + 1..=count + 1).find(|step| gcd(*step, count) == 1).expect("the last one has none");
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let order = (0..2 * count).skip(client).step_by(CLIENTS);
            let at =
                |number: usize| if number < count { number * step % count } else { (number + 7) % count };
            let own: Vec<String> = order.map(|number| tokens[at(number)].clone()).collect();
            std::thread::spawn(move || answer(address, &own))
        })
        .collect();
    let taken: usize = clients.into_iter().map(|client| client.join().expect("no client panics")).sum();
    assert_eq!(taken, count, "every token is taken once");
    let rate = (2 * count) as f64 / started.elapsed().as_secs_f64();
    println!("{CLIENTS} clients: {} callbacks, {taken} taken, {rate:.0} a second", 2 * count);
}

/// Sends tokens over one connection; how many were taken. The others must have been taken before.
fn answer(address: SocketAddr, tokens: &[String]) -> usize {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_nodelay(true).expect("a connection");
    let mut taken = 0;
    let mut buffer = [0; 1024];
    for token in tokens {
        let body = format!(r#"{{"taskToken":"{token}","output":"{{}}"}}"#);
        let head = "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSStepFunctions.SendTaskSuccess";
        let request = format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        stream.write_all(request.as_bytes()).expect("it listens");
        let mut length = 0;
        // Answers are one object each.
        while !buffer[..length].ends_with(b"}") {
            let read = stream.read(&mut buffer[length..]).expect("an answer");
            assert_ne!(read, 0, "the endpoint closed the connection");
            length += read;
        }
        let answer = std::str::from_utf8(&buffer[..length]).expect("text");
        assert!(answer.starts_with("HTTP/1.1 200 ") || answer.contains("#TaskTimedOut"), "{answer}");
        taken += usize::from(answer.starts_with("HTTP/1.1 200 "));
    }
    taken
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn report(count: u64, bytes: u64, started: Instant, alone: f64) {
    let seconds = started.elapsed().as_secs_f64();
    println!("{count} parked after {seconds:.1} s: {bytes} bytes each, their inputs included");
    let beside = rate(count);
    println!("stream beside them: {beside:.0} executions/s, {:.2} of what it reached alone", beside / alone);
}

fn finish(run: JoinHandle<Summary>, count: u64) {
    let summary = run.join().expect("no worker panics");
    assert_eq!((summary.succeeded, summary.failed), (count, 0), "every execution gives its output");
    println!("all {count} resumed");
}

/// Starts a run of executions that come to a halt in the state `hold`.
fn park(hold: &str, tasks: TaskRegistry, count: u64, written: &Arc<AtomicU64>) -> JoinHandle<Summary> {
    let program = program(&PARKED.replace("HOLD", hold));
    let mut lines = String::new();
    for order in 0..count {
        let _ = writeln!(lines, "{{\"order\":{order},\"seconds\":{WAIT_SECONDS}}}");
    }
    let mut limits = Limits::default();
    limits.in_flight_max = u32::try_from(count).expect("a count below 2^32");
    let mut builder = Pipeline::builder(program);
    builder.tasks(tasks).limits(limits).names(Names::new("parked", MachineType::Standard)).workers(2);
    builder.order(OutputOrder::Completion).input(Input::memory("parked", lines.into_bytes()));
    let written = Arc::clone(written);
    builder.output(Sink::stream("nowhere", std::io::sink()));
    builder.on_progress(move |progress| written.store(progress.succeeded, Ordering::SeqCst));
    let pipeline = builder.build().expect("a sound run");
    std::thread::spawn(|| pipeline.run().expect("a run"))
}

/// Executions that only compute, on two workers.
fn stream(count: u64) -> Summary {
    let line =
        br#"{"a":{"b":"some text that is passed on"},"n":12,"list":[1,2,3],"more":"text that is left out"}"#;
    let lines = [line.as_slice(), b"\n"].concat().repeat((count * STREAM_LINES) as usize);
    let mut builder = Pipeline::builder(program(STREAM));
    builder.workers(2).input(Input::memory("stream", lines)).output(Sink::stream("nowhere", std::io::sink()));
    builder.build().expect("a sound run").run().expect("a run")
}

/// Its executions a second, the middle one of three runs.
fn rate(count: u64) -> f64 {
    let mut rates = [(); 3].map(|()| stream(count).lines_per_second());
    rates.sort_by(f64::total_cmp);
    rates[1]
}

fn program(definition: &str) -> Arc<Program> {
    let mut options = CompileOptions::default();
    options.machine_type = MachineType::Standard;
    Arc::new(compile(definition, &options).expect("a valid definition"))
}

/// The memory of this process once it does not grow any more.
fn settled_bytes() -> u64 {
    let (mut last, mut steady) = (0, 0);
    while steady < 20 {
        std::thread::sleep(Duration::from_millis(50));
        let now = resident_bytes();
        steady = if now.abs_diff(last) < 1 << 20 { steady + 1 } else { 0 };
        last = now;
    }
    last
}

/// Resident memory, as Linux counts it.
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("this needs Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line of every process");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1024
}
