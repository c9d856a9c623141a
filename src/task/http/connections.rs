//! Connections: who a request is from, and what it has besides (EventBridge docs, "Connections").

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::HeaderMap;
use hyper::header::{AUTHORIZATION, HeaderName, HeaderValue};

use super::{HttpClient, OAuthClient};
use crate::task::TaskError;
use crate::task::pattern::Pattern;
use crate::task::secret::Secret;

/// How a connection says who a request is from.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ConnectionAuthorization {
    /// It does not.
    None,
    /// With a user and a password (RFC 7617).
    Basic {
        /// The user.
        username: String,
        /// The password.
        password: Secret,
    },
    /// With a key in a header.
    ApiKey {
        /// The header.
        name: String,
        /// The key.
        value: Secret,
    },
    /// With a token that an OAuth server gives for a client's credentials (RFC 6749, 4.4).
    OAuth(Arc<OAuthClient>),
}

/// A connection: its authorisation, and parameters that every request over it has.
///
/// The parameters take the place of those of the same name in the state.
#[derive(Debug, Clone)]
pub struct Connection {
    pub(super) authorization: ConnectionAuthorization,
    pub(super) headers: Vec<(String, Secret)>,
    pub(super) query: Vec<(String, Secret)>,
    pub(super) body: Vec<(String, Secret)>,
}

/// The connections that HTTP Tasks may name.
#[derive(Debug, Clone, Default)]
pub struct Connections {
    entries: Vec<(Pattern, Arc<Connection>)>,
}

impl Connection {
    /// A connection without parameters.
    pub fn new(authorization: ConnectionAuthorization) -> Self {
        Self { authorization, headers: Vec::new(), query: Vec::new(), body: Vec::new() }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: Secret) -> Self {
        self.headers.push((name.into(), value));
        self
    }

    /// Adds a parameter of the query.
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: Secret) -> Self {
        self.query.push((name.into(), value));
        self
    }

    /// Adds a member of the body.
    #[must_use]
    pub fn body(mut self, name: impl Into<String>, value: Secret) -> Self {
        self.body.push((name.into(), value));
        self
    }

    /// Puts headers and authorisation into a request.
    pub(super) async fn authorize(
        &self,
        client: &HttpClient,
        headers: &mut HeaderMap,
    ) -> Result<(), TaskError> {
        for (name, value) in &self.headers {
            headers.insert(header_name(name)?, secret_value(value.expose(), name)?);
        }
        match &self.authorization {
            ConnectionAuthorization::None => {}
            ConnectionAuthorization::Basic { username, password } => {
                headers.insert(AUTHORIZATION, basic(username, password)?);
            }
            ConnectionAuthorization::ApiKey { name, value } => {
                headers.insert(header_name(name)?, secret_value(value.expose(), name)?);
            }
            ConnectionAuthorization::OAuth(oauth) => {
                let token = oauth.token(client).await?;
                let value = format!("Bearer {}", token.expose());
                headers.insert(AUTHORIZATION, secret_value(&value, "Authorization")?);
            }
        }
        Ok(())
    }

    /// Learns that the server did not take the authorisation.
    pub(super) async fn refused(&self) {
        if let ConnectionAuthorization::OAuth(oauth) = &self.authorization {
            oauth.forget().await;
        }
    }
}

impl Connections {
    /// No connections.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a connection for the names or ARNs that `pattern` matches; the first match counts.
    pub fn add(&mut self, pattern: &str, connection: Connection) -> &mut Self {
        self.entries.push((Pattern::new(pattern), Arc::new(connection)));
        self
    }

    /// The connection of an ARN, by the ARN or by the name in it.
    pub(super) fn find(&self, arn: &str) -> Result<&Arc<Connection>, TaskError> {
        let name = connection_name(arn);
        let entry = self.entries.iter().find(|(pattern, _)| pattern.matches(arn) || pattern.matches(name));
        entry.map(|(_, connection)| connection).ok_or_else(|| {
            let cause = format!("no connection is named '{name}': add a [[connection]] to the task file");
            TaskError::new("Events.ConnectionResource.ResourceNotFound", cause)
        })
    }
}

/// The name in `arn:aws:events:REGION:ACCOUNT:connection/NAME/ID`.
fn connection_name(arn: &str) -> &str {
    match arn.split_once(":connection/") {
        Some((_, after)) => after.split('/').next().unwrap_or(after),
        None => arn,
    }
}

/// `Basic` with a user and a password.
pub(super) fn basic(username: &str, password: &Secret) -> Result<HeaderValue, TaskError> {
    let credentials = STANDARD.encode(format!("{username}:{}", password.expose()));
    secret_value(&format!("Basic {credentials}"), "Authorization")
}

pub(super) fn header_name(name: &str) -> Result<HeaderName, TaskError> {
    let refused = |_| TaskError::new("States.Runtime", format!("'{name}' is no name of a header"));
    HeaderName::from_bytes(name.as_bytes()).map_err(refused)
}

/// A header's value that is neither printed nor compressed.
pub(super) fn secret_value(value: &str, name: &str) -> Result<HeaderValue, TaskError> {
    let refused =
        |_| TaskError::new("States.Runtime", format!("the value of '{name}' may not be in a header"));
    let mut value = HeaderValue::from_str(value).map_err(refused)?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_found_by_arn_or_name_and_print_no_secret() {
        let mut connections = Connections::new();
        let value = Secret::new("s3cr3t");
        let authorization =
            ConnectionAuthorization::ApiKey { name: "X-Key".to_owned(), value: value.clone() };
        connections.add("Stripe", Connection::new(authorization).header("H", value.clone()));
        let password = ConnectionAuthorization::Basic { username: "u".to_owned(), password: value };
        connections.add("arn:aws:events:*:connection/By*", Connection::new(password));
        assert!(connections.find("arn:aws:events:us-east-1:1:connection/Stripe/81210c42").is_ok());
        assert!(connections.find("arn:aws:events:us-east-1:1:connection/ByArn/1").is_ok());
        let error = connections.find("arn:aws:events:us-east-1:1:connection/Other/1").unwrap_err();
        assert_eq!(error.error, "Events.ConnectionResource.ResourceNotFound");
        assert!(!format!("{connections:?}").contains("s3cr3t"));
    }
}
