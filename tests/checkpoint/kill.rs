//! The real program, killed at moments that the length of its output chooses.

use std::{
    ffi::OsStr,
    fs,
    path::Path,
    process::{Child, Command, Output, Stdio},
};

/// Asks a task, fails, waits; the results depend on the seed.
const DEFINITION: &str = r#"{
  "StartAt": "Work",
  "States": {
    "Work": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:us-east-1:123456789012:function:Work",
      "ResultPath": "$.worked",
      "Next": "Route"
    },
    "Route": {
      "Type": "Choice",
      "Choices": [
        {"Variable": "$.seconds", "IsPresent": true, "Next": "Hold"},
        {"Variable": "$.worth", "NumericLessThan": 5, "Next": "Refuse"}
      ],
      "Default": "Done"
    },
    "Hold": {"Type": "Wait", "SecondsPath": "$.seconds", "Next": "Done"},
    "Refuse": {"Type": "Fail", "Error": "Refused", "CausePath": "States.Format('worth {}', $.worth)"},
    "Done": {
      "Type": "Pass",
      "Parameters": {"id.$": "$.id", "worked.$": "$.worked", "name.$": "$$.Execution.Name"},
      "End": true
    }
  }
}"#;
const TASKS: &str = r#"
[[task]]
resource = "*:function:Work"
handler = { constant = { done = true } }
"#;
const LINES: usize = 60_000;
const KILLS: u64 = 30;

/// A folder with all that a run needs: two inputs, some lines of which fail, wait, are torn or blank.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let line = |n: usize| match n % 50 {
        7 => format!("{{\"id\":{n},\"seconds\":{}}}\n", n % 2),
        13 => format!("{{\"id\":{n},\"worth\":\n"),
        29 => "\n".to_owned(),
        _ => format!("{{\"id\":{n},\"worth\":{},\"pad\":\"{}\"}}\n", n % 100, "x".repeat(n % 160)),
    };
    let path = |name: &str| folder.path().join(name);
    fs::write(path("flow.asl.json"), DEFINITION).unwrap();
    fs::write(path("tasks.toml"), TASKS).unwrap();
    fs::write(path("a.ndjson"), (0..LINES / 3).map(line).collect::<String>()).unwrap();
    fs::write(path("b.ndjson"), (LINES / 3..LINES).map(line).collect::<String>()).unwrap();
    folder
}

const WORKERS: &str = "--workers=2";

fn command(folder: &Path) -> Command {
    let mut aslx = Command::new(env!("CARGO_BIN_EXE_aslx"));
    aslx.current_dir(folder).args(["run", "flow.asl.json", "a.ndjson", "b.ndjson", "--tasks", "tasks.toml"]);
    aslx.args(["-o", "out.ndjson", "--failures", "failed.ndjson", "--clock", "virtual", WORKERS]);
    aslx.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    aslx
}

/// With a checkpoint as often as there is something to say, and the seed of the undisturbed run.
fn with_checkpoint(folder: &Path) -> Command {
    let mut aslx = command(folder);
    aslx.args(["--seed", "5", "--checkpoint", "run.checkpoint", "--checkpoint-interval-ms", "0"]);
    aslx
}

fn outputs(folder: &Path) -> [String; 2] {
    ["out.ndjson", "failed.ndjson"].map(|name| fs::read_to_string(folder.join(name)).unwrap())
}

/// What a run gives that nothing disturbs and that knows nothing of checkpoints.
fn undisturbed() -> [String; 2] {
    let folder = folder();
    let status = command(folder.path()).args(["--seed", "5"]).output().unwrap().status;
    assert_eq!(status.code(), Some(1), "some lines fail");
    outputs(folder.path())
}

fn output_bytes(folder: &Path) -> u64 {
    fs::metadata(folder.join("out.ndjson")).map_or(0, |metadata| metadata.len())
}

/// Waits until the run is as far as wanted or has ended; whether it goes on.
fn runs_until(child: &mut Child, is_there: impl Fn() -> bool) -> bool {
    while !is_there() {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::yield_now();
    }
    child.try_wait().unwrap().is_none()
}

/// The committed lines of the input at hand, and whether everything was done.
fn committed(folder: &Path) -> Option<(u64, u64, bool)> {
    let json = fs::read(folder.join("run.checkpoint")).ok()?;
    let checkpoint: serde_json::Value = serde_json::from_slice(&json).expect("a checkpoint is never torn");
    let position = &checkpoint["position"];
    Some((position["input"].as_u64()?, position["lines"].as_u64()?, checkpoint["finished"].as_bool()?))
}

#[track_caller]
fn assert_same(folder: &Path, expected: &[String; 2]) {
    for (own, expected) in outputs(folder).iter().zip(expected) {
        let differs = own.lines().zip(expected.lines()).position(|(own, expected)| own != expected);
        assert!(own == expected, "{} bytes, not {}; line {differs:?}", own.len(), expected.len());
    }
}

