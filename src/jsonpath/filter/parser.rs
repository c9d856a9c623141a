//! Text to [`Filter`].

use super::ast::{Filter, FilterOp, Literal, Operand, Operator};
use super::literal::literal;
use super::regexp::Regexp;
use crate::jsonpath::SyntaxError;
use crate::jsonpath::parser::Parser;

/// Deepest nesting of parentheses and `!` in a filter.
const GROUPS_OPEN_MAX: usize = 64;

/// What is open while a filter is read: one pair of parentheses.
#[derive(Debug, Default)]
struct Group {
    /// Whether a `!` stands before it.
    is_negated: bool,
    /// Skips of `&&` that lead to the end of the conjunction.
    ands: Vec<usize>,
    /// Skips of `||` that lead to the end of the group.
    ors: Vec<usize>,
}

#[derive(Debug, Default)]
struct Ops {
    ops: Vec<FilterOp>,
    operands: Vec<Operand>,
}

impl Ops {
    fn operand(&mut self, operand: Operand) -> u32 {
        self.operands.push(operand);
        self.operands.len() as u32 - 1
    }

    /// Lets skips lead to the next op.
    fn land(&mut self, skips: &mut Vec<usize>) {
        let here = self.ops.len() as u32;
        for skip in skips.drain(..) {
            if let FilterOp::SkipIf(to) | FilterOp::SkipUnless(to) = &mut self.ops[skip] {
                *to = here;
            }
        }
    }
}

/// What follows an operand.
enum After {
    Operand,
    End,
}

