//! Where items come from: one by one, and never more in memory than one needs.
//!
//! Rules are AWS's ("`ItemReader` (Map)" in the Step Functions Developer Guide), and as far as tables are concerned what
//! was recorded of it.

#[cfg(feature = "distributed-map")]
mod csv;
mod json_array;
mod json_document;
mod json_lines;
mod listing;
mod manifest;
mod open;
mod source;

pub(super) use open::open;
pub(super) use source::{Item, ItemSource, text_member};
