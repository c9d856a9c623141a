//! A part of an artifact that is read later.

use serde::{Deserialize, Serialize};

/// Numbers and text of one [`Writer`](super::Writer), for a [`Reader`](super::Reader) of their own.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::bytecode) struct Section<'b> {
    pub(in crate::bytecode) numbers: &'b [u8],
    pub(in crate::bytecode) text: &'b str,
}