impl Parser<'_> {
    /// `?( … )`. The groups that are open stand on a stack of their own.
    pub(in crate::jsonpath) fn filter(&mut self) -> Result<Filter, SyntaxError> {
        self.lexer.expect('?')?;
        self.lexer.skip_spaces();
        let start = self.lexer.offset();
        self.lexer.expect('(')?;
        let mut code = Ops::default();
        let mut open = vec![Group::default()];
        loop {
            let is_negated = self.negations();
            if self.lexer.eat('(') {
                if open.len() == GROUPS_OPEN_MAX {
                    return Err(self.lexer.malformed(&format!("at most {GROUPS_OPEN_MAX} open parentheses")));
                }
                open.push(Group { is_negated, ..Group::default() });
                continue;
            }
            self.test(&mut code)?;
            if is_negated {
                code.ops.push(FilterOp::Not);
            }
            if let After::End = self.connective(&mut code, &mut open)? {
                return Ok(Filter::new(self.lexer.since(start), code.ops, code.operands));
            }
        }
    }

    /// Passes over every `!` but one that stands before a path: that one belongs to the path's existence. Whether
    /// they are an odd number.
    fn negations(&mut self) -> bool {
        let mut is_negated = false;
        loop {
            self.lexer.skip_spaces();
            let mut ahead = self.lexer.clone();
            if !ahead.eat('!') {
                return is_negated;
            }
            ahead.skip_spaces();
            if matches!(ahead.peek(), Some('@' | '$')) {
                return is_negated;
            }
            self.lexer.bump();
            is_negated = !is_negated;
        }
    }

    /// What comes after a test: `)` any number of times, then `&&`, `||` or the end.
    fn connective(&mut self, code: &mut Ops, open: &mut Vec<Group>) -> Result<After, SyntaxError> {
        loop {
            self.lexer.skip_spaces();
            let Some(group) = open.last_mut() else { return Ok(After::End) };
            let here = code.ops.len();
            if self.lexer.eat_text("&&") {
                code.ops.push(FilterOp::SkipUnless(0));
                group.ands.push(here);
                return Ok(After::Operand);
            }
            if self.lexer.eat_text("||") {
                code.land(&mut group.ands);
                code.ops.push(FilterOp::SkipIf(0));
                group.ors.push(here);
                return Ok(After::Operand);
            }
            if self.lexer.peek() != Some(')') {
                return Err(self.lexer.malformed("'&&', '||' or ')'"));
            }
            self.lexer.bump();
            code.land(&mut group.ands);
            code.land(&mut group.ors);
            if group.is_negated {
                code.ops.push(FilterOp::Not);
            }
            open.pop();
            if open.is_empty() {
                return Ok(After::End);
            }
        }
    }

    /// A comparison, or a path that must lead somewhere.
    fn test(&mut self, code: &mut Ops) -> Result<(), SyntaxError> {
        let start = self.lexer.offset();
        // Jayway drops a `!` before a path if a comparison follows.
        let is_absent = self.lexer.eat('!');
        self.lexer.skip_spaces();
        let left = self.operand()?;
        let is_path = matches!(left, Operand::Query(_));
        let left = code.operand(left);
        self.lexer.skip_spaces();
        if matches!(self.lexer.peek(), None | Some(')' | '&' | '|')) {
            if !is_path {
                return Err(SyntaxError::malformed(start, "only a path can stand alone in a filter"));
            }
            code.ops.push(FilterOp::Exists { operand: left, wanted: !is_absent });
            return Ok(());
        }
        let operator = self.operator()?;
        self.lexer.skip_spaces();
        let right = self.operand()?;
        let right = code.operand(right);
        code.ops.push(FilterOp::Compare { left, operator, right });
        Ok(())
    }

    fn operator(&mut self) -> Result<Operator, SyntaxError> {
        let start = self.lexer.offset();
        let mut text = self.lexer.take_while(|c| matches!(c, '<' | '>' | '=' | '~' | '!'));
        if text.is_empty() {
            text = self.lexer.take_while(char::is_alphabetic);
        }
        if text.is_empty() {
            return Err(self.lexer.malformed("an operator, '&&', '||' or ')'"));
        }
        if let Some(operator) = Operator::from_text(text) {
            return Ok(operator);
        }
        let known = "==, !=, <, <=, >, >=, =~, in, nin, contains, size, empty, subsetof, anyof, noneof";
        Err(SyntaxError::malformed(start, format!("the filter operator '{text}' is not one of {known}")))
    }

    fn operand(&mut self) -> Result<Operand, SyntaxError> {
        match self.lexer.peek() {
            Some('@' | '$') => return Ok(Operand::Query(self.query()?)),
            Some('/') => return self.regexp(),
            _ => {}
        }
        if let Some(literal) = literal(&mut self.lexer)? {
            return Ok(Operand::Literal(literal));
        }
        let start = self.lexer.offset();
        let word = self.lexer.take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
        Ok(Operand::Literal(match word {
            "" => return Err(self.lexer.malformed("a path, a string, a number or another value")),
            "null" => Literal::Null,
            "true" => Literal::Bool(true),
            "false" => Literal::Bool(false),
            word => {
                // AWS creates state machines with such filters, and they fail when they run.
                self.refuse(start, format!("a word without quotes (write '{word}' in quotes)"));
                Literal::Null
            }
        }))
    }

    /// `/pattern/flags`.
    fn regexp(&mut self) -> Result<Operand, SyntaxError> {
        let start = self.lexer.offset();
        self.lexer.bump();
        loop {
            match self.lexer.bump() {
                None => return Err(self.lexer.malformed("'/' at the end of the regular expression")),
                Some('/') => break,
                Some('\\') => {
                    self.lexer.bump();
                }
                Some(_) => {}
            }
        }
        let pattern = &self.lexer.since(start)[1..];
        let pattern = &pattern[..pattern.len() - 1];
        let flags = self.lexer.take_while(|c| c.is_ascii_alphabetic());
        match Regexp::new(pattern, flags) {
            Ok(regexp) => Ok(Operand::Regexp(regexp)),
            Err(reason) => {
                let message = format!("a regular expression that cannot run here: {reason}");
                self.refuse(start, message);
                Ok(Operand::Literal(Literal::Null))
            }
        }
    }
}
