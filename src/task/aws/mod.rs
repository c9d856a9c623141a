//! AWS's services behind Task states: the optimised integrations, `aws-sdk:*`, and Lambda functions.
//!
//! A request goes `invoke` (what the Resource asks for) -> `service` (which protocol it speaks) -> `json`, `query`
//! or `s3` (the request on the wire) -> `sign` -> the HTTP client; its response comes back through the same protocol,
//! and `error` names what went wrong as AWS does.
//!
//! Invariants: nothing is sent again, retries are the definition's; a handler knows which services it can speak to
//! and refuses others before it sends anything.

mod credentials;
mod error;
mod invoke;
mod json;
mod query;
mod rewrite;
mod s3;
mod service;
mod sign;
mod xml;

#[cfg(feature = "cli")]
pub(super) mod file;

pub use credentials::{AwsCredentials, CredentialsError};
pub use invoke::{AwsOptions, AwsServices};
