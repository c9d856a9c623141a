//! Signals: the first one drains a run, the second one ends the process.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

use tempfile::TempDir;

/// Lines with `seconds` wait so long, the others pass.
const DEFINITION: &str = r#"{
  "StartAt": "Route",
  "States": {
    "Route": {"Type": "Choice", "Choices": [{"Variable": "$.seconds", "IsPresent": true, "Next": "Hold"}], "Default": "Done"},
    "Hold": {"Type": "Wait", "SecondsPath": "$.seconds", "Next": "Done"},
    "Done": {"Type": "Pass", "End": true}
  }
}"#;

/// A run that reads from a pipe which stays open.
struct Run {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    _folder: TempDir,
}

impl Run {
    fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let definition = folder.path().join("hold.asl.json");
        fs::write(&definition, DEFINITION).expect("writable");
        let mut child = Command::new(env!("CARGO_BIN_EXE_aslx"))
            .arg("run")
            .arg(definition)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stdin = child.stdin.take().expect("piped");
        let stdout = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, stdin, stdout, _folder: folder }
    }

    /// Writes lines, the first of which is to pass, and waits for its output: all of them have begun then.
    fn feed(&mut self, lines: &str) {
        self.stdin.write_all(lines.as_bytes()).expect("it reads");
        let mut first = String::new();
        self.stdout.read_line(&mut first).expect("it writes");
        assert_eq!(Some(first.trim_end()), lines.lines().next());
    }

    fn signal(&self, name: &str) {
        let kill = Command::new("sh").args(["-c", &format!("kill -{name} {}", self.child.id())]).status();
        assert!(kill.expect("sh starts").success());
    }

    /// The exit status and what came on both streams; the input stays open until then.
    fn end(mut self) -> (ExitStatus, String, String) {
        let (mut output, mut errors) = (String::new(), String::new());
        self.stdout.read_to_string(&mut output).expect("UTF-8");
        self.child.stderr.take().expect("piped").read_to_string(&mut errors).expect("UTF-8");
        (self.child.wait().expect("it ends"), output, errors)
    }
}

#[test]
fn the_first_signal_finishes_what_is_under_way() {
    for signal in ["INT", "TERM"] {
        let mut run = Run::start(&[]);
        run.feed("{}\n{\"seconds\":1}\n{\"after\":\"it\"}\n");
        run.signal(signal);
        let (status, output, errors) = run.end();
        assert_eq!(status.code(), Some(130), "{errors}");
        assert_eq!(output, "{\"seconds\":1}\n{\"after\":\"it\"}\n", "what waited ended, in its place");
        assert!(errors.starts_with("interrupted: finishing"), "{errors}");
        assert!(errors.ends_with("3 succeeded, 0 failed\n"), "{errors}");
    }
}

#[test]
fn the_second_signal_ends_it_at_once() {
    let mut run = Run::start(&["--unordered"]);
    run.feed("{}\n{\"seconds\":299}\n");
    run.signal("INT");
    let mut errors = BufReader::new(run.child.stderr.take().expect("piped"));
    let mut heard = String::new();
    errors.read_line(&mut heard).expect("UTF-8");
    assert!(heard.starts_with("interrupted: finishing"), "{heard}");
    run.signal("TERM");
    assert_eq!(run.child.wait().expect("it ends").code(), Some(130));
    let mut rest = String::new();
    run.stdout.read_to_string(&mut rest).expect("UTF-8");
    assert_eq!(rest, "", "whole lines or none");
}

#[test]
fn an_execution_that_does_not_end_by_itself_times_out() {
    let mut run = Run::start(&["--clock", "virtual"]);
    run.feed("{}\n{\"seconds\":100000}\n");
    run.signal("TERM");
    let (status, output, errors) = run.end();
    assert_eq!((status.code(), output.as_str()), (Some(130), ""));
    assert!(errors.contains("\"line\":2,\"status\":\"TIMED_OUT\",\"error\":\"States.Timeout\""), "{errors}");
}
