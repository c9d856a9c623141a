//! Why an artifact cannot be loaded.

use crate::bytecode::VerifyError;

/// Why an artifact cannot be loaded, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArtifactError {
    /// The first bytes are not those of an artifact.
    #[error("this is no artifact: make one of a definition with `aslx compile`")]
    NotAnArtifact,
    /// It was made by another version.
    #[error(
        "the artifact has format {given}, and this version of aslx loads format {supported}: compile the definition again with this version"
    )]
    Format {
        /// The artifact's format.
        given: u32,
        /// The format of this version.
        supported: u32,
    },
    /// It ends too early, or goes on.
    #[error(
        "the artifact is damaged: it has {given} bytes{}: compile the definition again",
        .expected.map_or_else(|| ", less than its header".to_owned(), |bytes| format!(" and should have {bytes}"))
    )]
    Length {
        /// Bytes there are.
        given: usize,
        /// Bytes that the header promises; none if the header itself is cut off.
        expected: Option<usize>,
    },
    /// Some of its bytes have changed.
    #[error("the artifact is damaged: its checksum does not fit: compile the definition again")]
    Checksum,
    /// The checksum fits what is no program.
    #[error("the artifact holds no program: {what}: compile the definition again with this version")]
    Malformed {
        /// What could not be decoded.
        what: &'static str,
    },
    /// The program in it breaks a rule that the VM relies on.
    #[error(
        "the artifact was not made by `aslx compile`: {0}: compile the definition again with this version"
    )]
    Refused(VerifyError),
}
