//! What an HTTP Task's parameters ask for (AWS docs, "HTTP Task fields").

use std::borrow::Cow;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RANGE, USER_AGENT};
use hyper::{Method, Request};

use super::connections::Connection;
use super::form::{self, ArrayFormat, scalar};
use super::url::Url;
use crate::json::{Doc, NodeId, Tag, minify, write_json_string};
use crate::task::TaskError;
use crate::task::secret::Secret;

const METHODS: [Method; 7] =
    [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS, Method::HEAD];

/// Headers that a definition may not set (AWS docs, "HTTP Task fields", `Headers`).
const RESTRICTED: [&str; 32] = [
    "a-im",
    "accept-charset",
    "accept-datetime",
    "accept-encoding",
    "authorization",
    "cache-control",
    "connection",
    "content-encoding",
    "content-md5",
    "date",
    "expect",
    "forwarded",
    "from",
    "host",
    "http2-settings",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "max-forwards",
    "origin",
    "pragma",
    "proxy-authorization",
    "referer",
    "server",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "warning",
];
const RESTRICTED_PREFIXES: [&str; 3] = ["x-forwarded-", "x-amz-", "x-amzn-"];

/// The parameters of an HTTP Task.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameters<'d> {
    doc: Doc<'d>,
}

impl<'d> Parameters<'d> {
    pub(super) fn new(doc: Doc<'d>) -> Result<Self, TaskError> {
        let parameters = Self { doc };
        if doc.tag(NodeId::ROOT) == Tag::Object {
            Ok(parameters)
        } else {
            Err(parameters.refused("they are no object"))
        }
    }

