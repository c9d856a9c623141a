//! Strings as they stand in the source: escapes are resolved on demand.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::escape::read_escape;

/// The text of a JSON string between its quotes, escapes unresolved.
///
/// Equality and order are those of the text, however it is escaped; neither allocates.
#[derive(Debug, Clone, Copy)]
pub struct JsonStr<'d> {
    raw: &'d [u8],
    escaped: bool,
}

impl<'d> JsonStr<'d> {
    /// `raw`: valid JSON string contents; `escaped`: it holds a backslash.
    #[inline]
    pub fn new(raw: &'d [u8], escaped: bool) -> Self {
        Self { raw, escaped }
    }

    /// Plain text: nothing in it is an escape, even if it looks like one.
    #[inline]
    pub fn plain(text: &'d str) -> Self {
        Self { raw: text.as_bytes(), escaped: false }
    }

    /// The contents as they stand in the source.
    #[inline]
    pub fn raw(self) -> &'d [u8] {
        self.raw
    }

    /// Whether `raw` holds escapes.
    #[inline]
    pub fn is_escaped(self) -> bool {
        self.escaped
    }

    /// Whether the text has no characters.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.raw.is_empty()
    }

    /// The text; borrowed unless there is an escape.
    pub fn to_text(self) -> Cow<'d, str> {
        if self.escaped {
            let mut text = String::with_capacity(self.raw.len());
            self.unescape_into(&mut text);
            Cow::Owned(text)
        } else {
            Cow::Borrowed(as_text(self.raw))
        }
    }

    /// Appends the text.
    pub fn unescape_into(self, out: &mut String) {
        for piece in self.pieces() {
            match piece {
                Piece::Text(text) => out.push_str(as_text(text)),
                Piece::Escape(character) => out.push(character),
            }
        }
    }

    /// Where byte `offset` of the text stands in `raw`; past the text, the end.
    pub fn raw_offset(self, offset: usize) -> usize {
        let (mut text, mut raw) = (0, 0);
        for piece in self.pieces() {
            let (length, written) = match piece {
                Piece::Text(text) => (text.len(), text.len()),
                Piece::Escape(character) => {
                    (character.len_utf8(), read_escape(&self.raw[raw..]).map_or(1, |e| e.len))
                }
            };
            if text + length > offset {
                return if matches!(piece, Piece::Text(_)) { raw + (offset - text) } else { raw };
            }
            text += length;
            raw += written;
        }
        raw
    }

    /// Calls `each` with every character of the text.
    pub fn unescape(self, each: impl FnMut(char)) {
        self.chars().for_each(each);
    }

    /// The characters of the text.
    #[inline]
    pub fn chars(self) -> Chars<'d> {
        Chars { pieces: self.pieces(), text: "".chars() }
    }

    /// Order of UTF-16 code units, as Java's `String.compareTo` and JavaScript's `<`.
    pub fn cmp_utf16(self, other: JsonStr<'_>) -> Ordering {
        if self.escaped || other.escaped { self.cmp_characters(other) } else { cmp_utf8(self.raw, other.raw) }
    }

    fn cmp_characters(self, other: JsonStr<'_>) -> Ordering {
        let units = |character: char| {
            let mut units = [0; 2];
            character.encode_utf16(&mut units);
            units
        };
        self.chars().map(units).cmp(other.chars().map(units))
    }

    /// Stretches without a backslash, and escapes, in order.
    #[inline]
    pub(super) fn pieces(self) -> Pieces<'d> {
        Pieces { rest: self.raw, escaped: self.escaped }
    }

    fn is_text(self, text: &[u8]) -> bool {
        // An escape is never shorter than what it stands for.
        if text.len() > self.raw.len() {
            return false;
        }
        let mut rest = Some(text);
        let mut buffer = [0; 4];
        for piece in self.pieces() {
            let expected = match piece {
                Piece::Text(text) => text,
                Piece::Escape(character) => character.encode_utf8(&mut buffer).as_bytes(),
            };
            rest = rest.and_then(|rest| rest.strip_prefix(expected));
            if rest.is_none() {
                return false;
            }
        }
        rest.is_some_and(<[u8]>::is_empty)
    }
}

