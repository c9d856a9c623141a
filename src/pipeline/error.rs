//! Why a run could not begin or go on.

use super::checkpoint::CheckpointError;
use crate::map_run::NoObjectStore;
use crate::sink::SinkError;
use crate::source::SourceError;
use crate::task::UnansweredError;

/// Why a run could not begin or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// An input cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// An output cannot be written.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// The program has tasks that nothing answers.
    #[error(transparent)]
    Unanswered(#[from] UnansweredError),
    /// The program needs S3, and nothing stands in for it.
    #[error(transparent)]
    NoObjectStore(#[from] NoObjectStore),
    /// The checkpoint cannot be used.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Two of the run's files are one.
    #[error("{first} and {second} are the same file\n  help: write to another file")]
    SameFile {
        /// One name.
        first: String,
        /// The other name.
        second: String,
    },
    /// No thread could be started.
    #[error("failed to start a worker thread: {0}")]
    Spawn(#[source] std::io::Error),
    /// A worker thread panicked.
    #[error("internal error, please report it: a worker panicked")]
    WorkerPanicked,
}
