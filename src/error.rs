//! The facade's one error: what keeps a run, a configuration or a file from working.
//!
//! It is not for what is wrong with a definition (those are diagnostics, many at once) nor for an execution
//! that fails (that is data).

use std::error::Error as StdError;
use std::fmt;

use crate::pipeline::RunError;
use crate::sink::SinkError;
use crate::source::SourceError;
use crate::task::{FileError, UnansweredError};

/// Why something could not be done: the place, the reason, and what to do.
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    source: Box<dyn StdError + Send + Sync>,
}

/// What kind of thing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An input could not be read.
    Input,
    /// An output could not be written.
    Output,
    /// What was asked for cannot be done: options, task files, mock files, unanswered tasks.
    Config,
    /// A bug of ours.
    Internal,
}

impl Error {
    /// What kind of thing went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether an input could not be read.
    pub fn is_input(&self) -> bool {
        self.kind() == ErrorKind::Input
    }

    /// Whether an output could not be written.
    pub fn is_output(&self) -> bool {
        self.kind() == ErrorKind::Output
    }

    /// Whether what was asked for cannot be done.
    pub fn is_config(&self) -> bool {
        self.kind() == ErrorKind::Config
    }

    fn new(kind: ErrorKind, source: impl StdError + Send + Sync + 'static) -> Self {
        Self(Box::new(Inner { kind, source: Box::new(source) }))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.source.fmt(f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.source()
    }
}

impl From<RunError> for Error {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Source(error) => error.into(),
            RunError::Sink(error) => error.into(),
            RunError::Unanswered(error) => error.into(),
            RunError::SameFile { .. } | RunError::Checkpoint(_) | RunError::NoObjectStore(_) => {
                Self::new(ErrorKind::Config, error)
            }
            RunError::Spawn(_) | RunError::WorkerPanicked => Self::new(ErrorKind::Internal, error),
        }
    }
}

impl From<SourceError> for Error {
    fn from(error: SourceError) -> Self {
        Self::new(ErrorKind::Input, error)
    }
}

impl From<SinkError> for Error {
    fn from(error: SinkError) -> Self {
        Self::new(ErrorKind::Output, error)
    }
}

impl From<UnansweredError> for Error {
    fn from(error: UnansweredError) -> Self {
        Self::new(ErrorKind::Config, error)
    }
}

impl From<FileError> for Error {
    fn from(error: FileError) -> Self {
        Self::new(ErrorKind::Config, error)
    }
}
