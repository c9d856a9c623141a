//! Definition text to program, and artifact to program: what a start costs.
//!
//! With `ASLX_CONFORMANCE`, the folder of the shared conformance cases (default `../shared/conformance`), the largest
//! real-world definition there that can be compiled is measured too.

use std::hint::black_box;
use std::{env, fs, path::Path};

use aslx::bytecode::Program;
use aslx::{CompileOptions, compile};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc; // the program's own

const DEFINITIONS: [(&str, &str); 3] = [
    ("pass", include_str!("definitions/pass.asl.json")),
    ("order", include_str!("definitions/order.asl.json")),
    ("map", include_str!("definitions/map.asl.json")),
];

/// A chain of `count` states with a template, a Choice and handlers each.
fn chain(count: usize) -> String {
    let states: Vec<String> = (0..count)
        .map(|index| {
            format!(
                r#""T{index}":{{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:F{index}",
                "Parameters":{{"id.$":"$.id","text.$":"States.Format('{{}} {index}', $.name)","fixed":{{"n":{index}}}}},
                "ResultPath":"$.r{index}","Retry":[{{"ErrorEquals":["Busy"],"MaxAttempts":2}}],"Next":"C{index}"}},
                "C{index}":{{"Type":"Choice","Choices":[{{"And":[{{"Variable":"$.n","NumericGreaterThan":{index}}},
                {{"Variable":"$.id","StringEquals":"x{index}"}}],"Next":"T{}"}}],"Default":"T{}"}}"#,
                index + 1,
                index + 1
            )
        })
        .collect();
    format!(r#"{{"StartAt":"T0","States":{{{},"T{count}":{{"Type":"Succeed"}}}}}}"#, states.join(","))
}

/// The largest definition of `asl_realworld.jsonl` that compiles, if the file is there.
fn largest_real_one() -> Option<String> {
    let folder = env::var("ASLX_CONFORMANCE").unwrap_or_else(|_| "../shared/conformance".to_owned());
    let cases = fs::read_to_string(Path::new(&folder).join("asl_realworld.jsonl")).ok()?;
    let definition = |line: &str| -> Option<String> {
        let case: serde_json::Value = serde_json::from_str(line).ok()?;
        serde_json::to_string_pretty(case.get("definition")?).ok()
    };
    let compiles = |text: &String| compile(text, &CompileOptions::default()).is_ok();
    cases.lines().filter_map(definition).filter(compiles).max_by_key(String::len)
}

fn definitions() -> Vec<(&'static str, String)> {
    let mut definitions: Vec<_> = DEFINITIONS.map(|(name, text)| (name, text.to_owned())).into();
    definitions.push(("chain of 400 states", chain(200)));
    definitions.extend(largest_real_one().map(|text| ("largest real one", text)));
    definitions
}

fn compiling(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("compile");
    let options = CompileOptions::default();
    for (name, definition) in definitions() {
        group.throughput(Throughput::Bytes(definition.len() as u64));
        group.bench_function(name, |bencher| {
            let compile = |text: &String| compile(text, &options).expect("a valid definition");
            bencher.iter(|| compile(black_box(&definition)));
        });
    }
    group.finish();
}

/// Decoding and verifying: to be at least 20 times faster than `compile` of the same definition.
fn loading(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("load");
    for (name, definition) in definitions() {
        let program = compile(&definition, &CompileOptions::default()).expect("a valid definition");
        let artifact = program.to_artifact();
        group.throughput(Throughput::Bytes(artifact.len() as u64));
        group.bench_function(name, |bencher| {
            let load = |artifact: &[u8]| Program::from_artifact(artifact).expect("a sound artifact");
            bencher.iter(|| load(black_box(&artifact)));
        });
    }
    group.finish();
}

criterion_group!(benches, compiling, loading);
criterion_main!(benches);
