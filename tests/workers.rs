//! Programs that answer tasks: what they are asked, and every way in which they can fail.
//!
//! The programs are the system's own (`sh`, `sed`, `sleep`); a worker of the Lambda Runtime API is played by the test,
//! which asks at the address that the process was given. `tests/peers` has the real ones.

#![cfg(all(unix, feature = "exec", feature = "lambda"))]

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aslx::bytecode::Program;
use aslx::executor::{Completed, Executor, OutcomeStatus};
use aslx::task::{
    AsyncTaskHandler, Coprocess, CoprocessOptions, LambdaWorkers, LambdaWorkersOptions, ProcessCommand,
    TaskRegistry,
};
use aslx::{CompileOptions, compile};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

/// Longer than anything here takes, on a machine that does much else.
const PATIENCE: Duration = Duration::from_mins(1);
const FUNCTION: &str = "arn:aws:lambda:eu-west-1:210987654321:function:Price";

fn program(resource: &str, members: &str) -> Program {
    let definition = format!(
        r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{resource}"{members},"End":true}}}}}}"#
    );
    compile(&definition, &CompileOptions::default()).expect("a valid definition")
}

fn executor(program: Program, handler: impl AsyncTaskHandler + 'static) -> Executor {
    let mut tasks = TaskRegistry::new();
    tasks.handle_async("*", handler);
    Executor::builder(program).tasks(tasks).workers(1).build().expect("an executor")
}

async fn execute(executor: &Executor, input: &str) -> Result<String, (String, String)> {
    let completed = executor.execute(input.as_bytes());
    let completed = tokio::time::timeout(PATIENCE, completed).await.expect("it ends").expect("it runs");
    let Completed { outcome, output, .. } = completed;
    if outcome.status == OutcomeStatus::Succeeded {
        return Ok(String::from_utf8(output).expect("JSON"));
    }
    Err((outcome.error.unwrap_or_default(), outcome.cause.unwrap_or_default()))
}

fn shell(script: &str) -> ProcessCommand {
    ProcessCommand::new("sh", ["-c", script])
}

