//! AWS JSON 1.0 and 1.1: requests and responses are objects (Smithy docs, "AWS JSON protocols").

use std::borrow::Cow;

use super::error::request_id;
use super::rewrite::{Rewrite, camel, pascal, rewrite};
use super::service::Service;
use crate::json::{Doc, Document, NodeId, Num, Tag, minify, write_json_string};
use crate::task::TaskError;
use crate::task::http::{HttpResponse, NESTING_DEPTH_MAX};
use crate::value::timestamp::Timestamp;

/// Members that are times: how their names end, and names that end otherwise.
const TIME_ENDS: [&str; 3] = ["Date", "DateTime", "Timestamp"];
const TIMES: [&str; 9] = [
    "CompletedOn",
    "CreateTime",
    "CreatedOn",
    "CreationTime",
    "EndTime",
    "LastModifiedOn",
    "StartTime",
    "StartedOn",
    "UpdateTime",
];

/// A state's parameters on their way to a service.
pub(super) struct Request<'s>(pub(super) &'s Service);

/// A service's response on its way to the state.
struct Response<'s>(&'s Service);

impl Rewrite for Request<'_> {
    fn key<'k>(&self, key: Cow<'k, str>) -> Cow<'k, str> {
        if self.0.is_camel { camel(key) } else { key }
    }

    fn value(&self, key: &str, doc: Doc<'_>, value: NodeId, out: &mut Vec<u8>) -> bool {
        let is_text = matches!(doc.tag(value), Tag::String | Tag::EscapedString | Tag::Null);
        if is_text || !self.0.texts.contains(&key) {
            return false;
        }
        let mut json = Vec::new();
        minify(doc, value, &mut json);
        write_json_string(&String::from_utf8_lossy(&json), out);
        true
    }
}

impl Rewrite for Response<'_> {
    fn key<'k>(&self, key: Cow<'k, str>) -> Cow<'k, str> {
        if self.0.is_camel { pascal(key) } else { key }
    }

    /// Times are numbers on the wire and text in a state.
    fn value(&self, key: &str, doc: Doc<'_>, value: NodeId, out: &mut Vec<u8>) -> bool {
        let is_time = doc.tag(value) == Tag::Number
            && (TIME_ENDS.iter().any(|end| key.ends_with(end)) || TIMES.contains(&key));
        if !is_time {
            return false;
        }
        let seconds = match doc.number(value).read() {
            Num::Int(seconds) => seconds as f64,
            Num::Float(seconds) => seconds,
        };
        out.push(b'"');
        Timestamp::from_millis((seconds * 1000.0).round() as i64).write_rfc3339_millis(out);
        out.push(b'"');
        true
    }
}

/// The body of a request.
pub(super) fn request_body(service: &Service, doc: Doc<'_>) -> Vec<u8> {
    let mut body = Vec::new();
    if service.is_camel || !service.texts.is_empty() {
        rewrite(doc, NodeId::ROOT, &Request(service), &mut body);
    } else {
        body.extend_from_slice(doc.bytes());
    }
    body
}

/// The result out of a response.
pub(super) fn result(service: &Service, response: &HttpResponse) -> Result<Vec<u8>, TaskError> {
    let body = if response.body.is_empty() { &b"{}"[..] } else { response.body.as_slice() };
    let document = Document::parse(body, NESTING_DEPTH_MAX).ok();
    let document = document.filter(|document| document.doc().tag(NodeId::ROOT) == Tag::Object);
    let Some(document) = document else {
        let cause =
            format!("Unable to unmarshall response: the answer of {} is no JSON object", service.host);
        return Err(TaskError::new(format!("{}.SdkClientException", service.prefix), cause));
    };
    let mut out = Vec::with_capacity(body.len() + 1024);
    if service.id == "dynamodb" && response.body.len() > 2 {
        // Its items may be large, and none of their values is written otherwise in a state.
        minify(document.doc(), NodeId::ROOT, &mut out);
    } else {
        rewrite(document.doc(), NodeId::ROOT, &Response(service), &mut out);
    }
    Ok(out)
}

/// Adds what an optimised integration tells of the response itself; `result` is an object.
pub(super) fn push_metadata(response: &HttpResponse, result: &mut Vec<u8>) {
    result.pop();
    if result.last() != Some(&b'{') {
        result.push(b',');
    }
    result.extend_from_slice(br#""SdkHttpMetadata":{"AllHttpHeaders":{"#);
    push_headers(response, true, result);
    result.extend_from_slice(br#"},"HttpHeaders":{"#);
    push_headers(response, false, result);
    result.extend_from_slice(br#"},"HttpStatusCode":"#);
    result.extend_from_slice(response.status.as_str().as_bytes());
    result.extend_from_slice(br#"},"SdkResponseMetadata":{"RequestId":"#);
    match request_id(response) {
        Some(id) => write_json_string(id, result),
        None => result.extend_from_slice(b"null"),
    }
    result.extend_from_slice(b"}}");
}

fn push_headers(response: &HttpResponse, as_lists: bool, out: &mut Vec<u8>) {
    for (index, name) in response.headers.keys().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_json_string(name.as_str(), out);
        out.extend_from_slice(if as_lists { b":[" } else { b":" });
        for (index, value) in response.headers.get_all(name).iter().enumerate() {
            if index > 0 && !as_lists {
                break;
            }
            if index > 0 {
                out.push(b',');
            }
            write_json_string(&String::from_utf8_lossy(value.as_bytes()), out);
        }
        if as_lists {
            out.push(b']');
        }
    }
}
