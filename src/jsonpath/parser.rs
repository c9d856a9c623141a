//! Text to [`Path`].

use super::lexer::Lexer;
use super::{Path, Root, Segment, SyntaxError};

/// Parses a whole path.
pub(super) fn parse(text: &str) -> Result<Path, SyntaxError> {
    let mut parser =
        Parser { lexer: Lexer::new(text), segments: Vec::new(), operator_free: true, unsupported: None };
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

struct Parser<'t> {
    lexer: Lexer<'t>,
    segments: Vec<Segment>,
    operator_free: bool,
    /// The first thing that is right but not supported; reported once the rest has proved well formed.
    unsupported: Option<SyntaxError>,
}

impl Parser<'_> {
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
        let (name, operator_free) = self.lexer.name()?;
        if self.lexer.peek() == Some('(') {
            self.lexer.skip_parenthesised()?;
            self.refuse(start, format!("the function '{name}()' in a path is not supported"));
            return Ok(());
        }
        self.operator_free &= operator_free;
        self.segments.push(Segment::Name(name));
        Ok(())
    }

    fn bracketed(&mut self) -> Result<(), SyntaxError> {
        let start = self.lexer.offset();
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
                self.filters()?;
                self.refuse(start, "a filter in a path is not supported".to_owned());
            }
            Some('(') => {
                self.lexer.skip_parenthesised()?;
                self.refuse(start, "a script as an index is not supported".to_owned());
            }
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
        let start = self.lexer.offset();
        if self.lexer.eat(':') {
            self.lexer.skip_spaces();
            self.lexer.integer()?;
            self.refuse(start, "a step in a slice is not supported".to_owned());
        }
        if from.is_none() && to.is_none() {
            return Err(self.lexer.malformed("an index before or after ':'"));
        }
        self.segments.push(Segment::Slice { from, to });
        Ok(())
    }

    /// Passes over `?( … )`, or several of them.
    fn filters(&mut self) -> Result<(), SyntaxError> {
        loop {
            self.lexer.expect('?')?;
            self.lexer.skip_spaces();
            self.lexer.skip_parenthesised()?;
            if !self.comma() {
                return Ok(());
            }
        }
    }

    /// Passes over a comma and the blanks around it.
    fn comma(&mut self) -> bool {
        self.lexer.skip_spaces();
        let found = self.lexer.eat(',');
        if found {
            self.lexer.skip_spaces();
        }
        found
    }

    fn refuse(&mut self, offset: usize, message: String) {
        self.unsupported.get_or_insert_with(|| SyntaxError::unsupported(offset, message));
    }
}
