//! The Lambda Runtime API for one worker (AWS docs, "Using the Lambda runtime API for custom runtimes").
//!
//! Every worker has an address of its own, so that whoever asks at it is that worker. An invocation is put here, is
//! taken by `GET next`, and is over with the `POST` of its response or error, or with the worker.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HOST, HeaderMap, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::Notify;

use super::invocation::{Invocation, Outcome, RequestId, epoch_ms};
use crate::json::write_json_string;

const PREFIX: &str = "/2018-06-01/runtime/";

type Answer = Response<Full<Bytes>>;

/// What a worker's process and its invocations have in common.
#[derive(Debug)]
pub(super) struct RuntimeApi {
    /// The address as the worker was told it.
    authority: String,
    response_bytes_max: usize,
    state: Mutex<State>,
    has_pending: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// The invocation that the worker has not taken yet.
    pending: Option<Invocation>,
    /// The one it works on.
    current: Option<Current>,
    /// How it ended.
    ended: Option<Outcome>,
}

#[derive(Debug)]
struct Current {
    id: RequestId,
    answer: tokio::sync::oneshot::Sender<Outcome>,
}

impl RuntimeApi {
    pub(super) fn new(authority: String, response_bytes_max: usize) -> Self {
        Self { authority, response_bytes_max, state: Mutex::default(), has_pending: Notify::new() }
    }

    /// Puts an invocation here, of which there is one at a time.
    pub(super) fn submit(&self, invocation: Invocation) {
        let mut state = self.lock();
        if state.ended.is_none() {
            state.pending = Some(invocation);
            self.has_pending.notify_one();
        }
    }

    /// Ends the worker; the first end counts. Whoever waits for an answer is told by the loss of its channel.
    pub(super) fn end(&self, outcome: Outcome) {
        let mut state = self.lock();
        state.ended.get_or_insert(outcome);
        (state.pending, state.current) = (None, None);
    }

    /// How the worker ended, if it has.
    pub(super) fn ended(&self) -> Option<Outcome> {
        self.lock().ended.clone()
    }

    /// Answers one request of the worker.
    pub(super) async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Answer {
        // Whoever is sent here by a name that resolves to this address is not the worker.
        let host = request.headers().get(HOST).map(HeaderValue::as_bytes);
        if host.is_some_and(|host| host != self.authority.as_bytes()) {
            return refusal(StatusCode::FORBIDDEN, "InvalidHost", "the host is another one");
        }
        let path = request.uri().path().to_owned();
        let Some(path) = path.strip_prefix(PREFIX) else { return not_found() };
        match (request.method(), path) {
            (&Method::GET, "invocation/next") => self.next().await,
            (&Method::POST, "init/error") => self.init_error(request).await,
            (&Method::POST, path) => match path.strip_prefix("invocation/").and_then(|p| p.split_once('/')) {
                Some((id, "response")) => self.response(id, request).await,
                Some((id, "error")) => self.error(id, request).await,
                _ => not_found(),
            },
            _ => not_found(),
        }
    }

    /// Waits for the next invocation.
    async fn next(&self) -> Answer {
        loop {
            // Listening begins before looking, so that nothing put between the two is missed.
            let has_pending = self.has_pending.notified();
            {
                let mut state = self.lock();
                if state.current.is_some() {
                    let why = "the invocation before has no response yet";
                    return refusal(StatusCode::FORBIDDEN, "InvalidStateTransition", why);
                }
                if let Some(invocation) = state.pending.take() {
                    let (current, answer) = take(invocation);
                    state.current = Some(current);
                    return answer;
                }
            }
            has_pending.await;
        }
    }

    async fn response(&self, id: &str, request: Request<Incoming>) -> Answer {
        if !self.is_current(id) {
            return invalid_id();
        }
        match self.read(request).await {
            Err(refused) => {
                self.finish(id, Outcome::TooLarge { bytes_max: self.response_bytes_max });
                refused
            }
            Ok((payload, trailers)) => self.finish(id, outcome_of(payload, &trailers)),
        }
    }

