//! Work behind HTTP: `arn:aws:states:::http:invoke`, and handlers of any Resource that are HTTP servers.
//!
//! One [`HttpClient`] has one connection pool and one [`EgressPolicy`]; handlers share it.
//!
//! Invariants: no request is sent to an address that the policy does not admit (it is asked when a connection is
//! made, with the address itself, and a pooled connection keeps to its host); redirects are not followed; a response
//! is read up to its bound and no further; dropping a handler's future ends its request. Secrets are in requests
//! only: neither errors nor what is printed have them.

mod client;
mod connections;
mod connector;
mod egress;
#[cfg(feature = "cli")]
pub(super) mod file;
mod form;
mod invoke;
mod lambda;
mod oauth;
mod post;
mod request;
mod response;
mod url;

pub use client::HttpClient;
pub use connections::{Connection, ConnectionAuthorization, Connections};
pub use egress::{EgressError, EgressPolicy};
pub use invoke::HttpInvoke;
pub use lambda::LambdaEndpoint;
pub use oauth::OAuthClient;
pub use post::HttpPost;
pub use response::ResponseBounds;

#[cfg(feature = "aws")]
pub(super) use {
    form::{push_form, scalar},
    lambda::{error_code, function_reply, header, invoke_request, invoked_function, text_member},
    response::NESTING_DEPTH_MAX,
    url::{Url, push_encoded},
};

pub(super) use client::{HttpFailure, HttpResponse};