#[test]
fn a_run_that_is_killed_again_and_again_loses_no_line_and_doubles_none() {
    let expected = undisturbed();
    let folder = folder();
    let folder = folder.path();
    let (mut kills, mut places) = (0, Vec::new());
    for kill in 0..KILLS {
        let mut child = with_checkpoint(folder).spawn().unwrap();
        let bytes = expected[0].len() as u64 * kill / KILLS;
        let before = committed(folder);
        let is_there = || match kill % 5 {
            // Also where syncing takes so long that the output is far ahead, a checkpoint is written now and then.
            4 => committed(folder) > before,
            _ => output_bytes(folder) >= bytes,
        };
        if runs_until(&mut child, is_there) {
            kills += 1;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        places.extend(committed(folder));
    }
    assert!(kills >= KILLS / 2, "{kills} of the runs were killed before their end");
    assert!(places.is_sorted(), "no run went back behind the one before: {places:?}");
    places.dedup();
    let begun = places.iter().filter(|(_, lines, is_finished)| *lines > 0 && !is_finished).count();
    assert!(begun >= 4, "the runs went on at {places:?}");

    let Output { status, stderr, .. } = with_checkpoint(folder).output().unwrap();
    let stderr = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(1), "{stderr}");
    let counts =
        format!("{} succeeded, {} failed\n", expected[0].lines().count(), expected[1].lines().count());
    assert!(stderr.ends_with(&counts), "{stderr}");
    assert!(
        stderr.contains(" since the run resumed at line ") || stderr.starts_with("nothing left"),
        "{stderr}"
    );
    assert_same(folder, &expected);

    let Output { status, stderr, .. } = with_checkpoint(folder).output().unwrap();
    assert_eq!(status.code(), Some(1), "as the finished run did");
    assert!(String::from_utf8(stderr).unwrap().starts_with("nothing left to do; "));
    assert_same(folder, &expected);
}

#[test]
fn a_seed_of_its_own_is_kept() {
    let folder = folder();
    let folder = folder.path();
    let start = || {
        let mut aslx = command(folder);
        aslx.args(["--checkpoint", "run.checkpoint", "--checkpoint-interval-ms", "0"]);
        aslx
    };
    let mut child = start().spawn().unwrap();
    runs_until(&mut child, || output_bytes(folder) > 1 << 20);
    child.kill().unwrap();
    child.wait().unwrap();
    let json = fs::read(folder.join("run.checkpoint")).unwrap();
    let checkpoint: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(start().output().unwrap().status.code(), Some(1));
    let disturbed = outputs(folder);
    fs::remove_file(folder.join("run.checkpoint")).unwrap();
    let seed = checkpoint["seed"].to_string();
    assert_eq!(command(folder).args(["--seed", &seed]).output().unwrap().status.code(), Some(1));
    assert_same(folder, &disturbed);
}

#[test]
fn an_interrupted_run_goes_on() {
    let expected = undisturbed();
    // A run that ends before the signal comes is tried again: this machine may be busy.
    let interrupted = (0..20).find_map(|_| {
        let folder = folder();
        let mut child = with_checkpoint(folder.path()).spawn().unwrap();
        runs_until(&mut child, || output_bytes(folder.path()) > 0);
        Command::new("sh").args(["-c", &format!("kill -TERM {}", child.id())]).status().unwrap();
        let Output { status, stderr, .. } = child.wait_with_output().unwrap();
        (status.code() == Some(130)).then_some((folder, String::from_utf8(stderr).unwrap()))
    });
    let (folder, stderr) = interrupted.expect("one of the runs is interrupted");
    assert!(stderr.ends_with("failed\nthe same command goes on from here\n"), "{stderr}");
    with_checkpoint(folder.path()).output().unwrap();
    assert_same(folder.path(), &expected);
}

#[test]
fn a_full_disk_leaves_a_checkpoint_to_go_on_from() {
    let expected = undisturbed();
    let folder = folder();
    let folder = folder.path();
    let aslx = with_checkpoint(folder);
    // A worker alone writes chunk by chunk, so the first one fits.
    let alone =
        |argument: &OsStr| if argument == WORKERS { "--workers=1".into() } else { argument.to_owned() };
    // A file size limit fails writes as a full disk does, once its signal is ignored.
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 2000; exec \"$@\"", "sh"]).arg(aslx.get_program());
    limited.args(aslx.get_args().map(alone)).current_dir(folder).stdin(Stdio::null());
    let Output { status, stderr, .. } = limited.output().unwrap();
    let stderr = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(3), "{stderr}");
    assert!(stderr.starts_with("error: failed to write out.ndjson: File too large"), "{stderr}");
    assert!(stderr.ends_with("which are whole lines)\n"), "{stderr}");
    let (input, lines, is_finished) = committed(folder).unwrap();
    assert!((input, lines) > (0, 0) && !is_finished);
    with_checkpoint(folder).output().unwrap();
    assert_same(folder, &expected);
}
