//! Checkpoints that cannot be used.

use std::io;
use std::path::Path;

use super::content::Undecodable;

/// Why a run cannot have its checkpoint, or not go on from it: the place, the reason, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{message}\n  help: {help}")]
pub struct CheckpointError {
    message: String,
    help: String,
    #[source]
    source: Option<io::Error>,
}

impl CheckpointError {
    fn new(message: String, help: String) -> Self {
        Self { message, help, source: None }
    }

    pub(super) fn unreadable(path: &Path, error: io::Error) -> Self {
        let message = format!("failed to read the checkpoint {}: {error}", path.display());
        let help = "name a file that can be read and replaced, in a folder that is there".to_owned();
        Self { message, help, source: Some(error) }
    }

    /// The file is there, but holds no checkpoint that can be used.
    pub(super) fn undecodable(path: &Path, reason: Undecodable) -> Self {
        let path = path.display();
        match reason {
            Undecodable::Damaged(reason) => Self::new(
                format!("{path} is no checkpoint, or a damaged one: {reason}"),
                "delete it to start over, or name another file".to_owned(),
            ),
            Undecodable::Version(version) => Self::new(
                format!("{path} has version {version} of checkpoints, which this aslx does not know"),
                "go on with the aslx that wrote it, or delete it to start over".to_owned(),
            ),
        }
    }

    /// The checkpoint belongs to another run.
    pub(super) fn mismatch(path: &Path, difference: &str) -> Self {
        let path = path.display();
        Self::new(
            format!("cannot go on from {path}: {difference}"),
            format!("give back what the run had, or delete {path} to start over"),
        )
    }

    /// Something is no regular file and has to be.
    pub(super) fn irregular(name: &str) -> Self {
        Self::new(
            format!(
                "{name} is no regular file: a run with a checkpoint must be able to read or write it again"
            ),
            "use files for the inputs, -o and --failures, or leave --checkpoint out".to_owned(),
        )
    }

    pub(super) fn unordered() -> Self {
        Self::new(
            "a checkpoint needs the outputs in the order of the inputs".to_owned(),
            "leave --unordered out, or --checkpoint".to_owned(),
        )
    }

    pub(super) fn in_use(name: &str) -> Self {
        Self::new(
            format!("another run writes to {name}"),
            "wait until it has ended, or write to another file".to_owned(),
        )
    }
}
