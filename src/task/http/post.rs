//! Handlers that are HTTP servers: the payload is posted, the answer is the result.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::{Method, Request, StatusCode, Uri};

use super::connections::{header_name, secret_value};
use super::response::ResponseBounds;
use super::url::Url;
use super::{Connection, HttpClient};
use crate::task::secret::Secret;
use crate::task::{AsyncTaskHandler, IntoReply, Reply, TaskCall, TaskError, TaskFuture};

/// Posts the payload of any Resource to a URL; the body of the answer, JSON, is the result.
///
/// A status that is not of success is the error `States.Http.StatusCode.NNN`, and what fails below HTTP is
/// `States.Http.Socket`, as for HTTP Tasks.
#[derive(Clone)]
pub struct HttpPost {
    shared: Arc<Shared>,
}

struct Shared {
    client: HttpClient,
    uri: Uri,
    headers: HeaderMap,
    connection: Option<Arc<Connection>>,
    bounds: ResponseBounds,
}

impl HttpPost {
    /// A handler behind a URL.
    ///
    /// # Errors
    /// If it is not an absolute URL.
    pub fn new(
        client: HttpClient,
        url: &str,
        connection: Option<Connection>,
        bounds: ResponseBounds,
    ) -> Result<Self, &'static str> {
        let mut url = Url::parse(url)?;
        for (name, value) in connection.iter().flat_map(|connection| &connection.query) {
            url.push_query(name, value.expose());
        }
        let uri = url.as_str().parse().map_err(|_| "it is not a URL")?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let connection = connection.map(Arc::new);
        Ok(Self { shared: Arc::new(Shared { client, uri, headers, connection, bounds }) })
    }

    /// Adds a header to every request.
    ///
    /// # Errors
    /// If it may not be a header.
    pub fn header(mut self, name: &str, value: &Secret) -> Result<Self, TaskError> {
        let (name, value) = (header_name(name)?, secret_value(value.expose(), name)?);
        if let Some(shared) = Arc::get_mut(&mut self.shared) {
            shared.headers.insert(name, value);
        }
        Ok(self)
    }
}

impl AsyncTaskHandler for HttpPost {
    fn call(&self, call: TaskCall) -> TaskFuture {
        let shared = Arc::clone(&self.shared);
        Box::pin(async move { shared.post(call).await })
    }
}

impl Shared {
    async fn post(&self, call: TaskCall) -> Result<Reply, TaskError> {
        let name = call.resource().to_owned();
        let mut request = Request::new(Full::new(Bytes::from(call.into_payload())));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.uri.clone();
        request.headers_mut().clone_from(&self.headers);
        if let Some(connection) = &self.connection {
            connection.authorize(&self.client, request.headers_mut()).await?;
        }
        let sent = self.client.send(request, self.bounds).await;
        let response = sent.map_err(|failure| failure.into_task_error(&name))?;
        if let Some(connection) = &self.connection
            && response.status == StatusCode::UNAUTHORIZED
        {
            connection.refused().await;
        }
        if let Some(error) = response.status_error() {
            return Err(error);
        }
        let mut reply = Reply::default();
        response.body.into_reply(&mut reply);
        Ok(reply)
    }

    fn host(&self) -> &str {
        self.uri.host().unwrap_or("the server")
    }
}

impl fmt::Debug for HttpPost {
    /// Without the query: it may have secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpPost").field("host", &self.shared.host()).finish_non_exhaustive()
    }
}
