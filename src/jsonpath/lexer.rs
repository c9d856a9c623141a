//! The words of a path: names, quoted names, integers.

use super::SyntaxError;

/// A position in a path's text.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// Byte offset of the next character.
    pub(super) fn offset(&self) -> usize {
        self.at
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn bump(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// Passes over `expected`, if it comes next.
    pub(super) fn eat(&mut self, expected: char) -> bool {
        let found = self.peek() == Some(expected);
        if found {
            self.at += expected.len_utf8();
        }
        found
    }

    pub(super) fn expect(&mut self, expected: char) -> Result<(), SyntaxError> {
        if self.eat(expected) { Ok(()) } else { Err(self.malformed(&format!("'{expected}'"))) }
    }

    pub(super) fn skip_spaces(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.bump();
        }
    }

    /// An error here: what was expected, and what came instead.
    pub(super) fn malformed(&self, expected: &str) -> SyntaxError {
        let found = self.peek().map_or_else(|| "the end".to_owned(), |c| format!("{c:?}"));
        SyntaxError::malformed(self.at, format!("expected {expected}, found {found}"))
    }

    /// An identifier of Unicode Standard Annex 31, as variables are named; empty if there is none.
    pub(super) fn identifier(&mut self) -> &'t str {
        let rest = self.rest();
        let len = rest
            .char_indices()
            .find(|&(place, c)| {
                let allowed = if place == 0 {
                    unicode_ident::is_xid_start(c)
                } else {
                    unicode_ident::is_xid_continue(c)
                };
                !allowed
            })
            .map_or(rest.len(), |(place, _)| place);
        self.at += len;
        &rest[..len]
    }

    /// An unquoted name up to `.`, `[` or `(`; of a path `within` a filter or an argument also up to a blank, to `)`,
    /// and to what may come after an operand. A backslash takes the next character as it is (ASL spec, "Reference
    /// Paths": `$.store\.book`). The flag tells whether it holds no bare `@`, `,`, `:` or `?`.
    pub(super) fn name(&mut self, within: bool) -> Result<(Box<str>, bool), SyntaxError> {
        let mut name = String::new();
        let mut operator_free = true;
        while let Some(next) = self.peek() {
            match next {
                '.' | '[' | '(' => break,
                ' ' | ')' | ',' | '<' | '>' | '=' | '~' | '!' if within => break,
                '&' | '|' if within && self.rest()[1..].starts_with(next) => break,
                '\\' => {
                    self.bump();
                    match self.bump() {
                        Some(escaped) => name.push(escaped),
                        None => return Err(self.malformed("a character after '\\'")),
                    }
                    continue;
                }
                ' ' => {
                    if self.rest().trim().is_empty() {
                        break;
                    }
                    return Err(self.malformed("no blank in a name (write ['my name'])"));
                }
                c if c.is_control() => return Err(self.malformed("no control character in a name")),
                '@' | ',' | ':' | '?' => operator_free = false,
                _ => {}
            }
            name.push(next);
            self.bump();
        }
        if name.is_empty() {
            return Err(self.malformed("a name, '*' or '['"));
        }
        Ok((name.into(), operator_free))
    }

    /// A name in single or double quotes. Only the quote and the backslash can be escaped; AWS leaves a backslash
    /// before any other character in the name.
    pub(super) fn quoted(&mut self) -> Result<Box<str>, SyntaxError> {
        let Some(quote @ ('\'' | '"')) = self.peek() else {
            return Err(self.malformed("a quoted name"));
        };
        self.bump();
        let mut name = String::new();
        loop {
            match self.bump() {
                None => return Err(self.malformed(&format!("{quote} at the end of the name"))),
                Some(end) if end == quote => return Ok(name.into()),
                Some('\\') if self.peek().is_some_and(|c| c == quote || c == '\\') => {
                    name.extend(self.bump());
                }
                Some(other) => name.push(other),
            }
        }
    }

    /// An integer with an optional minus sign; `None` if none comes next.
    pub(super) fn integer(&mut self) -> Result<Option<i64>, SyntaxError> {
        let rest = self.rest();
        let sign = usize::from(rest.starts_with('-'));
        let digits = rest[sign..].bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return if sign == 0 { Ok(None) } else { Err(self.malformed("a number")) };
        }
        let Ok(number) = rest[..sign + digits].parse() else {
            return Err(SyntaxError::malformed(self.at, "this number is too large for an index"));
        };
        self.at += sign + digits;
        Ok(Some(number))
    }

    /// Passes over characters as long as they fit.
    pub(super) fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let len = rest.find(|c| !fits(c)).unwrap_or(rest.len());
        self.at += len;
        &rest[..len]
    }

    /// Passes over `expected`, if it comes next.
    pub(super) fn eat_text(&mut self, expected: &str) -> bool {
        let found = self.rest().starts_with(expected);
        if found {
            self.at += expected.len();
        }
        found
    }

    /// What was passed over since `start`.
    pub(super) fn since(&self, start: usize) -> &'t str {
        &self.text[start..self.at]
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }
}
