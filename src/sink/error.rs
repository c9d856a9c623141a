//! Outputs that cannot be written.

use std::io;

/// An output that cannot be opened or written.
#[derive(Debug, thiserror::Error)]
#[error("failed to write {name}: {error}{}", after(*.written))]
pub struct SinkError {
    name: String,
    /// Bytes written before, all of them whole lines.
    written: Option<u64>,
    #[source]
    error: io::Error,
}

fn after(written: Option<u64>) -> String {
    written.map_or(String::new(), |bytes| format!(" (after {bytes} bytes, which are whole lines)"))
}

impl SinkError {
    /// The output as the user named it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether whoever read the output has gone away.
    pub fn is_closed_pipe(&self) -> bool {
        self.error.kind() == io::ErrorKind::BrokenPipe
    }

    pub(super) fn open(name: &str, error: io::Error) -> Self {
        Self { name: name.to_owned(), written: None, error }
    }

    pub(super) fn write(name: &str, written: u64, error: io::Error) -> Self {
        Self { name: name.to_owned(), written: Some(written), error }
    }
}
