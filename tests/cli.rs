//! The command line as a user meets it.
//!
//! What can be shown as text is a transcript in `tests/cli/*.trycmd`; the tests here need pipes, signals or
//! large inputs.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::{
    fs::{self, File},
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/fixtures").join(name)
}

fn aslx(command: &str, definition: &str) -> Command {
    let mut aslx = Command::new(env!("CARGO_BIN_EXE_aslx"));
    aslx.arg(command).arg(fixture(definition)).stdin(Stdio::null());
    aslx
}

fn run(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn transcripts() {
    let transcripts = trycmd::TestCases::new();
    transcripts.case("tests/cli/*.trycmd");
    if cfg!(feature = "s3") {
        // They show the options of the default build.
        transcripts.skip("tests/cli/help.trycmd").skip("tests/cli/distributed-map.trycmd");
    }
}

#[test]
fn input_comes_from_stdin_where_no_file_is_named() {
    for arguments in [&[][..], &["-"]] {
        let mut child = aslx("run", "pass.asl.json")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(b"{\"a\": 1}\n[1.0]").unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "{\"a\":1}\n[1.0]\n", "{arguments:?}");
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn every_line_is_accounted_for_with_any_number_of_workers() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.ndjson");
    let lines: String = (0..5_000)
        .map(|n| match n % 7 {
            3 => format!("{{\"orderId\":{n},\"quantity\":0}}\n"),
            5 if n % 35 == 5 => format!("{{\"orderId\":{n},\n"),
            _ => format!("{{\"orderId\":{n},\"quantity\":{}}}\n", n % 5 + 1),
        })
        .collect();
    fs::write(&input, lines).unwrap();
    let results = ["1", "2", "7"].map(|workers| {
        let (output, failures) = (folder.path().join("out"), folder.path().join("failed"));
        let (status, stdout, stderr) = run(aslx("run", "order.asl.json")
            .arg(&input)
            .arg("--tasks")
            .arg(fixture("tasks.toml"))
            .args(["--workers", workers, "--seed", "1", "-o"])
            .arg(&output)
            .arg("--failures")
            .arg(&failures));
        assert_eq!((status, stdout.as_str()), (1, ""), "{stderr}");
        assert!(stderr.contains("5000 lines"), "{stderr}");
        (fs::read_to_string(output).unwrap(), fs::read_to_string(failures).unwrap())
    });
    let (output, failures) = &results[0];
    assert_eq!(output.lines().count() + failures.lines().count(), 5_000);
    assert!(
        output.starts_with(
            "{\"status\":\"accepted\",\"orderId\":0}\n{\"status\":\"accepted\",\"orderId\":1}\n"
        )
    );
    for other in &results[1..] {
        assert_eq!(&other.0, output);
        let sorted = |text: &str| {
            let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(sorted(&other.1), sorted(failures));
    }
}

#[test]
fn a_reader_that_goes_away_ends_the_run_quietly() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.ndjson");
    fs::write(&input, "{\"some\":\"event that is long enough to fill a pipe\"}\n".repeat(100_000)).unwrap();
    let mut child = aslx("run", "pass.asl.json")
        .arg(&input)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 10];
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut first).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!(&first, b"{\"some\":\"e");
    assert_eq!(output.status.code(), Some(0));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!stderr.contains("error") && !stderr.contains("panicked"), "{stderr}");
}

#[test]
fn no_command_complains_of_a_closed_pipe() {
    let commands: [(&str, &str, &[&str]); 5] = [
        ("compile", "order.asl.json", &["-o", "-"]),
        ("validate", "broken.asl.json", &[]),
        ("validate", "broken.asl.json", &["--json"]),
        ("disassemble", "order.asl.json", &[]),
        ("exec", "pass.asl.json", &["--json"]),
    ];
    for (command, definition, arguments) in commands {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let (status, _, stderr) = run(aslx(command, definition).args(arguments).stdout(writer));
        assert_eq!((status, stderr.as_str()), (0, ""), "{command}");
    }
}

#[test]
fn a_full_disk_is_an_error_everywhere() {
    for command in ["validate", "disassemble", "exec"] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let (status, _, stderr) = run(aslx(command, "pass.asl.json").stdout(full));
        assert_eq!(status, 3, "{command}: {stderr}");
        assert_eq!(
            stderr,
            "error: failed to write to standard output: No space left on device (os error 28)\n"
        );
    }
}

