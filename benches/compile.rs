//! Definition text to program: what a start costs.

use std::hint::black_box;

use aslx::{CompileOptions, compile};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

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

fn compiling(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("compile");
    let options = CompileOptions::default();
    let long = chain(200);
    for (name, definition) in DEFINITIONS.into_iter().chain([("chain of 400 states", long.as_str())]) {
        group.throughput(Throughput::Bytes(definition.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| compile(black_box(definition), &options).expect("a valid definition"));
        });
    }
    group.finish();
}

criterion_group!(benches, compiling);
criterion_main!(benches);
