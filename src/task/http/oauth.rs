//! Tokens for a client's credentials, kept until they are about to end (RFC 6749, section 4.4).

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::HttpClient;
use super::connections::{basic, header_name, secret_value};
use super::form::push_form;
use super::response::{NESTING_DEPTH_MAX, ResponseBounds};
use super::url::Url;
use crate::json::{Document, NodeId, Num, Tag};
use crate::task::TaskError;
use crate::task::secret::Secret;

/// A token is renewed this long before it ends.
const MARGIN: Duration = Duration::from_secs(30);
/// How long a token without an end is used.
const UNSTATED: Duration = Duration::from_hours(1);

/// A client of an OAuth server.
pub struct OAuthClient {
    endpoint: Url,
    method: Method,
    id: String,
    secret: Secret,
    headers: Vec<(String, Secret)>,
    query: Vec<(String, Secret)>,
    body: Vec<(String, Secret)>,
    /// Held while a token is asked for, so that one is asked for once.
    token: Mutex<Option<Token>>,
}

struct Token {
    text: Secret,
    renew_at: Instant,
}

impl OAuthClient {
    /// A client that asks for tokens at `endpoint` with POST.
    ///
    /// # Errors
    /// If the endpoint is not a URL.
    pub fn new(endpoint: &str, id: impl Into<String>, secret: Secret) -> Result<Self, &'static str> {
        Ok(Self {
            endpoint: Url::parse(endpoint)?,
            method: Method::POST,
            id: id.into(),
            secret,
            headers: Vec::new(),
            query: Vec::new(),
            body: Vec::new(),
            token: Mutex::default(),
        })
    }

    /// Asks with another method.
    ///
    /// # Errors
    /// If it is none of GET, POST and PUT.
    pub fn method(mut self, method: &str) -> Result<Self, &'static str> {
        self.method = match method {
            "GET" => Method::GET,
            "POST" => Method::POST,
            "PUT" => Method::PUT,
            _ => return Err("tokens are asked for with GET, POST or PUT"),
        };
        Ok(self)
    }

    /// Adds parameters to the request for a token.
    #[must_use]
    pub fn parameters(
        mut self,
        headers: Vec<(String, Secret)>,
        query: Vec<(String, Secret)>,
        body: Vec<(String, Secret)>,
    ) -> Self {
        (self.headers, self.query, self.body) = (headers, query, body);
        self
    }

    /// The token, asked for if there is none that lasts.
    pub(super) async fn token(&self, client: &HttpClient) -> Result<Secret, TaskError> {
        let mut token = self.token.lock().await;
        if let Some(token) = token.as_ref().filter(|token| token.renew_at > Instant::now()) {
            return Ok(token.text.clone());
        }
        let new = self.ask(client).await?;
        let text = new.text.clone();
        *token = Some(new);
        Ok(text)
    }

    /// Forgets the token: a server has refused it.
    pub(super) async fn forget(&self) {
        *self.token.lock().await = None;
    }

    async fn ask(&self, client: &HttpClient) -> Result<Token, TaskError> {
        let request = self.request()?;
        let asked_at = Instant::now();
        let response = client
            .send(request, ResponseBounds::default())
            .await
            .map_err(|failure| failed(&format!("the authorization server did not answer: {failure}")))?;
        if !response.status.is_success() {
            return Err(failed(&format!("the authorization server answered with {}", response.status)));
        }
        // What the server said is not in any message: it might be the token.
        let document = Document::parse(response.body, NESTING_DEPTH_MAX)
            .map_err(|_| failed("the authorization server's answer is not JSON"))?;
        let doc = document.doc();
        let member =
            |key| (doc.tag(NodeId::ROOT) == Tag::Object).then(|| doc.member(NodeId::ROOT, key)).flatten();
        let text =
            member("access_token").filter(|&node| matches!(doc.tag(node), Tag::String | Tag::EscapedString));
        let text = text.ok_or_else(|| failed("the authorization server's answer has no access_token"))?;
        let seconds = member("expires_in").filter(|&node| doc.tag(node) == Tag::Number);
        let seconds = seconds.and_then(|node| match doc.number(node).read() {
            Num::Int(seconds) => u64::try_from(seconds).ok(),
            Num::Float(_) => None,
        });
        let lasts = seconds.map_or(UNSTATED, |seconds| Duration::from_secs(seconds.min(86_400 * 365)));
        let renew_at = asked_at + lasts.saturating_sub(MARGIN.min(lasts / 2));
        Ok(Token { text: Secret::new(doc.string(text).to_text().into_owned()), renew_at })
    }

    fn request(&self) -> Result<Request<Full<Bytes>>, TaskError> {
        let mut url = self.endpoint.clone();
        for (key, value) in &self.query {
            url.push_query(key, value.expose());
        }
        let mut body = "grant_type=client_credentials".to_owned();
        for (key, value) in &self.body {
            body.push('&');
            push_form(key, &mut body);
            body.push('=');
            push_form(value.expose(), &mut body);
        }
        let has_body = self.method != Method::GET;
        let body = if has_body { Bytes::from(body) } else { Bytes::new() };
        let request = Request::builder().method(self.method.clone()).uri(url.as_str()).body(Full::new(body));
        let mut request = request.map_err(|_| failed("the endpoint is not a URL"))?;
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, basic(&self.id, &self.secret)?);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if has_body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        }
        for (name, value) in &self.headers {
            headers.insert(header_name(name)?, secret_value(value.expose(), name)?);
        }
        Ok(request)
    }
}

/// The error of a connection without a token.
fn failed(cause: &str) -> TaskError {
    TaskError::new("Events.ConnectionResource.InvalidConnectionState", cause)
}

impl fmt::Debug for OAuthClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthClient").field("endpoint", &self.endpoint.as_str()).finish_non_exhaustive()
    }
}
