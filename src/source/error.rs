//! Inputs that cannot be read.

use std::io;

/// An input that cannot be opened or read.
#[derive(Debug, thiserror::Error)]
#[error("failed to read {name}: {problem}")]
pub struct SourceError {
    name: String,
    problem: Problem,
}

#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("{0}")]
    Open(#[source] io::Error),
    #[error("it is a directory")]
    Directory,
    #[error("it is no regular file")]
    Irregular,
    #[error("{error} (at byte {offset})")]
    Read {
        offset: u64,
        #[source]
        error: io::Error,
    },
    #[error(
        "it became shorter while it was read: {length} bytes at the start, no more data at byte {offset}"
    )]
    Shrank { length: u64, offset: u64 },
}

impl SourceError {
    /// The input as the user named it.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn open(name: &str, error: io::Error) -> Self {
        Self { name: name.to_owned(), problem: Problem::Open(error) }
    }

    pub(super) fn directory(name: &str) -> Self {
        Self { name: name.to_owned(), problem: Problem::Directory }
    }

    pub(super) fn irregular(name: &str) -> Self {
        Self { name: name.to_owned(), problem: Problem::Irregular }
    }

    pub(super) fn read(name: &str, offset: u64, error: io::Error) -> Self {
        let problem = if error.kind() == io::ErrorKind::IsADirectory {
            Problem::Directory
        } else {
            Problem::Read { offset, error }
        };
        Self { name: name.to_owned(), problem }
    }

    pub(super) fn shrank(name: &str, length: u64, offset: u64) -> Self {
        Self { name: name.to_owned(), problem: Problem::Shrank { length, offset } }
    }
}
