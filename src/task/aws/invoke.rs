//! Task states that ask AWS's services (AWS docs, "Integrating services").

use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Method, Request};

use super::credentials::default_region;
use super::error::{ServiceError, without_response};
use super::service::{Protocol, Service};
use super::sign::{Scope, now, sign};
use super::{AwsCredentials, json, query, s3};
use crate::json::{Doc, Document, NodeId, Tag, write_json_string};
use crate::task::http::{
    HttpClient, HttpResponse, NESTING_DEPTH_MAX, ResponseBounds, Url, function_reply, header, invoke_request,
    invoked_function, scalar,
};
use crate::task::{
    AsyncTaskHandler, Integration, IntoReply, Reply, Resource, TaskCall, TaskError, TaskFuture,
};

/// Where services are, and who asks them.
#[derive(Debug, Clone)]
pub struct AwsOptions {
    pub(super) credentials: AwsCredentials,
    pub(super) region: String,
    pub(super) endpoint: Option<Url>,
    /// By the service's name in hosts.
    pub(super) endpoints: Vec<(String, Url)>,
    pub(super) bounds: ResponseBounds,
}

/// Answers Task states by asking AWS's services, or what speaks like them at an endpoint.
///
/// Optimised integrations: `dynamodb`, `sqs`, `sns`, `events`, `states` (`startExecution`), `lambda`. SDK integrations:
/// `dynamodb`, `sqs`, `sns`, `eventbridge`, `sfn`, `secretsmanager`, `ssm`, `athena`, `glue`, `cognitoidentityprovider`,
/// `lambda` (`invoke`), and `s3` with what gets, puts, copies, deletes and lists objects. Function ARNs, too.
#[derive(Debug, Clone)]
pub struct AwsServices {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    client: HttpClient,
    options: AwsOptions,
}

impl AwsOptions {
    /// The services of a region.
    pub fn new(credentials: AwsCredentials, region: impl Into<String>) -> Self {
        let (endpoint, endpoints, bounds) = (None, Vec::new(), ResponseBounds::default());
        Self { credentials, region: region.into(), endpoint, endpoints, bounds }
    }

    /// The region that the environment or a profile names, or `us-east-1`.
    pub fn default_region() -> String {
        default_region().unwrap_or_else(|| "us-east-1".to_owned())
    }

    /// Asks an endpoint for all services that have none of their own.
    ///
    /// # Errors
    /// If it is not a URL.
    pub fn endpoint(mut self, url: &str) -> Result<Self, &'static str> {
        self.endpoint = Some(Url::parse(url)?);
        Ok(self)
    }

    /// Asks an endpoint for one service, by its name in hosts: `dynamodb`, `events`, `states`...
    ///
    /// # Errors
    /// If it is not a URL, or there is no such service.
    pub fn service_endpoint(mut self, service: &str, url: &str) -> Result<Self, &'static str> {
        if !Service::hosts().any(|host| host == service) {
            return Err("there is no such service");
        }
        self.endpoints.push((service.to_owned(), Url::parse(url)?));
        Ok(self)
    }

    /// How long to wait for a response, and how much to read of one.
    #[must_use]
    pub fn bounds(mut self, bounds: ResponseBounds) -> Self {
        self.bounds = bounds;
        self
    }

    fn endpoint_of(&self, service: &Service) -> Result<Url, TaskError> {
        let own = self.endpoints.iter().find(|(host, _)| host == service.host).map(|(_, url)| url);
        if let Some(url) = own.or(self.endpoint.as_ref()) {
            return Ok(url.clone());
        }
        let domain = if self.region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        let url = format!("https://{}.{}.{domain}", service.host, self.region);
        Url::parse(&url).map_err(|reason| TaskError::new("States.Runtime", format!("{url}: {reason}")))
    }
}

impl AwsServices {
    /// A handler that asks through a client.
    pub fn new(client: HttpClient, options: AwsOptions) -> Self {
        Self { shared: Arc::new(Shared { client, options }) }
    }
}

