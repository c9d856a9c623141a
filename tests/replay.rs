//! Dead letters as inputs.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::{fs, io::Write, path::Path, sync::Arc};

use aslx::{
    CompileOptions, Limits,
    asl::model::MachineType,
    compile,
    executor::{ManualClock, Time},
    pipeline::{InputForm, OutputForm, Pipeline, PipelineBuilder, Summary},
    sink::Sink,
    source::Input,
    value::timestamp::Timestamp,
    vm::Names,
};

/// Fails as told, at once or after a wait.
const STRICT: &str = r#"{
  "StartAt": "Route",
  "States": {
    "Route": {
      "Type": "Choice",
      "Choices": [
        {"Variable": "$.do", "StringEquals": "fail", "Next": "Refuse"},
        {"Variable": "$.do", "StringEquals": "wait", "Next": "Hold"}
      ],
      "Default": "Done"
    },
    "Hold": {"Type": "Wait", "Seconds": 3, "Next": "Refuse"},
    "Refuse": {"Type": "Fail", "Error": "Refused", "Cause": "as told"},
    "Done": {"Type": "Pass", "End": true}
  }
}"#;
const LENIENT: &str = r#"{"StartAt": "Done", "States": {"Done": {"Type": "Pass", "End": true}}}"#;

struct Results {
    output: String,
    failures: String,
    summary: Summary,
}

fn run(
    folder: &Path,
    definition: &str,
    input: Input,
    configure: impl FnOnce(&mut PipelineBuilder),
) -> Results {
    let program = compile(definition, &CompileOptions::default()).unwrap();
    let mut builder = Pipeline::builder(program);
    let mut limits = Limits::default();
    limits.line_bytes_max = 100;
    // Standard: whoever waits first moves the clock of all, and an Express execution has a deadline.
    builder.names(Names::new("Flow", MachineType::Standard)).limits(limits);
    builder.time(Time::Real(Arc::new(ManualClock::new(Timestamp::from_millis(1_790_000_000_000)))));
    let (output, failures) = (folder.join("out"), folder.join("failed"));
    builder.output(Sink::file(&output).unwrap()).failures(Sink::file(&failures).unwrap()).input(input);
    configure(&mut builder);
    let summary = builder.build().unwrap().run().unwrap();
    let [output, failures] = [output, failures].map(|path| fs::read_to_string(path).unwrap());
    Results { output, failures, summary }
}

fn replay(
    folder: &Path,
    definition: &str,
    letters: &str,
    configure: impl FnOnce(&mut PipelineBuilder),
) -> Results {
    let input = Input::memory("letters", letters.as_bytes());
    run(folder, definition, input, |builder| {
        builder.input_form(InputForm::DeadLetter);
        configure(builder);
    })
}

/// A folder, and the letters of a run over lines that fail in every way.
fn letters() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.ndjson");
    let mut file = fs::File::create(&path).unwrap();
    for n in 0..40 {
        let line = match n % 8 {
            0 => format!(" {{\"n\": {n}, \"do\": \"fail\"}} \n").into_bytes(),
            1 => format!("{{\"n\":{n},\"do\":\"wait\"}}\n").into_bytes(),
            2 => format!("{{\"n\":{n},\"do\":\n").into_bytes(),
            3 => b"{\"n\":\"\xff\"}\n".to_vec(),
            4 => format!("{{\"n\":{n},\"do\":\"fail\",\"pad\":\"{}\"}}\r\n", "x".repeat(100)).into_bytes(),
            5 => b"\n".to_vec(),
            _ => format!("{{\"n\":{n},\"do\":\"\"}}\n").into_bytes(),
        };
        file.write_all(&line).unwrap();
    }
    let results = run(folder.path(), STRICT, Input::file(path), |builder| _ = builder.workers(1));
    assert_eq!((results.summary.succeeded, results.summary.failed), (10, 25));
    (folder, results.failures)
}

