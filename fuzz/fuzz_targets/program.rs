//! Definitions made from the fuzzer's bytes, compiled and run.
//!
//! Whatever the definition and the input, nothing panics or hangs; a compiled program passes the verifier (the
//! builder sees to that) and disassembles; and an execution that is parked, moved and compacted at every wait ends
//! as one that never leaves its worker.
#![no_main]

use std::fmt::Write as _;
use std::sync::Arc;

use arbitrary::{Arbitrary, Unstructured};
use aslx::asl::model::MachineType;
use aslx::bytecode::{Program, disassemble};
use aslx::value::timestamp::Timestamp;
use aslx::vm::{Effect, ExecutionError, Fiber, Names, RecordOptions, Start, Step, TaskReply, Vm};
use aslx::{CompileOptions, Limits, compile};
use libfuzzer_sys::fuzz_target;

const PATHS: &[&str] = &[
    "$",
    "$.a",
    "$.b",
    "$.a.b",
    "$.list",
    "$.list[0]",
    "$.list[-1]",
    "$.list[*]",
    "$..b",
    "$.list[1:]",
    "$['a','b']",
    "$.n",
    "$.missing.deep",
    "$$",
    "$$.Execution.Input.a",
    "$$.State.Name",
    "$$.State.RetryCount",
    "$$.Map.Item.Value",
    "$$.Map.Item.Index",
    "$x",
    "$y.b",
    "$never",
];
const RESULT_PATHS: &[&str] =
    &["\"$\"", "null", "\"$.r\"", "\"$.a.b\"", "\"$.list[0]\"", "\"$.new.deep.er\""];
const CALLS: &[&str] = &[
    "States.Array($.a, 1, 'x')",
    "States.Format('{} and {}', $.a, $.n)",
    "States.JsonToString($)",
    "States.UUID()",
    "States.ArrayLength($.list)",
    "States.MathAdd($.n, 2)",
    "States.JsonMerge($, $.a, false)",
    "States.Hash($.a, 'MD5')",
    "States.ArrayPartition($.list, 2)",
    "States.ArrayUnique(States.Array($.a, $.b, $.a))",
    "States.StringSplit($.s, ',')",
    "States.StringToJson($.s)",
    "States.MathRandom(1, 10)",
    "States.ArrayRange(0, $.n, 2)",
    "States.Base64Encode($.s)",
];
const INPUTS: &[&str] = &[
    r#"{"a":{"b":1},"b":[1,2.50],"list":[3,{"b":"x"},null],"n":4,"s":"[1,2]","t":"2026-01-02T03:04:05Z"}"#,
    "[]",
    "7",
    r#" { "a" : "\u00e9\n" , "list" : [ [ ] , [ 1 ] ] , "n" : -1.5e3 , "n" : 2 } "#,
    r#"{"list":[{},{"b":true}]}"#,
];
const OPERATORS: &[&str] = &[
    "\"NumericEquals\":4",
    "\"NumericLessThanPath\":\"$.n\"",
    "\"StringEquals\":\"x\"",
    "\"StringMatches\":\"*x\\\\**\"",
    "\"IsPresent\":true",
    "\"IsNull\":false",
    "\"BooleanEquals\":true",
    "\"IsTimestamp\":true",
    "\"TimestampLessThan\":\"2026-01-02T03:04:06Z\"",
    "\"StringGreaterThanPath\":\"$.s\"",
];
const DEPTH_MAX: usize = 3;

/// Writes a definition; names are numbered so that they never repeat.
struct Writer {
    text: String,
    names: usize,
}

impl Writer {
    fn graph(&mut self, u: &mut Unstructured<'_>, depth: usize) -> arbitrary::Result<()> {
        let count = u.int_in_range(1..=3)?;
        let first = self.names;
        self.names += count;
        let _ = write!(self.text, "{{\"StartAt\":\"S{first}\",\"States\":{{");
        for index in 0..count {
            let next = if index + 1 < count {
                format!("\"Next\":\"S{}\"", first + index + 1)
            } else {
                "\"End\":true".to_owned()
            };
            let comma = if index > 0 { "," } else { "" };
            let _ = write!(self.text, "{comma}\"S{}\":{{", first + index);
            self.state(u, depth, &next, first + index)?;
            self.text.push('}');
        }
        self.text.push_str("}}");
        Ok(())
    }

