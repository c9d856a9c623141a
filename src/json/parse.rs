//! The parser: stage 1, stage 2, and which of the problems found comes first.

use std::fmt;

use super::scan::Index;
use super::walk::walk;
use super::{DocFlags, Kernel, ParseError, ParseErrorKind, Tape};
use crate::limits::Limits;

/// Parses documents; keeps its buffers from one to the next.
///
/// ```
/// use aslx::json::{Doc, NodeId, Parser, Tape};
///
/// let (mut parser, mut tape) = (Parser::default(), Tape::default());
/// let bytes = br#"{"total": 12.50}"#;
/// parser.parse(bytes, &mut tape)?;
/// let doc = Doc::new(bytes, &tape);
/// let total = doc.member(NodeId::ROOT, "total").ok_or("no total")?;
/// assert_eq!(doc.raw(total), b"12.50");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Parser {
    nesting_depth_max: u32,
    kernel: Kernel,
    index: Index,
}

impl Parser {
    /// A parser that refuses deeper nesting than `nesting_depth_max`.
    pub fn new(nesting_depth_max: u32) -> Self {
        Self::with_kernel(nesting_depth_max, Kernel::in_use())
    }

    /// The same parser with a kernel of one's own choice; all results are the same.
    pub fn with_kernel(nesting_depth_max: u32, kernel: Kernel) -> Self {
        Self { nesting_depth_max, kernel, index: Index::default() }
    }

    /// Fills `tape` from `bytes`, one JSON text (RFC 8259) with white space around it or not.
    ///
    /// # Errors
    /// The first problem of the text; the tape is then empty.
    pub fn parse(&mut self, bytes: &[u8], tape: &mut Tape) -> Result<(), ParseError> {
        tape.clear();
        self.index(bytes)?;
        let index = &self.index;
        let walked = walk(bytes, index, tape.room(index.tokens_len()), self.nesting_depth_max);
        let clean = index.control().is_none() && !index.has_non_ascii();
        match walked {
            Ok(walked) if clean || first_text_error(bytes, index).is_none() => {
                let mut flags = DocFlags::default();
                flags.set(DocFlags::WHITESPACE, index.has_whitespace());
                flags.set(DocFlags::BACKSLASH, !index.escapes().is_empty());
                flags.set(DocFlags::NUMBER_TEXT, walked.number_text);
                flags.set(DocFlags::NON_ASCII, index.has_non_ascii());
                tape.finish(walked.nodes_len, flags);
                Ok(())
            }
            walked => Err(first_error(bytes, index, walked.err())),
        }
    }
}

impl Parser {
    /// Stage 1 alone, for measurements: how many tokens there are.
    ///
    /// # Errors
    /// The text is longer than an index can be.
    #[doc(hidden)]
    pub fn index(&mut self, bytes: &[u8]) -> Result<usize, ParseError> {
        if bytes.len() > Index::TEXT_BYTES_MAX {
            let limit = Index::TEXT_BYTES_MAX as u32;
            return Err(ParseErrorKind::TooLong { limit }.at(limit));
        }
        self.kernel.scan(bytes, &mut self.index);
        Ok(self.index.tokens_len())
    }
}

impl Default for Parser {
    /// A parser with the nesting bound of [`Limits::default`].
    fn default() -> Self {
        Self::new(Limits::default().nesting_depth_max)
    }
}

impl fmt::Debug for Parser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parser").field("nesting_depth_max", &self.nesting_depth_max).finish_non_exhaustive()
    }
}

/// What is wrong with the text as text: control characters in strings, bytes that are not UTF-8.
fn first_text_error(bytes: &[u8], index: &Index) -> Option<ParseError> {
    let utf8 = if index.has_non_ascii() { first_utf8_error(bytes) } else { None };
    let control = index.control().map(|offset| ParseErrorKind::ControlCharacter.at(offset));
    utf8.into_iter().chain(control).min_by_key(|error| error.offset)
}

fn first_utf8_error(bytes: &[u8]) -> Option<ParseError> {
    // The quick check does not say where.
    if simdutf8::basic::from_utf8(bytes).is_ok() {
        return None;
    }
    let error = std::str::from_utf8(bytes).err()?;
    Some(ParseErrorKind::InvalidUtf8.at(error.valid_up_to() as u32))
}

/// Of the problems that the two stages found independently, the one that comes first in the text.
///
/// Behind a grammar error the index may be wrong about what is inside a string; before it, it is not.
#[cold]
fn first_error(bytes: &[u8], index: &Index, walked: Option<ParseError>) -> ParseError {
    first_text_error(bytes, index)
        .into_iter()
        .chain(walked)
        .min_by_key(|error| error.offset)
        .unwrap_or(ParseErrorKind::UnexpectedEnd.at(bytes.len() as u32))
}