    async fn error(&self, id: &str, request: Request<Incoming>) -> Answer {
        if !self.is_current(id) {
            return invalid_id();
        }
        match self.read(request).await {
            Err(refused) => {
                self.finish(id, Outcome::TooLarge { bytes_max: self.response_bytes_max });
                refused
            }
            Ok((payload, _)) => self.finish(id, Outcome::FunctionError(payload)),
        }
    }

    async fn init_error(&self, request: Request<Incoming>) -> Answer {
        match self.read(request).await {
            Err(refused) => refused,
            Ok((payload, _)) => {
                self.end(Outcome::FunctionError(payload));
                accepted()
            }
        }
    }

    /// A request's body and trailers; the refusal if it is too long, or was not sent to its end.
    async fn read(&self, request: Request<Incoming>) -> Result<(Bytes, HeaderMap), Answer> {
        if let Ok(body) = Limited::new(request.into_body(), self.response_bytes_max).collect().await {
            let trailers = body.trailers().cloned().unwrap_or_default();
            return Ok((body.to_bytes(), trailers));
        }
        let why = format!("Exceeded maximum allowed payload size ({} bytes).", self.response_bytes_max);
        Err(refusal(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", &why))
    }

    fn is_current(&self, id: &str) -> bool {
        self.lock().current.as_ref().is_some_and(|current| current.id.as_str() == id)
    }

    fn finish(&self, id: &str, outcome: Outcome) -> Answer {
        let current = self.lock().current.take_if(|current| current.id.as_str() == id);
        let Some(current) = current else { return invalid_id() };
        // Whoever gave up waiting needs no answer.
        let _ = current.answer.send(outcome);
        accepted()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hands an invocation to the worker.
fn take(invocation: Invocation) -> (Current, Answer) {
    let Invocation { id, payload, arn, trace_id, timeout, taken, answer } = invocation;
    let deadline_ms = epoch_ms().saturating_add(u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX));
    let mut response = Response::new(Full::new(payload));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert("lambda-runtime-deadline-ms", HeaderValue::from(deadline_ms));
    for (name, value) in [
        ("lambda-runtime-aws-request-id", id.as_str()),
        ("lambda-runtime-invoked-function-arn", &arn),
        ("lambda-runtime-trace-id", &trace_id),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    let _ = taken.send(());
    (Current { id, answer }, response)
}

/// A streamed response says in its trailers that it broke off (AWS docs, "Response streaming").
fn outcome_of(payload: Bytes, trailers: &HeaderMap) -> Outcome {
    if !trailers.contains_key("lambda-runtime-function-error-type") {
        return Outcome::Response(payload);
    }
    let body = trailers.get("lambda-runtime-function-error-body");
    let body = body.and_then(|body| BASE64_STANDARD.decode(body.as_bytes()).ok());
    Outcome::FunctionError(body.unwrap_or_default().into())
}

fn accepted() -> Answer {
    json(StatusCode::ACCEPTED, br#"{"status":"OK"}"#.to_vec())
}

fn not_found() -> Answer {
    refusal(StatusCode::NOT_FOUND, "NotFound", "there is no such resource in the Runtime API 2018-06-01")
}

fn invalid_id() -> Answer {
    refusal(StatusCode::BAD_REQUEST, "InvalidRequestID", "Invalid request ID")
}

fn refusal(status: StatusCode, error_type: &str, message: &str) -> Answer {
    let mut body = br#"{"errorType":"#.to_vec();
    write_json_string(error_type, &mut body);
    body.extend_from_slice(br#","errorMessage":"#);
    write_json_string(message, &mut body);
    body.push(b'}');
    json(status, body)
}

fn json(status: StatusCode, body: Vec<u8>) -> Answer {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
