//! A `StringMatches` pattern as its text.

use serde::{Deserialize, Deserializer, Serializer, de};

use crate::jsonpath::Pattern;

pub(in crate::bytecode) fn serialize<S: Serializer>(
    _: &Pattern,
    text: &str,
    to: S,
) -> Result<S::Ok, S::Error> {
    to.serialize_str(text)
}

pub(in crate::bytecode) fn deserialize<'d, D: Deserializer<'d>>(
    from: D,
) -> Result<(Pattern, Box<str>), D::Error> {
    let text = <&str>::deserialize(from)?;
    let pattern = Pattern::parse(text).map_err(de::Error::custom)?;
    Ok((pattern, text.into()))
}
