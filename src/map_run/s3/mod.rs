//! S3 itself, or what speaks like it, through the crate `object_store`.
//!
//! Calls come from threads that may wait. What they ask for is done on a runtime with a thread of its own, so that they
//! may come from anywhere, other runtimes included. An object is read in ranges and written in parts: one of them is in
//! memory at a time. Every request has a deadline and few repetitions, so that no call waits forever.
//!
//! What an endpoint answers is shown by code and message only: the rest of an answer can repeat what was signed.

mod options;
mod reader;
mod reason;
mod runtime;
mod store;
#[cfg(test)]
mod test_server;
#[cfg(test)]
mod tests;
mod writer;

pub use options::{S3Options, S3OptionsError};
pub use store::S3;
