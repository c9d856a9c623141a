//! What an expression may start with.

use super::super::error::Error;
use super::super::lexer::Slash;
use super::super::token::{Symbol, Token, TokenKind};
use super::expression::Parser;
use super::raw::{RawId, RawKind};

/// What `-` binds: paths, filters and calls, but no arithmetic.
const NEGATION_POWER: u8 = 70;

impl Parser<'_> {
    /// What starts with `token`, the last word passed over.
    pub(super) fn prefix(&mut self, token: Token) -> Result<RawId, Error> {
        let position = token.position;
        let kind = match token.kind {
            TokenKind::End => RawKind::End,
            TokenKind::Name(name) => RawKind::Name(name),
            TokenKind::Variable(name) => RawKind::Variable(name),
            TokenKind::String(text) => RawKind::String(text),
            TokenKind::Number(number) => RawKind::Number(number),
            TokenKind::Bool(bool) => RawKind::Bool(bool),
            TokenKind::Null => RawKind::Null,
            TokenKind::Regex { pattern, flags } => RawKind::Regex { pattern, flags },
            TokenKind::Symbol(symbol) => return self.prefix_symbol(symbol, position),
        };
        self.add(kind, position)
    }

    fn prefix_symbol(&mut self, symbol: Symbol, position: u32) -> Result<RawId, Error> {
        let kind = match symbol {
            // Where an operand is expected these are names.
            Symbol::And | Symbol::Or | Symbol::In => RawKind::Name(symbol.text().into()),
            Symbol::Star => RawKind::Wildcard,
            Symbol::StarStar => RawKind::Descendant,
            Symbol::Percent => RawKind::Parent,
            Symbol::Minus => RawKind::Negate(self.expression(NEGATION_POWER)?),
            Symbol::LeftParen => RawKind::Block(self.block()?),
            Symbol::LeftBracket => RawKind::Array(self.array()?),
            Symbol::LeftBrace => RawKind::Object(self.pairs()?),
            Symbol::Pipe => self.transform()?,
            _ => return Err(Error::new("S0211").at(position).token(symbol.text())),
        };
        self.add(kind, position)
    }

    /// `a; b)`
    fn block(&mut self) -> Result<Vec<RawId>, Error> {
        let mut expressions = Vec::new();
        while !self.is_at(Symbol::RightParen) {
            expressions.push(self.expression(0)?);
            if !self.eat(Symbol::Semicolon)? {
                break;
            }
        }
        self.expect(Symbol::RightParen, Slash::Divides)?;
        Ok(expressions)
    }

    /// `pattern|update, delete|`
    fn transform(&mut self) -> Result<RawKind, Error> {
        let pattern = self.expression(0)?;
        self.expect(Symbol::Pipe, Slash::OpensRegex)?;
        let update = self.expression(0)?;
        let delete = if self.eat(Symbol::Comma)? { Some(self.expression(0)?) } else { None };
        self.expect(Symbol::Pipe, Slash::OpensRegex)?;
        Ok(RawKind::Transform { pattern, update, delete })
    }
}
