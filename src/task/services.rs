//! The handlers of a task file that reach out of the process, and what they share.

use std::ops::Range;
use std::sync::Arc;

use toml::de::DeTable;

#[cfg(feature = "aws")]
use super::aws::file::AwsFile;
use super::http::file::HttpFile;
use super::settings::{Settings, Source, Value};
use super::{AsyncTaskHandler, FileError};

/// What may stand at the top of a task file.
pub(super) const KEYS: &[&str] = &[
    #[cfg(feature = "aws")]
    "aws",
    "connection",
    "egress",
    "task",
];

/// What the handlers of one file share.
#[derive(Debug)]
pub(super) struct Services {
    http: HttpFile,
    #[cfg(feature = "aws")]
    aws: AwsFile,
}

impl Services {
    /// Reads what stands beside the tasks.
    pub(super) fn new(source: Source<'_>, table: &DeTable<'_>) -> Result<Self, FileError> {
        #[cfg(feature = "aws")]
        let aws = table.get("aws").map(|value| AwsFile::new(&Settings::new(source, value, "'aws'")?));
        Ok(Self {
            http: HttpFile::new(source, table.get("egress"), table.get("connection"))?,
            #[cfg(feature = "aws")]
            aws: aws.transpose()?.unwrap_or_default(),
        })
    }

    /// The handler of a kind, with its settings; `span` is its place. `None`: none of these.
    #[cfg_attr(
        not(feature = "aws"),
        expect(unused_variables, reason = "only AWS's may lack what is to be said here")
    )]
    pub(super) fn handler(
        &self,
        source: Source<'_>,
        kind: &str,
        value: Option<&Value<'_>>,
        span: Range<usize>,
    ) -> Result<Option<Arc<dyn AsyncTaskHandler>>, FileError> {
        let what = format!("'{kind}'");
        let settings = value.map(|value| Settings::new(source, value, &what));
        match (kind, settings) {
            ("http", settings) => self.http.http(settings.transpose()?.as_ref()).map(Some),
            ("lambda", Some(settings)) => self.http.lambda(&settings?).map(Some),
            #[cfg(feature = "aws")]
            ("aws", settings) => {
                let error = |reason| source.at(span.clone(), reason);
                self.aws.handler(self.http.client(), settings.transpose()?.as_ref(), error).map(Some)
            }
            _ => Ok(None),
        }
    }
}
