//! Lambda functions behind an Invoke endpoint (Lambda API reference, "Invoke").

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::{Method, Request};

use super::response::{NESTING_DEPTH_MAX, ResponseBounds};
use super::url::{Url, push_encoded};
use super::{HttpClient, HttpFailure, HttpResponse};
use crate::json::{Doc, Document, NodeId, Tag, minify};
use crate::task::{AsyncTaskHandler, IntoReply, Reply, TaskCall, TaskError, TaskFuture};

/// Invokes Lambda functions at an endpoint that asks for no signature, such as SAM's local one.
///
/// It answers function ARNs and `lambda:invoke`. An error of the function has the name that the function gave it;
/// errors of the service are `Lambda.*`.
#[derive(Clone)]
pub struct LambdaEndpoint {
    shared: Arc<Shared>,
}

struct Shared {
    client: HttpClient,
    endpoint: Url,
    bounds: ResponseBounds,
}

impl LambdaEndpoint {
    /// A handler for the functions at an endpoint.
    ///
    /// # Errors
    /// If it is not an absolute URL.
    pub fn new(client: HttpClient, endpoint: &str, bounds: ResponseBounds) -> Result<Self, &'static str> {
        let endpoint = Url::parse(endpoint)?;
        Ok(Self { shared: Arc::new(Shared { client, endpoint, bounds }) })
    }
}

impl AsyncTaskHandler for LambdaEndpoint {
    fn call(&self, call: TaskCall) -> TaskFuture {
        let shared = Arc::clone(&self.shared);
        Box::pin(async move {
            let is_direct = call.function_name().is_none();
            let function = invoked_function(&call);
            let request = invoke_request(&shared.endpoint, &function, call.into_payload())?;
            let sent = shared.client.send(request.map(Full::new), shared.bounds).await;
            let response = sent.map_err(|failure| failure.into_lambda_error(&function))?;
            function_reply(response, is_direct)
        })
    }
}

impl fmt::Debug for LambdaEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LambdaEndpoint")
            .field("endpoint", &self.shared.endpoint.as_str())
            .finish_non_exhaustive()
    }
}

/// The function that a call is for: as it is named, or the ARN that is the Resource.
pub(in crate::task) fn invoked_function(call: &TaskCall) -> String {
    call.function_name().unwrap_or_else(|| call.resource()).to_owned()
}

/// The request for a function given by its name, partial or full ARN, with an optional version or alias.
pub(in crate::task) fn invoke_request(
    endpoint: &Url,
    function: &str,
    payload: Vec<u8>,
) -> Result<Request<Bytes>, TaskError> {
    let (name, qualifier) = name_and_qualifier(function);
    let mut path = "/2015-03-31/functions/".to_owned();
    push_encoded(name, &mut path);
    path.push_str("/invocations");
    if let Some(qualifier) = qualifier {
        path.push_str("?Qualifier=");
        push_encoded(qualifier, &mut path);
    }
    let request = Request::builder().method(Method::POST).uri(endpoint.join(&path));
    let request = request
        .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
        .header("x-amz-invocation-type", HeaderValue::from_static("RequestResponse"));
    let refused = |_| TaskError::new("States.Runtime", format!("'{function}' names no function"));
    request.body(Bytes::from(payload)).map_err(refused)
}

/// `NAME`, `ACCOUNT:function:NAME` or an ARN, each with an optional `:QUALIFIER`.
fn name_and_qualifier(function: &str) -> (&str, Option<&str>) {
    let rest = function.split_once(":function:").map_or(function, |(_, after)| after);
    let rest = rest.strip_prefix("function:").unwrap_or(rest);
    match rest.split_once(':') {
        Some((name, qualifier)) => (name, Some(qualifier)),
        None => (rest, None),
    }
}

/// What the state gets of a response: the function's result, its error, or the service's.
///
/// `is_direct`: the Resource is the function's ARN. The cause of its error is then the text as the runtime wrote
/// it; `lambda:invoke` writes it anew.
pub(in crate::task) fn function_reply(response: HttpResponse, is_direct: bool) -> Result<Reply, TaskError> {
    if !response.status.is_success() {
        return Err(service_error(&response));
    }
    if response.headers.contains_key("x-amz-function-error") {
        return Err(function_error(&response.body, is_direct));
    }
    let mut reply = Reply::default();
    response.body.into_reply(&mut reply);
    Ok(reply)
}

/// A function's error: its `errorType` names it, and the whole of it is the cause.
pub(in crate::task) fn function_error(payload: &[u8], is_direct: bool) -> TaskError {
    let text = String::from_utf8_lossy(payload);
    let document = Document::parse(payload, NESTING_DEPTH_MAX).ok();
    let name = document.as_ref().and_then(|document| text_member(document.doc(), "errorType"));
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        let cause = format!(
            "The cause could not be determined because Lambda did not return an error type. Returned payload: {text}"
        );
        return TaskError::new("Lambda.Unknown", cause);
    };
    match &document {
        Some(document) if !is_direct => {
            let mut compact = Vec::new();
            minify(document.doc(), NodeId::ROOT, &mut compact);
            TaskError::new(name, String::from_utf8_lossy(&compact))
        }
        _ => TaskError::new(name, text),
    }
}

