//! What task files say about HTTP: egress, connections, handlers.

use std::sync::{Arc, OnceLock};

use super::response::ResponseBounds;
use super::{
    Connection, ConnectionAuthorization, Connections, EgressPolicy, HttpClient, HttpInvoke, HttpPost,
    LambdaEndpoint, OAuthClient,
};
use crate::task::settings::{Settings, Source, Value};
use crate::task::{AsyncTaskHandler, FileError};

/// What the HTTP handlers of one task file share.
#[derive(Debug)]
pub(in crate::task) struct HttpFile {
    egress: EgressPolicy,
    /// Made by the first handler that needs it: it reads the system's certificates.
    client: OnceLock<HttpClient>,
    connections: Connections,
}

impl HttpFile {
    /// Reads the tables `[egress]` and `[[connection]]`.
    pub(in crate::task) fn new(
        source: Source<'_>,
        egress: Option<&Value<'_>>,
        connections: Option<&Value<'_>>,
    ) -> Result<Self, FileError> {
        let egress = egress.map(|value| egress_policy(source, value)).transpose()?.unwrap_or_default();
        let mut all = Connections::new();
        if let Some(value) = connections {
            let toml::de::DeValue::Array(items) = value.get_ref() else {
                return Err(source
                    .at(value.span(), "'connection' must be a list")
                    .help("write [[connection]] in double brackets"));
            };
            for item in items {
                let settings = Settings::new(source, item, "a connection")?;
                let name = settings.required("name")?;
                all.add(name, connection(&settings)?);
            }
        }
        Ok(Self { egress, client: OnceLock::new(), connections: all })
    }

    pub(in crate::task) fn client(&self) -> HttpClient {
        self.client.get_or_init(|| HttpClient::new(self.egress.clone())).clone()
    }

    /// `handler = "http"` or `handler = { http = { ... } }`: with a URL the server behind it, otherwise HTTP Tasks.
    pub(in crate::task) fn http(
        &self,
        settings: Option<&Settings<'_, '_>>,
    ) -> Result<Arc<dyn AsyncTaskHandler>, FileError> {
        let tasks = |bounds| Arc::new(HttpInvoke::new(self.client(), self.connections.clone(), bounds));
        let Some(settings) = settings else { return Ok(tasks(ResponseBounds::default())) };
        let bounds = bounds(settings)?;
        let Some(url) = settings.string("url")? else {
            settings.finish()?;
            return Ok(tasks(bounds));
        };
        let connection = match settings.string("connection")? {
            None => None,
            Some(name) => {
                let found = self.connections.find(name);
                let missing = |_| settings.error(format!("no connection is named '{name}'"));
                Some(Connection::clone(found.map_err(missing)?))
            }
        };
        let headers = settings.secrets("headers")?;
        settings.finish()?;
        let handler = HttpPost::new(self.client(), url, connection, bounds);
        let mut handler =
            handler.map_err(|reason| settings.error(format!("'url' cannot be used: {reason}")))?;
        for (name, value) in &headers {
            let refused = |_| settings.error(format!("the header '{name}' cannot be used"));
            handler = handler.header(name, value).map_err(refused)?;
        }
        Ok(Arc::new(handler))
    }

    /// `handler = { lambda = { endpoint = "http://..." } }`
    pub(in crate::task) fn lambda(
        &self,
        settings: &Settings<'_, '_>,
    ) -> Result<Arc<dyn AsyncTaskHandler>, FileError> {
        let endpoint = settings.required("endpoint")?;
        let bounds = bounds(settings)?;
        settings.finish()?;
        let handler = LambdaEndpoint::new(self.client(), endpoint, bounds);
        let refused = |reason| settings.error(format!("'endpoint' cannot be used: {reason}"));
        Ok(Arc::new(handler.map_err(refused)?))
    }
}

/// `timeout_ms` and `response_bytes_max` of a handler.
pub(in crate::task) fn bounds(settings: &Settings<'_, '_>) -> Result<ResponseBounds, FileError> {
    let mut bounds = ResponseBounds::default();
    if let Some(timeout) = settings.millis("timeout_ms")? {
        bounds.timeout = timeout;
    }
    if let Some(bytes) = settings.integer("response_bytes_max")? {
        bounds.bytes_max = usize::try_from(bytes).unwrap_or(usize::MAX);
    }
    Ok(bounds)
}

fn egress_policy(source: Source<'_>, value: &Value<'_>) -> Result<EgressPolicy, FileError> {
    let settings = Settings::new(source, value, "'egress'")?;
    let mut policy = EgressPolicy::new();
    for rule in settings.strings("allow")? {
        policy.allow(rule);
    }
    for rule in settings.strings("deny")? {
        policy.deny(rule);
    }
    settings.finish()?;
    Ok(policy)
}

fn connection(settings: &Settings<'_, '_>) -> Result<Connection, FileError> {
    let (basic, api_key, oauth) =
        (settings.table("basic")?, settings.table("api_key")?, settings.table("oauth")?);
    let authorization = match (basic, api_key, oauth) {
        (None, None, None) => ConnectionAuthorization::None,
        (Some(basic), None, None) => {
            let username = basic.required("username")?.to_owned();
            let password = basic.secret("password")?;
            basic.finish()?;
            ConnectionAuthorization::Basic { username, password }
        }
        (None, Some(key), None) => {
            let name = key.required("name")?.to_owned();
            let value = key.secret("value")?;
            key.finish()?;
            ConnectionAuthorization::ApiKey { name, value }
        }
        (None, None, Some(oauth)) => ConnectionAuthorization::OAuth(Arc::new(oauth_client(&oauth)?)),
        _ => return Err(settings.error("a connection has one of 'basic', 'api_key' and 'oauth'")),
    };
    let mut connection = Connection::new(authorization);
    connection.headers = settings.secrets("headers")?;
    connection.query = settings.secrets("query")?;
    connection.body = settings.secrets("body")?;
    settings.finish()?;
    Ok(connection)
}

fn oauth_client(settings: &Settings<'_, '_>) -> Result<OAuthClient, FileError> {
    let endpoint = settings.required("endpoint")?;
    let client =
        OAuthClient::new(endpoint, settings.required("client_id")?, settings.secret("client_secret")?);
    let mut client =
        client.map_err(|reason| settings.error(format!("'endpoint' cannot be used: {reason}")))?;
    if let Some(method) = settings.string("method")? {
        client = client.method(method).map_err(|reason| settings.error(reason))?;
    }
    let client = client.parameters(
        settings.secrets("headers")?,
        settings.secrets("query")?,
        settings.secrets("body")?,
    );
    settings.finish()?;
    Ok(client)
}
