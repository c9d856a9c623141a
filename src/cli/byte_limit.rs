//! Limits that may be lifted.

/// A number of bytes, or `none` for no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ByteLimit {
    Bytes(u32),
    None,
}

impl std::str::FromStr for ByteLimit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.eq_ignore_ascii_case("none") {
            return Ok(Self::None);
        }
        text.parse()
            .map(Self::Bytes)
            .map_err(|_| format!("expected a number up to {} or `none`", u32::MAX - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_limits() {
        let check =
            |text: &str, expected: Option<ByteLimit>| assert_eq!(text.parse().ok(), expected, "{text}");
        check("262144", Some(ByteLimit::Bytes(262_144)));
        check("none", Some(ByteLimit::None));
        check("-1", None);
        check("5000000000", None);
        check("12k", None);
    }
}