/// An error of the service itself (AWS docs, "Transient Lambda service exceptions").
fn service_error(response: &HttpResponse) -> TaskError {
    const KNOWN: [&str; 24] = [
        "CodeArtifactUserPendingException",
        "EC2AccessDeniedException",
        "EC2ThrottledException",
        "EC2UnexpectedException",
        "EFSIOException",
        "EFSMountConnectivityException",
        "EFSMountFailureException",
        "EFSMountTimeoutException",
        "ENILimitReachedException",
        "InvalidParameterValueException",
        "InvalidRequestContentException",
        "InvalidRuntimeException",
        "KMSAccessDeniedException",
        "RecursiveInvocationException",
        "RequestTooLargeException",
        "ResourceConflictException",
        "ResourceNotFoundException",
        "ResourceNotReadyException",
        "ServiceException",
        "SnapStartException",
        "SnapStartNotReadyException",
        "SubnetIPAddressLimitReachedException",
        "TooManyRequestsException",
        "UnsupportedMediaTypeException",
    ];
    let document = Document::parse(response.body.as_slice(), NESTING_DEPTH_MAX).ok();
    let member = |key: &str| document.as_ref().and_then(|document| text_member(document.doc(), key));
    let code = error_code(&response.headers, member("__type").or_else(|| member("Code")));
    let status = response.status.as_u16();
    let code = code.unwrap_or_else(|| match status {
        429 => "TooManyRequestsException".to_owned(),
        500.. => "ServiceException".to_owned(),
        _ => "UnknownError".to_owned(),
    });
    let name = KNOWN.iter().find(|known| **known == code).copied().unwrap_or("AWSLambdaException");
    let message = member("Message").or_else(|| member("message")).unwrap_or_else(|| "null".to_owned());
    let request_id = header(&response.headers, "x-amzn-requestid").unwrap_or("null");
    let cause = format!(
        "{message} (Service: AWSLambda; Status Code: {status}; Error Code: {code}; Request ID: {request_id}; Proxy: null)"
    );
    TaskError::new(format!("Lambda.{name}"), cause)
}

/// The code of a service's error: out of its header, or out of the body; neither namespaces nor links count.
pub(in crate::task) fn error_code(headers: &HeaderMap, in_body: Option<String>) -> Option<String> {
    let text = header(headers, "x-amzn-errortype").map(str::to_owned).or(in_body)?;
    let text = text.split(':').next().unwrap_or_default();
    let code = text.rsplit('#').next().unwrap_or_default().trim();
    (!code.is_empty()).then(|| code.to_owned())
}

pub(in crate::task) fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// A member of an object that is text.
pub(in crate::task) fn text_member(doc: Doc<'_>, key: &str) -> Option<String> {
    let is_object = doc.tag(NodeId::ROOT) == Tag::Object;
    let node = is_object.then(|| doc.member(NodeId::ROOT, key)).flatten()?;
    matches!(doc.tag(node), Tag::String | Tag::EscapedString).then(|| doc.string(node).to_text().into_owned())
}

impl HttpFailure {
    /// The error of an invocation that had no response.
    pub(in crate::task) fn into_lambda_error(self, function: &str) -> TaskError {
        match self {
            Self::Refused(_) | Self::TooLarge => self.into_task_error(function),
            Self::TimedOut(_) => TaskError::new("Lambda.ClientExecutionTimeoutException", self.to_string()),
            Self::Socket(_) => {
                TaskError::new("Lambda.SdkClientException", format!("Unable to execute HTTP request: {self}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_named_in_many_ways() {
        let check = |function: &str, expected: &str| {
            let endpoint = Url::parse("http://127.0.0.1:3001/").unwrap();
            let request = invoke_request(&endpoint, function, Vec::new()).expect("a request");
            let expected = format!("http://127.0.0.1:3001/2015-03-31/functions/{expected}");
            assert_eq!(request.uri().to_string(), expected, "{function}");
        };
        check("Pay", "Pay/invocations");
        check("Pay:$LATEST", "Pay/invocations?Qualifier=%24LATEST");
        check("arn:aws:lambda:us-east-1:1:function:Pay", "Pay/invocations");
        check("1:function:Pay:live", "Pay/invocations?Qualifier=live");
        check("../../x", "..%2F..%2Fx/invocations");
    }

    #[test]
    fn a_functions_error_is_named_by_its_type() {
        let payload = br#"{"errorMessage": "no stock", "errorType": "OutOfStock"}"#;
        let error = function_error(payload, true);
        assert_eq!(error.error, "OutOfStock");
        assert_eq!(error.cause.unwrap().as_bytes(), payload, "as the runtime wrote it");
        let cause = function_error(payload, false).cause.unwrap();
        assert_eq!(cause, r#"{"errorMessage":"no stock","errorType":"OutOfStock"}"#);
        for payload in [&br#"{"errorMessage":"Task timed out after 3.00 seconds"}"#[..], b"no JSON"] {
            let error = function_error(payload, true);
            assert_eq!(error.error, "Lambda.Unknown");
            assert!(error.cause.unwrap().ends_with(std::str::from_utf8(payload).unwrap()));
        }
    }

    #[test]
    fn a_code_is_read_out_of_what_surrounds_it() {
        let check = |in_body: &str, expected: &str| {
            assert_eq!(error_code(&HeaderMap::new(), Some(in_body.to_owned())).as_deref(), Some(expected));
        };
        check("ResourceNotFoundException", "ResourceNotFoundException");
        check("com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "ResourceNotFoundException");
        check("ThrottlingException:http://internal.amazon.com/", "ThrottlingException");
    }
}
