//! AWS's JSON 1.0 protocol (Smithy, "AWS JSON 1.0 protocol"): requests read, answers written.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Response, StatusCode, header};

use crate::json::{Doc, Document, NodeId, Tag, write_json_string};
use crate::task::CallbackError;

const CONTENT_TYPE: &str = "application/x-amz-json-1.0";
/// What AWS has in front of the names of this service's errors.
const NAMESPACE: &str = "com.amazonaws.swf.service.v2.model#";
const TARGET_PREFIX: &str = "AWSStepFunctions.";
/// Requests are flat: what nests stands in strings.
const NESTING_DEPTH_MAX: u32 = 16;

/// Why a request is not answered with a result.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// A parameter that AWS would not take.
    fn validation(constraint: &str) -> Self {
        let message = format!("1 validation error detected: {constraint}");
        Self::new(StatusCode::BAD_REQUEST, "ValidationException", message)
    }

    pub(super) fn to_response(&self) -> Response<Body> {
        let mut json = b"{\"__type\":".to_vec();
        write_json_string(&format!("{NAMESPACE}{}", self.code), &mut json);
        json.extend_from_slice(b",\"message\":");
        write_json_string(&self.message, &mut json);
        json.push(b'}');
        response(self.status, json)
    }
}

impl From<CallbackError> for Refusal {
    fn from(error: CallbackError) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error.code(), error.to_string())
    }
}

/// Which operation a request is for.
pub(super) fn operation(headers: &HeaderMap) -> Result<&str, Refusal> {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    target.strip_prefix(TARGET_PREFIX).ok_or_else(|| {
        let message = format!("the header X-Amz-Target must name an operation: {TARGET_PREFIX}...");
        Refusal::new(StatusCode::BAD_REQUEST, "UnknownOperationException", message)
    })
}

/// The members of a request.
pub(super) struct Request(Document);

impl Request {
    pub(super) fn parse(body: &Bytes) -> Result<Self, Refusal> {
        let refused =
            |message: String| Refusal::new(StatusCode::BAD_REQUEST, "SerializationException", message);
        let document =
            Document::parse(&body[..], NESTING_DEPTH_MAX).map_err(|error| refused(error.to_string()))?;
        if document.doc().tag(NodeId::ROOT) != Tag::Object {
            return Err(refused("the request is no JSON object".to_owned()));
        }
        Ok(Self(document))
    }

    /// A string that must be there, of at most so many characters.
    pub(super) fn required(&self, name: &str, length_max: usize) -> Result<String, Refusal> {
        self.optional(name, length_max)?.ok_or_else(|| {
            let rule = "failed to satisfy constraint: Member must not be null";
            Refusal::validation(&format!("Value null at '{name}' {rule}"))
        })
    }

    /// A string that may be there.
    pub(super) fn optional(&self, name: &str, length_max: usize) -> Result<Option<String>, Refusal> {
        let doc: Doc<'_> = self.0.doc();
        let node = doc.member(NodeId::ROOT, name).filter(|node| doc.tag(*node) != Tag::Null);
        let Some(node) = node else { return Ok(None) };
        if !matches!(doc.tag(node), Tag::String | Tag::EscapedString) {
            let message = format!("'{name}' must be a string");
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "SerializationException", message));
        }
        let text = doc.string(node).to_text();
        if text.chars().nth(length_max).is_some() {
            let rule = "failed to satisfy constraint: Member must have length less than or equal to";
            return Err(Refusal::validation(&format!("Value at '{name}' {rule} {length_max}")));
        }
        Ok(Some(text.into_owned()))
    }
}

pub(super) fn response(status: StatusCode, json: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(json));
    *response.status_mut() = status;
    let content_type = header::HeaderValue::from_static(CONTENT_TYPE);
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    response
}