#[test]
fn what_fails_again_gives_the_letters_it_came_from() {
    let (folder, letters) = letters();
    for (workers, chunk_bytes) in [(1, 1 << 18), (1, 64), (3, 64)] {
        let results = replay(folder.path(), STRICT, &letters, |builder| {
            _ = builder.workers(workers).chunk_bytes(chunk_bytes);
        });
        assert_eq!((results.output.as_str(), results.summary.failed), ("", 25));
        assert_eq!(results.failures, letters);
    }
}

#[test]
fn what_succeeds_now_is_an_output_and_no_letter() {
    let (folder, letters) = letters();
    let mended = letters.replace("\\\"do\\\":", "\\\"do\\\":1}");
    let results = replay(folder.path(), LENIENT, &mended, |builder| {
        let mut limits = Limits::default();
        limits.line_bytes_max = 1000;
        builder.limits(limits);
    });
    let lines: Vec<_> = results.output.lines().collect();
    assert_eq!(lines.len(), 20);
    assert_eq!(lines[..3], ["{\"n\":0,\"do\":\"fail\"}", "{\"n\":1,\"do\":\"wait\"}", "{\"n\":2,\"do\":1}"]);
    let long = format!("{{\"n\":4,\"do\":\"fail\",\"pad\":\"{}\"}}", "x".repeat(100));
    assert_eq!(lines[3], long, "read again from its source");
    let garbled: String = letters.split_inclusive('\n').filter(|line| line.contains("UTF-8")).collect();
    assert_eq!(results.failures, garbled, "the bytes of a line that was not UTF-8 are gone");
}

#[test]
fn a_line_that_cannot_be_read_again_says_so() {
    let (folder, letters) = letters();
    let letter = letters.lines().find(|line| line.contains("\"length\":")).unwrap();
    fs::remove_file(folder.path().join("in.ndjson")).unwrap();
    let results = replay(folder.path(), LENIENT, letter, |builder| {
        let mut limits = Limits::default();
        limits.line_bytes_max = 1000;
        builder.limits(limits);
    });
    let path = folder.path().join("in.ndjson");
    let beginning = format!(
        "{{\"source\":\"{}\",\"line\":5,\"status\":\"FAILED\",\"error\":\"States.Runtime\",",
        path.display()
    );
    assert!(results.failures.starts_with(&beginning), "{}", results.failures);
    let reason = " cannot be read again: No such file or directory (os error 2)\",\"offset\":";
    assert!(results.failures.contains(reason), "{}", results.failures);
    assert!(results.failures.ends_with(",\"input\":null}\n"), "{}", results.failures);
}

#[test]
fn what_is_no_letter_becomes_one_with_its_own_place() {
    let folder = tempfile::tempdir().unwrap();
    let lines = "{\"orderId\":1}\n\n{\"source\":\n{\"source\":\"a\",\"line\":9,\"input\":[7]}\n";
    let results = replay(folder.path(), LENIENT, lines, |_| ());
    assert_eq!(results.output, "[7]\n");
    assert_eq!(
        results.failures,
        "{\"source\":\"letters\",\"line\":1,\"status\":\"FAILED\",\"error\":\"States.Runtime\",\
         \"cause\":\"the line is no dead letter: `source` is no string\",\"input\":{\"orderId\":1}}\n\
         {\"source\":\"letters\",\"line\":3,\"status\":\"FAILED\",\"error\":\"States.Runtime\",\
         \"cause\":\"the line is not JSON: unexpected end of the text (byte 10)\",\"input\":\"{\\\"source\\\":\"}\n"
    );
}

#[test]
fn every_letter_has_its_envelope() {
    let (folder, letters) = letters();
    let results = replay(folder.path(), STRICT, &letters, |builder| _ = builder.form(OutputForm::Envelope));
    assert_eq!(results.output.matches("{\"status\":\"FAILED\",").count(), 25);
    assert_eq!(results.failures, letters);
}
