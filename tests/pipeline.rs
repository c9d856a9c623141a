//! Whole runs: order, dead letters, suspension, failures of inputs and outputs.

use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex};

use aslx::asl::model::MachineType;
use aslx::bytecode::Program;
use aslx::executor::{ManualClock, Time};
use aslx::pipeline::{OutputForm, OutputOrder, Pipeline, PipelineBuilder, RunError, Summary};
use aslx::sink::Sink;
use aslx::source::Input;
use aslx::task::{TaskCall, TaskError, TaskRegistry, TaskRequest};
use aslx::value::timestamp::Timestamp;
use aslx::vm::Names;
use aslx::{CompileOptions, Limits, compile};
use proptest::prelude::*;

/// Routes every line by its `kind`: pass, wait, fail, or a task that may panic.
const MIXED: &str = r#"{
  "StartAt": "Route",
  "States": {
    "Route": {
      "Type": "Choice",
      "Choices": [
        {"Variable": "$.kind", "StringEquals": "wait", "Next": "Hold"},
        {"Variable": "$.kind", "StringEquals": "fail", "Next": "Refuse"},
        {"Variable": "$.kind", "StringEquals": "task", "Next": "Work"},
        {"Variable": "$.kind", "StringEquals": "later", "Next": "Later"}
      ],
      "Default": "Done"
    },
    "Hold": {"Type": "Wait", "SecondsPath": "$.seconds", "Next": "Done"},
    "Refuse": {"Type": "Fail", "Error": "Refused", "Cause": "no \"thanks\""},
    "Work": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:Work", "Next": "Done"},
    "Later": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:Later", "Next": "Done"},
    "Done": {"Type": "Pass", "End": true}
  }
}"#;

/// Memory to write to and to look into afterwards.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Memory {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("no writer panicked").clone()).expect("outputs are UTF-8")
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no writer panicked").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Results {
    output: String,
    failures: String,
}

fn program(definition: &str) -> Arc<Program> {
    Arc::new(compile(definition, &CompileOptions::default()).expect("a valid definition"))
}

fn tasks() -> TaskRegistry {
    let mut tasks = TaskRegistry::new();
    tasks.handle("*:function:Work", |request: &TaskRequest<'_>| {
        let text = String::from_utf8_lossy(request.payload);
        assert!(!text.contains("panic"), "told to");
        if text.contains("error") {
            Err(TaskError::new("Work.Failed", "as asked"))
        } else {
            Ok("{\"worked\":true}")
        }
    });
    tasks.handle_async("*:function:Later", |call: TaskCall| async move {
        for _ in 0..call.payload().len() % 5 {
            tokio::task::yield_now().await;
        }
        if call.payload().ends_with(b"\"error\"}") {
            return Err(TaskError::new("Later.Failed", "as asked"));
        }
        Ok(call.into_payload())
    });
    tasks
}

/// Standard, because an Express execution has a deadline, and whoever waits first moves the clock of all.
fn names() -> Names {
    Names::new("Mixed", MachineType::Standard)
}

fn clock() -> Time {
    Time::Real(Arc::new(ManualClock::new(Timestamp::from_millis(1_790_000_000_000))))
}

fn run(
    program: &Arc<Program>,
    inputs: Vec<Input>,
    configure: impl FnOnce(&mut PipelineBuilder),
) -> Result<(Results, Summary), RunError> {
    let (output, failures) = (Memory::default(), Memory::default());
    let mut builder = Pipeline::builder(Arc::clone(program));
    builder.tasks(tasks()).names(names()).time(clock());
    builder
        .output(Sink::stream("output", output.clone()))
        .failures(Sink::stream("failures", failures.clone()));
    for input in inputs {
        builder.input(input);
    }
    configure(&mut builder);
    let summary = builder.build()?.run()?;
    Ok((Results { output: output.text(), failures: failures.text() }, summary))
}

fn memory(text: &str) -> Vec<Input> {
    vec![Input::memory("lines.ndjson", text.as_bytes())]
}

