//! Text to [`Path`].

use super::filter::Query;
use super::lexer::Lexer;
use super::steps::Steps;
use super::{Path, Root, Segment, SyntaxError};

/// Deepest nesting of paths in the filters and arguments of paths. Parsing, applying and dropping a path recurse
/// that deep and no deeper.
pub(super) const NESTING_DEPTH_MAX: u32 = 8;

/// Parses a whole path.
pub(super) fn parse(text: &str) -> Result<Path, SyntaxError> {
    let mut parser = Parser {
        lexer: Lexer::new(text),
        segments: Vec::new(),
        operator_free: true,
        depth: 0,
        unsupported: None,
    };
    parser.lexer.skip_spaces();
    let root = parser.root()?;
    while parser.at_segment()? {
        parser.segment()?;
    }
    match parser.unsupported {
        Some(error) => Err(error),
        None => Ok(Path::new(text, root, parser.segments, parser.operator_free)),
    }
}

pub(super) struct Parser<'t> {
    pub(super) lexer: Lexer<'t>,
    /// The steps of the path that is being read.
    segments: Vec<Segment>,
    operator_free: bool,
    /// How many paths that path stands in.
    depth: u32,
    /// The first thing that AWS may accept and that cannot run; reported once the rest has proved well formed.
    unsupported: Option<SyntaxError>,
}

