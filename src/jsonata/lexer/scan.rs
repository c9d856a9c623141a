//! One word after the other.

use super::super::error::Error;
use super::super::token::{Symbol, Token, TokenKind};

/// What a slash means where the next word is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Slash {
    /// Division: an operand came before it.
    Divides,
    /// The start of a regular expression.
    OpensRegex,
}

/// A place in an expression's text.
#[derive(Debug, Clone)]
pub(in super::super) struct Lexer<'s> {
    source: &'s str,
    /// In bytes.
    offset: usize,
    /// In UTF-16 units.
    position: u32,
}

impl<'s> Lexer<'s> {
    pub(in super::super) fn new(source: &'s str) -> Self {
        Self { source, offset: 0, position: 0 }
    }

    /// The next word; at the end [`TokenKind::End`], as often as it is asked.
    pub(in super::super) fn next_token(&mut self, slash: Slash) -> Result<Token, Error> {
        self.skip_blanks()?;
        let Some(first) = self.peek() else { return Ok(self.token(TokenKind::End)) };
        let kind = match first {
            '/' if slash == Slash::OpensRegex => self.regex()?,
            '"' | '\'' => TokenKind::String(self.string(first)?),
            '0'..='9' => self.number()?,
            '`' => self.quoted_name()?,
            '!' | '~' if self.symbol().is_none() => {
                self.bump();
                return Err(Error::new("S0204").at(self.position).token(first));
            }
            _ => match self.symbol() {
                Some(symbol) => {
                    self.skip_bytes(symbol.text().len());
                    TokenKind::Symbol(symbol)
                }
                None => self.word(),
            },
        };
        Ok(self.token(kind))
    }

    fn token(&self, kind: TokenKind) -> Token {
        Token { kind, position: self.position }
    }

    pub(super) fn rest(&self) -> &'s str {
        &self.source[self.offset..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn bump(&mut self) {
        if let Some(next) = self.peek() {
            self.offset += next.len_utf8();
            self.position += next.len_utf16() as u32;
        }
    }

    /// Passes over `bytes` of text.
    pub(super) fn skip_bytes(&mut self, bytes: usize) -> &'s str {
        let passed = &self.rest()[..bytes];
        self.offset += bytes;
        self.position +=
            if passed.is_ascii() { bytes } else { passed.chars().map(char::len_utf16).sum() } as u32;
        passed
    }

    /// An error with this code, here.
    #[cold]
    pub(super) fn error(&self, code: &'static str) -> Error {
        Error::new(code).at(self.position)
    }

    /// An error with this code, at the end of the text.
    #[cold]
    pub(super) fn error_at_end(&mut self, code: &'static str) -> Error {
        self.skip_bytes(self.rest().len());
        self.error(code)
    }

    /// Passes over white space and comments.
    fn skip_blanks(&mut self) -> Result<(), Error> {
        loop {
            let rest = self.rest();
            self.skip_bytes(rest.len() - rest.trim_start_matches(is_blank).len());
            let Some(comment) = self.rest().strip_prefix("/*") else { return Ok(()) };
            let Some(length) = comment.find("*/") else { return Err(self.error("S0106")) };
            self.skip_bytes(length + "/**/".len());
        }
    }

    /// The symbol that comes next, words excepted.
    fn symbol(&self) -> Option<Symbol> {
        let bytes = self.rest().as_bytes();
        let second = bytes.get(1).copied();
        Some(match (bytes.first()?, second) {
            (b'.', Some(b'.')) => Symbol::DotDot,
            (b':', Some(b'=')) => Symbol::ColonEqual,
            (b'!', Some(b'=')) => Symbol::NotEqual,
            (b'>', Some(b'=')) => Symbol::GreaterOrEqual,
            (b'<', Some(b'=')) => Symbol::LessOrEqual,
            (b'*', Some(b'*')) => Symbol::StarStar,
            (b'~', Some(b'>')) => Symbol::TildeGreater,
            (b'?', Some(b':')) => Symbol::QuestionColon,
            (b'?', Some(b'?')) => Symbol::QuestionQuestion,
            (b'.', _) => Symbol::Dot,
            (b'[', _) => Symbol::LeftBracket,
            (b']', _) => Symbol::RightBracket,
            (b'{', _) => Symbol::LeftBrace,
            (b'}', _) => Symbol::RightBrace,
            (b'(', _) => Symbol::LeftParen,
            (b')', _) => Symbol::RightParen,
            (b',', _) => Symbol::Comma,
            (b';', _) => Symbol::Semicolon,
            (b':', _) => Symbol::Colon,
            (b'@', _) => Symbol::At,
            (b'#', _) => Symbol::Hash,
            (b'?', _) => Symbol::Question,
            (b'+', _) => Symbol::Plus,
            (b'-', _) => Symbol::Minus,
            (b'*', _) => Symbol::Star,
            (b'/', _) => Symbol::Slash,
            (b'%', _) => Symbol::Percent,
            (b'|', _) => Symbol::Pipe,
            (b'^', _) => Symbol::Caret,
            (b'&', _) => Symbol::Ampersand,
            (b'=', _) => Symbol::Equal,
            (b'<', _) => Symbol::Less,
            (b'>', _) => Symbol::Greater,
            _ => return None,
        })
    }

