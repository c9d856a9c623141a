//! `arn:aws:states:::http:invoke` (AWS docs, "Call HTTPS APIs in Step Functions workflows").

use std::sync::Arc;

use hyper::StatusCode;

use super::request::Parameters;
use super::response::{NESTING_DEPTH_MAX, ResponseBounds};
use super::{Connections, HttpClient};
use crate::json::Document;
use crate::task::{AsyncTaskHandler, Reply, TaskCall, TaskError, TaskFuture};

/// The handler of HTTP Tasks.
///
/// ```
/// use aslx::task::TaskRegistry;
/// use aslx::task::http::{Connections, EgressPolicy, HttpClient, HttpInvoke, ResponseBounds};
///
/// let client = HttpClient::new(EgressPolicy::new());
/// let handler = HttpInvoke::new(client, Connections::new(), ResponseBounds::default());
/// let mut tasks = TaskRegistry::new();
/// tasks.handle_async("arn:aws:states:::http:invoke", handler);
/// ```
#[derive(Debug, Clone)]
pub struct HttpInvoke {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    client: HttpClient,
    connections: Connections,
    bounds: ResponseBounds,
}

impl HttpInvoke {
    /// A handler that knows these connections.
    pub fn new(client: HttpClient, connections: Connections, bounds: ResponseBounds) -> Self {
        Self { shared: Arc::new(Shared { client, connections, bounds }) }
    }
}

impl AsyncTaskHandler for HttpInvoke {
    fn call(&self, call: TaskCall) -> TaskFuture {
        let shared = Arc::clone(&self.shared);
        Box::pin(async move { shared.invoke(&call).await })
    }
}

impl Shared {
    async fn invoke(&self, call: &TaskCall) -> Result<Reply, TaskError> {
        let (connection, mut request) = {
            let document = Document::parse(call.payload(), NESTING_DEPTH_MAX).map_err(|error| {
                TaskError::new("States.Runtime", format!("the parameters are not JSON: {error}"))
            })?;
            let parameters = Parameters::new(document.doc())?;
            let arn = parameters.connection_arn()?;
            let connection = arn.map(|arn| self.connections.find(&arn).cloned()).transpose()?;
            let request = parameters.request(connection.as_deref())?;
            (connection, request)
        };
        if let Some(connection) = &connection {
            connection.authorize(&self.client, request.headers_mut()).await?;
        }
        let sent = self.client.send(request, self.bounds).await;
        let response = sent.map_err(|failure| failure.into_task_error("http"))?;
        if let Some(connection) = &connection
            && matches!(response.status, StatusCode::UNAUTHORIZED | StatusCode::PROXY_AUTHENTICATION_REQUIRED)
        {
            connection.refused().await;
        }
        if let Some(error) = response.status_error() {
            return Err(error);
        }
        let mut reply = Reply::default();
        response.write_result(reply.json())?;
        Ok(reply)
    }
}
