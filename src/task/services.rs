//! The handlers of a task file that reach out of the process, and what they share.

use std::sync::Arc;

use toml::de::DeTable;

use super::http::file::HttpFile;
use super::settings::{Settings, Source, Value};
use super::{AsyncTaskHandler, FileError};

/// What may stand at the top of a task file.
pub(super) const KEYS: &[&str] = &["connection", "egress", "task"];

/// What the handlers of one file share.
#[derive(Debug)]
pub(super) struct Services {
    http: HttpFile,
}

impl Services {
    /// Reads what stands beside the tasks.
    pub(super) fn new(source: Source<'_>, table: &DeTable<'_>) -> Result<Self, FileError> {
        Ok(Self { http: HttpFile::new(source, table.get("egress"), table.get("connection"))? })
    }

    /// The handler of a kind, with its settings; `None`: none of these.
    pub(super) fn handler(
        &self,
        source: Source<'_>,
        kind: &str,
        value: Option<&Value<'_>>,
    ) -> Result<Option<Arc<dyn AsyncTaskHandler>>, FileError> {
        let settings = |value| Settings::new(source, value, &format!("'{kind}'"));
        match (kind, value) {
            ("http", value) => self.http.http(value.map(settings).transpose()?.as_ref()).map(Some),
            ("lambda", Some(value)) => self.http.lambda(&settings(value)?).map(Some),
            _ => Ok(None),
        }
    }
}