impl Parser<'_> {
    /// A path in a filter or in arguments: it begins with `@` or `$` and ends where no step follows.
    pub(super) fn query(&mut self) -> Result<Query, SyntaxError> {
        let from_root = !self.lexer.eat('@');
        if from_root {
            self.lexer.expect('$')?;
        }
        if self.depth == NESTING_DEPTH_MAX {
            return Err(self
                .lexer
                .malformed(&format!("at most {NESTING_DEPTH_MAX} paths within each other")));
        }
        self.depth += 1;
        let outer = std::mem::take(&mut self.segments);
        while matches!(self.lexer.peek(), Some('.' | '[')) {
            self.segment()?;
        }
        self.depth -= 1;
        let steps = Steps::new(std::mem::replace(&mut self.segments, outer));
        Ok(Query { from_root, steps })
    }

    fn root(&mut self) -> Result<Root, SyntaxError> {
        if !self.lexer.eat('$') {
            return Err(self.lexer.malformed("'$' at the start of a path"));
        }
        if self.lexer.eat('$') {
            return Ok(Root::Context);
        }
        let name = self.lexer.identifier();
        Ok(if name.is_empty() { Root::Input } else { Root::Variable(name.to_owned()) })
    }

    /// Whether another step follows; blanks at the end of the text do not count.
    fn at_segment(&mut self) -> Result<bool, SyntaxError> {
        if matches!(self.lexer.peek(), Some('.' | '[')) {
            return Ok(true);
        }
        let here = self.lexer.clone();
        self.lexer.skip_spaces();
        if self.lexer.peek().is_none() { Ok(false) } else { Err(here.malformed("'.' or '['")) }
    }

    fn segment(&mut self) -> Result<(), SyntaxError> {
        if self.lexer.eat('.') {
            if self.lexer.eat('.') {
                self.segments.push(Segment::Descend);
            }
            match self.lexer.peek() {
                Some('[') => {}
                Some('*') => {
                    self.lexer.bump();
                    self.segments.push(Segment::Wildcard);
                    return Ok(());
                }
                _ => return self.member(),
            }
        }
        self.bracketed()
    }

    /// A name after a dot, or a function.
    fn member(&mut self) -> Result<(), SyntaxError> {
        let start = self.lexer.offset();
        let (name, operator_free) = self.lexer.name(self.depth > 0)?;
        if self.lexer.peek() == Some('(') {
            if matches!(self.segments.last(), Some(Segment::Descend)) {
                return Err(SyntaxError::malformed(start, "expected a step between '..' and a function"));
            }
            let call = self.function_call(&name, start)?;
            self.segments.push(Segment::Function(Box::new(call)));
            return Ok(());
        }
        self.operator_free &= operator_free;
        self.segments.push(Segment::Name(name));
        Ok(())
    }

    fn bracketed(&mut self) -> Result<(), SyntaxError> {
        self.lexer.expect('[')?;
        self.lexer.skip_spaces();
        match self.lexer.peek() {
            Some('\'' | '"') => self.names()?,
            Some('*') => {
                self.lexer.bump();
                self.segments.push(Segment::Wildcard);
            }
            Some('0'..='9' | '-' | ':') => self.indexes()?,
            Some('?') => {
                let filter = self.filter()?;
                self.segments.push(Segment::Filter(Box::new(filter)));
            }
            Some('(') => self.script()?,
            _ => return Err(self.lexer.malformed("a quoted name, an index, '*' or '?'")),
        }
        self.lexer.skip_spaces();
        self.lexer.expect(']')
    }

    fn names(&mut self) -> Result<(), SyntaxError> {
        let mut names = vec![self.lexer.quoted()?];
        while self.comma() {
            names.push(self.lexer.quoted()?);
        }
        self.segments.push(match <[Box<str>; 1]>::try_from(names) {
            Ok([name]) => Segment::Name(name),
            Err(names) => Segment::Names(names.into()),
        });
        Ok(())
    }

    /// An index, several, or a slice.
    fn indexes(&mut self) -> Result<(), SyntaxError> {
        let first = self.lexer.integer()?;
        self.lexer.skip_spaces();
        if self.lexer.peek() == Some(':') {
            return self.slice(first);
        }
        let mut indexes: Vec<i64> = first.into_iter().collect();
        while self.comma() {
            match self.lexer.integer()? {
                Some(index) => indexes.push(index),
                None => return Err(self.lexer.malformed("an index")),
            }
        }
        self.segments.push(match *indexes {
            [index] => Segment::Index(index),
            _ => Segment::Indexes(indexes.into()),
        });
        Ok(())
    }

    fn slice(&mut self, from: Option<i64>) -> Result<(), SyntaxError> {
        self.lexer.expect(':')?;
        self.lexer.skip_spaces();
        let to = self.lexer.integer()?;
        self.lexer.skip_spaces();
        // Jayway reads the step of a slice and takes every element all the same.
        if self.lexer.eat(':') {
            self.lexer.skip_spaces();
            self.lexer.integer()?;
        }
        if from.is_none() && to.is_none() {
            return Err(self.lexer.malformed("an index before or after ':'"));
        }
        self.segments.push(Segment::Slice { from, to });
        Ok(())
    }

    /// `[(@.length-1)]`: the element that many places before the end. AWS takes no other script.
    fn script(&mut self) -> Result<(), SyntaxError> {
        let start = self.lexer.offset();
        let text: String = self.lexer.take_while(|c| c != ')').split_whitespace().collect();
        self.lexer.expect(')')?;
        let from_end = text.strip_prefix("(@.length-").and_then(|number| number.parse::<u32>().ok());
        match from_end {
            Some(number) if number > 0 => {
                self.operator_free = false;
                self.segments.push(Segment::Index(-i64::from(number)));
                Ok(())
            }
            _ => Err(SyntaxError::malformed(start, "expected ?, ', 0-9, * or (@.length-1)")),
        }
    }

    /// Passes over a comma and the blanks around it.
    pub(super) fn comma(&mut self) -> bool {
        self.lexer.skip_spaces();
        let found = self.lexer.eat(',');
        if found {
            self.lexer.skip_spaces();
        }
        found
    }

    /// Notes that what stands at `offset` is accepted by AWS and cannot run here.
    pub(super) fn refuse(&mut self, offset: usize, message: String) {
        self.unsupported.get_or_insert_with(|| SyntaxError::unsupported(offset, message));
    }
}
