//! Escapes: what may follow a backslash, and what it stands for.

use super::{Node, ParseError, ParseErrorKind, Tag};

/// One escape that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Escape {
    /// What it stands for.
    pub(super) character: char,
    /// Its bytes, of a surrogate pair both halves.
    pub(super) len: usize,
}

/// Reads the escape whose backslash is `text[0]`; `text` goes up to the string's closing quote.
///
/// `Err` holds the kind of the problem, which lies at the backslash.
#[inline]
pub(super) fn read_escape(text: &[u8]) -> Result<Escape, ParseErrorKind> {
    let character = match text.get(1) {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return read_unicode(text),
        _ => return Err(ParseErrorKind::InvalidEscape),
    };
    Ok(Escape { character, len: 2 })
}

/// `\uXXXX`, or `\uXXXX\uXXXX` for what lies beyond U+FFFF.
fn read_unicode(text: &[u8]) -> Result<Escape, ParseErrorKind> {
    let unit = read_unit(text).ok_or(ParseErrorKind::InvalidEscape)?;
    if let Some(character) = char::from_u32(unit) {
        return Ok(Escape { character, len: 6 });
    }
    // What is no `char` is a surrogate: the first half of a pair, if the second follows.
    let low = text.get(6..).and_then(read_unit).filter(|low| (0xdc00..0xe000).contains(low));
    match low {
        Some(low) if unit < 0xdc00 => {
            let code = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            let character = char::from_u32(code).ok_or(ParseErrorKind::LoneSurrogate)?;
            Ok(Escape { character, len: 12 })
        }
        _ => Err(ParseErrorKind::LoneSurrogate),
    }
}

/// The four digits of `\uXXXX`.
fn read_unit(text: &[u8]) -> Option<u32> {
    let [b'\\', b'u', digits @ ..] = text.first_chunk::<6>()? else { return None };
    digits.iter().try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)?))
}

/// Checks the escapes of all strings among `nodes`, and marks the strings that have any.
///
/// `escapes`: the offsets of all backslashes that begin an escape, in ascending order; those behind the last node
/// are left alone.
#[cold]
pub(super) fn mark_escapes(bytes: &[u8], nodes: &mut [Node], mut escapes: &[u32]) -> Result<(), ParseError> {
    let mut at = 0;
    while let Some(&escape) = escapes.first() {
        // The node that has it is the last that begins before it.
        while nodes.get(at + 1).is_some_and(|next| next.start < escape) {
            at += 1;
        }
        let Some(string) = nodes.get_mut(at).filter(|node| node.is(Tag::String) && escape < node.end) else {
            break;
        };
        *string = Node::new(Tag::EscapedString, string.start, string.end, string.next, 0);
        let checked = check_escapes(bytes, escapes, string.end - 1)?;
        escapes = &escapes[checked..];
    }
    Ok(())
}

/// Checks all escapes of one string.
///
/// `escapes` begins with the offsets of the string's escaping backslashes and goes on with those of later strings;
/// `end` is the offset of the closing quote. Returns how many belong to this string.
fn check_escapes(bytes: &[u8], escapes: &[u32], end: u32) -> Result<usize, ParseError> {
    let mut checked = 0;
    while let Some(&offset) = escapes.get(checked).filter(|offset| **offset < end) {
        let escape = read_escape(&bytes[offset as usize..end as usize]).map_err(|kind| kind.at(offset))?;
        checked += if escape.len == 12 { 2 } else { 1 };
    }
    Ok(checked)
}