impl AsyncTaskHandler for AwsServices {
    fn call(&self, call: TaskCall) -> TaskFuture {
        let shared = Arc::clone(&self.shared);
        Box::pin(async move { shared.answer(call).await })
    }
}

impl Shared {
    async fn answer(&self, call: TaskCall) -> Result<Reply, TaskError> {
        match Resource::parse(call.resource()) {
            // The function is named by the Resource itself, or `lambda:invoke` has been taken apart before.
            Resource::Function { .. } | Resource::Integration(Integration { service: "lambda", .. }) => {
                self.function(call).await
            }
            Resource::Integration(integration) => match Service::find(integration) {
                Some(service) => {
                    let operation = Service::operation(integration.action);
                    self.service(service, &operation, &call).await
                }
                None => Err(unknown(call.resource())),
            },
            _ => Err(unknown(call.resource())),
        }
    }

    /// Invokes a function; the result is its own.
    async fn function(&self, call: TaskCall) -> Result<Reply, TaskError> {
        const LAMBDA: Integration<'_> = Integration {
            service: "lambda",
            action: "invoke",
            pattern: crate::task::IntegrationPattern::RequestResponse,
        };
        let service = Service::find(LAMBDA).ok_or_else(|| unknown(call.resource()))?;
        let is_direct = call.function_name().is_none();
        let function = invoked_function(&call);
        let request = invoke_request(&self.options.endpoint_of(service)?, &function, call.into_payload())?;
        let sent = self.send(service, request).await?;
        function_reply(sent.map_err(|failure| failure.into_lambda_error(&function))?, is_direct)
    }

    async fn service(&self, service: &Service, operation: &str, call: &TaskCall) -> Result<Reply, TaskError> {
        let request = {
            let document = Document::parse(call.payload(), NESTING_DEPTH_MAX).map_err(|error| {
                TaskError::new("States.Runtime", format!("the parameters are not JSON: {error}"))
            })?;
            if document.doc().tag(NodeId::ROOT) != Tag::Object {
                return Err(TaskError::new("States.Runtime", "the parameters are no object"));
            }
            self.request(service, operation, document.doc())?
        };
        let sent = self.send(service, request).await?;
        let response = sent.map_err(|failure| without_response(failure, service))?;
        if !response.status.is_success() {
            let error = match service.protocol {
                Protocol::Json { .. } | Protocol::Lambda => ServiceError::from_json(&response),
                Protocol::Query { .. } | Protocol::S3 => query::error(&response),
            };
            return Err(error.into_task_error(service, &response));
        }
        let mut result = match service.protocol {
            Protocol::Json { .. } => json::result(service, &response)?,
            Protocol::Query { .. } => query::result(service, operation, &response)?,
            Protocol::S3 => s3::result(service, operation, &response)?,
            Protocol::Lambda => lambda_result(&response),
        };
        if service.optimised.is_some() {
            if service.host == "events" {
                check_entries(&result)?;
            } else {
                json::push_metadata(&response, &mut result);
            }
        }
        let mut reply = Reply::default();
        result.into_reply(&mut reply);
        Ok(reply)
    }

    fn request(&self, service: &Service, operation: &str, doc: Doc<'_>) -> Result<Request<Bytes>, TaskError> {
        let endpoint = self.options.endpoint_of(service)?;
        let post = || Request::builder().method(Method::POST).uri(endpoint.join("/"));
        let request = match service.protocol {
            Protocol::Json { version, target } => post()
                .header(CONTENT_TYPE, format!("application/x-amz-json-{version}"))
                .header("x-amz-target", format!("{target}.{operation}"))
                .body(Bytes::from(json::request_body(service, doc))),
            Protocol::Query { version } => {
                let body = query::request_body(service, version, operation, doc);
                let body =
                    body.ok_or_else(|| TaskError::new("States.Runtime", "the parameters are too large"))?;
                post()
                    .header(
                        CONTENT_TYPE,
                        HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8"),
                    )
                    .body(Bytes::from(body))
            }
            Protocol::S3 => Ok(s3::request(&endpoint, operation, doc)?),
            Protocol::Lambda => Ok(lambda_request(&endpoint, operation, doc)?),
        };
        request
            .map_err(|error| TaskError::new("States.Runtime", format!("the request cannot be made: {error}")))
    }

    /// Signs and sends a request: with what it came to, or why it could not be sent at all.
    async fn send(
        &self,
        service: &Service,
        mut request: Request<Bytes>,
    ) -> Result<Result<HttpResponse, crate::task::http::HttpFailure>, TaskError> {
        let AwsOptions { credentials, region, bounds, .. } = &self.options;
        if let Some(authority) = request.uri().authority() {
            let host = HeaderValue::from_str(authority.as_str());
            let host = host.map_err(|_| TaskError::new("States.Runtime", "the endpoint has no host"))?;
            request.headers_mut().insert(HOST, host);
        }
        let scope =
            Scope { credentials, region, service: service.host, is_s3: service.protocol == Protocol::S3 };
        let time: SystemTime = now();
        sign(&mut request, scope, time)?;
        Ok(self.client.send(request.map(Full::new), *bounds).await)
    }
}