impl PartialEq for JsonStr<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (self.escaped, other.escaped) {
            (false, false) => same_bytes(self.raw, other.raw),
            (true, false) => self.is_text(other.raw),
            (false, true) => other.is_text(self.raw),
            (true, true) => self.raw == other.raw || self.chars().eq(other.chars()),
        }
    }
}

impl Eq for JsonStr<'_> {}

impl PartialEq<str> for JsonStr<'_> {
    #[inline]
    fn eq(&self, other: &str) -> bool {
        if self.escaped { self.is_text(other.as_bytes()) } else { same_bytes(self.raw, other.as_bytes()) }
    }
}

/// Whether two texts are equal. Keys are short: up to 16 bytes take two overlapping comparisons, which costs a
/// third of a call to the library's routine.
#[inline]
pub fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len()
        && match a.len() {
            0 => true,
            1..4 => a[0] == b[0] && a[a.len() / 2] == b[a.len() / 2] && a[a.len() - 1] == b[a.len() - 1],
            4..8 => {
                a.first_chunk::<4>() == b.first_chunk::<4>() && a.last_chunk::<4>() == b.last_chunk::<4>()
            }
            8..=16 => {
                a.first_chunk::<8>() == b.first_chunk::<8>() && a.last_chunk::<8>() == b.last_chunk::<8>()
            }
            _ => a == b,
        }
}

/// Part of a string.
#[derive(Debug, Clone, Copy)]
pub(super) enum Piece<'d> {
    /// Without a backslash, unless the string is plain text; never empty.
    Text(&'d [u8]),
    /// What one escape stands for.
    Escape(char),
}

/// Iterator over the parts of a string.
#[derive(Debug, Clone)]
pub(super) struct Pieces<'d> {
    rest: &'d [u8],
    escaped: bool,
}

impl<'d> Iterator for Pieces<'d> {
    type Item = Piece<'d>;

    #[inline]
    fn next(&mut self) -> Option<Piece<'d>> {
        if self.rest.is_empty() {
            return None;
        }
        let text_len = if self.escaped { memchr::memchr(b'\\', self.rest) } else { None };
        let text_len = text_len.unwrap_or(self.rest.len());
        if text_len > 0 {
            let (text, rest) = self.rest.split_at(text_len);
            self.rest = rest;
            return Some(Piece::Text(text));
        }
        // The parser has checked all escapes, so the fallback is for strings that it never saw.
        let (character, len) = read_escape(self.rest)
            .map_or((char::REPLACEMENT_CHARACTER, 1), |escape| (escape.character, escape.len));
        self.rest = &self.rest[len..];
        Some(Piece::Escape(character))
    }
}

/// Iterator over the characters of a string.
#[derive(Debug, Clone)]
pub struct Chars<'d> {
    pieces: Pieces<'d>,
    text: std::str::Chars<'d>,
}

impl Iterator for Chars<'_> {
    type Item = char;

    #[inline]
    fn next(&mut self) -> Option<char> {
        loop {
            if let Some(character) = self.text.next() {
                return Some(character);
            }
            match self.pieces.next()? {
                Piece::Text(text) => self.text = as_text(text).chars(),
                Piece::Escape(character) => return Some(character),
            }
        }
    }
}

/// Bytes of a document as text.
///
/// Nearly all strings are short and ASCII, which is quicker to see than that they are UTF-8. The text was checked
/// when the document was parsed; the fallback is for bytes that no parser saw.
#[inline]
#[expect(unsafe_code, reason = "validating again took 20 ns for a string of an event, this takes 9")]
fn as_text(bytes: &[u8]) -> &str {
    if bytes.is_ascii() {
        // SAFETY: ASCII is UTF-8.
        return unsafe { std::str::from_utf8_unchecked(bytes) };
    }
    std::str::from_utf8(bytes).unwrap_or("\u{fffd}")
}

