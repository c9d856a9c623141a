//! Callbacks and activities through boto3, unmodified.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

const APPROVAL: &str = "examples/approval/approval.asl.json";

/// A run of the example that waits, and where it takes callbacks.
struct Waiting {
    process: Child,
    endpoint: String,
}

impl Waiting {
    fn start(orders: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aslx"));
        command.args(["run", APPROVAL, orders, "--type", "standard", "--callback-addr", "0"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().expect("the binary was built");
        let mut first = String::new();
        let stderr = process.stderr.as_mut().expect("it is a pipe");
        BufReader::with_capacity(1, stderr).read_line(&mut first).expect("a line");
        let endpoint = first.trim().strip_prefix("callbacks: ").expect("where it listens").to_owned();
        Self { process, endpoint }
    }

    /// What it wrote.
    fn finish(mut self) -> String {
        let mut output = String::new();
        self.process.stdout.take().expect("it is a pipe").read_to_string(&mut output).expect("text");
        assert!(self.process.wait().expect("it ends").success());
        output
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn python(script: &str, arguments: &[&str]) -> String {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    let mut command = Command::new(target.join("peers/venv/bin/python"));
    command.arg(script).args(arguments);
    command.envs([("AWS_ACCESS_KEY_ID", "local"), ("AWS_SECRET_ACCESS_KEY", "local")]);
    command.env("AWS_DEFAULT_REGION", "us-east-1").env("AWS_EC2_METADATA_DISABLED", "true");
    let output = command.output().expect("tests/peers/install.sh has been run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn the_example_is_approved_through_boto3() {
    let waiting = Waiting::start("examples/approval/orders.ndjson");
    let told = python("examples/approval/approve.py", &[&waiting.endpoint]);
    assert_eq!(told, "2 approved, 1 refused\n");
    let expected = std::fs::read_to_string("examples/approval/expected.ndjson").expect("it is there");
    assert_eq!(waiting.finish(), expected);
}

#[test]
fn refusals_are_the_clients_own_exceptions() {
    let waiting = Waiting::start("examples/approval/orders.ndjson");
    let told = python("tests/peers/callback_errors.py", &[&waiting.endpoint]);
    assert_eq!(
        told,
        "repeated: TaskTimedOut Task Timed Out: 'Provided task does not exist anymore'\n\
         forged: InvalidToken Invalid Token: 'Invalid token'\n\
         unknown: ActivityDoesNotExist\n\
         malformed: InvalidOutput\n"
    );
}
