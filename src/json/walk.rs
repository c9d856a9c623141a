//! Stage 2: one walk over the tokens, which checks the grammar and writes the nodes.
//!
//! Invariants: the room for nodes is never too small (see [`nodes_len_max`]); the sentinels hold the length of the
//! text, whose byte reads as [`END`], so looking ahead needs no question whether there is a token.

#![expect(clippy::inline_always, reason = "the walk is one loop whose state must stay in registers")]

use super::error::ParseErrorKind as Kind;
use super::escape::check_escapes;
use super::number_text::check_number;
use super::scan::Index;
use super::{Node, ParseError, Tag};

/// What the byte at the end of the text reads as. A zero byte of the text is as little a part of the grammar.
const END: u8 = 0;

/// Most nodes that so many tokens (sentinels included) can make.
///
/// A number or literal is one token, and a comma or bracket goes with it unless it is the root; a string is two; a
/// container has two brackets, of which only the opening one has been seen while it is open. So twice the nodes
/// are at most the tokens, one for each open container, and one more.
pub(super) fn nodes_len_max(tokens_len: usize, nesting_depth_max: u32) -> usize {
    (tokens_len + tokens_len.min(nesting_depth_max as usize)).div_ceil(2) + 1
}

/// What stage 2 found out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Walked {
    /// Nodes that were written.
    pub(super) nodes_len: usize,
    /// Some number is not canonical.
    pub(super) number_text: bool,
}

/// A container that is open.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    node: u32,
    /// Commas so far.
    commas: u32,
    kind: FrameKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FrameKind {
    Root,
    Array,
    Object,
}

/// What comes next in the text.
#[derive(Debug, Clone, Copy)]
enum Next {
    /// A value, at this offset.
    Value(u32),
    End,
}

/// A text and its tokens.
#[derive(Debug, Clone, Copy)]
struct Source<'w> {
    bytes: &'w [u8],
    tokens: &'w [u32],
}

/// The state of one walk.
///
/// Only inlined methods take it by reference, so that it is held in registers.
#[derive(Debug)]
pub(super) struct Walk<'w> {
    source: Source<'w>,
    /// The token that comes next.
    cursor: usize,
    /// Escapes of strings that come next.
    escapes: &'w [u32],
    next_escape: u32,
    nodes: &'w mut [Node],
    nodes_len: usize,
    /// The innermost container.
    top: Frame,
    /// The containers around it, the root's frame among them.
    frames: &'w mut Vec<Frame>,
    nesting_depth_max: u32,
    number_text: bool,
}

impl<'w> Walk<'w> {
    /// A walk over a text with its index; `frames` is an empty stack, `nodes` as long as [`nodes_len_max`] says.
    #[inline(always)]
    pub(super) fn new(
        bytes: &'w [u8],
        index: &'w Index,
        nodes: &'w mut [Node],
        frames: &'w mut Vec<Frame>,
        nesting_depth_max: u32,
    ) -> Self {
        Self {
            source: Source { bytes, tokens: index.tokens() },
            cursor: 0,
            escapes: index.escapes(),
            next_escape: index.escapes().first().copied().unwrap_or(Index::NO_ESCAPE),
            nodes,
            nodes_len: 0,
            top: Frame { node: 0, commas: 0, kind: FrameKind::Root },
            frames,
            nesting_depth_max,
            number_text: false,
        }
    }

    /// Walks the whole text.
    pub(super) fn run(mut self) -> Result<Walked, ParseError> {
        let mut start = self.take();
        loop {
            self.value(start)?;
            match self.after_value()? {
                Next::Value(next) => start = next,
                Next::End => {
                    return Ok(Walked { nodes_len: self.nodes_len, number_text: self.number_text });
                }
            }
        }
    }