#[test]
fn a_line_over_the_limit_does_not_harm_its_neighbours() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.ndjson");
    let long = format!("\"{}\"", "x".repeat(300_000));
    fs::write(&input, format!("1\n{long}\n2\n")).unwrap();
    let (status, stdout, stderr) = run(aslx("run", "pass.asl.json").arg(&input).arg("-q"));
    assert_eq!((status, stdout.as_str()), (1, "1\n2\n"));
    assert!(stderr.contains("\"line\":2,") && stderr.contains("States.DataLimitExceeded"), "{stderr:.300}");
    let (status, stdout, stderr) =
        run(aslx("run", "pass.asl.json").arg(&input).args(["-q", "--line-bytes-max", "1000"]));
    assert_eq!((status, stdout.as_str()), (1, "1\n2\n"));
    assert!(
        stderr.contains("\"line\":2,") && stderr.contains(",\"offset\":2,\"length\":300002,\"input\":null}"),
        "{stderr}"
    );
}

#[test]
fn definitions_that_are_not_text_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let definition = folder.path().join("latin1.asl.json");
    fs::write(&definition, b"{\"Comment\":\"\xe9\"}").unwrap();
    let mut validate = Command::new(env!("CARGO_BIN_EXE_aslx"));
    let (status, stdout, _) = run(validate.args(["validate", "--json"]).arg(&definition));
    assert_eq!(status, 1);
    assert!(stdout.starts_with("{\"result\":\"FAIL\",") && stdout.ends_with("}\n"), "{stdout}");
    let mut exec = Command::new(env!("CARGO_BIN_EXE_aslx"));
    let (status, _, stderr) = run(exec.arg("exec").arg(&definition));
    assert_eq!(status, 2);
    assert!(
        stderr.ends_with("latin1.asl.json is not UTF-8: byte 12 is no part of a character\n"),
        "{stderr}"
    );
}

#[test]
fn the_environment_names_the_instructions_for_json() {
    let eval = |kernel| {
        let mut eval = Command::new(env!("CARGO_BIN_EXE_aslx"));
        run(eval
            .args(["eval", "--language", "jsonpath", "--expression", "$.a", "--input", "{\"a\":[1,2]}"])
            .env("ASLX_SIMD", kernel))
    };
    for kernel in ["", "portable"] {
        assert_eq!(eval(kernel), (0, "[1,2]\n".to_owned(), String::new()), "{kernel}");
    }
    let (status, stdout, stderr) = eval("sse5");
    assert_eq!((status, stdout.as_str()), (2, ""));
    let message = "error: ASLX_SIMD: there is no kernel `sse5`: it is one of portable, sse2, avx2, avx512\n  help: \
                   this machine runs portable";
    assert!(stderr.starts_with(message), "{stderr}");
}

fn example(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(path)
}

#[test]
fn the_order_example_accounts_for_every_order() {
    let folder = tempfile::tempdir().unwrap();
    let (output, failures) = (folder.path().join("completed"), folder.path().join("failed"));
    let mut aslx = Command::new(env!("CARGO_BIN_EXE_aslx"));
    aslx.arg("run").arg(example("order-processing/order.asl.json"));
    aslx.arg(example("order-processing/orders.ndjson"));
    aslx.arg("--tasks").arg(example("order-processing/tasks.toml"));
    let (status, stdout, stderr) = run(aslx.arg("-o").arg(&output).arg("--failures").arg(&failures));
    assert_eq!((status, stdout.as_str()), (1, ""), "{stderr}");
    assert!(stderr.starts_with("10000 lines in "), "{stderr}");
    assert!(stderr.ends_with(": 9854 succeeded, 146 failed\n"), "{stderr}");
    let (output, failures) = (fs::read_to_string(output).unwrap(), fs::read_to_string(failures).unwrap());
    assert_eq!(output.lines().count(), 9_854);
    assert_eq!(failures.matches("\"error\":\"Order.Invalid\"").count(), 143);
    for line in [1_234, 5_678, 9_012] {
        assert!(
            failures.contains(&format!("\"line\":{line},\"status\":\"FAILED\",\"error\":\"States.Runtime\""))
        );
    }
    let ids: Vec<&str> = output.lines().map(|line| &line[..line.len().min(24)]).collect();
    assert!(ids.is_sorted(), "outputs are in the order of the input");
}

#[test]
fn the_map_example_has_the_output_that_it_shows() {
    let mut aslx = Command::new(env!("CARGO_BIN_EXE_aslx"));
    aslx.arg("run").arg(example("map-batch/batch.asl.json"));
    let (status, stdout, stderr) = run(aslx.arg(example("map-batch/batches.ndjson")));
    assert_eq!(
        (status, stdout),
        (0, fs::read_to_string(example("map-batch/expected.ndjson")).unwrap()),
        "{stderr}"
    );
}

