//! Text to [`Call`].

use super::{Argument, Call, Function, SyntaxError, SyntaxErrorKind};
use crate::jsonpath::Path;

/// How deep calls may nest (AWS: 10).
pub const NESTING_DEPTH_MAX: u32 = 10;

/// Parses a call: `States.Name(argument, …)`.
///
/// ```
/// use aslx::intrinsic::{Argument, Function, parse};
/// let call = parse("States.MathAdd($.count, -1)").unwrap();
/// assert_eq!(call.function, Function::MathAdd);
/// assert_eq!(call.arguments[1], Argument::Number("-1".to_owned()));
/// assert!(parse("States.MathAdd($.count)").is_err());
/// ```
///
/// # Errors
/// [`SyntaxErrorKind::Unsupported`] if only a path in it needs what is not supported.
pub fn parse(text: &str) -> Result<Call, SyntaxError> {
    let mut parser = Parser { text, at: 0, unsupported: None };
    let call = parser.call(1)?;
    parser.skip_spaces();
    if parser.peek().is_some() {
        return Err(parser.malformed("nothing after the call"));
    }
    parser.unsupported.map_or(Ok(call), Err)
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    /// The first path that is right but not supported; reported once the rest has proved well formed.
    unsupported: Option<SyntaxError>,
}

