//! Connections: names looked up, addresses put to the egress policy, then TCP.

use std::error::Error;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::Uri;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

use super::EgressPolicy;

type ConnectError = Box<dyn Error + Send + Sync>;
type Connecting = Pin<Box<dyn Future<Output = Result<TokioIo<TcpStream>, ConnectError>> + Send>>;

/// Connects to what the policy admits; an address is checked after the name was looked up, so that no name leads
/// elsewhere.
#[derive(Debug, Clone)]
pub(super) struct EgressConnector {
    egress: Arc<EgressPolicy>,
}

impl EgressConnector {
    pub(super) fn new(egress: EgressPolicy) -> Self {
        Self { egress: Arc::new(egress) }
    }
}

impl Service<Uri> for EgressConnector {
    type Response = TokioIo<TcpStream>;
    type Error = ConnectError;
    type Future = Connecting;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Connecting {
        let egress = Arc::clone(&self.egress);
        Box::pin(async move {
            let host = uri.host().ok_or_else(|| io::Error::other("the URL has no host"))?;
            let host = host.trim_start_matches('[').trim_end_matches(']');
            let is_tls = uri.scheme_str() == Some("https");
            let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
            connect(&egress, host, port).await
        })
    }
}

/// Tries the addresses of a host in turn; one that is refused ends it, whatever the others are.
async fn connect(egress: &EgressPolicy, host: &str, port: u16) -> Result<TokioIo<TcpStream>, ConnectError> {
    egress.check_name(host)?;
    let addresses: Vec<_> = tokio::net::lookup_host((host, port)).await?.collect();
    for address in &addresses {
        egress.check(host, address.ip())?;
    }
    let mut last = io::Error::other("the host has no address");
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                return Ok(TokioIo::new(stream));
            }
            Err(error) => last = error,
        }
    }
    Err(last.into())
}