/// What was cut off, changed or made by another version is refused with what to do.
#[test]
fn unusable_artifacts_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let artifact = folder.path().join("pass.aslx");
    let (status, stdout, stderr) = run(aslx("compile", "pass.asl.json").arg("-o").arg(&artifact));
    assert_eq!((status, stdout.as_str(), stderr.as_str()), (0, "", ""));
    let whole = fs::read(&artifact).unwrap();
    let (mut other, mut changed) = (whole.clone(), whole.clone());
    other[8] = 200;
    changed[whole.len() / 2 + 10] ^= 4;
    let cases = [
        (other, "has format 200, and this version of aslx loads format 8: compile the definition again"),
        (changed, "is damaged: its checksum does not fit: compile the definition again"),
        (whole[..whole.len() - 3].to_vec(), "is damaged: it has "),
        (whole[..9].to_vec(), "is damaged: it has 9 bytes, less than its header"),
    ];
    for (bytes, reason) in cases {
        fs::write(&artifact, bytes).unwrap();
        for command in ["run", "exec", "disassemble"] {
            let mut aslx = Command::new(env!("CARGO_BIN_EXE_aslx"));
            let (status, stdout, stderr) = run(aslx.arg(command).arg(&artifact).stdin(Stdio::null()));
            assert_eq!((status, stdout.as_str()), (2, ""), "{command}: {stderr}");
            let expected = format!("error: failed to load {}: the artifact {reason}", artifact.display());
            assert!(stderr.starts_with(&expected), "{command}: {stderr}");
        }
    }
}

#[test]
fn an_artifact_goes_through_a_pipe() {
    let output = aslx("compile", "pass.asl.json").args(["-o", "-"]).output().unwrap();
    assert!(output.status.success() && output.stdout.starts_with(b"\x7faslx"));
}

const COMMANDS: [&str; 10] = [
    "run",
    "exec",
    "validate",
    "test-state",
    "eval",
    "compile",
    "disassemble",
    "bench",
    "completions",
    "man",
];

#[test]
fn completions_and_manual_name_every_command() {
    let aslx = |arguments: &[&str]| run(Command::new(env!("CARGO_BIN_EXE_aslx")).args(arguments));
    let (_, help, _) = aslx(&["--help"]);
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).map(str::trim);
    let listed: Vec<_> =
        listed.map_while(|line| line.split(' ').next().filter(|name| !name.is_empty())).collect();
    assert_eq!(listed, COMMANDS, "a new command belongs here too");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let (status, script, stderr) = aslx(&["completions", shell]);
        assert_eq!((status, stderr.as_str()), (0, ""), "{shell}");
        assert!(COMMANDS.iter().all(|command| script.contains(command)), "{shell}: {script}");
    }
    let title = |command: &str| format!("aslx\\-{}", command.replace('-', "\\-"));
    let (status, page, _) = aslx(&["man"]);
    assert!(
        status == 0 && COMMANDS.iter().all(|command| page.contains(&format!("{}(1)", title(command)))),
        "{page}"
    );
    for command in COMMANDS {
        let (status, page, _) = aslx(&["man", command]);
        assert!(status == 0 && page.contains(&format!("{} \\- ", title(command))), "{page}");
    }
}

/// The figures differ from run to run; what they are figures of does not.
#[test]
fn a_benchmark_reports_and_draws() {
    let folder = tempfile::tempdir().unwrap();
    let plot = folder.path().join("plot.svg");
    let mut command = aslx("bench", "order.asl.json");
    command.arg(fixture("orders.ndjson")).arg("--tasks").arg(fixture("tasks.toml")).arg("--plot").arg(&plot);
    command.args(["--json", "--rounds", "2", "--time", "0.05", "--warm-up", "0", "--workers", "1"]);
    let (status, stdout, stderr) = run(&mut command);
    assert_eq!((status, &*stderr), (1, ""), "{stdout}");
    let report: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(report["executions"]["succeeded"], 2);
    assert_eq!(report["executions"]["errors"][0]["error"], "Order.Rejected");
    assert_eq!(report["executions"]["errors"][1]["first_line"], 4);
    for figure in ["executions_per_second", "serde_json_lines_per_second", "ratio_to_copy"] {
        assert!(report["throughput"][figure]["median"].as_f64().unwrap() > 0.0, "{figure}");
    }
    assert!(report["memory"]["allocations_per_execution"].is_number(), "the program's allocator counts");
    assert!(report["latency"]["p99_9_ns"].is_u64() && report["phases"]["parse_ns"].is_number());
    let drawn = fs::read_to_string(&plot).unwrap();
    assert!(
        drawn.starts_with("<svg ") && drawn.contains("by workers") && drawn.contains("by bytes of a line")
    );
}
