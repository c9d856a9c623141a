//! One worker: a process that runs a handler, and the Runtime API that it asks.

use std::convert::Infallible;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::invocation::{Invocation, Outcome, RequestId, region_of};
use super::runtime_api::RuntimeApi;
use super::workers::LambdaWorkersOptions;
use crate::bytecode::function_name;
use crate::task::process::{Process, describe, forward_lines};

/// A runtime has one connection, or two while it reports an error.
const CONNECTIONS_MAX: usize = 16;
/// How long a worker that has ended may still write its last lines.
const LAST_LINES_WAIT: Duration = Duration::from_secs(1);
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// A warm process. It is killed when this is dropped.
#[derive(Debug)]
pub(super) struct Worker {
    api: Arc<RuntimeApi>,
    process: Arc<Process>,
    /// Whether it has asked for an invocation before.
    is_ready: AtomicBool,
}

/// What the caller of a worker says of an invocation.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) id: RequestId,
    pub(super) trace_id: String,
    pub(super) arn: String,
    pub(super) payload: Bytes,
}

impl Worker {
    /// Starts a process for the function `arn`, as number `number` of its pool.
    pub(super) async fn start(options: &LambdaWorkersOptions, arn: &str, number: u64) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let authority = listener.local_addr()?.to_string();
        let log = &options.log;
        let name = function_name(arn).unwrap_or("function");
        let mut command = options.command.to_command(&environment(options, &authority, arn, name, number));
        let tag: Arc<str> = format!("{name}#{number}").into();
        let mut logs = JoinSet::new();
        let (process, ()) = Process::spawn(&mut command, |child| {
            if let Some(stdout) = child.stdout.take() {
                logs.spawn(forward_lines(stdout, log.clone(), Arc::clone(&tag)));
            }
            if let Some(stderr) = child.stderr.take() {
                logs.spawn(forward_lines(stderr, log.clone(), tag));
            }
        })?;
        let (process, api) =
            (Arc::new(process), Arc::new(RuntimeApi::new(authority, options.response_bytes_max)));
        tokio::spawn(serve(listener, Ending { api: Arc::clone(&api), process: Arc::clone(&process) }, logs));
        Ok(Self { api, process, is_ready: AtomicBool::new(false) })
    }

    /// Whether it can be given an invocation.
    pub(super) fn is_alive(&self) -> bool {
        self.api.ended().is_none()
    }

    /// Whether it has come up.
    pub(super) fn is_ready(&self) -> bool {
        self.is_ready.load(Ordering::Relaxed)
    }

    /// Has the function invoked; nothing if the process, which had come up before, ended without taking it.
    pub(super) async fn invoke(&self, options: &LambdaWorkersOptions, request: &Request) -> Option<Outcome> {
        let (taken_sender, taken) = oneshot::channel();
        let (answer_sender, mut answer) = oneshot::channel();
        self.api.submit(Invocation {
            id: request.id,
            payload: request.payload.clone(),
            arn: request.arn.clone(),
            trace_id: request.trace_id.clone(),
            timeout: options.timeout,
            taken: taken_sender,
            answer: answer_sender,
        });
        match timeout(options.init_timeout, taken).await {
            Ok(Ok(())) => self.is_ready.store(true, Ordering::Relaxed),
            Ok(Err(_)) if self.is_ready() => return None,
            Ok(Err(_)) => return Some(self.lost()),
            Err(_) => return Some(Outcome::TimedOut(options.init_timeout)),
        }
        Some(match timeout(options.timeout, &mut answer).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => self.lost(),
            Err(_) => Outcome::TimedOut(options.timeout),
        })
    }

    fn lost(&self) -> Outcome {
        self.api.ended().unwrap_or(Outcome::Exited(None))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.process.kill();
    }
}

/// Kills the process and ends its invocation, also if the runtime that serves it goes away.
#[derive(Debug)]
struct Ending {
    api: Arc<RuntimeApi>,
    process: Arc<Process>,
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.process.kill();
        self.api.end(Outcome::Exited(None));
    }
}

/// Serves a worker until it ends.
async fn serve(listener: TcpListener, ending: Ending, mut logs: JoinSet<()>) {
    let mut connections = JoinSet::new();
    let status = loop {
        tokio::select! {
            status = ending.process.exited() => break status,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < CONNECTIONS_MAX => match accepted {
                Ok((stream, _)) => drop(connections.spawn(serve_connection(stream, Arc::clone(&ending.api)))),
                // No descriptor is left, or the like: some may be soon.
                Err(_) => sleep(ACCEPT_PAUSE).await,
            },
        }
    };
    ending.api.end(Outcome::Exited(describe(&status)));
    drop((connections, listener));
    // A process of its own making may keep the streams open.
    let all_read = async { while logs.join_next().await.is_some() {} };
    let _ = timeout(LAST_LINES_WAIT, all_read).await;
}

async fn serve_connection(stream: TcpStream, api: Arc<RuntimeApi>) {
    // It makes answers slower at worst.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let api = Arc::clone(&api);
        async move { Ok::<_, Infallible>(api.answer(request).await) }
    });
    // A connection that breaks is the worker's business: it connects again or ends.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// The variables that Lambda defines (AWS docs, "Defined runtime environment variables").
fn environment(
    options: &LambdaWorkersOptions,
    authority: &str,
    arn: &str,
    name: &str,
    number: u64,
) -> Vec<(&'static str, String)> {
    let region = region_of(arn).to_owned();
    let mut variables = vec![
        ("AWS_LAMBDA_RUNTIME_API", authority.to_owned()),
        ("AWS_LAMBDA_FUNCTION_NAME", name.to_owned()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", options.memory_mb.to_string()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{name}")),
        ("AWS_LAMBDA_LOG_STREAM_NAME", format!("worker-{number}")),
        ("AWS_REGION", region.clone()),
        ("AWS_DEFAULT_REGION", region),
        ("TZ", ":UTC".to_owned()),
    ];
    let root = options.command.working_directory().map(|path| path.display().to_string());
    variables.push(("LAMBDA_TASK_ROOT", root.unwrap_or_else(|| ".".to_owned())));
    if let Some(handler) = &options.handler {
        variables.push(("_HANDLER", handler.clone()));
    }
    variables
}