    fn state(
        &mut self,
        u: &mut Unstructured<'_>,
        depth: usize,
        next: &str,
        name: usize,
    ) -> arbitrary::Result<()> {
        let kinds = if depth < DEPTH_MAX { 7 } else { 5 };
        match u.int_in_range(0..=kinds - 1)? {
            0 => {
                self.text.push_str("\"Type\":\"Pass\"");
                if bool::arbitrary(u)? {
                    self.text.push_str(",\"Parameters\":");
                    self.template(u, 0)?;
                }
                self.assign(u)?;
                self.paths(u, true)?;
            }
            1 => {
                let _ = write!(
                    self.text,
                    "\"Type\":\"Task\",\"Resource\":\"arn:aws:lambda:us-east-1:123456789012:function:f\""
                );
                if bool::arbitrary(u)? {
                    self.text.push_str(",\"ResultSelector\":");
                    self.template(u, 0)?;
                }
                self.retry(u)?;
                self.paths(u, true)?;
            }
            2 => {
                let seconds = u.int_in_range(0..=20)?;
                let _ = write!(self.text, "\"Type\":\"Wait\",\"Seconds\":{seconds}");
                self.paths(u, false)?;
            }
            3 if next.starts_with("\"Next\"") => {
                let (path, operator) = (u.choose(PATHS)?, u.choose(OPERATORS)?);
                let target = next.trim_start_matches("\"Next\":");
                let _ = write!(
                    self.text,
                    "\"Type\":\"Choice\",\"Choices\":[{{\"Not\":{{\"Variable\":\"{path}\",{operator}}},\"Next\":{target}}}],\"Default\":{target}"
                );
                return Ok(());
            }
            3 => {
                let _ =
                    write!(self.text, "\"Type\":\"Fail\",\"Error\":\"E{}\",\"CausePath\":\"$.s\"", name % 3);
                return Ok(());
            }
            4 => {
                self.text
                    .push_str("\"Type\":\"Pass\",\"Result\":{\"list\":[1,{\"b\":2}],\"n\":3,\"s\":\"a,b\"}");
                self.paths(u, true)?;
            }
            5 => self.map(u, depth)?,
            _ => self.parallel(u, depth)?,
        }
        let _ = write!(self.text, ",{next}");
        Ok(())
    }

    fn map(&mut self, u: &mut Unstructured<'_>, depth: usize) -> arbitrary::Result<()> {
        let concurrency = u.int_in_range(0..=3)?;
        let _ =
            write!(self.text, "\"Type\":\"Map\",\"MaxConcurrency\":{concurrency},\"ItemsPath\":\"$.list\"");
        if bool::arbitrary(u)? {
            self.text.push_str(
                r#","ItemSelector":{"a.$":"$$.Map.Item.Value","n.$":"$.n","list.$":"$.list","s":"x"}"#,
            );
        }
        self.text.push_str(",\"ItemProcessor\":");
        self.graph(u, depth + 1)?;
        self.retry(u)?;
        self.paths(u, true)
    }

    fn parallel(&mut self, u: &mut Unstructured<'_>, depth: usize) -> arbitrary::Result<()> {
        self.text.push_str("\"Type\":\"Parallel\",\"Branches\":[");
        self.graph(u, depth + 1)?;
        self.text.push(',');
        self.graph(u, depth + 1)?;
        self.text.push(']');
        self.retry(u)?;
        self.paths(u, true)
    }

    fn paths(&mut self, u: &mut Unstructured<'_>, with_result_path: bool) -> arbitrary::Result<()> {
        if u.ratio(1, 4)? {
            let _ = write!(self.text, ",\"InputPath\":\"{}\"", u.choose(PATHS)?);
        }
        if u.ratio(1, 4)? {
            let _ = write!(self.text, ",\"OutputPath\":\"{}\"", u.choose(PATHS)?);
        }
        if with_result_path && bool::arbitrary(u)? {
            let _ = write!(self.text, ",\"ResultPath\":{}", u.choose(RESULT_PATHS)?);
        }
        Ok(())
    }

    fn assign(&mut self, u: &mut Unstructured<'_>) -> arbitrary::Result<()> {
        if u.ratio(1, 3)? {
            let _ = write!(self.text, ",\"Assign\":{{\"x.$\":\"{}\",\"y\":{{\"b\":1}}}}", u.choose(PATHS)?);
        }
        Ok(())
    }

    fn retry(&mut self, u: &mut Unstructured<'_>) -> arbitrary::Result<()> {
        if bool::arbitrary(u)? {
            let attempts = u.int_in_range(0..=3)?;
            let _ = write!(
                self.text,
                ",\"Retry\":[{{\"ErrorEquals\":[\"E1\"],\"MaxAttempts\":{attempts},\"JitterStrategy\":\"FULL\"}},{{\"ErrorEquals\":[\"States.ALL\"],\"MaxAttempts\":1}}]"
            );
        }
        Ok(())
    }

