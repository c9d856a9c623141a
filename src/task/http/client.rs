//! The client that all HTTP handlers of a task file share.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_LENGTH, HeaderMap};
use hyper::{Request, Response, StatusCode};
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::{ClientConfig, RootCertStore};

use super::connector::EgressConnector;
use super::response::ResponseBounds;
use super::{EgressError, EgressPolicy};

/// Idle connections are kept this long.
const IDLE_MAX: Duration = Duration::from_secs(30);

/// An HTTP client (1.1, and 2 where TLS agrees on it) with its pool of connections. Copies share the pool.
///
/// Connections are kept for reuse and live on the runtime that made them: executors that share a client should
/// [share a runtime](crate::executor::ExecutorBuilder::runtime).
#[derive(Clone)]
pub struct HttpClient {
    client: Client<HttpsConnector<EgressConnector>, Full<Bytes>>,
}

/// A response, read to its end.
#[derive(Debug)]
pub(in crate::task) struct HttpResponse {
    pub(in crate::task) status: StatusCode,
    /// The server's own words, if they are not the usual ones.
    pub(in crate::task) reason: Option<String>,
    pub(in crate::task) headers: HeaderMap,
    pub(in crate::task) body: Vec<u8>,
}

/// Why there is no response.
#[derive(Debug)]
pub(in crate::task) enum HttpFailure {
    /// The egress policy does not admit the address.
    Refused(EgressError),
    /// It took too long.
    TimedOut(Duration),
    /// The response is larger than was to be read.
    TooLarge,
    /// The connection failed, or what came over it is not HTTP.
    Socket(String),
}

impl HttpClient {
    /// A client with a pool of its own. It trusts the certificates that the system trusts, or those that
    /// `SSL_CERT_FILE` names.
    pub fn new(egress: EgressPolicy) -> Self {
        let https = HttpsConnectorBuilder::new()
            .with_tls_config(tls_config())
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(EgressConnector::new(egress));
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE_MAX)
            .pool_timer(TokioTimer::new())
            .build(https);
        Self { client }
    }

    /// Sends a request and reads the response. Dropping the future ends both.
    pub(in crate::task) async fn send(
        &self,
        request: Request<Full<Bytes>>,
        bounds: ResponseBounds,
    ) -> Result<HttpResponse, HttpFailure> {
        let exchange = async {
            let response = self.client.request(request).await.map_err(|error| HttpFailure::of(&error))?;
            read(response, bounds.bytes_max).await
        };
        let timed_out = |_| Err(HttpFailure::TimedOut(bounds.timeout));
        tokio::time::timeout(bounds.timeout, exchange).await.unwrap_or_else(timed_out)
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient").finish_non_exhaustive()
    }
}

/// TLS with the system's certificates; with none of them, no certificate is trusted.
fn tls_config() -> ClientConfig {
    let builder = || {
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()
    };
    let with_roots = builder().map(|builder| match builder.clone().with_native_roots() {
        Ok(builder) => builder.with_no_client_auth(),
        Err(_) => builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth(),
    });
    with_roots.expect("ring has the protocol versions that rustls calls safe")
}

async fn read(response: Response<Incoming>, bytes_max: usize) -> Result<HttpResponse, HttpFailure> {
    let (head, mut incoming) = response.into_parts();
    let announced =
        head.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let announced = announced.filter(|_| !hyper::body::Body::is_end_stream(&incoming)).unwrap_or(0);
    if announced > bytes_max as u64 {
        return Err(HttpFailure::TooLarge);
    }
    let mut body = Vec::with_capacity(announced as usize);
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(|error| HttpFailure::of(&error))?;
        if let Ok(data) = frame.into_data() {
            if data.len() > bytes_max - body.len() {
                return Err(HttpFailure::TooLarge);
            }
            body.extend_from_slice(&data);
        }
    }
    let reason = head.extensions.get::<hyper::ext::ReasonPhrase>();
    let reason = reason.map(|reason| String::from_utf8_lossy(reason.as_bytes()).into_owned());
    Ok(HttpResponse { status: head.status, reason, headers: head.headers, body })
}

impl HttpFailure {
    /// The innermost reason says most: the layers around it only that there was one.
    fn of(error: &(dyn Error + 'static)) -> Self {
        let mut innermost = error;
        let mut source = Some(error);
        while let Some(error) = source {
            if let Some(refused) = error.downcast_ref::<EgressError>() {
                return Self::Refused(refused.clone());
            }
            innermost = error;
            source = error.source();
            if source.is_none()
                && let Some(inner) = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref)
            {
                source = Some(inner);
            }
        }
        Self::Socket(innermost.to_string())
    }
}

impl fmt::Display for HttpFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refused) => refused.fmt(f),
            Self::TimedOut(after) => write!(f, "no response within {} ms", after.as_millis()),
            Self::TooLarge => f.write_str("the response is larger than is read of one"),
            Self::Socket(reason) => f.write_str(reason),
        }
    }
}
