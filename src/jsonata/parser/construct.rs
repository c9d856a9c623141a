//! What is between brackets and braces.

use super::super::ast::Operator;
use super::super::error::Error;
use super::super::lexer::Slash;
use super::super::token::Symbol;
use super::expression::Parser;
use super::raw::{RawId, RawKind, RawPairs};

impl Parser<'_> {
    /// `a, b..c]`
    pub(super) fn array(&mut self) -> Result<Vec<RawId>, Error> {
        let mut items = Vec::new();
        if !self.is_at(Symbol::RightBracket) {
            loop {
                let item = self.array_item()?;
                items.push(item);
                if !self.eat(Symbol::Comma)? {
                    break;
                }
            }
        }
        self.expect(Symbol::RightBracket, Slash::Divides)?;
        Ok(items)
    }

    fn array_item(&mut self) -> Result<RawId, Error> {
        let left = self.expression(0)?;
        let position = self.token.position;
        if !self.eat(Symbol::DotDot)? {
            return Ok(left);
        }
        let right = self.expression(0)?;
        self.add(RawKind::Binary { operator: Operator::Range, left, right }, position)
    }

    /// `k: v, l: w}`
    pub(super) fn pairs(&mut self) -> Result<RawPairs, Error> {
        let mut pairs = Vec::new();
        if !self.is_at(Symbol::RightBrace) {
            loop {
                let key = self.expression(0)?;
                self.expect(Symbol::Colon, Slash::OpensRegex)?;
                let value = self.expression(0)?;
                pairs.push((key, value));
                if !self.eat(Symbol::Comma)? {
                    break;
                }
            }
        }
        self.expect(Symbol::RightBrace, Slash::Divides)?;
        Ok(pairs)
    }
}
