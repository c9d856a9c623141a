//! Whole runs, from bytes to bytes on one thread, next to the reference: a loop that parses the same lines into
//! `serde_json::Value`s, does nothing with them, and writes them again.
//!
//! `cargo bench --bench pipeline`; throughput is in events, so a workload's ratio is the quotient of its two
//! figures.

use std::hint::black_box;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use aslx::bytecode::Program;
use aslx::pipeline::Pipeline;
use aslx::sink::Sink;
use aslx::source::Input;
use aslx::task::{Constant, Echo, TaskRegistry};
use aslx::{CompileOptions, Limits, compile};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// The allocator that the program ships with, for both sides.
#[cfg(feature = "cli")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Input of one iteration: enough for many chunks.
const INPUT_BYTES: usize = 4 << 20;

struct Workload {
    name: &'static str,
    definition: &'static str,
    event: fn(&mut Generator, u64) -> String,
}

const WORKLOADS: [Workload; 4] = [
    Workload { name: "pass", definition: include_str!("definitions/pass.asl.json"), event: pass_event },
    Workload { name: "order", definition: include_str!("definitions/order.asl.json"), event: order_event },
    Workload { name: "map", definition: include_str!("definitions/map.asl.json"), event: map_event },
    Workload { name: "large", definition: include_str!("definitions/large.asl.json"), event: large_event },
];

/// Numbers that are the same in every run (`SplitMix64`).
struct Generator(u64);

impl Generator {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn pick<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len() as u64) as usize]
    }

    fn cents(&mut self, end: u64) -> String {
        format!("{}.{:02}", self.below(end), self.below(100))
    }

    fn words(&mut self, count: u64) -> String {
        const WORDS: [&str; 8] =
            ["steel", "café", "light", "mini", "said \\\"go\\\"", "wool", "classic", "ultra"];
        (0..count).map(|_| self.pick(&WORDS)).collect::<Vec<_>>().join(" ")
    }
}

fn pass_event(g: &mut Generator, number: u64) -> String {
    format!(
        r#"{{"eventId":"evt-{:012x}","deviceId":"dev-{:05}","ts":"2026-05-{:02}T08:15:{:02}.250Z","type":"{}","value":{},"unit":"C","seq":{number},"ok":true,"location":{{"lat":{},"lon":-{}}},"tags":["{}","{}"]}}"#,
        g.next() >> 16,
        g.below(100_000),
        g.below(28) + 1,
        g.below(60),
        g.pick(&["temperature", "humidity", "pressure"]),
        g.cents(40),
        g.cents(90),
        g.cents(180),
        g.pick(&["a1", "b2"]),
        g.pick(&["north", "south"]),
    )
}

fn order_event(g: &mut Generator, number: u64) -> String {
    let items: Vec<_> = (0..6)
        .map(|_| {
            format!(
                r#"{{"sku":"SKU-{:06}","name":"{}","category":"{}","price":{},"quantity":{}}}"#,
                g.below(1_000_000),
                g.words(2),
                g.pick(&["books", "toys", "garden"]),
                g.cents(120),
                g.below(5) + 1
            )
        })
        .collect();
    format!(
        r#"{{"orderId":"ORD-{number:09}","requestId":"{:016x}{:016x}","createdAt":"2026-03-04T05:06:07.089Z","tier":"{}","total":{},"currency":"EUR","customer":{{"id":"C{:08}","name":"{}","email":"user{}@example.com","address":{{"street":"{} Main Street","city":"{}","zip":"{:05}","country":"DE"}}}},"items":[{}],"payment":{{"method":"card","last4":"{:04}","authorized":true}},"express":false,"coupon":null}}"#,
        g.next(),
        g.next(),
        g.pick(&["PREMIUM", "REGULAR", "GUEST"]),
        g.cents(3_000),
        g.below(100_000_000),
        g.words(2),
        g.below(1_000),
        g.below(300),
        g.pick(&["Berlin", "Osaka", "São Paulo"]),
        g.below(100_000),
        items.join(","),
        g.below(10_000),
    )
}

