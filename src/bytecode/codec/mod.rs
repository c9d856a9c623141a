//! Programs as files: `aslx compile` writes an artifact, and it loads wherever a definition does.
//!
//! An artifact is a header of fixed size and a body. The header says that this is an artifact, of which format,
//! and how long the body is and what its checksum. The body is what serde makes of the tables, in two parts: the
//! numbers, little-endian and of fixed width (lengths, variants and options among them), and all texts in one, which
//! is asked once whether it is UTF-8 and then cut by the lengths. Little is kept that can be computed: constants are
//! kept as JSON, patterns and the rarer paths as their text, and what follows from the code is found anew. Sites,
//! which only error texts need, are checked on load and read when the first of them is asked for.
//!
//! The checksum finds accidents, not intent: whatever decodes is verified like any other program, so that no
//! artifact, however made, can make the VM fail. What is allocated while decoding is bounded by the input's length.

mod body;
mod error;
mod header;
mod path;
pub(super) mod pattern;
mod reader;
mod section;
mod writer;

pub use error::ArtifactError;
pub use header::is_artifact;
pub(super) use reader::{Reader, Unreadable};
pub(super) use section::Section;
pub(super) use writer::{Unwritable, Writer};
