//! Stage 1: bytes to a structural [`Index`].
//!
//! A [`Kernel`] reads the text once, 64 bytes at a time, and writes down where something begins or ends:
//! every bracket, comma and colon outside strings, the first byte of every number and literal, and *both*
//! quotes of every string. Stage 2 never looks at the inside of a string again. What a kernel finds on the way
//! (white space, escapes, control characters, bytes over 0x7f) is part of the index.
//!
//! Kernels differ in how they classify a block and in how they write tokens down; they share [`block`], which
//! turns classes into tokens, and must give equal indices for equal bytes.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod block;
mod cursor;
mod index;
mod kernel;
mod scalar;
#[cfg(target_arch = "x86_64")]
mod sse2;
#[cfg(test)]
mod tests;

pub(super) use cursor::Cursor;
pub(super) use index::Index;
pub use kernel::{Kernel, KernelError};
