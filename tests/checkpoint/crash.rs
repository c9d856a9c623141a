//! Runs that end at any moment, as a crash ends them: what is on disk is copied while they go on.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use aslx::{
    CompileOptions,
    asl::model::MachineType,
    bytecode::Program,
    compile,
    executor::{ManualClock, Time},
    pipeline::{CheckpointOptions, OutputForm, Pipeline, PipelineBuilder, Resumption, RunError, Summary},
    sink::Sink,
    source::Input,
    task::TaskRegistry,
    value::timestamp::Timestamp,
    vm::Names,
};
use proptest::prelude::*;

/// Fails, waits, or gives its input with a number that depends on seed and place.
const MIXED: &str = r#"{
  "StartAt": "Route",
  "States": {
    "Route": {
      "Type": "Choice",
      "Choices": [
        {"Variable": "$.kind", "StringEquals": "wait", "Next": "Hold"},
        {"Variable": "$.kind", "StringEquals": "fail", "Next": "Refuse"}
      ],
      "Default": "Done"
    },
    "Hold": {"Type": "Wait", "Seconds": 1, "Next": "Done"},
    "Refuse": {"Type": "Fail", "Error": "Refused"},
    "Done": {
      "Type": "Pass",
      "Parameters": {"n.$": "$.n", "random.$": "States.MathRandom(0, 1000000)", "start.$": "$$.Execution.StartTime"},
      "End": true
    }
  }
}"#;

const OUTPUTS: [&str; 2] = ["out", "failed"];

/// A folder with inputs, and a program to run them with.
struct Bench {
    folder: tempfile::TempDir,
    program: Arc<Program>,
    inputs: usize,
}

impl Bench {
    fn new(inputs: &[String]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (number, text) in inputs.iter().enumerate() {
            fs::write(folder.path().join(format!("in{number}")), text).unwrap();
        }
        let program = Arc::new(compile(MIXED, &CompileOptions::default()).unwrap());
        Self { folder, program, inputs: inputs.len() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn builder(&self) -> PipelineBuilder {
        let mut builder = Pipeline::builder(Arc::clone(&self.program));
        // Standard: whoever waits first moves the clock of all, and an Express execution has a deadline.
        builder.names(Names::new("Mixed", MachineType::Standard)).tasks(TaskRegistry::new());
        for number in 0..self.inputs {
            builder.input(Input::file(self.path(&format!("in{number}"))));
        }
        builder.output(Sink::file(&self.path("out")).unwrap());
        builder.failures(Sink::file(&self.path("failed")).unwrap());
        builder.checkpoint(CheckpointOptions::new(self.path("checkpoint"), MIXED).interval(Duration::ZERO));
        builder
    }

    fn run(
        &self,
        configure: impl FnOnce(&mut PipelineBuilder),
    ) -> Result<(Option<Resumption>, Summary), RunError> {
        let mut builder = self.builder();
        configure(&mut builder);
        let pipeline = builder.build()?;
        Ok((pipeline.resumption().cloned(), pipeline.run()?))
    }

    fn refusal(&self, configure: impl FnOnce(&mut PipelineBuilder)) -> String {
        let message = self.run(configure).map(|_| ()).expect_err("refused").to_string();
        message.replace(&format!("{}/", self.folder.path().display()), "")
    }

    /// The outputs as they are, without giving them new files.
    fn outputs(&self) -> [Vec<u8>; 2] {
        OUTPUTS.map(|name| fs::read(self.path(name)).unwrap())
    }

    /// Makes the files look as a crash left them.
    fn restore(&self, checkpoint: &[u8], outputs: &[Vec<u8>; 2]) {
        fs::write(self.path("checkpoint"), checkpoint).unwrap();
        for (name, bytes) in OUTPUTS.iter().zip(outputs) {
            fs::write(self.path(name), bytes).unwrap(); // the same file: only truncated
        }
    }
}

fn start(ms: i64) -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000 + ms)
}

fn virtual_time(builder: &mut PipelineBuilder) -> &mut PipelineBuilder {
    builder.time(Time::Virtual { start: start(0) })
}

/// Length of a time in an output, with its quotes.
const TIME_LEN: usize = "\"2026-09-21T13:33:20.000Z\"".len();

/// What is on disk: the checkpoint, then the outputs, which may be further.
type Moment = (Vec<u8>, [Vec<u8>; 2]);

