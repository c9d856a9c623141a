//! What may follow an expression.

use super::super::error::Error;
use super::super::lexer::Slash;
use super::super::token::Symbol;
use super::expression::Parser;
use super::raw::{RawId, RawKind};

impl Parser<'_> {
    /// What `symbol`, the last word passed over, makes of `left`.
    pub(super) fn infix(&mut self, symbol: Symbol, position: u32, left: RawId) -> Result<RawId, Error> {
        let kind = match symbol {
            Symbol::Dot => RawKind::Map { left, right: self.expression(symbol.binding_power())? },
            Symbol::LeftBracket if self.is_at(Symbol::RightBracket) => return self.keep_array(left),
            Symbol::LeftBracket => {
                let predicate = self.expression(0)?;
                self.expect(Symbol::RightBracket, Slash::Divides)?;
                RawKind::Filter { left, predicate }
            }
            Symbol::LeftBrace => RawKind::Group { left, pairs: self.pairs()? },
            Symbol::LeftParen => self.call(left)?,
            Symbol::At => RawKind::Focus { left, variable: self.bound_variable(symbol)? },
            Symbol::Hash => RawKind::Index { left, variable: self.bound_variable(symbol)? },
            Symbol::Caret => RawKind::Sort { left, terms: self.sort_terms()? },
            Symbol::ColonEqual => self.bind(left)?,
            Symbol::TildeGreater => RawKind::Apply { left, right: self.expression(symbol.binding_power())? },
            Symbol::Question => {
                let then = self.expression(0)?;
                let otherwise = if self.eat(Symbol::Colon)? { Some(self.expression(0)?) } else { None };
                RawKind::Condition { test: left, then, otherwise }
            }
            Symbol::QuestionColon => RawKind::Default { left, right: self.expression(0)? },
            Symbol::QuestionQuestion => RawKind::Coalesce { left, right: self.expression(0)? },
            _ => match symbol.operator() {
                Some(operator) => {
                    let right = self.expression(symbol.binding_power())?;
                    RawKind::Binary { operator, left, right }
                }
                // Only symbols with a binding power come here; each has its arm.
                None => return Err(Error::new("S0201").at(position).token(symbol.text())),
            },
        };
        self.add(kind, position)
    }

    /// `]` of `left[]`: what the filters of `left` are applied to keeps its arrays.
    fn keep_array(&mut self, left: RawId) -> Result<RawId, Error> {
        let mut filtered = left;
        while let RawKind::Filter { left, .. } = self.tree.node(filtered).kind {
            filtered = left;
        }
        self.tree.node_mut(filtered).keep_array = true;
        self.expect(Symbol::RightBracket, Slash::OpensRegex)?;
        Ok(left)
    }

    /// The variable behind `@` or `#`.
    fn bound_variable(&mut self, symbol: Symbol) -> Result<Box<str>, Error> {
        let right = self.expression(symbol.binding_power())?;
        match &self.tree.node(right).kind {
            RawKind::Variable(name) => Ok(name.clone()),
            _ => Err(Error::new("S0214").at(self.tree.node(right).position).token(symbol.text())),
        }
    }

    /// `(<a, >b)`
    fn sort_terms(&mut self) -> Result<Vec<(bool, RawId)>, Error> {
        self.expect(Symbol::LeftParen, Slash::OpensRegex)?;
        let mut terms = Vec::new();
        loop {
            let descending = !self.eat(Symbol::Less)? && self.eat(Symbol::Greater)?;
            terms.push((descending, self.expression(0)?));
            if !self.eat(Symbol::Comma)? {
                break;
            }
        }
        self.expect(Symbol::RightParen, Slash::OpensRegex)?;
        Ok(terms)
    }

    /// The value behind `left :=`.
    fn bind(&mut self, left: RawId) -> Result<RawKind, Error> {
        let RawKind::Variable(name) = &self.tree.node(left).kind else {
            return Err(Error::new("S0212").at(self.tree.node(left).position));
        };
        let name = name.clone();
        // One less than its own: the last of several binds first.
        let value = self.expression(Symbol::ColonEqual.binding_power() - 1)?;
        Ok(RawKind::Bind { name, value })
    }
}
