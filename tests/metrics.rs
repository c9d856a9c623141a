//! Metrics: what a recorder gets to see, and that every page that names one names one that exists.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::{
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use aslx::asl::model::MachineType;
use aslx::bytecode::Program;
use aslx::executor::{ManualClock, Time};
use aslx::pipeline::Pipeline;
use aslx::sink::Sink;
use aslx::source::Input;
use aslx::task::{TaskError, TaskRegistry, TaskRequest};
use aslx::telemetry::{
    DURATION_BUCKETS_SECONDS, EndStatus, ExecutionMetrics, METRICS, MetricKind, PUBLISH_INTERVAL,
    PipelineMetrics, WorkerMetrics,
};
use aslx::value::timestamp::Timestamp;
use aslx::vm::{Fiber, Names, Start, Step, Vm};
use aslx::{CompileOptions, Limits, compile};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};

const DEFINITION: &str = r#"{"StartAt":"A \"quoted\" name","States":{
    "A \"quoted\" name":{"Type":"Pass","Next":"Rate"},
    "Rate":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:Rate","End":true,
        "Retry":[{"ErrorEquals":["States.ALL"],"MaxAttempts":1}],
        "Catch":[{"ErrorEquals":["States.ALL"],"Next":"Sorry"}]},
    "Sorry":{"Type":"Pass","End":true}}}"#;

fn program() -> Arc<Program> {
    Arc::new(compile(DEFINITION, &CompileOptions::default()).unwrap())
}

fn recorder() -> PrometheusRecorder {
    PrometheusBuilder::new().set_buckets(&DURATION_BUCKETS_SECONDS).unwrap().build_recorder()
}

/// What a scrape says of a series, written as in the exposition format.
#[track_caller]
fn value(recorder: &PrometheusRecorder, series: &str) -> String {
    let page = recorder.handle().render();
    let mut lines = page.lines().filter_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    let value = lines.next().unwrap_or_else(|| panic!("no {series} in\n{page}")).to_owned();
    assert_eq!(lines.next(), None, "{series} twice");
    value
}

/// Enters the first two states, and stops where the task is to be invoked.
fn run_to_the_task(vm: &mut Vm, program: &Arc<Program>) {
    let names = Arc::new(Names::new("orders", MachineType::Express));
    let now = Timestamp::from_millis(0);
    let start = Start { now, seed: 0, names: &names, trace: false };
    let mut fiber = Fiber::new();
    let mut active = vm.start(&mut fiber, program, b"{}", &start).unwrap();
    assert!(matches!(active.run(now), Step::Suspend(_)));
}

