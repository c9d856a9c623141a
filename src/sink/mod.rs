//! Outputs: newline-delimited JSON to files, streams and memory.
//!
//! Invariant: a regular file holds whole lines whenever a write has returned, also one that failed half way.

mod durable;
mod error;
mod ndjson;

pub use error::SinkError;
pub use ndjson::Sink;

pub(crate) use durable::{path_beside, replace_file};