/// A line and what must become of it: nothing, an output, or the end of a dead letter.
#[derive(Debug, Clone)]
enum Kind {
    Blank(&'static str),
    Output(String),
    Letter { line: String, ending: &'static str },
}

fn kind() -> impl Strategy<Value = Kind> {
    let letter = |line: &str, ending| Just(Kind::Letter { line: line.to_owned(), ending });
    prop_oneof![
        1 => prop_oneof![Just(Kind::Blank("")), Just(Kind::Blank(" \t ")), Just(Kind::Blank("\r"))],
        6 => "[a-z]{0,40}".prop_map(|text| Kind::Output(format!(r#"{{"kind":"pass","text":"{text}"}}"#))),
        2 => (0..50_u32).prop_map(|seconds| Kind::Output(format!(r#"{{"kind":"wait","seconds":{seconds}}}"#))),
        2 => (0..50_u32).prop_map(|number| Kind::Output(format!(r#"{{"kind":"later","number":{number}}}"#))),
        1 => letter(
            r#"{"kind":"later","do":"error"}"#,
            r#""status":"FAILED","error":"Later.Failed","cause":"as asked","state":"Later","input":{"kind":"later","do":"error"}}"#,
        ),
        1 => (100..300_usize).prop_map(|length| Kind::Output(format!(r#"{{"kind":"","long":"{}"}}"#, "x".repeat(length)))),
        1 => letter(
            r#"{"kind":"fail"}"#,
            r#""status":"FAILED","error":"Refused","cause":"no \"thanks\"","state":"Refuse","input":{"kind":"fail"}}"#,
        ),
        1 => letter(
            r#"{"kind":"task","do":"error"}"#,
            r#""status":"FAILED","error":"Work.Failed","cause":"as asked","state":"Work","input":{"kind":"task","do":"error"}}"#,
        ),
        1 => letter(
            r#"{"kind":"#,
            r#""status":"FAILED","error":"States.Runtime","cause":"the line is not JSON: unexpected end of the text (byte 8)","input":"{\"kind\":"}"#,
        ),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn results_are_those_of_the_lines_whoever_runs_them(
        files in proptest::collection::vec(proptest::collection::vec(kind(), 0..60), 1..3),
        chunk_bytes in 16..600_usize,
        in_flight_max in 1..8_u32,
        as_stream in any::<bool>(),
    ) {
        let program = program(MIXED);
        let mut expected = Results { output: String::new(), failures: String::new() };
        let mut texts = Vec::new();
        for (file, lines) in files.iter().enumerate() {
            let mut text = String::new();
            for (index, line) in lines.iter().enumerate() {
                match line {
                    Kind::Blank(blank) => text.push_str(blank),
                    Kind::Output(line) => {
                        text.push_str(line);
                        expected.output.push_str(line);
                        expected.output.push('\n');
                    }
                    Kind::Letter { line, ending } => {
                        text.push_str(line);
                        let letter = format!("{{\"source\":\"{file}\",\"line\":{},{ending}", index + 1);
                        expected.failures.extend([letter.as_str(), "\n"]);
                    }
                }
                text.push('\n');
            }
            texts.push(text);
        }
        for workers in [1, 2, 7] {
            let inputs = texts.iter().enumerate().map(|(file, text)| {
                if as_stream {
                    Input::stream(file.to_string(), io::Cursor::new(text.clone()))
                } else {
                    Input::memory(file.to_string(), text.as_bytes())
                }
            });
            let (results, summary) = run(&program, inputs.collect(), |builder| {
                let mut limits = Limits::default();
                limits.in_flight_max = in_flight_max;
                builder.workers(workers).chunk_bytes(chunk_bytes).limits(limits);
            }).expect("memory can be read and written");
            prop_assert_eq!(&results, &expected);
            prop_assert_eq!(summary.succeeded as usize, expected.output.lines().count());
            prop_assert_eq!(summary.failed as usize, expected.failures.lines().count());
            prop_assert_eq!(summary.bytes_out as usize, expected.output.len());
            prop_assert_eq!(summary.bytes_in as usize, texts.iter().map(String::len).sum::<usize>());
        }
    }
}

#[test]
fn dead_letters_and_envelopes_say_what_happened() {
    let mut limits = Limits::default();
    (limits.line_bytes_max, limits.payload_bytes_max) = (120, 60);
    let lines = [
        r#" {"kind" : "pass"} "#.to_owned(),
        r#"{"kind":"fail"}"#.to_owned(),
        String::new(),
        "  {\"kind\": oops}".to_owned(),
        "\u{1}".to_owned(),
        format!(r#"{{"kind":"pass","pad":"{}"}}"#, "x".repeat(50)),
        format!(r#"{{"kind":"pass","pad":"{}"}}"#, "x".repeat(200)),
        r#"{"kind":"wait","seconds":5}"#.to_owned(),
        r#"{"kind":"task","do":"panic"}"#.to_owned(),
        r#"{"kind":"task","do":"error"}"#.to_owned(),
        r#"{"kind":"task"}"#.to_owned(),
        r#"{"kind":"wait","seconds":"soon"}"#.to_owned(),
    ];
    let run = |form| {
        let inputs = memory(&lines.join("\r\n"));
        let (results, _) = run(&program(MIXED), inputs, |builder| {
            builder.limits(limits.clone()).form(form);
        })
        .expect("memory can be read and written");
        results
    };
    let (plain, enveloped) = (run(OutputForm::Output), run(OutputForm::Envelope));
    assert_eq!(plain.failures, enveloped.failures);
    for line in plain.failures.lines().chain(plain.output.lines()).chain(enveloped.output.lines()) {
        serde_json::from_str::<serde_json::Value>(line).expect(line);
    }
    insta::assert_snapshot!(format!(
        "output\n{}\nfailures\n{}\nenvelopes\n{}",
        plain.output, plain.failures, enveloped.output
    ));
}

#[test]
fn without_order_every_line_is_still_there_once() {
    let lines: Vec<String> = (0..500)
        .map(|number| match number % 5 {
            0 => format!(r#"{{"kind":"wait","seconds":{},"number":{number}}}"#, number % 7),
            1 => format!(r#"{{"kind":"fail","number":{number}}}"#),
            _ => format!(r#"{{"kind":"pass","number":{number}}}"#),
        })
        .collect();
    let inputs = || memory(&lines.join("\n"));
    let run = |order| {
        let (results, _) = run(&program(MIXED), inputs(), |builder| {
            builder.order(order).workers(3).chunk_bytes(300);
        })
        .expect("memory can be read and written");
        results
    };
    let (ordered, unordered) = (run(OutputOrder::Input), run(OutputOrder::Completion));
    assert_eq!(ordered.failures, unordered.failures);
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&ordered.output), sorted(&unordered.output));
}

#[test]
fn a_slow_first_line_holds_back_output_within_its_bound() {
    let payload = "x".repeat(150_000);
    let waiting = "{\"kind\":\"wait\",\"seconds\":9}\n".to_owned();
    let ready = (0..300).map(|n| format!("{{\"kind\":\"pass\",\"number\":{n},\"payload\":\"{payload}\"}}\n"));
    let text: String = std::iter::once(waiting).chain(ready).collect();
    let (results, summary) = run(&program(MIXED), memory(&text), |builder| {
        builder.workers(2);
    })
    .expect("memory can be read and written");
    assert_eq!(summary.succeeded, 301);
    assert!(results.output == text, "45 MB over a bound of 32 MB come out as they went in");
}

/// Fails with an error after so many bytes.
struct Broken(usize, io::ErrorKind);

impl Write for Broken {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::Error::from(self.1));
        }
        let count = bytes.len().min(self.0);
        self.0 -= count;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_pipe_ends_the_run_quietly_and_a_full_disk_does_not() {
    let text = "{\"kind\":\"pass\"}\n".repeat(5_000);
    let run = |error| {
        run(&program(MIXED), memory(&text), |builder| {
            builder.output(Sink::stream("out.ndjson", Broken(100, error))).workers(3).chunk_bytes(1_000);
        })
    };
    let (_, summary) = run(io::ErrorKind::BrokenPipe).expect("a closed pipe is no error");
    assert!(summary.output_closed);
    let error = run(io::ErrorKind::StorageFull).expect_err("a full disk is").to_string();
    assert!(error.starts_with("failed to write out.ndjson: "), "{error}");
    assert!(error.ends_with("(after 96 bytes, which are whole lines)"), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_named() {
    let result = run(&program(MIXED), memory("{\"kind\":\"pass\"}\n"), |builder| {
        builder.output(Sink::file("/dev/full".as_ref()).expect("it can be opened"));
    });
    let error = aslx::Error::from(result.expect_err("it is full"));
    assert!(error.is_output());
    assert!(error.to_string().starts_with("failed to write /dev/full: No space left on device"), "{error}");
}

#[test]
fn a_task_without_handler_is_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out.ndjson");
    std::fs::write(&path, "precious\n").expect("writable");
    let result = run(&program(MIXED), memory("{}\n"), |builder| {
        builder.tasks(TaskRegistry::new()).output(Sink::file(&path).expect("writable"));
    });
    let error = aslx::Error::from(result.expect_err("nothing answers the task"));
    assert!(error.is_config());
    assert_eq!(
        error.to_string(),
        "no handler answers the Resource 'arn:aws:lambda:us-east-1:123456789012:function:Work' of state 'Work'\n\
         no handler answers the Resource 'arn:aws:lambda:us-east-1:123456789012:function:Later' of state 'Later'\n  \
         help: name a handler for it in a task file (--tasks FILE), \
         or mock the state (--mock-config FILE --test-case NAME)"
    );
    assert_eq!(std::fs::read_to_string(&path).expect("readable"), "precious\n");
}

#[test]
fn an_output_that_is_an_input_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lines.ndjson");
    std::fs::write(&path, "{\"kind\":\"pass\"}\n").expect("writable");
    let result = run(&program(MIXED), vec![Input::file(&path)], |builder| {
        builder.output(Sink::file(&path).expect("writable"));
    });
    assert!(result.expect_err("the same file").to_string().contains("are the same file"));
    assert_eq!(std::fs::read_to_string(&path).expect("readable"), "{\"kind\":\"pass\"}\n");
}

/// Yields its text, then fails.
struct Cut(io::Cursor<Vec<u8>>);

impl Read for Cut {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::Error::other("the line went dead")),
            count => Ok(count),
        }
    }
}

#[test]
fn what_was_read_before_an_input_failed_is_written() {
    let text = "{\"kind\":\"wait\",\"seconds\":3}\n".repeat(100) + "{\"kind\":\"pa";
    let output = Memory::default();
    let result = run(&program(MIXED), vec![], |builder| {
        builder.input(Input::stream("-", Cut(io::Cursor::new(text.clone().into_bytes())))).workers(2);
        builder.input(Input::memory("never", *b"{\"kind\":\"pass\"}\n"));
        builder.output(Sink::stream("output", output.clone()));
    });
    let error = aslx::Error::from(result.expect_err("the input failed"));
    assert!(error.is_input());
    assert_eq!(error.to_string(), "failed to read -: the line went dead (at byte 2811)");
    assert_eq!(output.text(), "{\"kind\":\"wait\",\"seconds\":3}\n".repeat(100));
}

#[test]
fn progress_is_told_up_to_the_end() {
    let text = "{\"kind\":\"pass\"}\n".repeat(1_000);
    let last = Arc::new(Mutex::new(None));
    let seen = Arc::clone(&last);
    run(&program(MIXED), memory(&text), |builder| {
        builder.chunk_bytes(1_000).workers(2);
        builder.on_progress(move |progress| *seen.lock().expect("no panic") = Some(*progress));
    })
    .expect("memory can be read and written");
    let last = last.lock().expect("no panic").expect("told at least once");
    assert_eq!((last.succeeded, last.bytes_in, last.bytes_total), (1_000, 16_000, Some(16_000)));
}
