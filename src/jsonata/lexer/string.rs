//! Strings and their escapes.

use super::super::error::Error;
use super::scan::Lexer;

impl Lexer<'_> {
    /// A string; the next character is its quote.
    pub(super) fn string(&mut self, quote: char) -> Result<Box<str>, Error> {
        self.bump();
        let mut text = Unescaped::default();
        loop {
            let rest = self.rest();
            let plain = rest.find([quote, '\\']).unwrap_or(rest.len());
            text.push_str(self.skip_bytes(plain));
            match self.peek() {
                None => return Err(self.error("S0101")),
                Some('\\') => {
                    self.bump();
                    self.escape(&mut text)?;
                }
                Some(_) => {
                    self.bump();
                    return Ok(text.finish());
                }
            }
        }
    }

    /// What follows a backslash.
    fn escape(&mut self, text: &mut Unescaped) -> Result<(), Error> {
        let Some(letter) = self.peek() else { return Err(self.error("S0103").token("")) };
        text.push(match letter {
            '"' | '\\' | '/' => letter,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.code_unit(text),
            _ => return Err(self.error("S0103").token(letter)),
        });
        self.bump();
        Ok(())
    }

    /// `u` and four hex digits.
    fn code_unit(&mut self, text: &mut Unescaped) -> Result<(), Error> {
        let behind = &self.rest()["u".len()..];
        let mut unit = 0;
        let mut digits = 0;
        for c in behind.chars().take(4) {
            let Some(digit) = c.to_digit(16) else { return Err(self.error("S0104")) };
            unit = unit << 4 | digit as u16;
            digits += 1;
        }
        match digits {
            0 => Err(self.error("S0104")),
            // The text ends within the digits: what is missing first is the closing quote.
            1..4 => Err(self.error_at_end("S0101")),
            _ => {
                self.skip_bytes("u0000".len());
                text.push_unit(unit);
                Ok(())
            }
        }
    }
}

/// The text of a string; pairs of surrogates become one character, lone ones U+FFFD.
#[derive(Default)]
struct Unescaped {
    text: String,
    /// A high surrogate whose low one may follow.
    high: Option<u16>,
}

impl Unescaped {
    fn push_str(&mut self, text: &str) {
        if !text.is_empty() {
            self.settle();
            self.text.push_str(text);
        }
    }

    fn push(&mut self, c: char) {
        self.settle();
        self.text.push(c);
    }

    fn push_unit(&mut self, unit: u16) {
        match (self.high, unit) {
            (Some(high), 0xDC00..=0xDFFF) => {
                self.high = None;
                self.text.extend(char::decode_utf16([high, unit]).map(|c| c.unwrap_or('\u{FFFD}')));
            }
            (_, 0xD800..=0xDBFF) => {
                self.settle();
                self.high = Some(unit);
            }
            _ => self.push(char::from_u32(u32::from(unit)).unwrap_or('\u{FFFD}')),
        }
    }

    /// No low surrogate followed.
    fn settle(&mut self) {
        if self.high.take().is_some() {
            self.text.push('\u{FFFD}');
        }
    }

    fn finish(mut self) -> Box<str> {
        self.settle();
        self.text.into_boxed_str()
    }
}
