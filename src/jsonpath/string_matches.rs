//! Patterns of the Choice operator `StringMatches`.

use memchr::memmem;

use crate::json::JsonStr;

/// A pattern: `*` stands for any run of characters, `\*` for a star, `\\` for a backslash; nothing else is
/// special (ASL spec, "Choice State"). Matching takes time linear in the text for each piece between stars.
///
/// ```
/// use aslx::{json::JsonStr, jsonpath::Pattern};
/// let pattern = Pattern::parse("log-*.txt").unwrap();
/// assert!(pattern.matches(JsonStr::plain("log-2026.txt")));
/// assert!(!pattern.matches(JsonStr::plain("log-2026.txt.gz")));
/// ```
#[derive(Debug, Clone)]
pub struct Pattern {
    prefix: Box<[u8]>,
    /// What follows the first star; `None`: there is no star.
    tail: Option<Tail>,
}

#[derive(Debug, Clone)]
struct Tail {
    /// The pieces between the stars, empty ones left out.
    middle: Box<[memmem::Finder<'static>]>,
    suffix: Box<[u8]>,
    /// Bytes of all pieces after the prefix.
    len: usize,
}

/// A backslash in a pattern that escapes neither `*` nor `\`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the '\\' at offset {offset} of the pattern escapes neither '*' nor '\\'")]
pub struct PatternError {
    /// Byte offset of the backslash.
    pub offset: u32,
}

impl Pattern {
    /// Splits a pattern at its stars.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let mut pieces = vec![Vec::new()];
        let mut bytes = text.bytes().enumerate();
        while let Some((offset, byte)) = bytes.next() {
            let literal = match byte {
                b'*' => {
                    pieces.push(Vec::new());
                    continue;
                }
                b'\\' => match bytes.next() {
                    Some((_, escaped @ (b'*' | b'\\'))) => escaped,
                    _ => return Err(PatternError { offset: offset as u32 }),
                },
                other => other,
            };
            if let Some(piece) = pieces.last_mut() {
                piece.push(literal);
            }
        }
        let mut pieces = pieces.into_iter();
        let prefix = pieces.next().unwrap_or_default().into_boxed_slice();
        let tail = pieces.next_back().map(|suffix| {
            let middle: Vec<Vec<u8>> = pieces.filter(|piece| !piece.is_empty()).collect();
            let len = suffix.len() + middle.iter().map(Vec::len).sum::<usize>();
            let middle = middle.iter().map(|piece| memmem::Finder::new(piece).into_owned()).collect();
            Tail { middle, suffix: suffix.into(), len }
        });
        Ok(Self { prefix, tail })
    }

    /// Whether the whole text matches.
    pub fn matches(&self, text: JsonStr<'_>) -> bool {
        if text.is_escaped() {
            self.matches_bytes(text.to_text().as_bytes())
        } else {
            self.matches_bytes(text.raw())
        }
    }

    /// UTF-8 never holds one character's bytes inside another's, so comparing bytes is exact.
    fn matches_bytes(&self, text: &[u8]) -> bool {
        let Some(rest) = text.strip_prefix(&*self.prefix) else { return false };
        let Some(tail) = &self.tail else { return rest.is_empty() };
        if rest.len() < tail.len {
            return false;
        }
        let Some(mut rest) = rest.strip_suffix(&*tail.suffix) else { return false };
        // The leftmost place for each piece leaves the most for the next.
        for piece in &tail.middle {
            let Some(place) = piece.find(rest) else { return false };
            rest = &rest[place + piece.needle().len()..];
        }
        true
    }
}
