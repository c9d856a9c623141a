//! What can go wrong with a Map Run.

use super::StoreError;
use crate::bytecode::Program;
use crate::vm::ExecutionError;

/// Why a Map Run failed: what Retry and Catch of the Map see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MapRunError {
    /// The error's name.
    pub(crate) error: String,
    /// Its cause.
    pub(crate) cause: Option<String>,
}

impl MapRunError {
    pub(super) fn new(error: &str, cause: impl Into<String>) -> Self {
        Self { error: error.to_owned(), cause: Some(cause.into()) }
    }

    /// The items cannot be read.
    pub(super) fn reader(cause: impl Into<String>) -> Self {
        Self::new("States.ItemReaderFailed", cause)
    }

    /// The results cannot be written.
    pub(super) fn writer(cause: impl Into<String>) -> Self {
        Self::new("States.ResultWriterFailed", cause)
    }

    /// More items failed than may.
    pub(super) fn tolerance() -> Self {
        let cause = "The specified tolerated failure threshold was exceeded";
        Self::new("States.ExceedToleratedFailureThreshold", cause)
    }

    /// The result of a state is too large.
    pub(super) fn data_limit(state: &str) -> Self {
        let cause = format!(
            "The state/task '{state}' returned a result with a size exceeding the maximum number of bytes service limit."
        );
        Self::new("States.DataLimitExceeded", cause)
    }

    /// Something needs S3, and nothing stands in for it.
    pub(super) fn no_store(state: &str) -> Self {
        Self::new("States.Runtime", format!("state '{state}' needs S3, and nothing stands in for it: {HELP}"))
    }
}

impl From<ExecutionError> for MapRunError {
    fn from(failure: ExecutionError) -> Self {
        let error = failure.error.unwrap_or_else(|| "States.Runtime".to_owned());
        Self { error, cause: failure.cause }
    }
}

impl From<StoreError> for MapRunError {
    fn from(error: StoreError) -> Self {
        Self::reader(error.to_string())
    }
}

const HELP: &str = if cfg!(feature = "s3") {
    "name a folder of buckets with --s3-root DIR, or S3 with --s3-endpoint (in the crate: `object_store`)"
} else {
    "name a folder of buckets with --s3-root DIR (in the crate: `object_store`)"
};

/// A program reads items from S3 or writes results to it, and nothing stands in for S3.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("state '{state}' needs S3, and nothing stands in for it\n  help: {HELP}")]
#[non_exhaustive]
pub struct NoObjectStore {
    /// The first such state.
    pub state: String,
}

/// Refuses a program that needs S3 where there is none.
pub(crate) fn require_object_store(program: &Program, has_store: bool) -> Result<(), NoObjectStore> {
    let needs = |run: &&crate::bytecode::MapRunSite| {
        run.reader.is_some() || run.writer.is_some_and(|writer| writer.is_exported)
    };
    match program.map_runs().iter().find(needs).filter(|_| !has_store) {
        Some(run) => Err(NoObjectStore { state: program.states()[run.state.index()].name.clone() }),
        None => Ok(()),
    }
}
