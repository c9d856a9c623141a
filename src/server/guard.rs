//! Who may speak to the endpoint.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, StatusCode, header};
use sha2::{Digest, Sha256};

use super::aws_json::Refusal;

/// What every request is checked for.
pub(super) struct Guard {
    /// On the loopback interface only whoever names it as such is let in: a page in a browser that had its own name
    /// resolved to this machine is not.
    is_loopback: bool,
    /// The digest of the bearer token, if one is asked for.
    bearer: Option<[u8; 32]>,
}

impl Guard {
    pub(super) fn new(address: SocketAddr, bearer: Option<&str>) -> Self {
        let bearer = bearer.map(|token| Sha256::digest(token).into());
        Self { is_loopback: address.ip().is_loopback(), bearer }
    }

    pub(super) fn check(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let forbidden = |message| Err(Refusal::new(StatusCode::FORBIDDEN, "AccessDeniedException", message));
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        if self.is_loopback && !host.is_some_and(is_loopback_host) {
            return forbidden("the header Host names another machine");
        }
        let Some(expected) = &self.bearer else { return Ok(()) };
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        // Digests are compared: how far they agree says nothing of the token.
        if <[u8; 32]>::from(Sha256::digest(given)) == *expected {
            return Ok(());
        }
        forbidden("the header Authorization has not the endpoint's bearer token")
    }
}

fn is_loopback_host(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => host.split(':').next(),
    };
    let name = name.unwrap_or_default();
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_hosts() {
        for host in ["localhost", "LocalHost:8083", "127.0.0.1", "127.0.0.1:8083", "[::1]:8083", "[::1]"] {
            assert!(is_loopback_host(host), "{host}");
        }
        for host in
            ["", "example.com", "localhost.example.com", "127.0.0.1.example.com", "10.0.0.1", "[::2]:1"]
        {
            assert!(!is_loopback_host(host), "{host}");
        }
    }

    #[test]
    fn a_bearer_token_is_asked_for() {
        let check = |guard: &Guard, host: &str, authorization: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().expect("a header"));
            headers.insert(header::AUTHORIZATION, authorization.parse().expect("a header"));
            guard.check(&headers).is_ok()
        };
        let open = Guard::new(([127, 0, 0, 1], 0).into(), None);
        assert!(check(&open, "localhost:1", "AWS4-HMAC-SHA256 Credential=x"));
        assert!(!check(&open, "example.com", ""));
        assert!(open.check(&HeaderMap::new()).is_err(), "no Host at all");
        let closed = Guard::new(([0, 0, 0, 0], 0).into(), Some("secret"));
        assert!(check(&closed, "example.com", "Bearer secret"));
        for wrong in ["", "Bearer", "Bearer ", "Bearer secre", "Bearer secrets", "secret", "bearer secret"] {
            assert!(!check(&closed, "example.com", wrong), "{wrong}");
        }
    }
}
