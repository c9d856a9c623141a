//! Inputs: newline-delimited JSON from files, streams and memory, in chunks of whole lines.
//!
//! A `Feed` hands chunks to workers. Regular files and memory are cut at fixed offsets and each worker reads
//! its own piece: a line belongs to the piece in which it starts. Streams are read by one thread of their own.
//!
//! Invariants: the chunks' sequence numbers follow the order of the inputs and of the lines in them; every
//! line is in exactly one chunk; no chunk holds more of a line than the longest one allowed.

mod chunk;
mod error;
mod feed;
mod file;
mod identity;
mod input;
mod recall;
mod stream;
#[cfg(test)]
mod tests;

pub use error::SourceError;
pub use input::Input;

pub(crate) use chunk::{Chunk, Line, LineText, trim};
pub(crate) use feed::{Claim, Feed};
pub(crate) use identity::{InputIdentity, hexadecimal, inode};
pub(crate) use recall::recall_line;
