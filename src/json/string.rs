//! Strings as they stand in the source: escapes are resolved on demand.

use std::borrow::Cow;
use std::cmp::Ordering;

/// The text of a JSON string between its quotes, escapes unresolved.
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

    /// The text; borrowed unless there is an escape.
    pub fn to_text(self) -> Cow<'d, str> {
        if self.escaped {
            let mut text = String::with_capacity(self.raw.len());
            self.unescape(|c| text.push(c));
            Cow::Owned(text)
        } else {
            String::from_utf8_lossy(self.raw)
        }
    }

    /// Calls `each` with every character of the text.
    pub fn unescape(self, mut each: impl FnMut(char)) {
        let text = String::from_utf8_lossy(self.raw);
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            if c != '\\' || !self.escaped {
                each(c);
                continue;
            }
            let hex4 = |chars: &mut std::str::Chars<'_>| {
                (0..4).fold(0, |n, _| n << 4 | chars.next().and_then(|c| c.to_digit(16)).unwrap_or(0))
            };
            match chars.next().unwrap_or('\\') {
                'b' => each('\u{8}'),
                'f' => each('\u{c}'),
                'n' => each('\n'),
                'r' => each('\r'),
                't' => each('\t'),
                'u' => {
                    let mut code = hex4(&mut chars);
                    if (0xd800..0xdc00).contains(&code) {
                        chars.next();
                        chars.next();
                        code = 0x10000
                            + ((code - 0xd800) << 10)
                            + (hex4(&mut chars).wrapping_sub(0xdc00) & 0x3ff);
                    }
                    each(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                other => each(other),
            }
        }
    }

    /// Order of UTF-16 code units, as Java's `String.compareTo`.
    pub fn cmp_utf16(self, other: JsonStr<'_>) -> Ordering {
        self.to_text().encode_utf16().cmp(other.to_text().encode_utf16())
    }
}

impl PartialEq for JsonStr<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        if self.escaped || other.escaped { self.to_text() == other.to_text() } else { self.raw == other.raw }
    }
}

impl PartialEq<str> for JsonStr<'_> {
    #[inline]
    fn eq(&self, other: &str) -> bool {
        if self.escaped { self.to_text() == other } else { self.raw == other.as_bytes() }
    }
}