impl<'t> Parser<'t> {
    fn call(&mut self, depth: u32) -> Result<Call, SyntaxError> {
        let start = self.at;
        let rest = self.rest();
        let len = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'.').count();
        let name = &rest[..len];
        if !name.starts_with("States.") {
            return Err(self.malformed("a function such as 'States.Format'"));
        }
        let Some(function) = Function::from_name(name) else {
            return Err(SyntaxError::malformed(start, format!("there is no intrinsic function '{name}'")));
        };
        if depth > NESTING_DEPTH_MAX {
            let limit = format!("calls may be nested {NESTING_DEPTH_MAX} deep at most");
            return Err(SyntaxError::malformed(start, limit));
        }
        self.at += len;
        self.expect('(')?;
        let mut arguments = Vec::new();
        self.skip_spaces();
        while !self.eat(')') {
            if !arguments.is_empty() {
                if !self.eat(',') {
                    return Err(self.malformed("',' or ')'"));
                }
                self.skip_spaces();
            }
            let is_template = function == Function::Format && arguments.is_empty();
            arguments.push(self.argument(is_template, depth)?);
            self.skip_spaces();
        }
        let given = arguments.len();
        if !function.arity().contains(&given) {
            return Err(SyntaxError::malformed(start, format!("'{name}' does not take {given} arguments")));
        }
        Ok(Call { function, arguments, span: start as u32..self.at as u32 })
    }

    fn argument(&mut self, is_template: bool, depth: u32) -> Result<Argument, SyntaxError> {
        match self.peek() {
            Some('\'') => Ok(Argument::String(self.string(is_template)?)),
            Some('$') => self.path(),
            Some('-' | '0'..='9') => self.number(),
            Some('S') => Ok(Argument::Call(self.call(depth + 1)?)),
            _ => {
                for (word, argument) in [
                    ("true", Argument::Bool(true)),
                    ("false", Argument::Bool(false)),
                    ("null", Argument::Null),
                ] {
                    if self.rest().starts_with(word) {
                        self.at += word.len();
                        return Ok(argument);
                    }
                }
                Err(self
                    .malformed("a string in single quotes, a number, a path, a call, true, false or null"))
            }
        }
    }

    /// `'text'` with the escapes `\'`, `\{`, `\}` and `\\`; a template keeps all but the first.
    fn string(&mut self, is_template: bool) -> Result<String, SyntaxError> {
        self.expect('\'')?;
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let Some(len) = memchr::memchr2(b'\'', b'\\', rest.as_bytes()) else {
                self.at = self.text.len();
                return Err(self.malformed("\"'\" at the end of the string"));
            };
            text.push_str(&rest[..len]);
            self.at += len;
            if self.eat('\'') {
                return Ok(text);
            }
            match rest[len + 1..].chars().next() {
                Some(escaped @ ('\'' | '{' | '}' | '\\')) => {
                    if is_template && escaped != '\'' {
                        text.push('\\');
                    }
                    text.push(escaped);
                    self.at += 2;
                }
                _ => return Err(self.malformed("one of the escapes \\' \\{ \\} \\\\")),
            }
        }
    }

    /// A path; it ends at a comma, a parenthesis or a blank outside brackets.
    fn path(&mut self) -> Result<Argument, SyntaxError> {
        let start = self.at;
        let len = path_len(self.rest());
        self.at += len;
        match Path::parse(&self.text[start..start + len]) {
            Ok(path) => Ok(Argument::Path(path)),
            Err(error) if error.kind == SyntaxErrorKind::Unsupported => {
                self.unsupported.get_or_insert(error.shifted(start));
                Ok(Argument::Null)
            }
            Err(error) => Err(error.shifted(start)),
        }
    }

    /// A number as JSON writes it.
    fn number(&mut self) -> Result<Argument, SyntaxError> {
        let start = self.at;
        self.eat('-');
        let leading_zero = self.peek() == Some('0');
        if self.digits()? > 1 && leading_zero {
            self.at = start;
            return Err(self.malformed("a number without leading zeros"));
        }
        if self.eat('.') {
            self.digits()?;
        }
        if self.eat('e') || self.eat('E') {
            if !self.eat('+') {
                self.eat('-');
            }
            self.digits()?;
        }
        Ok(Argument::Number(self.text[start..self.at].to_owned()))
    }

    fn digits(&mut self) -> Result<usize, SyntaxError> {
        let count = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        self.at += count;
        if count == 0 { Err(self.malformed("a digit")) } else { Ok(count) }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn eat(&mut self, expected: char) -> bool {
        let found = self.peek() == Some(expected);
        if found {
            self.at += expected.len_utf8();
        }
        found
    }

    fn expect(&mut self, expected: char) -> Result<(), SyntaxError> {
        if self.eat(expected) { Ok(()) } else { Err(self.malformed(&format!("'{expected}'"))) }
    }

    fn skip_spaces(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn malformed(&self, expected: &str) -> SyntaxError {
        let found = self.peek().map_or_else(|| "the end".to_owned(), |c| format!("{c:?}"));
        SyntaxError::malformed(self.at, format!("expected {expected}, found {found}"))
    }
}

/// Length of the path at the start of `text`.
fn path_len(text: &str) -> usize {
    let mut brackets = 0_u32;
    let mut parentheses = 0_u32;
    let mut quote = None;
    let mut escaped = false;
    // The last character that was no blank: before a regular expression it is the `~` of `=~`, or a parenthesis.
    let mut last = ' ';
    for (place, c) in text.char_indices() {
        let before = if c.is_whitespace() { last } else { std::mem::replace(&mut last, c) };
        if escaped {
            escaped = false;
            continue;
        }
        match (c, quote) {
            ('\\', _) => escaped = true,
            (c, Some(open)) if c == open => quote = None,
            (_, Some(_)) => {}
            ('\'' | '"', None) if brackets > 0 || parentheses > 0 => quote = Some(c),
            ('/', None) if brackets > 0 && matches!(before, '~' | '(') => quote = Some(c),
            ('[', None) => brackets += 1,
            (']', None) => brackets = brackets.saturating_sub(1),
            ('(', None) => parentheses += 1,
            (')', None) if parentheses > 0 => parentheses -= 1,
            (c, None) => {
                let ends = matches!(c, ',' | ')') || c.is_whitespace();
                if ends && brackets == 0 && parentheses == 0 {
                    return place;
                }
            }
        }
    }
    text.len()
}