fn map_event(g: &mut Generator, number: u64) -> String {
    let readings: Vec<_> = (0..100)
        .map(|index| {
            format!(
                r#"{{"id":"r{index:04}-{:06x}","value":{},"quality":{},"t":{},"ok":true,"battery":{}}}"#,
                g.below(1 << 24),
                g.cents(42),
                g.below(100),
                1_790_000_000 + number,
                g.below(100)
            )
        })
        .collect();
    format!(
        r#"{{"batchId":"{:016x}","limit":30.5,"firmware":"2.1.{}","readings":[{}]}}"#,
        g.next(),
        g.below(9),
        readings.join(",")
    )
}

fn large_event(g: &mut Generator, _number: u64) -> String {
    let mut records = String::new();
    while records.len() < 99_000 {
        let separator = if records.is_empty() { "" } else { "," };
        let record = format!(
            r#"{separator}{{"id":"{:016x}","name":"{}","price":{},"quantity":{},"active":true,"attributes":{{"size":{},"weight":0.{}}},"tags":["{}","{}"],"text":"{}","geo":[{},-{}]}}"#,
            g.next(),
            g.words(4),
            g.cents(999),
            g.below(100),
            g.below(50),
            g.below(100_000),
            g.words(1),
            g.words(1),
            g.words(20),
            g.cents(90),
            g.cents(180),
        );
        records += &record;
    }
    let route = g.pick(&["eu", "us", "apac"]);
    format!(
        r#"{{"eventId":"{:016x}","detail":{{"kind":"catalog","records":[{records}]}},"route":"{route}","version":1}}"#,
        g.next()
    )
}

fn events(workload: &Workload) -> (Arc<[u8]>, u64) {
    let mut generator = Generator(42);
    let (mut lines, mut count) = (Vec::new(), 0);
    while lines.len() < INPUT_BYTES {
        lines.extend_from_slice((workload.event)(&mut generator, count).as_bytes());
        lines.push(b'\n');
        count += 1;
    }
    (lines.into(), count)
}

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

fn run_pipeline(program: &Arc<Program>, lines: &Arc<[u8]>) -> u64 {
    let mut builder = Pipeline::builder(Arc::clone(program));
    builder.tasks(tasks()).workers(1).limits(Limits::default());
    builder.input(Input::memory("events", Arc::clone(lines))).output(Sink::stream("nowhere", io::sink()));
    let pipeline = builder.build().expect("every task is answered");
    let summary = pipeline.run().expect("memory can be read and written");
    assert_eq!(summary.failed, 0);
    summary.bytes_out
}

fn run_reference(lines: &[u8], out: &mut Vec<u8>) -> usize {
    out.clear();
    for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let value: serde_json::Value = serde_json::from_slice(line).expect("the events are JSON");
        serde_json::to_writer(&mut *out, &value).expect("memory can be written");
        out.push(b'\n');
    }
    out.len()
}

fn pipeline(criterion: &mut Criterion) {
    for workload in &WORKLOADS {
        let program = compile(workload.definition, &CompileOptions::default()).expect("a valid definition");
        let program = Arc::new(program);
        let (lines, count) = events(workload);
        let mut group = criterion.benchmark_group(format!("pipeline/{}", workload.name));
        group.throughput(Throughput::Elements(count)).sample_size(20);
        group.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
        group.bench_function("aslx", |bencher| bencher.iter(|| run_pipeline(&program, black_box(&lines))));
        let mut out = Vec::with_capacity(2 * INPUT_BYTES);
        group.bench_function("serde_json", |bencher| {
            bencher.iter(|| run_reference(black_box(&lines), &mut out));
        });
        group.finish();
    }
}

criterion_group!(benches, pipeline);
criterion_main!(benches);
