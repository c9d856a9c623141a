//! The endpoint that task tokens come back to, and that activities' workers ask for tasks.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, Response, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::aws_json::{Refusal, Request, operation, response};
use super::guard::Guard;
use super::listener::BoundedListener;
use crate::json::write_json_string;
use crate::task::{CallbackError, Callbacks};

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
const POLL_DURATION: Duration = Duration::from_secs(60);

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
/// `GetActivityTask`, as AWS's own clients send them. It listens until it is dropped.
pub struct CallbackEndpoint {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What requests are answered with.
struct Shared {
    callbacks: Callbacks,
    guard: Guard,
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
        let router = Router::new()
            .fallback(answer)
            .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
            .with_state(Arc::new(Shared { callbacks, guard }));
        let (stop, stopped) = oneshot::channel::<()>();
        let listen = async move {
            tokio::select! {
                _ = axum::serve(BoundedListener::new(listener), router) => {}
                _ = stopped => {}
            }
        };
        let thread = std::thread::Builder::new().name("aslx-callbacks".to_owned());
        let thread = thread.spawn(move || runtime.block_on(listen))?;
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for CallbackEndpoint {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // If it panicked, nobody was served any more.
            let _ = thread.join();
        }
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    method: Method,
    headers: HeaderMap,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Response<Body> {
    let answered = shared.answer(&method, &headers, body.ok()).await;
    answered.map_or_else(|refusal| refusal.to_response(), |json| response(StatusCode::OK, json))
}

impl Shared {
    async fn answer(
        &self,
        method: &Method,
        headers: &HeaderMap,
        body: Option<Bytes>,
    ) -> Result<Vec<u8>, Refusal> {
        self.guard.check(headers)?;
        if method != Method::POST {
            let message = "requests are sent with POST";
            return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "UnknownOperationException", message));
        }
        let operation = operation(headers)?;
        let body = body.ok_or_else(|| {
            let message = format!("the request has more than {BODY_BYTES_MAX} bytes");
            Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "SerializationException", message)
        })?;
        let request = Request::parse(&body)?;
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
        let assigned: Result<Result<_, CallbackError>, _> =
            tokio::time::timeout(POLL_DURATION, self.callbacks.get_activity_task(&arn)).await;
        let Ok(assigned) = assigned else { return Ok(br#"{"taskToken":null}"#.to_vec()) };
        let assigned = assigned?;
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