    /// The connection that the state names, under either of its fields' names.
    pub(super) fn connection_arn(self) -> Result<Option<Cow<'d, str>>, TaskError> {
        for field in ["InvocationConfig", "Authentication"] {
            let Some(config) = self.object(field)? else { continue };
            if let Some(arn) = self.doc.member(config, "ConnectionArn") {
                return self.text(arn, "ConnectionArn").map(Some);
            }
        }
        Ok(None)
    }

    /// The request, with the connection's query and body in it; its headers and authorisation are added later.
    pub(super) fn request(self, connection: Option<&Connection>) -> Result<Request<Full<Bytes>>, TaskError> {
        let empty: &[(String, Secret)] = &[];
        let (query, body) =
            connection.map_or((empty, empty), |connection| (&connection.query, &connection.body));
        let url = self.url(query)?;
        let mut headers = self.headers()?;
        let body = self.body(body, &mut headers)?;
        let request = Request::builder().method(self.method()?).uri(url.as_str()).body(Full::new(body));
        let mut request = request
            .map_err(|_| self.refused("[The value of the field 'ApiEndpoint' has an invalid format]"))?;
        *request.headers_mut() = headers;
        Ok(request)
    }

    fn method(self) -> Result<Method, TaskError> {
        let method = self.required("Method")?;
        let known = METHODS.iter().find(|known| known.as_str() == method);
        known.cloned().ok_or_else(|| self.invalid("Method"))
    }

    fn url(self, of_connection: &[(String, Secret)]) -> Result<Url, TaskError> {
        let text = self.required("ApiEndpoint")?;
        let mut url = Url::parse(&text).map_err(|reason| {
            self.refused(&format!("[The value of the field 'ApiEndpoint' has an invalid format]: {reason}"))
        })?;
        if let Some(query) = self.object("QueryParameters")? {
            for (key, value) in self.doc.members(query) {
                let key = self.doc.string(key).to_text();
                if of_connection.iter().any(|(name, _)| *name == key) {
                    continue;
                }
                match self.doc.tag(value) {
                    Tag::Object => return Err(self.invalid("QueryParameters")),
                    Tag::Array => {
                        for element in self.doc.elements(value) {
                            url.push_query(&key, &scalar(self.doc, element));
                        }
                    }
                    _ => url.push_query(&key, &scalar(self.doc, value)),
                }
            }
        }
        for (key, value) in of_connection {
            url.push_query(key, value.expose());
        }
        Ok(url)
    }

    fn headers(self) -> Result<HeaderMap, TaskError> {
        let mut headers = HeaderMap::new();
        if let Some(object) = self.object("Headers")? {
            for (key, value) in self.doc.members(object) {
                let name = self.doc.string(key).to_text();
                Self::check_header(&name)?;
                let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| self.invalid("Headers"))?;
                let values: Vec<_> = match self.doc.tag(value) {
                    Tag::Array => self.doc.elements(value).collect(),
                    Tag::Object => return Err(self.invalid("Headers")),
                    _ => vec![value],
                };
                for value in values {
                    let value = HeaderValue::from_str(&scalar(self.doc, value))
                        .map_err(|_| self.invalid("Headers"))?;
                    headers.append(name.clone(), value);
                }
            }
        }
        headers.insert(USER_AGENT, HeaderValue::from_static("Amazon|StepFunctions|HttpInvoke|local"));
        headers.insert(RANGE, HeaderValue::from_static("bytes=0-262144"));
        Ok(headers)
    }

    fn check_header(name: &str) -> Result<(), TaskError> {
        let lower = name.to_ascii_lowercase();
        let is_restricted = RESTRICTED.contains(&lower.as_str())
            || RESTRICTED_PREFIXES.iter().any(|prefix| lower.starts_with(prefix));
        if !is_restricted {
            return Ok(());
        }
        let cause = format!("the header '{name}' may not be set by an HTTP Task; a connection may set it");
        Err(TaskError::new("States.Runtime", cause))
    }

    /// The body, with its content type unless the state has one.
    fn body(self, of_connection: &[(String, Secret)], headers: &mut HeaderMap) -> Result<Bytes, TaskError> {
        let given = self.doc.member(NodeId::ROOT, "RequestBody");
        if given.is_none() && of_connection.is_empty() {
            return Ok(Bytes::new());
        }
        let mut json = Vec::new();
        let is_object = match given {
            Some(node) if of_connection.is_empty() => {
                if matches!(self.doc.tag(node), Tag::String | Tag::EscapedString) {
                    let text = self.doc.string(node).to_text().into_owned();
                    headers
                        .entry(CONTENT_TYPE)
                        .or_insert(HeaderValue::from_static("text/plain; charset=UTF-8"));
                    return Ok(Bytes::from(text));
                }
                minify(self.doc, node, &mut json);
                self.doc.tag(node) == Tag::Object
            }
            _ => {
                self.merge(given, of_connection, &mut json)?;
                true
            }
        };
        match self.url_encoding()? {
            Some(format) if is_object => {
                headers
                    .entry(CONTENT_TYPE)
                    .or_insert(HeaderValue::from_static("application/x-www-form-urlencoded"));
                let merged = crate::json::Document::parse(json, super::response::NESTING_DEPTH_MAX);
                let merged = merged.map_err(|_| self.invalid("RequestBody"))?;
                let body = form::encode(merged.doc(), NodeId::ROOT, format);
                body.map(Bytes::from).ok_or_else(|| self.invalid("RequestBody"))
            }
            Some(_) => Err(self.invalid("RequestBody")),
            None => {
                headers
                    .entry(CONTENT_TYPE)
                    .or_insert(HeaderValue::from_static("application/json; charset=UTF-8"));
                Ok(Bytes::from(json))
            }
        }
    }

    /// The state's members and then the connection's, which take the place of those of the same name.
    fn merge(
        self,
        given: Option<NodeId>,
        of_connection: &[(String, Secret)],
        json: &mut Vec<u8>,
    ) -> Result<(), TaskError> {
        json.push(b'{');
        if let Some(node) = given {
            if self.doc.tag(node) != Tag::Object {
                let cause = "the connection has parameters for the body, so 'RequestBody' must be an object";
                return Err(TaskError::new("States.Runtime", cause));
            }
            for (key, value) in self.doc.members(node) {
                let name = self.doc.string(key).to_text();
                if !of_connection.iter().any(|(of_connection, _)| *of_connection == name) {
                    json.extend_from_slice(self.doc.raw(key));
                    json.push(b':');
                    minify(self.doc, value, json);
                    json.push(b',');
                }
            }
        }
        for (name, value) in of_connection {
            write_json_string(name, json);
            json.push(b':');
            write_json_string(value.expose(), json);
            json.push(b',');
        }
        if json.last() == Some(&b',') {
            json.pop();
        }
        json.push(b'}');
        Ok(())
    }

    /// How `Transform` has the body encoded, if not as JSON.
    fn url_encoding(self) -> Result<Option<ArrayFormat>, TaskError> {
        let Some(transform) = self.object("Transform")? else { return Ok(None) };
        let Some(encoding) = self.doc.member(transform, "RequestBodyEncoding") else { return Ok(None) };
        match self.text(encoding, "RequestBodyEncoding")?.as_ref() {
            "NONE" => return Ok(None),
            "URL_ENCODED" => {}
            _ => return Err(self.invalid("RequestBodyEncoding")),
        }
        let Some(options) = self.doc.member(transform, "RequestEncodingOptions") else {
            return Ok(Some(ArrayFormat::default()));
        };
        if self.doc.tag(options) != Tag::Object {
            return Err(self.invalid("RequestEncodingOptions"));
        }
        let Some(format) = self.doc.member(options, "ArrayFormat") else {
            return Ok(Some(ArrayFormat::default()));
        };
        let format = ArrayFormat::parse(&self.text(format, "ArrayFormat")?);
        format.map(Some).ok_or_else(|| self.invalid("ArrayFormat"))
    }

    fn object(self, field: &str) -> Result<Option<NodeId>, TaskError> {
        match self.doc.member(NodeId::ROOT, field) {
            Some(node) if self.doc.tag(node) == Tag::Object => Ok(Some(node)),
            Some(node) if self.doc.tag(node) != Tag::Null => Err(self.invalid(field)),
            _ => Ok(None),
        }
    }

    fn required(self, field: &str) -> Result<Cow<'d, str>, TaskError> {
        let node = self.doc.member(NodeId::ROOT, field);
        let node =
            node.ok_or_else(|| self.refused(&format!("[The field '{field}' is required but was missing]")))?;
        self.text(node, field)
    }

    fn text(self, node: NodeId, field: &str) -> Result<Cow<'d, str>, TaskError> {
        let is_text = matches!(self.doc.tag(node), Tag::String | Tag::EscapedString);
        if is_text { Ok(self.doc.string(node).to_text()) } else { Err(self.invalid(field)) }
    }

    fn invalid(self, field: &str) -> TaskError {
        self.refused(&format!("[The value of the field '{field}' has an invalid format]"))
    }

    fn refused(self, reason: &str) -> TaskError {
        let json = String::from_utf8_lossy(self.doc.bytes());
        let cause = format!("The Parameters '{json}' could not be used to start the Task: {reason}");
        TaskError::new("States.Runtime", cause)
    }
}
