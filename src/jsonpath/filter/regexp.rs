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
        let translated = translated(pattern, java('U'))?;
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

/// A pattern in the crate's dialect. Java's classes `\d`, `\w`, `\s` and its boundary `\b` are about ASCII, those of
/// the crate about Unicode; what the crate would take for something else is an error.
fn translated(pattern: &str, is_unicode: bool) -> Result<String, String> {
    let mut translated = String::with_capacity(pattern.len());
    let mut rest = pattern;
    let mut class_depth = 0_u32;
    let mut after_quantifier = false;
    while let Some(character) = rest.chars().next() {
        let is_quantifier = class_depth == 0 && matches!(character, '*' | '+' | '?' | '}');
        if after_quantifier && character == '+' {
            return Err("possessive quantifiers are not supported".to_owned());
        }
        after_quantifier = is_quantifier;
        match character {
            '[' => class_depth += 1,
            ']' => class_depth = class_depth.saturating_sub(1),
            _ => {}
        }
        let escape = if character == '\\' { class_of_escape(rest, is_unicode) } else { None };
        let (class, len) = match escape {
            Some(found) => found,
            // An escaped character is none of the above.
            None if character == '\\' => {
                let len = rest.chars().take(2).map(char::len_utf8).sum();
                (rest[..len].to_owned(), len)
            }
            None => (character.to_string(), character.len_utf8()),
        };
        translated.push_str(&class);
        rest = &rest[len..];
    }
    Ok(translated)
}

/// What stands for the escape at the start of `text`, and the escape's length.
fn class_of_escape(text: &str, is_unicode: bool) -> Option<(String, usize)> {
    let posix = [
        "Lower", "Upper", "ASCII", "Alpha", "Digit", "Alnum", "Punct", "Graph", "Print", "Blank", "Cntrl",
        "XDigit", "Space",
    ];
    for (start, negation) in [(r"\p{", ""), (r"\P{", "^")] {
        let name = text.strip_prefix(start).and_then(|rest| rest.split_once('}')).map(|(name, _)| name);
        if let Some(name) = name.filter(|name| posix.contains(name)) {
            return Some((
                format!("[[:{negation}{}:]]", name.to_ascii_lowercase()),
                start.len() + name.len() + 1,
            ));
        }
    }
    let class = match text.chars().nth(1)? {
        _ if is_unicode => return None,
        'd' => "[0-9]",
        'D' => "[^0-9]",
        'w' => "[0-9A-Za-z_]",
        'W' => "[^0-9A-Za-z_]",
        's' => r"[\x20\t\n\x0B\f\r]",
        'S' => r"[^\x20\t\n\x0B\f\r]",
        'b' => r"(?-u:\b)",
        _ => return None,
    };
    Some((class.to_owned(), 2))
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