/// Whether a process runs (and is no zombie).
fn is_running(pid: &str) -> bool {
    let status = std::fs::read_to_string(Path::new("/proc").join(pid).join("stat"));
    status.is_ok_and(|status| !status.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z')))
}

async fn wait_until_gone(pid: &str) {
    let gone = async {
        while is_running(pid) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.expect("the process is gone");
}

/// What processes log, line by line.
fn lines_of(log: &aslx::task::ProcessLog) -> mpsc::UnboundedReceiver<String> {
    let (sender, lines) = mpsc::unbounded_channel();
    log.set(move |line| drop(sender.send(format!("{}: {}", line.process, line.text))));
    lines
}

async fn next_line(lines: &mut mpsc::UnboundedReceiver<String>) -> String {
    tokio::time::timeout(PATIENCE, lines.recv()).await.expect("a line").expect("a log")
}

mod lambda {
    use super::*;

    fn options(command: ProcessCommand) -> LambdaWorkersOptions {
        let mut options = LambdaWorkersOptions::new(command);
        options.workers = NonZeroUsize::MIN;
        options
    }

    /// A process that says where it would ask and lives until it is killed.
    fn idle_process() -> ProcessCommand {
        shell(
            "echo $$ $AWS_LAMBDA_RUNTIME_API $_HANDLER $AWS_LAMBDA_FUNCTION_NAME $AWS_REGION $EXTRA; exec sleep 1000",
        )
    }

    /// The part of a worker, at its address.
    struct Runtime {
        stream: BufReader<TcpStream>,
        host: String,
    }

    struct Response {
        status: u16,
        headers: BTreeMap<String, String>,
        body: String,
    }

    impl Runtime {
        async fn connect(host: &str) -> Self {
            let stream = TcpStream::connect(host).await.expect("the API listens");
            Self { stream: BufReader::new(stream), host: host.to_owned() }
        }

        async fn ask(&mut self, method: &str, path: &str, body: &str) -> Response {
            let (host, length) = (&self.host, body.len());
            let request = format!(
                "{method} /2018-06-01/runtime/{path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {length}\r\n\r\n{body}"
            );
            self.stream.write_all(request.as_bytes()).await.expect("it reads");
            let answer = tokio::time::timeout(PATIENCE, self.response());
            answer.await.expect("it answers")
        }

        async fn response(&mut self) -> Response {
            let mut line = String::new();
            self.stream.read_line(&mut line).await.expect("a status line");
            let status = line.split(' ').nth(1).expect("a status").parse().expect("a number");
            let mut headers = BTreeMap::new();
            loop {
                line.clear();
                self.stream.read_line(&mut line).await.expect("a header");
                let Some((name, value)) = line.trim_end().split_once(": ") else { break };
                headers.insert(name.to_owned(), value.to_owned());
            }
            let length = headers.get("content-length").map_or(0, |length| length.parse().expect("a number"));
            let mut body = vec![0; length];
            self.stream.read_exact(&mut body).await.expect("a body");
            Response { status, headers, body: String::from_utf8(body).expect("UTF-8") }
        }

        async fn next(&mut self) -> Response {
            self.ask("GET", "invocation/next", "").await
        }

        async fn answer(&mut self, id: &str, what: &str, body: &str) -> u16 {
            self.ask("POST", &format!("invocation/{id}/{what}"), body).await.status
        }
    }

    fn id(next: &Response) -> String {
        next.headers["lambda-runtime-aws-request-id"].clone()
    }

    /// The pid, the address and what else the process of a log line says.
    fn told(line: &str) -> (String, String, String) {
        let (_, text) = line.split_once(": ").expect("a tag");
        let mut words = text.splitn(3, ' ').map(str::to_owned);
        let mut word = || words.next().unwrap_or_default();
        (word(), word(), word())
    }

    #[tokio::test]
    async fn a_worker_is_told_all_of_an_invocation_and_serves_one_after_the_other() {
        let mut options = options(idle_process().environment("EXTRA", "more"));
        options.handler = Some("price.handler".to_owned());
        options.timeout = Duration::from_secs(20);
        let mut lines = lines_of(&options.log);
        let executor = executor(program(FUNCTION, ""), LambdaWorkers::new(options));
        let first = execute(&executor, r#"{"n": 1}"#);
        let worker = async {
            let line = next_line(&mut lines).await;
            assert!(line.starts_with("Price#0: "), "{line}");
            let (pid, host, rest) = told(&line);
            assert_eq!(rest, "price.handler Price eu-west-1 more");
            let mut runtime = Runtime::connect(&host).await;
            let next = runtime.next().await;
            assert_eq!((next.status, next.body.as_str()), (200, r#"{"n":1}"#));
            assert_eq!(next.headers["lambda-runtime-invoked-function-arn"], FUNCTION);
            let trace_id = &next.headers["lambda-runtime-trace-id"];
            assert!(trace_id.starts_with("Root=1-") && trace_id.contains(";Parent="), "{trace_id}");
            let now = std::time::UNIX_EPOCH.elapsed().expect("after 1970").as_millis();
            let deadline: u128 = next.headers["lambda-runtime-deadline-ms"].parse().expect("a number");
            assert!(deadline <= now + 20_000 && deadline + 20_000 > now, "{deadline} at {now}");
            assert_eq!(runtime.answer("another", "response", "1").await, 400);
            assert_eq!(runtime.next().await.status, 403, "the first has no response yet");
            assert_eq!(runtime.answer(&id(&next), "response", r#"{"price": 2.0}"#).await, 202);
            assert_eq!(runtime.answer(&id(&next), "response", "2").await, 400, "it is over");
            (pid, runtime)
        };
        let (answer, (pid, mut runtime)) = tokio::join!(first, worker);
        assert_eq!(answer.as_deref(), Ok(r#"{"price":2.0}"#));

        let second = async {
            let next = runtime.next().await;
            assert_eq!(next.body, "5");
            let error = r#"{"errorMessage": "no", "errorType": "Refused"}"#;
            assert_eq!(runtime.answer(&id(&next), "error", error).await, 202);
        };
        let (answer, ()) = tokio::join!(execute(&executor, "5"), second);
        let cause = r#"{"errorMessage": "no", "errorType": "Refused"}"#.to_owned();
        assert_eq!(answer, Err(("Refused".to_owned(), cause)));
        assert!(is_running(&pid));
        drop(executor);
        wait_until_gone(&pid).await;
    }

    #[tokio::test]
    async fn the_service_integration_has_its_envelope_and_minified_causes() {
        let options = options(idle_process());
        let mut lines = lines_of(&options.log);
        let members = r#","Parameters":{"FunctionName":"Price","Payload.$":"$.order"}"#;
        let executor =
            executor(program("arn:aws:states:::lambda:invoke", members), LambdaWorkers::new(options));
        let worker = async {
            let (_, host, _) = told(&next_line(&mut lines).await);
            let mut runtime = Runtime::connect(&host).await;
            let next = runtime.next().await;
            assert_eq!(next.body, "[1]");
            let arn = &next.headers["lambda-runtime-invoked-function-arn"];
            assert_eq!(arn, "arn:aws:lambda:us-east-1:123456789012:function:Price");
            assert_eq!(runtime.answer(&id(&next), "response", "7").await, 202);
            runtime
        };
        let (answer, mut runtime) = tokio::join!(execute(&executor, r#"{"order":[1]}"#), worker);
        assert_eq!(answer.as_deref(), Ok(r#"{"ExecutedVersion":"$LATEST","Payload":7,"StatusCode":200}"#));
        let worker = async {
            let next = runtime.next().await;
            runtime.answer(&id(&next), "error", r#"{"errorType": "E", "errorMessage": "m"}"#).await
        };
        let (answer, status) = tokio::join!(execute(&executor, r#"{"order":[1]}"#), worker);
        assert_eq!(status, 202);
        let cause = r#"{"errorType":"E","errorMessage":"m"}"#;
        assert_eq!(answer, Err(("E".to_owned(), cause.to_owned())));
    }

    #[tokio::test]
    async fn whoever_breaks_the_rules_of_the_api_is_refused() {
        let mut options = options(idle_process());
        options.response_bytes_max = 10;
        let mut lines = lines_of(&options.log);
        let executor = executor(program(FUNCTION, ""), LambdaWorkers::new(options));
        let worker = async {
            let (_, host, _) = told(&next_line(&mut lines).await);
            let mut stranger = Runtime::connect(&host).await;
            stranger.host = "rebound.example".to_owned();
            assert_eq!(stranger.next().await.status, 403);
            let mut runtime = Runtime::connect(&host).await;
            assert_eq!(runtime.ask("GET", "invocation/last", "").await.status, 404);
            assert_eq!(runtime.ask("POST", "restore/error", "").await.status, 404);
            let next = runtime.next().await;
            assert_eq!(runtime.answer(&id(&next), "response", "\"0123456789\"").await, 413);
        };
        let (answer, ()) = tokio::join!(execute(&executor, "1"), worker);
        let (error, cause) = answer.expect_err("it is too long");
        assert_eq!(error, "Function.ResponseSizeTooLarge");
        assert!(cause.contains("maximum allowed payload size (10 bytes)"), "{cause}");
    }

    #[tokio::test]
    async fn a_process_that_ends_is_an_exit_error_with_how() {
        for (script, how) in [
            ("exit 3", "Runtime exited with error: exit status 3"),
            ("exit 0", "Runtime exited without providing a reason"),
            ("kill -9 $$", "Runtime exited with error: signal: killed"),
        ] {
            let executor = executor(program(FUNCTION, ""), LambdaWorkers::new(options(shell(script))));
            let (error, cause) = execute(&executor, "1").await.expect_err(script);
            assert_eq!(error, "Runtime.ExitError");
            assert!(
                cause.starts_with(r#"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: "#),
                "{cause}"
            );
            assert!(cause.ends_with(&format!("Error: {how}\"}}")), "{cause}");
        }
        let missing = ProcessCommand::new("/no/such/program", [""; 0]);
        let executor = executor(program(FUNCTION, ""), LambdaWorkers::new(options(missing)));
        let (error, cause) = execute(&executor, "1").await.expect_err("it is missing");
        assert_eq!(error, "Runtime.InvalidEntrypoint");
        assert!(cause.contains("failed to start /no/such/program: "), "{cause}");
    }

    #[tokio::test]
    async fn an_error_of_the_start_is_that_of_the_invocation_and_the_next_process_may_do_better() {
        let options = options(idle_process());
        let mut lines = lines_of(&options.log);
        let executor = executor(program(FUNCTION, ""), LambdaWorkers::new(options));
        let import =
            r#"{"errorMessage": "no module named 'price'", "errorType": "Runtime.ImportModuleError"}"#;
        let worker = async {
            let (pid, host, _) = told(&next_line(&mut lines).await);
            let mut runtime = Runtime::connect(&host).await;
            assert_eq!(runtime.ask("POST", "init/error", import).await.status, 202);
            pid
        };
        let (answer, pid) = tokio::join!(execute(&executor, "1"), worker);
        assert_eq!(answer, Err(("Runtime.ImportModuleError".to_owned(), import.to_owned())));
        wait_until_gone(&pid).await;
        let worker = async {
            let line = next_line(&mut lines).await;
            assert!(line.starts_with("Price#1: "), "{line}");
            let mut runtime = Runtime::connect(&told(&line).1).await;
            let next = runtime.next().await;
            runtime.answer(&id(&next), "response", "2").await
        };
        let (answer, _) = tokio::join!(execute(&executor, "1"), worker);
        assert_eq!(answer.as_deref(), Ok("2"));
    }

    #[tokio::test]
    async fn what_takes_too_long_is_killed() {
        // One that never asks, and one that never answers.
        let mut options = options(idle_process());
        options.init_timeout = Duration::from_millis(10);
        options.timeout = Duration::from_millis(30);
        let mut lines = lines_of(&options.log);
        let executor = executor(program(FUNCTION, ""), LambdaWorkers::new(options.clone()));
        let (error, cause) = execute(&executor, "1").await.expect_err("it never asks");
        assert_eq!(error, "Sandbox.Timedout");
        assert!(cause.ends_with("Error: Task timed out after 0.01 seconds\"}"), "{cause}");
        let _ = lines.try_recv();

        options.init_timeout = PATIENCE;
        let executor = super::executor(program(FUNCTION, ""), LambdaWorkers::new(options));
        let worker = async {
            let (pid, host, _) = told(&next_line(&mut lines).await);
            Runtime::connect(&host).await.next().await;
            pid
        };
        let (answer, pid) = tokio::join!(execute(&executor, "1"), worker);
        let (error, cause) = answer.expect_err("it never answers");
        assert_eq!(error, "Sandbox.Timedout");
        assert!(cause.ends_with("Error: Task timed out after 0.03 seconds\"}"), "{cause}");
        wait_until_gone(&pid).await;
    }

    #[tokio::test]
    async fn a_task_that_is_given_up_takes_its_worker_with_it_and_leaves_its_place() {
        let options = options(idle_process());
        let mut lines = lines_of(&options.log);
        let executor = executor(program(FUNCTION, r#","TimeoutSeconds":1"#), LambdaWorkers::new(options));
        for _ in 0..2 {
            let worker = async {
                let (pid, host, _) = told(&next_line(&mut lines).await);
                Runtime::connect(&host).await.next().await;
                pid
            };
            let (answer, pid) = tokio::join!(execute(&executor, "1"), worker);
            assert_eq!(answer.expect_err("it never answers").0, "States.Timeout");
            wait_until_gone(&pid).await;
        }
    }
}

mod exec {
    use super::*;

    fn options(command: ProcessCommand) -> CoprocessOptions {
        CoprocessOptions::new(command)
    }

    /// Answers each request with its input.
    fn echo() -> ProcessCommand {
        ProcessCommand::new("sed", ["-u", "s/\"input\":/\"output\":/"])
    }

    fn error_of(answer: Result<String, (String, String)>) -> (String, String) {
        answer.expect_err("it fails")
    }

    #[tokio::test]
    async fn many_requests_are_under_way_in_one_process() {
        let executor = Arc::new(executor(program(FUNCTION, ""), Coprocess::new(options(echo()))));
        let calls: Vec<_> = (0..500)
            .map(|number| {
                let executor = Arc::clone(&executor);
                tokio::spawn(async move { (number, execute(&executor, &number.to_string()).await) })
            })
            .collect();
        for call in calls {
            let (number, answer) = call.await.expect("no panic");
            assert_eq!(answer, Ok(number.to_string()));
        }
    }

    #[tokio::test]
    async fn responses_are_matched_by_their_number_and_errors_are_errors() {
        // It answers the second request first, and then the first one with an error.
        let script = r#"read -r first; read -r second
            printf '%s\n' "$second" | sed 's/"input":/"output":/'
            printf '%s\n' "$first" | sed 's/"input":.*}/"error":"OutOfStock","cause":"none left"}/'; read -r end"#;
        let executor = executor(program(FUNCTION, ""), Coprocess::new(options(shell(script))));
        let (first, second) = tokio::join!(execute(&executor, "1"), execute(&executor, "2"));
        let refused = Err(("OutOfStock".to_owned(), "none left".to_owned()));
        assert!(
            (first == refused && second.as_deref() == Ok("2"))
                || (second == refused && first.as_deref() == Ok("1")),
            "{first:?} {second:?}"
        );
    }

    #[tokio::test]
    async fn a_process_that_dies_fails_what_it_had_and_is_started_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let script = r#"if [ -e again ]; then exec sed -u 's/"input":/"output":/'; fi; touch again; read -r line; exit 7"#;
        let command = shell(script).directory(folder.path());
        let executor = executor(program(FUNCTION, ""), Coprocess::new(options(command)));
        let (error, cause) = error_of(execute(&executor, "1").await);
        assert_eq!(error, "Exec.ProcessExited");
        assert_eq!(cause, "the program sh ended before it answered (exit status 7)");
        assert_eq!(execute(&executor, "2").await, Ok("2".to_owned()));
        let missing = ProcessCommand::new("/no/such/program", [""; 0]);
        let executor = super::executor(program(FUNCTION, ""), Coprocess::new(options(missing)));
        let (error, cause) = error_of(execute(&executor, "1").await);
        assert_eq!(error, "Exec.StartFailed");
        assert!(cause.starts_with("failed to start /no/such/program: "), "{cause}");
    }

    #[tokio::test]
    async fn what_is_no_response_ends_the_process() {
        let wrong = "the program wrote a line that answers no request; \
                     what else it has to say belongs on standard error";
        let long = "the program wrote a line of more than 100 bytes";
        for (script, cause) in [
            ("read -r line; echo debugging; exec sleep 1000", wrong),
            ("read -r line; echo '{\"id\":99,\"output\":1}'; exec sleep 1000", wrong),
            ("read -r line; echo '{\"id\":0,\"output\":'; exec sleep 1000", wrong),
            ("read -r line; exec yes | tr -d '\\n'", long),
        ] {
            let mut options = options(shell(script));
            options.response_bytes_max = 100;
            let executor = executor(program(FUNCTION, ""), Coprocess::new(options));
            let expected = ("Exec.InvalidResponse".to_owned(), cause.to_owned());
            assert_eq!(error_of(execute(&executor, "1").await), expected, "{script}");
        }
    }

    #[tokio::test]
    async fn a_flood_on_standard_error_stops_nothing_and_is_cut() {
        let script = r#"head -c 3000000 /dev/zero | tr '\0' x >&2; echo "id $$" >&2; exec sed -u 's/"input":/"output":/'"#;
        let options = options(shell(script));
        let mut lines = lines_of(&options.log);
        let executor = executor(program(FUNCTION, ""), Coprocess::new(options));
        assert_eq!(execute(&executor, "1").await, Ok("1".to_owned()));
        let line = next_line(&mut lines).await;
        assert_eq!(line.len(), "sh#0: ".len() + 8192);
        drop(executor);
    }

    #[tokio::test]
    async fn a_process_that_hangs_is_killed_once_nobody_waits_for_it() {
        let options = options(shell("echo $$ >&2; read -r line; exec sleep 1000"));
        let mut lines = lines_of(&options.log);
        let executor = executor(program(FUNCTION, r#","TimeoutSeconds":1"#), Coprocess::new(options));
        for number in 0..2 {
            let error = error_of(execute(&executor, "1").await).0;
            assert_eq!(error, "States.Timeout");
            let line = next_line(&mut lines).await;
            let pid = line.strip_prefix(&format!("sh#{number}: ")).expect("a process of its own");
            wait_until_gone(pid).await;
        }
    }

    #[tokio::test]
    async fn processes_end_with_the_handler() {
        let options = options(shell(r#"echo $$ >&2; exec sed -u 's/"input":/"output":/'"#));
        let mut lines = lines_of(&options.log);
        let executor = executor(program(FUNCTION, ""), Coprocess::new(options));
        assert_eq!(execute(&executor, "1").await, Ok("1".to_owned()));
        let line = next_line(&mut lines).await;
        drop(executor);
        wait_until_gone(line.strip_prefix("sh#0: ").expect("a tag")).await;
    }
}
