//! Co-processes: programs that read requests and write responses, one JSON text a line.

mod connection;
mod coprocess;
mod message;

pub use coprocess::{Coprocess, CoprocessOptions};