/// `putEvents` has failed if one of its entries has (AWS docs, "EventBridge integration").
fn check_entries(result: &[u8]) -> Result<(), TaskError> {
    let document = Document::parse(result, NESTING_DEPTH_MAX).ok();
    let failed = document.as_ref().and_then(|document| {
        let doc = document.doc();
        doc.member(NodeId::ROOT, "FailedEntryCount").map(|node| scalar(doc, node).into_owned())
    });
    match failed.as_deref() {
        None | Some("0") => Ok(()),
        Some(_) => Err(TaskError::new("EventBridge.FailedEntry", String::from_utf8_lossy(result))),
    }
}

/// `aws-sdk:lambda:invoke`: as `lambda:invoke`, but nothing is taken apart.
fn lambda_request(endpoint: &Url, operation: &str, doc: Doc<'_>) -> Result<Request<Bytes>, TaskError> {
    if operation != "Invoke" {
        return Err(TaskError::new(
            "States.Runtime",
            format!("Lambda {operation} is not known here, only Invoke"),
        ));
    }
    let text = |key: &str| doc.member(NodeId::ROOT, key).map(|node| scalar(doc, node).into_owned());
    let function = text("FunctionName").unwrap_or_default();
    let function = match text("Qualifier") {
        Some(qualifier) => format!("{function}:{qualifier}"),
        None => function,
    };
    let mut request = invoke_request(endpoint, &function, text("Payload").unwrap_or_default().into_bytes())?;
    for (member, name) in [
        ("InvocationType", "x-amz-invocation-type"),
        ("LogType", "x-amz-log-type"),
        ("ClientContext", "x-amz-client-context"),
    ] {
        if let Some(value) = text(member) {
            let value = HeaderValue::from_str(&value);
            let refused = |_| TaskError::new("States.Runtime", format!("'{member}' may not be in a request"));
            request.headers_mut().insert(name, value.map_err(refused)?);
        }
    }
    Ok(request)
}

fn lambda_result(response: &HttpResponse) -> Vec<u8> {
    let mut out = b"{".to_vec();
    for (member, name) in [
        ("ExecutedVersion", "x-amz-executed-version"),
        ("FunctionError", "x-amz-function-error"),
        ("LogResult", "x-amz-log-result"),
    ] {
        if let Some(value) = header(&response.headers, name) {
            write_json_string(member, &mut out);
            out.push(b':');
            write_json_string(value, &mut out);
            out.push(b',');
        }
    }
    out.extend_from_slice(b"\"Payload\":");
    write_json_string(&String::from_utf8_lossy(&response.body), &mut out);
    out.extend_from_slice(b",\"StatusCode\":");
    out.extend_from_slice(response.status.as_str().as_bytes());
    out.push(b'}');
    out
}

fn unknown(resource: &str) -> TaskError {
    TaskError::new("States.Runtime", format!("the handler 'aws' does not know the integration '{resource}'"))
}