/// UTF-16 order of two UTF-8 texts, which is byte order but for characters beyond U+FFFF: their surrogates sort
/// before U+E000..=U+FFFF.
fn cmp_utf8(a: &[u8], b: &[u8]) -> Ordering {
    let Some(at) = a.iter().zip(b).position(|(a, b)| a != b) else { return a.len().cmp(&b.len()) };
    // Only U+E000..=U+FFFF begins with 0xee or 0xef; no continuation byte is that large.
    let rank = |byte: u8| if matches!(byte, 0xee | 0xef) { byte + 0x10 } else { byte };
    rank(a[at]).cmp(&rank(b[at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [&str; 13] = [
        "",
        "a",
        "ab",
        "b",
        "\u{0}",
        "a\"b\\c",
        "é",
        "\u{d7ff}",
        "\u{e000}",
        "\u{ffff}",
        "\u{10000}",
        "\u{10ffff}",
        "x\u{1f600}\n",
    ];

    /// All characters as `\uXXXX`.
    fn escape_all(text: &str) -> String {
        let units: Vec<String> = text.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
        units.concat()
    }

    #[test]
    fn escapes_are_resolved() {
        let check = |raw: &str, expected: &str| {
            let string = JsonStr::new(raw.as_bytes(), true);
            assert_eq!(string.to_text(), expected);
            assert_eq!(string.chars().collect::<String>(), expected);
            assert!(string == *expected, "{raw}");
        };
        check(r#"\b\f\n\r\t\/\\\" \u0041 \u00e9\ud83d\ude00"#, "\u{8}\u{c}\n\r\t/\\\" A é😀");
        check(r"plain é\n", "plain é\n");
        check(r"\\u0041", "\\u0041");
    }

    #[test]
    fn offsets_count_escapes() {
        let string = JsonStr::new(br#"a\"b\u00e9\ud83d\ude00c"#, true);
        let expected = [0, 1, 3, 4, 4, 10, 10, 10, 10, 22, 23, 23];
        for (offset, raw) in expected.into_iter().enumerate() {
            assert_eq!(string.raw_offset(offset), raw, "{offset}");
        }
        assert_eq!(JsonStr::plain(r"a\nb").raw_offset(2), 2);
    }

    #[test]
    fn plain_text_has_no_escapes() {
        let string = JsonStr::plain(r"a\nb");
        assert_eq!(string.to_text(), r"a\nb");
        assert!(string == *r"a\nb");
        assert!(string != *"a\nb");
    }

    #[test]
    fn short_texts_are_compared_whole() {
        for len in 0..40 {
            let text: Vec<u8> = (0..len).collect();
            assert!(same_bytes(&text, &text.clone()));
            for at in 0..text.len() {
                let mut other = text.clone();
                other[at] ^= 1;
                assert!(!same_bytes(&text, &other), "{len} {at}");
            }
            assert!(!same_bytes(&text, &[&text[..], b"x"].concat()));
        }
    }

    #[test]
    fn equality_and_order_ignore_how_a_text_is_written() {
        for a in TEXTS {
            for b in TEXTS {
                let expected = a.encode_utf16().cmp(b.encode_utf16());
                let (escaped_a, escaped_b) = (escape_all(a), escape_all(b));
                let both_a = [JsonStr::plain(a), JsonStr::new(escaped_a.as_bytes(), true)];
                let both_b = [JsonStr::plain(b), JsonStr::new(escaped_b.as_bytes(), true)];
                for a in both_a {
                    for b in both_b {
                        assert_eq!(a.cmp_utf16(b), expected, "{a:?} {b:?}");
                        assert_eq!(a == b, expected.is_eq(), "{a:?} {b:?}");
                    }
                    assert_eq!(a == *b, expected.is_eq(), "{a:?} {b:?}");
                }
            }
        }
    }

    #[test]
    fn a_string_that_no_parser_saw_does_no_harm() {
        for raw in [&b"\\"[..], b"\\x", b"\\u12", b"\\ud800", b"\xff\\n", b"a\xff"] {
            let string = JsonStr::new(raw, true);
            assert!(string.to_text().contains('\u{fffd}'), "{raw:?}");
        }
    }
}
