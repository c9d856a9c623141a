//! What the user of a checkpoint says about it.

use std::path::PathBuf;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::source::hexadecimal;

/// Time between two checkpoints: what is done again after a crash is about as much.
const INTERVAL: Duration = Duration::from_secs(1);

/// Where a run notes how far it is, so that the next one goes on there.
#[derive(Debug, Clone)]
pub struct CheckpointOptions {
    pub(super) path: PathBuf,
    pub(super) definition_sha256: String,
    pub(super) interval: Duration,
}

impl CheckpointOptions {
    /// A checkpoint in the file at `path`; `definition`: the bytes that the program was compiled from, by which a
    /// run of another definition is told apart.
    pub fn new(path: impl Into<PathBuf>, definition: impl AsRef<[u8]>) -> Self {
        let digest = Sha256::digest(definition.as_ref());
        Self { path: path.into(), definition_sha256: hexadecimal(&digest), interval: INTERVAL }
    }

    /// The least time between two checkpoints; a second unless set.
    #[must_use]
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }
}
