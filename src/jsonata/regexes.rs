//! A regular expression of a compiled expression: its text, and what it was compiled to.

use serde::{Deserialize, Serialize};

/// `/pattern/flags`.
#[derive(Debug, Clone)]
pub(crate) struct Regexp {
    pattern: Box<str>,
    flags: Box<str>,
    compiled: regex::Regex,
}

/// How it is kept in artifacts.
#[derive(Serialize, Deserialize)]
struct Text {
    pattern: Box<str>,
    flags: Box<str>,
}

impl Regexp {
    /// Compiles a pattern in JavaScript's dialect; the error says what cannot be matched in linear time.
    pub(crate) fn new(pattern: &str, flags: &str) -> Result<Self, String> {
        let compiled = super::functions::compile_regexp(pattern, flags)?;
        Ok(Self { pattern: pattern.into(), flags: flags.into(), compiled })
    }

    /// The compiled expression.
    pub(crate) fn compiled(&self) -> &regex::Regex {
        &self.compiled
    }
}

impl PartialEq for Regexp {
    fn eq(&self, other: &Self) -> bool {
        self.pattern == other.pattern && self.flags == other.flags
    }
}

impl Serialize for Regexp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Text { pattern: self.pattern.clone(), flags: self.flags.clone() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Regexp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Text { pattern, flags } = Text::deserialize(deserializer)?;
        Self::new(&pattern, &flags).map_err(serde::de::Error::custom)
    }
}
