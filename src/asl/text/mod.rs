//! From the text that people write to the JSON that is parsed: comments blanked, `${Name}` filled in, YAML rewritten.
//!
//! [`DefinitionText::read`] is the one way in. Whatever it does to a text it notes in a [`PlaceMap`], through which
//! every finding about the JSON gets its place in the text as it was written.
//!
//! Invariants: spans of the JSON map to spans of the text on `char` boundaries; nothing recurses over the text; what
//! YAML aliases expand to is bounded by [`Limits::definition_bytes_max`](crate::Limits::definition_bytes_max).

mod comment;
mod definition_text;
mod fill;
mod place_map;
mod placeholder;
mod substitution;
#[cfg(feature = "yaml")]
mod yaml;

pub use definition_text::{DefinitionText, TextFormat};
pub use place_map::PlaceMap;
pub use substitution::Substitutions;

pub(super) use placeholder::{find, is_whole};