    /// Reads a scalar or an empty container, or the beginning of others up to and with the first scalar.
    #[inline(always)]
    fn value(&mut self, mut start: u32) -> Result<(), ParseError> {
        loop {
            match self.byte(start) {
                b'"' => return self.string(start),
                b'{' => {
                    self.open(Tag::Object, FrameKind::Object, start)?;
                    let offset = self.take();
                    if self.byte(offset) == b'}' {
                        self.close(offset, 0)?;
                        return Ok(());
                    }
                    start = self.key(offset)?;
                }
                b'[' => {
                    self.open(Tag::Array, FrameKind::Array, start)?;
                    start = self.take();
                    if self.byte(start) == b']' {
                        self.close(start, 0)?;
                        return Ok(());
                    }
                }
                b'-' | b'0'..=b'9' => return self.number(start),
                b't' => return self.literal(Tag::True, start, b"true"),
                b'f' => return self.literal(Tag::False, start, b"false"),
                b'n' => return self.literal(Tag::Null, start, b"null"),
                _ => return Err(self.source.no_value(self.cursor)),
            }
        }
    }

    /// Reads what follows a value: closing brackets, then a comma (and an object's key) or the end.
    #[inline(always)]
    fn after_value(&mut self) -> Result<Next, ParseError> {
        loop {
            let offset = self.take();
            let byte = self.byte(offset);
            match self.top.kind {
                FrameKind::Object if byte == b',' => {
                    self.top.commas += 1;
                    let offset = self.take();
                    return Ok(Next::Value(self.key(offset)?));
                }
                FrameKind::Array if byte == b',' => {
                    self.top.commas += 1;
                    return Ok(Next::Value(self.take()));
                }
                FrameKind::Object if byte == b'}' => self.close(offset, 1)?,
                FrameKind::Array if byte == b']' => self.close(offset, 1)?,
                FrameKind::Root if offset as usize == self.source.bytes.len() => return Ok(Next::End),
                kind => return Err(self.source.no_continuation(kind, offset)),
            }
        }
    }

    #[inline(always)]
    fn take(&mut self) -> u32 {
        let token = self.peek();
        self.cursor += 1;
        token
    }

    #[inline(always)]
    fn peek(&self) -> u32 {
        self.source.tokens[self.cursor]
    }

    #[inline(always)]
    fn byte(&self, offset: u32) -> u8 {
        self.source.byte(offset)
    }

    #[inline(always)]
    fn push(&mut self, tag: Tag, start: u32, end: u32) {
        let next = self.nodes_len as u32 + 1;
        self.nodes[self.nodes_len] = Node::new(tag, start, end, next, 0);
        self.nodes_len += 1;
    }

    /// The string whose opening quote is at `start`.
    #[inline(always)]
    fn string(&mut self, start: u32) -> Result<(), ParseError> {
        let close = self.take();
        self.string_until(start, close)
    }

    #[inline(always)]
    fn string_until(&mut self, start: u32, close: u32) -> Result<(), ParseError> {
        if close as usize >= self.source.bytes.len() {
            return Err(Kind::UnexpectedEnd.at(close));
        }
        let mut tag = Tag::String;
        if self.next_escape < close {
            tag = Tag::EscapedString;
            let checked = check_escapes(self.source.bytes, self.escapes, close)?;
            self.escapes = &self.escapes[checked..];
            self.next_escape = self.escapes.first().copied().unwrap_or(Index::NO_ESCAPE);
        }
        self.push(tag, start, close + 1);
        Ok(())
    }

    /// A key, which should begin at `start`, and its colon. Returns where the value begins.
    #[inline(always)]
    fn key(&mut self, start: u32) -> Result<u32, ParseError> {
        if self.byte(start) != b'"' {
            return Err(self.source.no_key(self.cursor));
        }
        // The sentinels allow for three tokens behind the last one.
        let [close, colon, value] = self.source.tokens[self.cursor..self.cursor + 3] else {
            return Err(Kind::UnexpectedEnd.at(start));
        };
        self.string_until(start, close)?;
        if self.byte(colon) != b':' {
            return Err(self.source.fault(colon, Kind::ExpectedColon));
        }
        self.cursor += 3;
        Ok(value)
    }

    #[inline(always)]
    fn number(&mut self, start: u32) -> Result<(), ParseError> {
        let number = check_number(self.source.bytes, start as usize, self.peek() as usize)?;
        self.number_text |= !number.canonical;
        self.push(Tag::Number, start, number.end as u32);
        Ok(())
    }

