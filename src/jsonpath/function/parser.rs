//! Text to [`FunctionCall`].

use super::ast::{Argument, Function, FunctionCall};
use crate::jsonpath::SyntaxError;
use crate::jsonpath::filter::literal;
use crate::jsonpath::parser::Parser;

impl Parser<'_> {
    /// The arguments of the function `name`, which stands at `start`.
    pub(in crate::jsonpath) fn function_call(
        &mut self,
        name: &str,
        start: usize,
    ) -> Result<FunctionCall, SyntaxError> {
        let open = self.lexer.offset();
        let Some(function) = Function::ALL.into_iter().find(|function| function.name() == name) else {
            let known = Function::ALL.map(Function::name).join(", ");
            return Err(SyntaxError::malformed(start, format!("function '{name}' is not one of {known}")));
        };
        self.lexer.expect('(')?;
        self.lexer.skip_spaces();
        let mut arguments = Vec::new();
        if self.lexer.peek() != Some(')') {
            arguments.push(self.argument()?);
            while self.comma() {
                arguments.push(self.argument()?);
            }
        }
        self.lexer.expect(')')?;
        if function == Function::Index && arguments.len() != 1 {
            return Err(SyntaxError::malformed(open, "'index' takes one argument, a number"));
        }
        if !function.takes_arguments() && !arguments.is_empty() {
            return Err(SyntaxError::malformed(open, format!("'{name}' takes no arguments")));
        }
        let text = self.lexer.since(open).into();
        Ok(FunctionCall { function, arguments: arguments.into(), text })
    }

    /// What Jayway reads as an argument. It drops others, so they are refused.
    fn argument(&mut self) -> Result<Argument, SyntaxError> {
        let expected = "a path, a number, a string in double quotes or an object";
        Ok(match self.lexer.peek() {
            Some('@' | '$') => Argument::Query(self.query()?),
            Some('"' | '{' | '-' | '0'..='9') => match literal(&mut self.lexer)? {
                Some(literal) => Argument::Literal(literal),
                None => return Err(self.lexer.malformed(expected)),
            },
            _ => return Err(self.lexer.malformed(expected)),
        })
    }
}
