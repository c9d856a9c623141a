//! Calls, partial applications and lambdas.

use super::super::error::Error;
use super::super::lexer::Slash;
use super::super::token::{Symbol, TokenKind};
use super::expression::{Parser, number_text};
use super::raw::{RawId, RawKind};

impl Parser<'_> {
    /// What `procedure(` starts.
    pub(super) fn call(&mut self, procedure: RawId) -> Result<RawKind, Error> {
        let arguments = self.arguments()?;
        match &self.tree.node(procedure).kind {
            RawKind::Name(name) if matches!(&**name, "function" | "λ") => self.lambda(&arguments),
            _ => Ok(RawKind::Call { procedure, arguments }),
        }
    }

    /// `a, ?)`
    fn arguments(&mut self) -> Result<Vec<RawId>, Error> {
        let mut arguments = Vec::new();
        if !self.is_at(Symbol::RightParen) {
            loop {
                let position = self.token.position;
                arguments.push(if self.eat(Symbol::Question)? {
                    self.add(RawKind::Placeholder, position)?
                } else {
                    self.expression(0)?
                });
                if !self.eat(Symbol::Comma)? {
                    break;
                }
            }
        }
        self.expect(Symbol::RightParen, Slash::Divides)?;
        Ok(arguments)
    }

    /// What follows `function($a, $b)`.
    fn lambda(&mut self, arguments: &[RawId]) -> Result<RawKind, Error> {
        let mut parameters = Vec::with_capacity(arguments.len());
        for (index, argument) in arguments.iter().enumerate() {
            let argument = self.tree.node(*argument);
            let RawKind::Variable(name) = &argument.kind else {
                return Err(Error::new("S0208").at(argument.position).value((index + 1).to_string()));
            };
            parameters.push(name.clone());
        }
        let signature = if self.is_at(Symbol::Less) { Some(self.signature()?) } else { None };
        self.expect(Symbol::LeftBrace, Slash::OpensRegex)?;
        let body = self.expression(0)?;
        self.expect(Symbol::RightBrace, Slash::OpensRegex)?;
        Ok(RawKind::Lambda { parameters, signature, body })
    }

    /// `<s-n:s>`: its words without the space between them, and the position of its first.
    fn signature(&mut self) -> Result<(Box<str>, u32), Error> {
        let position = self.token.position;
        let mut text = "<".to_owned();
        let mut depth = 1_u32;
        while depth > 0 && !self.is_at(Symbol::LeftBrace) && self.token.kind != TokenKind::End {
            self.advance(Slash::OpensRegex)?;
            match &self.token.kind {
                TokenKind::Symbol(symbol) => {
                    match symbol {
                        Symbol::Less => depth += 1,
                        Symbol::Greater => depth -= 1,
                        _ => {}
                    }
                    text.push_str(symbol.text());
                }
                TokenKind::Name(part) | TokenKind::Variable(part) | TokenKind::String(part) => {
                    text.push_str(part);
                }
                TokenKind::Number(number) => text.push_str(&number_text(*number)),
                TokenKind::Bool(bool) => text.push_str(if *bool { "true" } else { "false" }),
                TokenKind::Null => text.push_str("null"),
                TokenKind::Regex { pattern, flags } => {
                    text.extend(["/", pattern, "/", flags]);
                }
                TokenKind::End => {}
            }
        }
        self.expect(Symbol::Greater, Slash::OpensRegex)?;
        Ok((text.into_boxed_str(), position))
    }
}