    fn template(&mut self, u: &mut Unstructured<'_>, depth: usize) -> arbitrary::Result<()> {
        self.text.push('{');
        for key in 0..u.int_in_range(1..=3)? {
            let comma = if key > 0 { "," } else { "" };
            match u.int_in_range(0..=3)? {
                0 => {
                    let _ = write!(self.text, "{comma}\"k{key}.$\":\"{}\"", u.choose(PATHS)?);
                }
                1 => {
                    let _ = write!(self.text, "{comma}\"k{key}.$\":\"{}\"", u.choose(CALLS)?);
                }
                2 if depth < DEPTH_MAX => {
                    let _ = write!(self.text, "{comma}\"k{key}\":[1,");
                    self.template(u, depth + 1)?;
                    self.text.push(']');
                }
                _ => {
                    let _ = write!(self.text, "{comma}\"k{key}\":\"$.literal\"");
                }
            }
        }
        self.text.push('}');
        Ok(())
    }
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.fuel_total_max = 200_000;
    limits.fuel_slice = 512;
    limits
}

/// Runs to the end; tasks answer with their payload, or with an error for some of the calls.
fn run(program: &Arc<Program>, input: &str, answers: u64, park: bool) -> Result<String, ExecutionError> {
    let names = Arc::new(Names::new("fuzz", MachineType::Standard));
    let mut now = Timestamp::from_millis(1_767_323_045_000);
    let mut vm = Vm::new(&limits());
    let mut fiber = Fiber::new();
    let start = Start { now, seed: answers, names: &names, trace: false };
    let mut active = vm.start(&mut fiber, program, input.as_bytes(), &start).expect("the inputs are JSON");
    if park {
        active.record_history(RecordOptions::default(), now); // must change nothing either
    }
    let (mut timers, mut calls) = (Vec::new(), 0_u32);
    loop {
        match active.run(now) {
            Step::Done => {
                let mut output = Vec::new();
                active.write_output(&mut output);
                return Ok(String::from_utf8(output).expect("output is UTF-8"));
            }
            Step::Failed => return Err(active.failure().expect("it failed")),
            Step::Yield => {}
            Step::Suspend(Effect::StopTask { strand }) => active.task_stopped(strand, now),
            Step::Suspend(Effect::StartMapRun { strand }) => {
                let request = active.take_map_run(strand).expect("asked for");
                let items = request.items.as_deref();
                active.answer_map_run(strand, items.ok_or(("States.ItemReaderFailed", None)), now);
            }
            Step::Suspend(Effect::Sleep { strand, until }) => timers.push((until, strand)),
            Step::Suspend(Effect::InvokeTask { strand, .. }) => {
                calls += 1;
                match answers.rotate_right(calls) & 3 {
                    0 => active.answer(strand, TaskReply::Failed { error: Some("E1"), cause: None }, now),
                    1 => active.answer(strand, TaskReply::Input, now),
                    _ => {
                        let payload = active.with_payload(strand, <[u8]>::to_vec);
                        active.answer(strand, TaskReply::Json(&payload), now);
                    }
                }
            }
            Step::Parked => {
                if park {
                    active.park();
                    active = vm.attach(&mut fiber).expect("it was parked");
                }
                timers.sort_by_key(|(until, _)| *until);
                if timers.is_empty() {
                    panic!("parked without anything to wait for");
                }
                let (until, strand) = timers.remove(0);
                now = now.max(until);
                active.wake(strand);
            }
        }
    }
}

fuzz_target!(|data: &[u8]| {
    let mut u = Unstructured::new(data);
    let mut writer = Writer { text: String::new(), names: 0 };
    let Ok(answers) = u64::arbitrary(&mut u) else { return };
    let Ok(input) = u.choose(INPUTS) else { return };
    if writer.graph(&mut u, 0).is_err() {
        return;
    }
    let mut options = CompileOptions::default();
    options.machine_type = MachineType::Standard;
    let Ok(program) = compile(&writer.text, &options) else { return };
    assert!(disassemble(&program).contains("enter"));
    let program = Arc::new(program);
    let stays = run(&program, input, answers, false);
    let moves = run(&program, input, answers, true);
    assert_eq!(stays, moves, "{}", writer.text);
    if let Ok(output) = stays {
        serde_json::from_str::<serde_json::Value>(&output).expect("output is JSON");
    }
});