    #[inline(always)]
    fn literal(&mut self, tag: Tag, start: u32, word: &'static [u8]) -> Result<(), ParseError> {
        let end = start as usize + word.len();
        if self.source.bytes.get(start as usize..end) != Some(word) {
            return Err(self.source.misspelt(start, word));
        }
        if end != self.peek() as usize && !matches!(self.source.bytes[end], b' ' | b'\t' | b'\n' | b'\r') {
            return Err(Kind::InvalidLiteral.at(end as u32));
        }
        self.push(tag, start, end as u32);
        Ok(())
    }

    #[inline(always)]
    fn open(&mut self, tag: Tag, kind: FrameKind, start: u32) -> Result<(), ParseError> {
        if self.frames.len() >= self.nesting_depth_max as usize {
            return Err(Kind::TooDeep { limit: self.nesting_depth_max }.at(start));
        }
        self.frames.push(self.top);
        self.top = Frame { node: self.nodes_len as u32, commas: 0, kind };
        self.push(tag, start, start);
        Ok(())
    }

    /// Ends the innermost container at its closing bracket; it has `last` more children than commas.
    #[inline(always)]
    fn close(&mut self, offset: u32, last: u32) -> Result<(), ParseError> {
        let count = self.top.commas + last;
        let next = self.nodes_len as u32;
        let node = &mut self.nodes[self.top.node as usize];
        if count > Node::COUNT_MAX {
            return Err(Kind::TooWide { limit: Node::COUNT_MAX }.at(node.start));
        }
        node.close(offset + 1, next, count);
        self.top = self.frames.pop().unwrap_or(Frame { node: 0, commas: 0, kind: FrameKind::Root });
        Ok(())
    }
}

/// Problems, told from what surrounds them.
impl Source<'_> {
    #[inline(always)]
    fn byte(self, offset: u32) -> u8 {
        self.bytes.get(offset as usize).copied().unwrap_or(END)
    }

    /// `kind` at `offset`, unless the text ends there.
    #[cold]
    fn fault(self, offset: u32, kind: Kind) -> ParseError {
        if offset as usize == self.bytes.len() { Kind::UnexpectedEnd.at(offset) } else { kind.at(offset) }
    }

    /// No value begins at the token before `cursor`.
    #[cold]
    fn no_value(self, cursor: usize) -> ParseError {
        let offset = self.tokens[cursor - 1];
        if matches!(self.byte(offset), b']' | b'}') && self.is_after_comma(cursor) {
            return Kind::TrailingComma.at(offset);
        }
        self.fault(offset, Kind::UnexpectedCharacter)
    }

    /// No key begins at the token before `cursor`.
    #[cold]
    fn no_key(self, cursor: usize) -> ParseError {
        let offset = self.tokens[cursor - 1];
        if self.byte(offset) == b'}' && self.is_after_comma(cursor) {
            return Kind::TrailingComma.at(offset);
        }
        self.fault(offset, Kind::ExpectedKey)
    }

    /// Whether a comma comes before the token before `cursor`.
    fn is_after_comma(self, cursor: usize) -> bool {
        let before = cursor.checked_sub(2).and_then(|at| self.tokens.get(at));
        before.is_some_and(|offset| self.byte(*offset) == b',')
    }

    /// A container, or the root, does not go on like this.
    #[cold]
    fn no_continuation(self, kind: FrameKind, offset: u32) -> ParseError {
        let expected = match kind {
            FrameKind::Root => Kind::TrailingText,
            FrameKind::Array => Kind::ExpectedCommaOrBracket,
            FrameKind::Object => Kind::ExpectedCommaOrBrace,
        };
        self.fault(offset, expected)
    }

    /// The first byte that is not that of `word`.
    #[cold]
    fn misspelt(self, start: u32, word: &[u8]) -> ParseError {
        let text = &self.bytes[start as usize..];
        let same = text.iter().zip(word).take_while(|(a, b)| a == b).count();
        self.fault(start + same as u32, Kind::InvalidLiteral)
    }
}