    fn number(&mut self) -> Result<TokenKind, Error> {
        let text = &self.rest()[..number_bytes(self.rest().as_bytes())];
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => {
                self.skip_bytes(text.len());
                Ok(TokenKind::Number(number))
            }
            _ => Err(self.error("S0102").token(text)),
        }
    }

    /// A name in backquotes.
    fn quoted_name(&mut self) -> Result<TokenKind, Error> {
        self.bump();
        let Some(length) = self.rest().find('`') else { return Err(self.error_at_end("S0105")) };
        let name = self.skip_bytes(length);
        self.bump();
        Ok(TokenKind::Name(name.into()))
    }

    /// A variable, a keyword or a bare name: all up to the next white space or symbol.
    fn word(&mut self) -> TokenKind {
        let rest = self.rest();
        let length = rest.find(|c| is_blank(c) || is_stop(c)).unwrap_or(rest.len());
        let word = self.skip_bytes(length);
        if let Some(name) = word.strip_prefix('$') {
            return TokenKind::Variable(name.into());
        }
        match word {
            "and" => TokenKind::Symbol(Symbol::And),
            "or" => TokenKind::Symbol(Symbol::Or),
            "in" => TokenKind::Symbol(Symbol::In),
            "true" => TokenKind::Bool(true),
            "false" => TokenKind::Bool(false),
            "null" => TokenKind::Null,
            _ => TokenKind::Name(word.into()),
        }
    }

    /// `/pattern/flags`: it ends at the first slash that is neither escaped nor within brackets.
    fn regex(&mut self) -> Result<TokenKind, Error> {
        self.bump();
        let mut depth = 0_i64;
        let mut backslashes = 0_usize;
        let Some(length) = self.rest().find(|c| {
            let escaped = backslashes > 0;
            match c {
                '/' if depth == 0 && backslashes.is_multiple_of(2) => return true,
                '(' | '[' | '{' if !escaped => depth += 1,
                ')' | ']' | '}' if !escaped => depth -= 1,
                _ => {}
            }
            backslashes = if c == '\\' { backslashes + 1 } else { 0 };
            false
        }) else {
            return Err(self.error_at_end("S0302"));
        };
        if length == 0 {
            return Err(self.error("S0301"));
        }
        let pattern = self.skip_bytes(length).into();
        self.bump();
        let rest = self.rest();
        let flags = self.skip_bytes(rest.len() - rest.trim_start_matches(['i', 'm']).len()).into();
        Ok(TokenKind::Regex { pattern, flags })
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}')
}

/// Whether a bare word ends before it.
fn is_stop(c: char) -> bool {
    ".[]{}(),@#;:?+-*/%|=<>^&!~".contains(c)
}

/// The length of the number at the start, as JSON writes it but for the sign.
fn number_bytes(text: &[u8]) -> usize {
    let digits = |from: usize| text[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut length = if text[0] == b'0' { 1 } else { digits(0) };
    if text.get(length) == Some(&b'.') {
        let fraction = digits(length + 1);
        if fraction > 0 {
            length += 1 + fraction;
        }
    }
    if matches!(text.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(length + 1), Some(b'+' | b'-')));
        let exponent = digits(length + 1 + sign);
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    length
}
