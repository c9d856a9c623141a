//! Why a request failed, in words that can be shown.
//!
//! The crate's own texts have addresses, durations and whole answers in them. An answer of S3 to a bad signature repeats
//! the request with its session token, so only what is known to be harmless is taken out of them.

use std::error::Error as StdError;

use object_store::Error;
use object_store::client::{HttpError, HttpErrorKind};

/// Longest message of an endpoint that is shown.
const MESSAGE_CHARACTERS_MAX: usize = 300;
/// How deep causes are looked into.
const CAUSES_MAX: usize = 16;

/// What a request came to that failed.
pub(super) fn reason(error: &Error) -> String {
    let causes = || std::iter::successors(error.source(), |cause| (*cause).source()).take(CAUSES_MAX);
    if let Some(http) = causes().find_map(|cause| cause.downcast_ref::<HttpError>()) {
        return of_connection(http, causes().last());
    }
    let text = causes().last().map_or_else(|| error.to_string(), ToString::to_string);
    let (code, message) = (element(&text, "Code"), element(&text, "Message"));
    let said = match (code, message) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(said), None) | (None, Some(said)) => said,
        (None, None) => String::new(),
    };
    let with = |what: &str| if said.is_empty() { what.to_owned() } else { format!("{what} ({said})") };
    let status = status(&text).unwrap_or_default();
    match error {
        _ if said.starts_with("NoSuchBucket") => "there is no such bucket".to_owned(),
        Error::NotFound { .. } => "there is no such object".to_owned(),
        _ if status.starts_with("401") || status.starts_with("403") => with("access denied"),
        Error::Precondition { .. } => "it was changed while it was read".to_owned(),
        Error::InvalidPath { .. } => {
            "there is a key that cannot be addressed, with an empty part, '.' or '..'".to_owned()
        }
        _ if text.contains("redirect without LOCATION") => "the bucket is in another region".to_owned(),
        _ if status.is_empty() => with("the endpoint answers what S3 would not"),
        _ => with(&format!("the endpoint answers {status}")),
    }
}

/// Whether the endpoint says that a range begins behind the object's end.
pub(super) fn is_behind_the_end(error: &Error) -> bool {
    let text = error.source().map(|cause| cause.source().unwrap_or(cause).to_string()).unwrap_or_default();
    status(&text).is_some_and(|status| status.starts_with("416"))
}

fn of_connection(http: &HttpError, innermost: Option<&(dyn StdError + 'static)>) -> String {
    let detail = innermost.map(|cause| shown(&cause.to_string())).unwrap_or_default();
    match http.kind() {
        HttpErrorKind::Connect => format!("cannot connect: {detail}"),
        HttpErrorKind::Timeout => "no answer in time".to_owned(),
        _ => format!("the connection failed: {detail}"),
    }
}

/// `503 Service Unavailable` of a text that tells of an answer's status.
fn status(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("status code: ")?;
    let status = rest.split([':', '<', '\n']).next().unwrap_or_default().trim();
    status.starts_with(|first: char| first.is_ascii_digit()).then(|| shown(status))
}

/// What is in an element of an XML text.
fn element(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (content, _) = rest.split_once(&format!("</{name}>"))?;
    Some(shown(content)).filter(|content| !content.is_empty())
}

fn shown(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(MESSAGE_CHARACTERS_MAX).collect()
}
