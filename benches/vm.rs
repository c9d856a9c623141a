//! Single executions in the VM: what each construct costs, parsing and writing included.

use std::hint::black_box;
use std::sync::Arc;

use aslx::asl::model::MachineType;
use aslx::value::timestamp::Timestamp;
use aslx::vm::{Effect, Fiber, Names, Start, Step, TaskReply, Vm};
use aslx::{CompileOptions, Limits, compile};
use criterion::{Criterion, criterion_group, criterion_main};

const INPUT: &str =
    r#"{"id":"o-1","value":812.5,"tier":"PREMIUM","name":"Ada","items":[{"n":1},{"n":2},{"n":3},{"n":4}]}"#;

/// One construct each, between the same start and end.
const CASES: [(&str, &str); 6] = [
    ("pass", r#"{"Type":"Pass","End":true}"#),
    ("result path", r#"{"Type":"Pass","Result":{"ok":true},"ResultPath":"$.check","End":true}"#),
    (
        "template",
        r#"{"Type":"Pass","Parameters":{"id.$":"$.id","who":{"name.$":"$.name","tier.$":"$.tier"},"kind":"order"},"End":true}"#,
    ),
    (
        "intrinsic",
        r#"{"Type":"Pass","Parameters":{"t.$":"States.Format('{} is {}', $.name, $.tier)"},"End":true}"#,
    ),
    (
        "task",
        r#"{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:1:function:f","ResultPath":"$.task","End":true}"#,
    ),
    (
        "map of 4",
        r#"{"Type":"Map","ItemsPath":"$.items","ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Pass","Parameters":{"m.$":"$.n"},"End":true}}},"End":true}"#,
    ),
];

fn executions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("vm");
    let names = Arc::new(Names::new("bench", MachineType::Express));
    let now = Timestamp::from_millis(0);
    let start = Start { now, seed: 1, names: &names, trace: false };
    for (name, state) in CASES {
        let definition = format!(r#"{{"StartAt":"S","States":{{"S":{state}}}}}"#);
        let program = Arc::new(compile(&definition, &CompileOptions::default()).expect("a valid definition"));
        let (mut vm, mut fiber, mut output) = (Vm::new(&Limits::default()), Fiber::new(), Vec::new());
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                fiber.reset();
                output.clear();
                let input = black_box(INPUT).as_bytes();
                let mut active = vm.start(&mut fiber, &program, input, &start).expect("the input is JSON");
                loop {
                    match active.run(now) {
                        Step::Done => break active.write_output(&mut output),
                        Step::Suspend(Effect::InvokeTask { strand, .. }) => {
                            active.answer(strand, TaskReply::Input, now);
                        }
                        step => panic!("{step:?}"),
                    }
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, executions);
criterion_main!(benches);
