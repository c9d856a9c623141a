//! Regular expressions of filters: Java's dialect, as far as one that matches in linear time can speak it.

use std::hash::{Hash, Hasher};

use regex::{Regex, RegexBuilder};

/// Most bytes that a compiled expression, and the cache of its matching, may take.
const COMPILED_BYTES_MAX: usize = 1 << 20;

/// `/pattern/flags`, which must match the whole text (Java's `Matcher.matches`).
#[derive(Debug, Clone)]
pub(super) struct Regexp {
    pattern: Box<str>,
    flags: Box<str>,
    whole: Regex,
}

impl Regexp {
    /// Compiles a pattern with Java's flags `d`, `i`, `x`, `m`, `s`, `u` and `U`; others mean nothing, as in Jayway.
    /// The error tells what the pattern needs.
    pub(super) fn new(pattern: &str, flags: &str) -> Result<Self, String> {
        let java = |flag: char| flags.contains(flag);
        let build = |text: &str| {
            RegexBuilder::new(text)
                .case_insensitive(java('i'))
                .ignore_whitespace(java('x'))
                .multi_line(java('m'))
                .dot_matches_new_line(java('s'))
                .crlf(!java('d'))
                .size_limit(COMPILED_BYTES_MAX)
                .dfa_size_limit(COMPILED_BYTES_MAX)
                .build()
                .map_err(|error| reason(&error))
        };
        let translated = if java('U') { pattern.to_owned() } else { with_ascii_classes(pattern) };
        // On its own first: what stands around it below must not close a parenthesis that it leaves open.
        build(&translated)?;
        // The line feed ends a comment of flag `x`.
        let whole =
            if java('x') { format!("\\A(?:{translated}\n)\\z") } else { format!("\\A(?:{translated})\\z") };
        Ok(Self { pattern: pattern.into(), flags: flags.into(), whole: build(&whole)? })
    }

    /// Whether the whole text matches.
    pub(super) fn matches(&self, text: &str) -> bool {
        self.whole.is_match(text)
    }
}

/// The last line of the crate's message, which says what is wrong; those before draw the pattern.
fn reason(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().next_back().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}

/// Java's classes `\d`, `\w`, `\s` and its boundary `\b` are about ASCII, those of the crate about Unicode.
fn with_ascii_classes(pattern: &str) -> String {
    let mut translated = String::with_capacity(pattern.len());
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        translated.push(character);
        if character != '\\' {
            continue;
        }
        let class = match characters.next() {
            Some('d') => "[0-9]",
            Some('D') => "[^0-9]",
            Some('w') => "[0-9A-Za-z_]",
            Some('W') => "[^0-9A-Za-z_]",
            Some('s') => r"[\x20\t\n\x0B\f\r]",
            Some('S') => r"[^\x20\t\n\x0B\f\r]",
            Some('b') => r"(?-u:\b)",
            Some(other) => {
                translated.push(other);
                continue;
            }
            None => continue,
        };
        translated.pop();
        translated.push_str(class);
    }
    translated
}

impl PartialEq for Regexp {
    fn eq(&self, other: &Self) -> bool {
        self.pattern == other.pattern && self.flags == other.flags
    }
}

impl Eq for Regexp {}

impl Hash for Regexp {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.pattern.hash(state);
        self.flags.hash(state);
    }
}
