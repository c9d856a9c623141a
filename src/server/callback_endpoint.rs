//! The endpoint that task tokens come back to, and that activities' workers ask for tasks.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::aws_json::{Refusal, Request, operation, response};
use super::guard::Guard;
use super::listener::BoundedListener;
use crate::json::write_json_string;
use crate::task::Callbacks;

/// Largest request: an output of 262,144 characters, escaped, with its token.
const BODY_BYTES_MAX: usize = 2 << 20;
/// Bounds of AWS's API on what a callback says, in characters.
const TOKEN_LENGTH_MAX: usize = 2_048;
const OUTPUT_LENGTH_MAX: usize = 262_144;
const ERROR_LENGTH_MAX: usize = 256;
const CAUSE_LENGTH_MAX: usize = 32_768;
const ARN_LENGTH_MAX: usize = 256;
const WORKER_NAME_LENGTH_MAX: usize = 80;
/// How long a worker waits for a task before it is told that there is none (AWS: 60 seconds).
const POLL_DURATION: Duration = Duration::from_mins(1);
const NO_TASK: &[u8] = br#"{"taskToken":null}"#;
/// How long answers that are under way may take once the endpoint is to end.
const LAST_ANSWERS_DURATION: Duration = Duration::from_secs(2);

/// Where an endpoint listens, and whom it lets in.
#[derive(Clone)]
#[non_exhaustive]
pub struct CallbackEndpointOptions {
    /// Address and port; port 0 is any that is free.
    pub address: SocketAddr,
    /// What clients have to put into `Authorization: Bearer ...`; needed on any but the loopback interface.
    pub bearer_token: Option<String>,
}

impl CallbackEndpointOptions {
    /// An endpoint at this address, for all that can reach it.
    pub fn new(address: SocketAddr) -> Self {
        Self { address, bearer_token: None }
    }
}

/// Takes callbacks over HTTP, in AWS's JSON 1.0 protocol: `SendTaskSuccess`, `SendTaskFailure`, `SendTaskHeartbeat` and
/// `GetActivityTask`, as AWS's own clients send them. It listens until it is dropped; requests that have come by then are answered.
pub struct CallbackEndpoint {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

/// What requests are answered with.
struct Shared {
    callbacks: Callbacks,
    guard: Guard,
    stopped: watch::Receiver<bool>,
}

impl CallbackEndpoint {
    /// Listens from now on.
    ///
    /// # Errors
    /// If the address cannot be listened at, or is not on the loopback interface and no bearer token is asked for.
    pub fn start(callbacks: Callbacks, options: &CallbackEndpointOptions) -> io::Result<Self> {
        let CallbackEndpointOptions { address, bearer_token } = options;
        if !address.ip().is_loopback() && bearer_token.as_deref().is_none_or(str::is_empty) {
            let message = "other machines can reach this address: a bearer token is needed";
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, message));
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind(address))?;
        let address = listener.local_addr()?;
        let guard = Guard::new(address, bearer_token.as_deref());
        let stop = watch::Sender::new(false);
        let router = Router::new().fallback(answer).with_state(Arc::new(Shared {
            callbacks,
            guard,
            stopped: stop.subscribe(),
        }));
        let served = axum::serve(BoundedListener::new(listener), router)
            .with_graceful_shutdown(wait_for_stop(stop.subscribe()));
        let stopped = stop.subscribe();
        let listen = async move {
            let end = async {
                wait_for_stop(stopped).await;
                tokio::time::sleep(LAST_ANSWERS_DURATION).await;
            };
            tokio::select! {
                _ = served => {}
                () = end => {}
            }
        };
        let thread = std::thread::Builder::new().name("aslx-callbacks".to_owned());
        let thread = thread.spawn(move || runtime.block_on(listen))?;
        Ok(Self { address, stop, thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for CallbackEndpoint {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            // If it panicked, nobody was served any more.
            let _ = thread.join();
        }
    }
}

async fn wait_for_stop(mut stopped: watch::Receiver<bool>) {
    // Whoever could say so being gone says it too.
    let _ = stopped.wait_for(|is_stopped| *is_stopped).await;
}

async fn answer(State(shared): State<Arc<Shared>>, request: axum::extract::Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let answered = shared.answer(&parts.method, &parts.headers, body).await;
    answered.map_or_else(|refusal| refusal.to_response(), |json| response(StatusCode::OK, json))
}

/// The whole body; not a byte of one that says it is too large.
async fn read(body: Body) -> Result<Bytes, Refusal> {
    let too_large = || {
        let message = format!("the request has more than {BODY_BYTES_MAX} bytes, or ends too early");
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "SerializationException", message)
    };
    if body.size_hint().lower() > BODY_BYTES_MAX as u64 {
        return Err(too_large());
    }
    axum::body::to_bytes(body, BODY_BYTES_MAX).await.map_err(|_| too_large())
}

impl Shared {
    async fn answer(&self, method: &Method, headers: &HeaderMap, body: Body) -> Result<Vec<u8>, Refusal> {
        self.guard.check(headers)?;
        if method != Method::POST {
            let message = "requests are sent with POST";
            return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "UnknownOperationException", message));
        }
        let operation = operation(headers)?;
        let request = Request::parse(&read(body).await?)?;
        let token = || request.required("taskToken", TOKEN_LENGTH_MAX);
        match operation {
            "SendTaskSuccess" => {
                let output = request.required("output", OUTPUT_LENGTH_MAX)?;
                self.callbacks.send_task_success(&token()?, output.as_bytes())?;
            }
            "SendTaskFailure" => {
                let error = request.optional("error", ERROR_LENGTH_MAX)?;
                let cause = request.optional("cause", CAUSE_LENGTH_MAX)?;
                self.callbacks.send_task_failure(&token()?, error.as_deref(), cause.as_deref())?;
            }
            "SendTaskHeartbeat" => self.callbacks.send_task_heartbeat(&token()?)?,
            "GetActivityTask" => return self.activity_task(&request).await,
            other => {
                let message = format!("the operation {other} is not served here");
                return Err(Refusal::new(StatusCode::BAD_REQUEST, "UnknownOperationException", message));
            }
        }
        Ok(b"{}".to_vec())
    }

    async fn activity_task(&self, request: &Request) -> Result<Vec<u8>, Refusal> {
        let arn = request.required("activityArn", ARN_LENGTH_MAX)?;
        request.optional("workerName", WORKER_NAME_LENGTH_MAX)?;
        let assigned = tokio::select! {
            assigned = self.callbacks.get_activity_task(&arn) => assigned?,
            () = tokio::time::sleep(POLL_DURATION) => return Ok(NO_TASK.to_vec()),
            () = wait_for_stop(self.stopped.clone()) => return Ok(NO_TASK.to_vec()),
        };
        let mut json = b"{\"input\":".to_vec();
        write_json_string(&String::from_utf8_lossy(&assigned.input), &mut json);
        json.extend_from_slice(b",\"taskToken\":");
        write_json_string(&assigned.task_token, &mut json);
        json.push(b'}');
        Ok(json)
    }
}

impl fmt::Debug for CallbackEndpointOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { address, bearer_token } = self;
        let has_bearer_token = bearer_token.is_some();
        let mut debug = f.debug_struct("CallbackEndpointOptions");
        debug.field("address", address).field("has_bearer_token", &has_bearer_token).finish()
    }
}

impl fmt::Debug for CallbackEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallbackEndpoint").field("address", &self.address).finish_non_exhaustive()
    }
}