fn line() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        6 => Just("pass"),
        1 => Just("wait"),
        1 => Just("fail"),
        1 => Just("blank"),
        1 => Just("torn"),
        1 => Just("long"),
    ]
}

fn text(lines: &[&str], has_last_break: bool) -> String {
    let text: String = lines
        .iter()
        .enumerate()
        .map(|(n, kind)| match *kind {
            "blank" => "  \n".to_owned(),
            "torn" => format!("{{\"n\":{n},\n"),
            "long" => format!("{{\"kind\":\"long\",\"n\":{n},\"pad\":\"{}\"}}\n", "x".repeat(20 * n)),
            kind => format!("{{\"kind\":\"{kind}\",\"n\":{n}}}\n"),
        })
        .collect();
    if has_last_break { text } else { text.trim_end_matches('\n').to_owned() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn a_run_that_crashed_at_any_moment_ends_as_if_it_had_not(
        files in proptest::collection::vec((proptest::collection::vec(line(), 0..60), any::<bool>()), 1..4),
        chunk_bytes in 16..400_usize,
        line_bytes_max in 60..400_u32,
        is_virtual in any::<bool>(),
        is_enveloped in any::<bool>(),
        workers in 1..4_usize,
    ) {
        let texts: Vec<_> = files.iter().map(|(lines, has_last_break)| text(lines, *has_last_break)).collect();
        let bench = Bench::new(&texts);
        let configure = |builder: &mut PipelineBuilder, start_ms| {
            let mut limits = aslx::Limits::default();
            limits.line_bytes_max = line_bytes_max;
            let form = if is_enveloped { OutputForm::Envelope } else { OutputForm::Output };
            builder.chunk_bytes(chunk_bytes).workers(workers).limits(limits).form(form);
            if is_virtual {
                builder.time(Time::Virtual { start: start(start_ms) });
            } else {
                // Stands still but for waits, which no result here shows: the start is each execution's.
                builder.time(Time::Real(Arc::new(ManualClock::new(start(0)))));
            }
        };
        let moments: Arc<Mutex<Vec<Moment>>> = Arc::default();
        let seen = Arc::clone(&moments);
        let paths = ["checkpoint", "out", "failed"].map(|name| bench.path(name));
        let (resumption, summary) = bench.run(|builder| {
            configure(builder, 0);
            builder.random_seed(7).on_progress(move |_| {
                let [checkpoint, out, failed] = paths.each_ref().map(|path| fs::read(path).unwrap());
                seen.lock().unwrap().push((checkpoint, [out, failed]));
            });
        }).unwrap();
        prop_assert_eq!(resumption, None);
        // Under a moving clock start times depend on who waited first.
        let plain = |outputs: [Vec<u8>; 2]| outputs.map(|bytes| {
            let text = String::from_utf8(bytes).unwrap();
            if is_virtual { return text }
            text.split_inclusive("\"start\":").enumerate().map(|(n, text)| &text[if n == 0 { 0 } else { TIME_LEN }..]).collect()
        });
        let expected = plain(bench.outputs());
        let moments = moments.lock().unwrap();
        for (index, (checkpoint, _)) in moments.iter().enumerate().step_by(1 + moments.len() / 8) {
            // A crash may come any time before the next checkpoint.
            for (_, outputs) in moments[index..].iter().take(4).step_by(3) {
                bench.restore(checkpoint, outputs);
                let (resumption, again) = bench.run(|builder| {
                    configure(builder, 5_000);
                    builder.random_seed(8);
                }).unwrap();
                prop_assert!(resumption.is_some());
                prop_assert_eq!(plain(bench.outputs()), expected.clone());
                // Of a line over the bound the line break counts if it was read along with others.
                prop_assert!(again.bytes_in.abs_diff(summary.bytes_in) <= texts.len() as u64 * 60);
                prop_assert_eq!(
                    (again.lines, again.succeeded, again.failed, again.bytes_out),
                    (summary.lines, summary.succeeded, summary.failed, summary.bytes_out)
                );
            }
        }
    }
}

fn lines(range: std::ops::Range<usize>) -> String {
    let line = |n| [r#"{"kind":"pass","n":"#, &format!("{n}"), "}\n"].concat();
    range.map(line).collect()
}

#[test]
fn a_finished_run_does_nothing_until_its_input_grows() {
    let bench = Bench::new(&[lines(0..100)]);
    let configure = |builder: &mut PipelineBuilder| _ = virtual_time(builder).chunk_bytes(64);
    let (_, first) = bench.run(configure).unwrap();
    assert_eq!((first.lines, first.lines_before), (100, 0));
    let outputs = bench.outputs();
    let (resumption, again) = bench.run(configure).unwrap();
    let resumption = resumption.unwrap();
    assert!(resumption.is_finished);
    assert_eq!((again.lines, again.succeeded, again.lines_before), (100, 100, 100));
    assert_eq!(bench.outputs(), outputs);

    fs::write(bench.path("more"), lines(100..130)).unwrap();
    let mut grown = fs::File::options().append(true).open(bench.path("in0")).unwrap();
    io::copy(&mut fs::File::open(bench.path("more")).unwrap(), &mut grown).unwrap();
    let (resumption, grown) = bench.run(configure).unwrap();
    let resumption = resumption.unwrap();
    assert_eq!((resumption.line, resumption.is_finished), (101, false));
    assert!(resumption.source.ends_with("in0"));
    assert_eq!((grown.lines, grown.lines_before), (130, 100));
    let numbers: Vec<usize> = String::from_utf8(bench.outputs()[0].clone())
        .unwrap()
        .lines()
        .map(|line| line.split("\"n\":").nth(1).unwrap().split([',', '}']).next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(numbers, (0..130).collect::<Vec<usize>>());
}

#[test]
fn a_drained_run_goes_on() {
    let bench = Bench::new(&[lines(0..1000)]);
    let pipeline = {
        let mut builder = bench.builder();
        virtual_time(&mut builder).chunk_bytes(64).workers(1); // whoever writes cannot read on meanwhile
        let drain: Arc<Mutex<Option<aslx::pipeline::Drain>>> = Arc::default();
        let asked = Arc::clone(&drain);
        builder.on_progress(move |progress| {
            if progress.succeeded > 100 {
                asked.lock().unwrap().as_ref().unwrap().request();
            }
        });
        let pipeline = builder.build().unwrap();
        *drain.lock().unwrap() = Some(pipeline.drain());
        pipeline
    };
    let drained = pipeline.run().unwrap();
    assert!((101..1000).contains(&drained.lines), "{drained:?}");
    let (resumption, summary) = bench.run(|builder| _ = virtual_time(builder)).unwrap();
    assert_eq!(resumption.unwrap().line, drained.lines + 1, "nothing is done twice");
    assert_eq!((summary.lines, summary.lines_before), (1000, drained.lines));
    assert_eq!(fs::read_to_string(bench.path("out")).unwrap().lines().count(), 1000);
}

/// A finished run over two inputs, the outputs of which stay.
fn finished() -> Bench {
    let bench = Bench::new(&[lines(0..10), lines(10..20)]);
    bench.run(|builder| _ = virtual_time(builder).seed(1)).unwrap();
    bench
}

fn append(path: &Path, text: &str) {
    let mut old = fs::read(path).unwrap();
    old.extend_from_slice(text.as_bytes());
    fs::write(path, old).unwrap();
}

#[test]
fn what_differs_is_said() {
    let check = |change: &dyn Fn(&Bench), configure: &dyn Fn(&mut PipelineBuilder), expected: &str| {
        let bench = finished();
        change(&bench);
        let outputs = bench.outputs();
        let message = bench.refusal(|builder| {
            virtual_time(builder).seed(1);
            configure(builder);
        });
        let expected = format!("cannot go on from checkpoint: {expected}");
        assert_eq!(message.lines().next(), Some(expected.as_str()));
        assert!(message.ends_with("or delete checkpoint to start over"), "{message}");
        assert_eq!(bench.outputs(), outputs, "nothing was written");
    };
    let nothing = |_: &Bench| ();
    let same = |_: &mut PipelineBuilder| ();
    check(&nothing, &|builder| _ = builder.seed(2), "the seed was 1 and is 2 now");
    check(
        &nothing,
        &|builder| _ = builder.form(OutputForm::Envelope),
        "the output form was outputs and is envelopes now",
    );
    check(
        &nothing,
        &|builder| _ = builder.names(Names::new("Mixed", MachineType::Express)),
        "the type was standard and is express now",
    );
    check(&nothing, &|builder| _ = builder.time(Time::default()), "the clock was virtual and is real now");
    check(&nothing, &|builder| _ = builder.input(Input::file("Cargo.toml")), "it had 2 inputs and has 3 now");
    check(
        &|bench| fs::write(bench.path("out"), "1\n").unwrap(),
        &same,
        &format!("{} bytes were written to out, and it has 2 now", finished().outputs()[0].len()),
    );
    check(
        &|bench| append(&bench.path("in0"), "{}\n"),
        &same,
        "in0 has grown after the run was through with it",
    );
    check(&|bench| fs::write(bench.path("in1"), "{}\n").unwrap(), &same, "in1 had 230 bytes and has 3 now");
    check(
        &|bench| {
            fs::rename(bench.path("in0"), bench.path("in1"))
                .and_then(|()| fs::copy(bench.path("in1"), bench.path("in0")))
                .map(drop)
                .unwrap();
        },
        &same,
        "in0 is another file now",
    );
}

#[test]
fn another_definition_is_refused() {
    let bench = finished();
    let message = bench.refusal(|builder| {
        let options = CheckpointOptions::new(bench.path("checkpoint"), "{}");
        virtual_time(builder).checkpoint(options);
    });
    assert!(
        message.starts_with("cannot go on from checkpoint: the definition is another one now\n"),
        "{message}"
    );
}

#[test]
fn a_last_line_that_goes_on_is_refused() {
    let bench = Bench::new(&["1\n2".to_owned()]);
    bench.run(|builder| _ = virtual_time(builder)).unwrap();
    append(&bench.path("in0"), "3\n");
    let message = bench.refusal(|builder| _ = virtual_time(builder));
    assert!(message.contains("in0 had a last line without a line break, which has grown since"), "{message}");
}

#[test]
fn two_runs_at_once_are_refused() {
    let bench = Bench::new(&[lines(0..10)]);
    let first = bench.builder().build().unwrap();
    let message = bench.refusal(|_| ());
    assert_eq!(
        message,
        "another run writes to out\n  help: wait until it has ended, or write to another file"
    );
    first.run().unwrap();
    assert!(bench.run(|_| ()).unwrap().0.unwrap().is_finished);
}

#[test]
fn what_is_no_regular_file_is_refused() {
    let bench = Bench::new(&[lines(0..10)]);
    let irregular = "is no regular file: a run with a checkpoint must be able to read or write it again";
    let check = |configure: &dyn Fn(&mut PipelineBuilder), expected: &str| {
        let message = bench.refusal(configure);
        assert_eq!(message.lines().next(), Some(expected));
    };
    check(&|builder| _ = builder.input(Input::memory("memory", *b"1")), &format!("memory {irregular}"));
    check(
        &|builder| _ = builder.failures(Sink::file(Path::new("/dev/null")).unwrap()),
        &format!("/dev/null {irregular}"),
    );
    check(&|builder| _ = builder.output(Sink::stream("stream", io::sink())), &format!("stream {irregular}"));
    for name in ["in0", "out", "failed"] {
        let options = || CheckpointOptions::new(bench.path(name), MIXED);
        check(&|builder| _ = builder.checkpoint(options()), &format!("{name} and {name} are the same file"));
    }
}

#[test]
fn a_damaged_checkpoint_is_refused_and_a_file_left_beside_it_is_not() {
    let bench = finished();
    let checkpoint = fs::read(bench.path("checkpoint")).unwrap();
    fs::write(bench.path("checkpoint.tmp"), "torn").unwrap();
    fs::write(bench.path("checkpoint"), &checkpoint[..100]).unwrap();
    let message = bench.refusal(|builder| _ = virtual_time(builder));
    assert!(message.starts_with("checkpoint is no checkpoint, or a damaged one: "), "{message}");
    assert!(message.ends_with("\n  help: delete it to start over, or name another file"), "{message}");
    fs::remove_file(bench.path("checkpoint")).unwrap();
    bench.run(|builder| _ = virtual_time(builder)).unwrap();
    assert!(!bench.path("checkpoint.tmp").exists());
}

#[test]
fn an_output_whose_checkpoint_cannot_be_written_stays() {
    let bench = Bench::new(&[lines(0..10)]);
    fs::write(bench.path("out"), "kept\n").unwrap();
    let options = CheckpointOptions::new(bench.path("missing/checkpoint"), MIXED);
    let message = bench.refusal(|builder| _ = builder.checkpoint(options));
    assert!(message.starts_with("failed to write missing/checkpoint: No such file"), "{message}");
    assert_eq!(fs::read_to_string(bench.path("out")).unwrap(), "kept\n");
}
