//! Pratt's algorithm: operators with their binding powers.

use super::super::error::Error;
use super::super::lexer::{Lexer, Slash};
use super::super::token::{Symbol, Token, TokenKind};
use super::raw::{RawId, RawKind, RawTree, check_depth};

/// Reads a whole expression.
pub(in super::super) fn parse_raw(source: &str) -> Result<(RawTree, RawId), Error> {
    let start = Token { kind: TokenKind::End, position: 0 };
    let mut parser = Parser { lexer: Lexer::new(source), token: start, tree: RawTree::default(), depth: 0 };
    parser.advance(Slash::OpensRegex)?;
    let root = parser.expression(0)?;
    match parser.token.kind {
        TokenKind::End => Ok((parser.tree, root)),
        _ => Err(parser.blame_token("S0201")),
    }
}

/// A place in an expression, and what was read so far.
#[derive(Debug)]
pub(super) struct Parser<'s> {
    lexer: Lexer<'s>,
    /// The next word.
    pub token: Token,
    pub tree: RawTree,
    /// How many expressions are being read, one within the other.
    depth: u16,
}

impl Parser<'_> {
    /// Reads an expression, up to an operator that binds no stronger than `power`.
    pub(super) fn expression(&mut self, power: u8) -> Result<RawId, Error> {
        self.depth += 1;
        check_depth(self.depth)?;
        let token = self.advance(Slash::Divides)?;
        let mut left = self.prefix(token)?;
        while let TokenKind::Symbol(symbol) = self.token.kind
            && power < symbol.binding_power()
        {
            let position = self.advance(Slash::OpensRegex)?.position;
            left = self.infix(symbol, position, left)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    /// Goes on to the next word and returns the one before it.
    pub(super) fn advance(&mut self, slash: Slash) -> Result<Token, Error> {
        let next = self.lexer.next_token(slash)?;
        Ok(std::mem::replace(&mut self.token, next))
    }

    pub(super) fn is_at(&self, symbol: Symbol) -> bool {
        self.token.kind == TokenKind::Symbol(symbol)
    }

    /// Passes over `symbol`, if it comes next.
    pub(super) fn eat(&mut self, symbol: Symbol) -> Result<bool, Error> {
        let found = self.is_at(symbol);
        if found {
            self.advance(Slash::OpensRegex)?;
        }
        Ok(found)
    }

    /// Passes over `symbol`, which has to come next.
    ///
    /// What a slash means behind it is decided as the reference does, which expects an operand behind most closing
    /// symbols that end no operand of their own; `]` of `a[]` and `}` of a function's body are among them.
    pub(super) fn expect(&mut self, symbol: Symbol, slash: Slash) -> Result<(), Error> {
        if self.is_at(symbol) {
            self.advance(slash)?;
            return Ok(());
        }
        let code = if self.token.kind == TokenKind::End { "S0203" } else { "S0202" };
        Err(self.blame_token(code).string_value(symbol.text()))
    }

    pub(super) fn add(&mut self, kind: RawKind, position: u32) -> Result<RawId, Error> {
        self.tree.add(kind, position)
    }

    /// An error about the next word.
    #[cold]
    pub(super) fn blame_token(&self, code: &'static str) -> Error {
        self.token.kind.blame(Error::new(code)).at(self.token.position)
    }
}

impl TokenKind {
    /// Names this word in an error.
    #[cold]
    pub(super) fn blame(&self, error: Error) -> Error {
        match self {
            Self::End => error.token("(end)"),
            Self::Name(text) | Self::Variable(text) | Self::String(text) => error.token(&**text),
            Self::Number(number) => error.literal_token(number_text(*number)),
            Self::Bool(bool) => error.literal_token(bool.to_string()),
            Self::Null => error.literal_token("null"),
            // How JavaScript serialises a regular expression.
            Self::Regex { .. } => error.literal_token("{}"),
            Self::Symbol(symbol) => error.token(symbol.text()),
        }
    }
}

/// A number as JavaScript writes it.
pub(in super::super) fn number_text(number: f64) -> String {
    let mut text = Vec::new();
    crate::json::format_f64(number, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}
