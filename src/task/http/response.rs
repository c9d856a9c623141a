//! What a state gets of a response, and what failed ones are called.

use std::time::Duration;

use hyper::HeaderMap;
use hyper::header::CONTENT_TYPE;

use super::{HttpFailure, HttpResponse};
use crate::json::{Document, NodeId, minify, write_json_string};
use crate::task::TaskError;

/// How long a handler waits for a response, and how much it reads of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResponseBounds {
    /// From the connection to the response's last byte (AWS: 60 seconds).
    pub timeout: Duration,
    /// Most bytes of a response's body.
    pub bytes_max: usize,
}

impl Default for ResponseBounds {
    fn default() -> Self {
        Self { timeout: Duration::from_mins(1), bytes_max: 1 << 20 }
    }
}

/// Deepest nesting of a response's JSON.
pub(in crate::task) const NESTING_DEPTH_MAX: u32 = 1024;
/// Longest cause, as AWS bounds it.
const CAUSE_BYTES_MAX: usize = 32_768;

impl HttpFailure {
    /// The error of an HTTP Task; `name` is what the state asked for, for the text.
    pub(in crate::task) fn into_task_error(self, name: &str) -> TaskError {
        match self {
            Self::Refused(refused) => TaskError::new("States.Permissions", refused.to_string()),
            Self::TooLarge => TaskError::new(
                "States.DataLimitExceeded",
                format!(
                    "The state/task '{name}' returned a result with a size exceeding the maximum number of bytes service limit."
                ),
            ),
            Self::TimedOut(_) | Self::Socket(_) => TaskError::new("States.Http.Socket", self.to_string()),
        }
    }
}

impl HttpResponse {
    /// The error of a response whose status is none of success: the cause is what the server said.
    pub(super) fn status_error(&self) -> Option<TaskError> {
        if self.status.is_success() {
            return None;
        }
        let cause = String::from_utf8_lossy(&self.body);
        let end = cause.floor_char_boundary(CAUSE_BYTES_MAX.min(cause.len()));
        let error = format!("States.Http.StatusCode.{}", self.status.as_u16());
        Some(TaskError::new(error, &cause[..end]))
    }

    /// The body as text, unless it is of a kind that is none (AWS docs, "Unsupported HTTP Task responses").
    pub(super) fn text(&self) -> Result<&str, TaskError> {
        let media_type = media_type(&self.headers);
        let is_binary = media_type == "application/octet-stream"
            || ["image/", "video/", "audio/"].iter().any(|kind| media_type.starts_with(kind));
        if is_binary {
            let cause = format!("an HTTP Task does not support responses of the content type {media_type}");
            return Err(TaskError::new("States.Runtime", cause));
        }
        std::str::from_utf8(&self.body)
            .map_err(|error| TaskError::new("States.Runtime", format!("the response is not text: {error}")))
    }

    /// The result of an HTTP Task (AWS docs, "HTTP Task definition").
    pub(super) fn write_result(&self, out: &mut Vec<u8>) -> Result<(), TaskError> {
        let text = self.text()?;
        out.extend_from_slice(br#"{"Headers":"#);
        write_headers(&self.headers, out);
        out.extend_from_slice(br#","ResponseBody":"#);
        match is_json(&media_type(&self.headers)).then(|| Document::parse(text.as_bytes(), NESTING_DEPTH_MAX))
        {
            Some(Ok(document)) => minify(document.doc(), NodeId::ROOT, out),
            _ => write_json_string(text, out),
        }
        out.extend_from_slice(br#","StatusCode":"#);
        out.extend_from_slice(self.status.as_str().as_bytes());
        out.extend_from_slice(br#","StatusText":"#);
        let usual = || self.status.canonical_reason().unwrap_or_default();
        write_json_string(self.reason.as_deref().unwrap_or_else(usual), out);
        out.push(b'}');
        Ok(())
    }
}

/// The content type without its parameters.
fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_json(media_type: &str) -> bool {
    media_type == "application/json" || media_type.ends_with("+json")
}

/// Headers as an object of lists, by name.
fn write_headers(headers: &HeaderMap, out: &mut Vec<u8>) {
    let mut names: Vec<_> = headers.keys().collect();
    names.sort_unstable_by_key(|name| name.as_str());
    out.push(b'{');
    for (index, name) in names.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_json_string(name.as_str(), out);
        out.extend_from_slice(b":[");
        for (index, value) in headers.get_all(name).iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            write_json_string(&String::from_utf8_lossy(value.as_bytes()), out);
        }
        out.push(b']');
    }
    out.push(b'}');
}
