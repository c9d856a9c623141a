//! One invocation of a function: what its worker is told, and how it can end.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use tokio::sync::oneshot;

use super::function_error::{function_error, payload_of_lambda};
use crate::bytecode::function_name;
use crate::task::{Reply, TaskCall, TaskError};
use crate::value::random::Random;

/// Stands where a definition names a function without region or account.
const REGION_DEFAULT: &str = "us-east-1";
const ACCOUNT_DEFAULT: &str = "123456789012";

/// What a worker is given.
#[derive(Debug)]
pub(super) struct Invocation {
    pub(super) id: RequestId,
    pub(super) payload: Bytes,
    pub(super) arn: String,
    pub(super) trace_id: String,
    /// How long the function may take from the moment it is given the invocation.
    pub(super) timeout: Duration,
    /// Told when the worker has taken it.
    pub(super) taken: oneshot::Sender<()>,
    pub(super) answer: oneshot::Sender<Outcome>,
}

/// The identity of an invocation: a UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RequestId([u8; 36]);

impl RequestId {
    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// How an invocation ended.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    /// The function answered.
    Response(Bytes),
    /// The runtime reported an error, of the function or of its start.
    FunctionError(Bytes),
    /// The function answered with more than is accepted.
    TooLarge { bytes_max: usize },
    /// It took too long.
    TimedOut(Duration),
    /// The process ended, as these words say unless it ended well.
    Exited(Option<String>),
    /// The process could not be started.
    NotStarted(String),
}

impl Outcome {
    /// What the Task state gets.
    pub(super) fn into_result(self, id: &RequestId, is_minified: bool) -> Result<Reply, TaskError> {
        let id = id.as_str();
        let payload = match self {
            Self::Response(payload) => {
                let mut reply = Reply::default();
                *reply.json() = payload.into();
                return Ok(reply);
            }
            Self::FunctionError(payload) => payload.into(),
            Self::TooLarge { bytes_max } => {
                let what = format!(
                    "Response payload size exceeded maximum allowed payload size ({bytes_max} bytes)."
                );
                payload_of_lambda("Function.ResponseSizeTooLarge", id, &what)
            }
            Self::TimedOut(timeout) => {
                let what = format!("Task timed out after {:.2} seconds", timeout.as_secs_f64());
                payload_of_lambda("Sandbox.Timedout", id, &what)
            }
            Self::Exited(Some(how)) => {
                payload_of_lambda("Runtime.ExitError", id, &format!("Runtime exited with error: {how}"))
            }
            Self::Exited(None) => {
                payload_of_lambda("Runtime.ExitError", id, "Runtime exited without providing a reason")
            }
            Self::NotStarted(why) => payload_of_lambda("Runtime.InvalidEntrypoint", id, &why),
        };
        Err(function_error(&payload, is_minified))
    }
}

/// The function that a call is for, as an ARN.
pub(super) fn invoked_arn(call: &TaskCall) -> String {
    let text = call.function_name().unwrap_or_else(|| call.resource());
    if text.starts_with("arn:") && text.contains(":function:") {
        return text.to_owned();
    }
    let name = function_name(text).unwrap_or("function");
    format!("arn:aws:lambda:{REGION_DEFAULT}:{ACCOUNT_DEFAULT}:function:{name}")
}

/// The region of a function's ARN.
pub(super) fn region_of(arn: &str) -> &str {
    arn.split(':').nth(3).filter(|region| !region.is_empty()).unwrap_or(REGION_DEFAULT)
}

/// An X-Ray trace header for a trace of its own that is not sampled (AWS docs, "Tracing header").
pub(super) fn trace_id(random: &mut Random) -> String {
    let seconds = epoch_ms() / 1000;
    let (high, low, parent) = (random.next_u64() as u32, random.next_u64(), random.next_u64());
    format!("Root=1-{seconds:08x}-{high:08x}{low:016x};Parent={parent:016x};Sampled=0")
}

pub(super) fn request_id(random: &mut Random) -> RequestId {
    RequestId(random.uuid_v4())
}

/// The time of day; handlers compare deadlines with that of their own process.
#[expect(clippy::disallowed_methods, reason = "other processes cannot be given a clock")]
pub(super) fn epoch_ms() -> u64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}