#[test]
fn a_scrape_shows_every_metric_of_the_table_with_its_kind_and_help() {
    let recorder = recorder();
    drop((
        ExecutionMetrics::register(&recorder, "orders", &program()),
        PipelineMetrics::register(&recorder, "orders"),
    ));
    let page = recorder.handle().render();
    for info in METRICS {
        for line in [
            format!("# TYPE {} {}\n", info.name, info.kind.as_str()),
            format!("# HELP {} {}\n", info.name, info.help),
        ] {
            assert!(page.contains(&line), "{line}{page}");
        }
        let series = page.lines().find(|line| line.starts_with(&format!("{}{{", info.name)));
        let series =
            series.or_else(|| page.lines().find(|line| line.starts_with(&format!("{}_bucket{{", info.name))));
        let labels = info.labels.iter().map(|label| series.unwrap().find(&format!("{label}=\"")));
        assert!(labels.is_sorted() && series.unwrap().contains("state_machine=\"orders\""), "{series:?}");
        assert_eq!(info.name.ends_with("_total"), info.kind == MetricKind::Counter, "{}", info.name);
    }
    assert_eq!(page.matches("# TYPE ").count(), METRICS.len(), "{page}");
    assert!(page.contains(r#"aslx_state_entries_total{state_machine="orders",state="A \"quoted\" name"} 0"#));
    assert_eq!(page.matches("\naslx_state_retries_total{").count(), 1, "only one state can retry");
}

#[test]
fn workers_add_up_and_publish_each_count_once() {
    let (recorder, program) = (recorder(), program());
    let metrics = ExecutionMetrics::register(&recorder, "m", &program);
    let mut vm = Vm::new(&Limits::default());
    let mut workers = [(); 2].map(|()| WorkerMetrics::new(Some(Arc::clone(&metrics))));
    for worker in &mut workers {
        for _ in 0..2 {
            run_to_the_task(&mut vm, &program);
            worker.execution_started();
            worker.execution_parked();
        }
        worker.publish(vm.counters());
        worker.publish(vm.counters());
    }
    let check = |series: &str, expected: u64| {
        assert_eq!(value(&recorder, series), expected.to_string(), "{series}");
    };
    check(r#"aslx_executions_started_total{state_machine="m"}"#, 4);
    check(r#"aslx_executions_in_flight{state_machine="m"}"#, 4);
    check(r#"aslx_executions_parked{state_machine="m"}"#, 4);
    check(r#"aslx_state_entries_total{state_machine="m",state="Rate"}"#, 4);
    check(r#"aslx_state_transitions_total{state_machine="m"}"#, 8);

    // One worker may end what another one has started.
    for status in [EndStatus::Succeeded, EndStatus::Failed, EndStatus::TimedOut] {
        workers[1].execution_resumed();
        workers[1].execution_ended(status);
        workers[1].add_suspended_duration(Duration::from_secs(90));
    }
    workers[1].publish(vm.counters());
    check(r#"aslx_executions_in_flight{state_machine="m"}"#, 1);
    check(r#"aslx_executions_parked{state_machine="m"}"#, 1);
    check(r#"aslx_executions_ended_total{state_machine="m",status="TIMED_OUT"}"#, 1);
    let bucket = |le: &str| {
        format!(r#"aslx_execution_duration_seconds_bucket{{state_machine="m",suspended="true",le="{le}"}}"#)
    };
    check(&bucket("60"), 0);
    check(&bucket("120"), 3);
    check(r#"aslx_execution_duration_seconds_sum{state_machine="m",suspended="true"}"#, 270);
    check(r#"aslx_execution_duration_seconds_count{state_machine="m",suspended="false"}"#, 0);

    // A run that is stopped leaves nothing in flight, and publishes what it still has.
    workers[0].execution_ended(EndStatus::Failed);
    workers[0].execution_started();
    drop(workers);
    check(r#"aslx_executions_in_flight{state_machine="m"}"#, 0);
    check(r#"aslx_executions_parked{state_machine="m"}"#, 0);
    check(r#"aslx_executions_ended_total{state_machine="m",status="FAILED"}"#, 2);
    check(r#"aslx_executions_started_total{state_machine="m"}"#, 5);
}

#[test]
fn one_execution_in_1024_is_timed_and_the_first_is_one() {
    let mut worker = WorkerMetrics::new(None);
    let timed: Vec<usize> = (0..4096).filter(|_| worker.execution_started()).collect();
    assert_eq!(timed, [0, 1024, 2048, 3072]);
}

#[test]
fn counts_are_published_when_they_are_due() {
    let (recorder, program) = (recorder(), program());
    let mut vm = Vm::new(&Limits::default());
    let mut worker = WorkerMetrics::new(Some(ExecutionMetrics::register(&recorder, "m", &program)));
    let mut check = |now: Duration, expected: u64| {
        worker.execution_started();
        worker.publish_if_due(now, vm.counters());
        assert_eq!(
            value(&recorder, r#"aslx_executions_started_total{state_machine="m"}"#),
            expected.to_string(),
            "{now:?}"
        );
    };
    check(PUBLISH_INTERVAL / 2, 0);
    check(PUBLISH_INTERVAL, 2);
    check(PUBLISH_INTERVAL * 3 / 2, 2);
    check(PUBLISH_INTERVAL * 2, 4);
}

#[test]
fn a_pipeline_that_is_stopped_leaves_no_chunks_behind() {
    let recorder = recorder();
    let pipeline = PipelineMetrics::register(&recorder, "m");
    for _ in 0..3 {
        pipeline.chunk_claimed();
    }
    pipeline.chunk_committed(100);
    pipeline.written(70, 2);
    let check = |series: &str, expected: u64| {
        assert_eq!(value(&recorder, series), expected.to_string(), "{series}");
    };
    check(r#"aslx_chunks_uncommitted{state_machine="m"}"#, 2);
    check(r#"aslx_input_bytes_total{state_machine="m"}"#, 100);
    check(r#"aslx_output_bytes_total{state_machine="m"}"#, 70);
    check(r#"aslx_dead_letters_total{state_machine="m"}"#, 2);
    drop(pipeline);
    check(r#"aslx_chunks_uncommitted{state_machine="m"}"#, 0);
}

#[test]
fn a_run_accounts_for_every_line_and_byte() {
    let definition = r#"{"StartAt":"Route","States":{
        "Route":{"Type":"Choice","Default":"Done","Choices":[
            {"Variable":"$.kind","StringEquals":"wait","Next":"Hold"},
            {"Variable":"$.kind","StringEquals":"task","Next":"Work"}]},
        "Hold":{"Type":"Wait","Seconds":60,"Next":"Done"},
        "Work":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:Work","Next":"Done",
            "Retry":[{"ErrorEquals":["States.ALL"],"MaxAttempts":2,"IntervalSeconds":2,"BackoffRate":1}],
            "Catch":[{"ErrorEquals":["Caught"],"Next":"Done"}]},
        "Done":{"Type":"Pass","End":true}}}"#;
    let lines = b"{\"kind\":\"pass\"}\n{\"kind\":\"wait\"}\n\n{\"kind\":\"task\",\"as\":\"Caught\"}\n\
        {\"kind\":\"task\",\"as\":\"Fatal\"}\n{\"kind\":\"task\",\"as\":\"panic\"}\nnot JSON\n";
    let mut tasks = TaskRegistry::new();
    tasks.handle("*", |request: &TaskRequest<'_>| -> Result<&str, TaskError> {
        let name = if request.payload.ends_with(b"\"Caught\"}") { "Caught" } else { "Fatal" };
        assert!(!request.payload.ends_with(b"\"panic\"}"), "told to");
        Err(TaskError::new(name, "as asked"))
    });
    let recorder = Arc::new(recorder());
    let program = Arc::new(compile(definition, &CompileOptions::default()).unwrap());
    let clock = ManualClock::new(Timestamp::from_millis(1_000_000));
    let mut builder = Pipeline::builder(program);
    builder.input(Input::memory("lines", *lines)).output(Sink::stream("nowhere", io::sink()));
    builder.tasks(tasks).workers(2).time(Time::Real(Arc::new(clock))).chunk_bytes(20);
    builder.recorder(Arc::<PrometheusRecorder>::clone(&recorder));
    let summary = builder.build().unwrap().run().unwrap();

    let check = |name: &str, labels: &str, expected: u64| {
        let series = format!(r#"aslx_{name}{{state_machine="StateMachine"{labels}}}"#);
        assert_eq!(value(&recorder, &series), expected.to_string(), "{series}");
    };
    check("executions_started_total", "", 5);
    check("executions_ended_total", r#",status="SUCCEEDED""#, 3);
    check("executions_ended_total", r#",status="FAILED""#, 2);
    check("executions_ended_total", r#",status="TIMED_OUT""#, 0);
    for gauge in ["executions_in_flight", "executions_parked", "chunks_uncommitted"] {
        check(gauge, "", 0);
    }
    for (state, entries) in [("Route", 5), ("Hold", 1), ("Work", 3), ("Done", 3)] {
        check("state_entries_total", &format!(r#",state="{state}""#), entries);
    }
    check("state_retries_total", r#",state="Work""#, 4);
    check("state_catches_total", r#",state="Work""#, 1);
    check("state_transitions_total", "", 5 + 1 + 3 + 3 + 4);
    check("execution_duration_seconds_count", r#",suspended="true""#, 3);
    check("dead_letters_total", "", 3);
    check("input_bytes_total", "", lines.len() as u64);
    check("output_bytes_total", "", summary.bytes_out);
    assert_eq!((summary.succeeded, summary.failed), (3, 3));
    let waited: f64 = value(
        &recorder,
        r#"aslx_execution_duration_seconds_sum{state_machine="StateMachine",suspended="true"}"#,
    )
    .parse()
    .unwrap();
    assert!((60.0 + 4.0 + 4.0..300.0).contains(&waited), "{waited}");
    let timed = r#"aslx_execution_duration_seconds_count{state_machine="StateMachine",suspended="false"}"#;
    assert!(["0", "1", "2"].contains(&&*value(&recorder, timed)), "at most one a worker");
}

fn aslx_run(metrics: &str) -> Command {
    let mut aslx = Command::new(env!("CARGO_BIN_EXE_aslx"));
    aslx.arg("run").arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/fixtures/pass.asl.json"));
    aslx.args(["--metrics", metrics]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    aslx
}

fn scrape(port: u16) -> io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n")?;
    io::read_to_string(stream)
}

#[test]
fn a_run_is_scraped_while_it_waits_for_input() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut child = aslx_run(&port.to_string()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    assert_eq!(line, format!("metrics: http://127.0.0.1:{port}/metrics\n"));
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"1\n2\n{\n").unwrap();
    let mut output = [0; 4];
    child.stdout.take().unwrap().read_exact(&mut output).unwrap();
    // What is written is counted a moment later, before the worker waits for the next line.
    let expected = "\naslx_executions_ended_total{state_machine=\"pass\",status=\"SUCCEEDED\"} 2\n";
    let mut pages = (0..10_000).map(|_| scrape(port).unwrap());
    assert!(pages.any(|page| page.contains(expected)), "{}", scrape(port).unwrap());
    assert!(scrape(port).unwrap().starts_with("HTTP/1.0 200 OK\r\n"));
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(scrape(port).is_err(), "the listener ends with the run");
}

#[test]
fn an_address_in_use_is_refused_before_anything_is_written() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let output = tempfile::NamedTempFile::new().unwrap();
    fs::write(output.path(), "kept").unwrap();
    let mut aslx = aslx_run(&address.to_string());
    let ended = aslx.arg("-o").arg(output.path()).stdin(Stdio::null()).output().unwrap();
    let stderr = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(2), "{stderr}");
    assert!(stderr.starts_with(&format!("error: cannot serve metrics at {address}: Address already in use")));
    assert_eq!(fs::read_to_string(output.path()).unwrap(), "kept");
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn the_readme_shows_the_table() {
    let mut table = "| metric | kind | labels | what it says |\n| --- | --- | --- | --- |\n".to_owned();
    for info in METRICS {
        let labels = info.labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
        let row = [&format!("`{}`", info.name), info.kind.as_str(), &labels, info.help];
        table.extend(["| ", &row.join(" | "), " |\n"]);
    }
    assert!(read("README.md").contains(&format!("\n{table}\n")), "README.md should have\n{table}");
}

#[test]
fn dashboard_and_alerts_name_metrics_that_exist() {
    for path in [
        "examples/monitoring/dashboard.json",
        "examples/monitoring/alerts.yml",
        "examples/monitoring/README.md",
    ] {
        let text = read(path);
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let mut named = 0;
        for name in text.split(|c| !is_part(c)).filter(|word| word.starts_with("aslx_")) {
            let exists = METRICS.iter().any(|info| {
                let rest = name.strip_prefix(info.name);
                rest == Some("")
                    || info.kind == MetricKind::Histogram
                        && ["_bucket", "_sum", "_count"].map(Some).contains(&rest)
            });
            assert!(exists, "{path}: no metric is called {name}");
            named += 1;
        }
        assert!(named > 0, "{path}");
    }
    serde_json::from_str::<serde_json::Value>(&read("examples/monitoring/dashboard.json")).unwrap();
}
