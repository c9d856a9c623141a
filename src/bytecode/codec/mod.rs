//! Programs as files: `aslx compile` writes an artifact, and it loads wherever a definition does.
//!
//! An artifact is a header of fixed size and a body. The header says that this is an artifact, of which format,
//! and how long the body is and what its checksum; the body is [`postcard`](https://postcard.jamesmunns.com), a
//! varint for every number and length. Nothing is kept that can be computed: paths and patterns are kept as their
//! text, constants as JSON, and what follows from the code is found anew. Sites, which only error texts need, are
//! checked on load and read when the first of them is asked for.
//!
//! The checksum finds accidents, not intent: whatever decodes is verified like any other program, so that no
//! artifact, however made, can make the VM fail. What is allocated while decoding is bounded by the input's length.

mod body;
mod error;
mod header;
pub(super) mod pattern;

pub use error::ArtifactError;
pub use header::is_artifact;
