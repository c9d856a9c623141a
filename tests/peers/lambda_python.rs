//! Handlers in Python, as the runtime interface client that AWS ships runs them.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use aslx::executor::{Executor, OutcomeStatus};
use aslx::task::{LambdaWorkers, LambdaWorkersOptions, ProcessCommand, TaskRegistry};
use aslx::{CompileOptions, compile};
use tokio::sync::mpsc;

/// Longer than anything here takes, on a machine that does much else.
const PATIENCE: Duration = Duration::from_mins(2);
const FUNCTION: &str = "arn:aws:lambda:eu-west-1:210987654321:function:Price";

/// The interpreter that has the client.
fn python() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let python = target.join("peers/venv/bin/python");
    assert!(python.exists(), "{} is missing: run tests/peers/install.sh", python.display());
    python
}

fn options(handler: &str) -> LambdaWorkersOptions {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let command = ProcessCommand::new(python(), ["-m", "awslambdaric", &format!("functions.{handler}")]);
    let mut options = LambdaWorkersOptions::new(
        command
            .directory(root.join("tests/peers"))
            .environment("EXTRA", "more")
            .environment("PYTHONDONTWRITEBYTECODE", "1"),
    );
    options.workers = NonZeroUsize::MIN;
    options.timeout = Duration::from_secs(20);
    options
}

fn executor(options: LambdaWorkersOptions, members: &str) -> Executor {
    let definition = format!(
        r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{FUNCTION}"{members},"End":true}}}}}}"#
    );
    let program = compile(&definition, &CompileOptions::default()).expect("a valid definition");
    let mut tasks = TaskRegistry::new();
    tasks.handle_async("*", LambdaWorkers::new(options));
    Executor::builder(program).tasks(tasks).workers(1).build().expect("an executor")
}

async fn execute(executor: &Executor, input: &str) -> Result<String, (String, String)> {
    let completed = tokio::time::timeout(PATIENCE, executor.execute(input.as_bytes()));
    let completed = completed.await.expect("it ends").expect("it runs");
    let outcome = completed.outcome;
    match outcome.status {
        OutcomeStatus::Succeeded => Ok(String::from_utf8(completed.output).expect("JSON")),
        _ => Err((outcome.error.unwrap_or_default(), outcome.cause.unwrap_or_default())),
    }
}

#[tokio::test]
async fn a_handler_finds_all_that_its_context_has() {
    let options = options("tell");
    let (sender, mut lines) = mpsc::unbounded_channel();
    options.log.set(move |line| drop(sender.send(format!("{}: {}", line.process, line.text))));
    let executor = executor(options, "");
    let expected = r#"{"function":"Price","arn":"arn:aws:lambda:eu-west-1:210987654321:function:Price","memory":"128","remaining":true,"request":36,"trace":true,"region":"eu-west-1","extra":"more"}"#;
    for _ in 0..3 {
        assert_eq!(execute(&executor, "[1]").await.as_deref(), Ok(expected));
    }
    let line = tokio::time::timeout(PATIENCE, lines.recv()).await.expect("in time");
    assert_eq!(line.as_deref(), Some("Price#0: telling [1]"));
}

#[tokio::test]
async fn every_misbehaviour_has_its_error_name_and_the_next_invocation_works() {
    let mut options = options("misbehave");
    options.timeout = Duration::from_secs(5);
    let executor = executor(options, "");
    for (how, error, cause) in [
        ("raise", "OutOfStock", r#""errorMessage": "none left""#),
        ("exit", "Runtime.ExitError", "exit status 4"),
        ("die", "Runtime.ExitError", "signal: killed"),
        ("large", "Function.ResponseSizeTooLarge", "(6291556 bytes)"),
        ("hang", "Sandbox.Timedout", "Task timed out after 5.00 seconds"),
    ] {
        let (name, text) = execute(&executor, &format!(r#"{{"how":"{how}"}}"#)).await.expect_err(how);
        assert_eq!(name, error, "{how}: {text}");
        assert!(text.contains(cause), "{how}: {text}");
        assert_eq!(
            execute(&executor, r#"{"how":"flood"}"#).await.as_deref(),
            Ok(r#""flood""#),
            "after {how}"
        );
    }
}

#[tokio::test]
async fn a_handler_that_cannot_be_imported_says_so() {
    let mut options = options("echo");
    options.command = ProcessCommand::new(python(), ["-m", "awslambdaric", "missing.handler"]);
    let (error, cause) = execute(&executor(options, ""), "1").await.expect_err("there is no such module");
    assert_eq!(error, "Runtime.ImportModuleError");
    assert!(cause.contains("No module named 'missing'"), "{cause}");
}

#[tokio::test]
async fn a_state_that_times_out_kills_its_worker() {
    let options = options("misbehave");
    let (sender, mut lines) = mpsc::unbounded_channel();
    options.log.set(move |line| drop(sender.send(line.text.to_owned())));
    let executor = executor(options, r#","TimeoutSeconds":3"#);
    let (error, _) = execute(&executor, r#"{"how":"hang"}"#).await.expect_err("it hangs");
    assert_eq!(error, "States.Timeout");
    let line = tokio::time::timeout(PATIENCE, lines.recv()).await.expect("in time").expect("it said so");
    let process = Path::new("/proc").join(line.strip_prefix("hangs ").expect("its pid"));
    let gone = async {
        while process.exists() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.expect("it is killed and buried");
}
