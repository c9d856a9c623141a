//! Stage 2: one walk over the tokens, which checks the grammar and writes the nodes.
//!
//! The walk compares kinds of tokens, several at once, and copies their offsets; of the text it reads only numbers
//! and literals. What no comparison expects is a problem, and only then is found out which.
//!
//! Invariant: every node is written after the walk has seen a token of that node's own, an opening quote or bracket
//! or the only token of a number or literal. So there are never more nodes than tokens.

#![expect(clippy::inline_always, reason = "the walk is one loop whose state must stay in registers")]

use super::error::ParseErrorKind as Kind;
use super::escape::mark_escapes;
use super::fault::Fault;
use super::number_text::{check_any_number, check_short_number};
use super::scan::{Cursor, Index};
use super::{Node, ParseError, Tag};

/// What stage 2 found out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Walked {
    /// Nodes that were written.
    pub(super) nodes_len: usize,
    /// Some number is not canonical.
    pub(super) number_text: bool,
}

/// Walks a whole text; `nodes` has room for as many as the index has tokens.
#[inline(never)]
pub(super) fn walk(
    bytes: &[u8],
    index: &Index,
    nodes: &mut [Node],
    nesting_depth_max: u32,
) -> Result<Walked, ParseError> {
    assert!(nodes.len() >= index.tokens_len());
    let mut walk = Walk {
        bytes,
        cursor: index.cursor(),
        nodes,
        nodes_len: 0,
        container: 0,
        commas: 0,
        closer: Cursor::END,
        depth: 0,
        nesting_depth_max,
        number_text: false,
    };
    let result = walk.run();
    let Walk { nodes_len, number_text, .. } = walk;
    if !index.escapes().is_empty() {
        // A bad escape comes before whatever ended the walk.
        mark_escapes(bytes, &mut nodes[..nodes_len], index.escapes())?;
    }
    result.map(|()| Walked { nodes_len, number_text })
}

/// The first tokens of a window, as a pattern to compare it with.
const fn pattern<const N: usize>(kinds: [u8; N]) -> (u64, u64) {
    let (mut mask, mut pattern, mut at) = (0, 0, 0);
    while at < N {
        assert!(kinds[at] != Cursor::END);
        mask |= 0xff << (8 * at);
        pattern |= (kinds[at] as u64) << (8 * at);
        at += 1;
    }
    (mask, pattern)
}

/// A key and its colon.
const KEY: (u64, u64) = pattern(*b"\"\":");
/// A member whose value is a string, and that is not the last.
const STRING_MEMBER: (u64, u64) = pattern(*b"\"\":\"\",");
/// A string.
const STRING: (u64, u64) = pattern(*b"\"\"");

/// The state of one walk. Only inlined methods take it by reference, so that it is held in registers.
#[derive(Debug)]
struct Walk<'w> {
    bytes: &'w [u8],
    cursor: Cursor<'w>,
    nodes: &'w mut [Node],
    nodes_len: usize,
    /// The node of the innermost container. Until it is closed, its `next` is the container around it, and its
    /// `end` counts the commas there so far.
    container: usize,
    /// Commas in the innermost container so far.
    commas: u32,
    /// What ends the innermost container: a bracket, or the end of the text.
    closer: u8,
    /// How many containers are open.
    depth: u32,
    nesting_depth_max: u32,
    number_text: bool,
}

#[expect(
    unsafe_code,
    reason = "each step over tokens and each node would be checked against a length that is known"
)]
impl Walk<'_> {
    #[inline(always)]
    fn run(&mut self) -> Result<(), ParseError> {
        loop {
            if self.closer == b'}' {
                let kinds = self.cursor.kinds();
                if kinds & STRING_MEMBER.0 == STRING_MEMBER.1 {
                    self.push_string::<0>();
                    self.push_string::<3>();
                    self.commas += 1;
                    // SAFETY: compared just now.
                    unsafe { self.cursor.advance::<6>() };
                    continue;
                }
                if kinds & KEY.0 != KEY.1 {
                    return Err(self.no_member());
                }
                self.push_string::<0>();
                // SAFETY: compared just now.
                unsafe { self.cursor.advance::<3>() };
            }
            if self.value()? && self.after_value()? {
                return Ok(());
            }
        }
    }

    /// Reads a value, or the opening bracket of one; tells whether the value is complete.
    #[inline(always)]
    fn value(&mut self) -> Result<bool, ParseError> {
        let kind = self.cursor.kind::<0>();
        // The most frequent first: strings that are members were read by the caller.
        if matches!(kind, b'-'..=b'9') {
            self.number(kind)?;
            return Ok(true);
        }
        match kind {
            b'"' => {
                if self.cursor.kinds() & STRING.0 != STRING.1 {
                    return Err(self.fault().unexpected_end());
                }
                self.push_string::<0>();
                // SAFETY: compared just now.
                unsafe { self.cursor.advance::<2>() };
            }
            b'{' => return self.open(Tag::Object, b'}'),
            b'[' => return self.open(Tag::Array, b']'),
            b't' => self.literal(Tag::True, b"true")?,
            b'f' => self.literal(Tag::False, b"false")?,
            b'n' => self.literal(Tag::Null, b"null")?,
            _ => return Err(self.fault().no_value()),
        }
        Ok(true)
    }

    /// Reads what follows a value: closing brackets, then a comma or the end; tells whether it is the end.
    #[inline(always)]
    fn after_value(&mut self) -> Result<bool, ParseError> {
        loop {
            let kind = self.cursor.kind::<0>();
            if kind == b',' && self.closer != Cursor::END {
                self.commas += 1;
                // SAFETY: a comma is no sentinel.
                unsafe { self.cursor.advance::<1>() };
                return Ok(false);
            }
            if kind != self.closer {
                return Err(self.fault().no_continuation(self.closer));
            }
            if kind == Cursor::END {
                // A zero byte of the text reads as the same kind.
                let is_end = self.cursor.offset::<0>() as usize == self.bytes.len();
                return if is_end { Ok(true) } else { Err(self.fault().no_continuation(self.closer)) };
            }
            self.close()?;
        }
    }

    /// Reads an opening bracket, of an empty container the closing one too; tells whether it is complete.
    #[inline(always)]
    fn open(&mut self, tag: Tag, closer: u8) -> Result<bool, ParseError> {
        let start = self.cursor.offset::<0>();
        if self.depth >= self.nesting_depth_max {
            return Err(Kind::TooDeep { limit: self.nesting_depth_max }.at(start));
        }
        if self.cursor.kind::<1>() == closer {
            self.push(tag, start, self.cursor.offset::<1>() + 1);
            // SAFETY: these are two brackets.
            unsafe { self.cursor.advance::<2>() };
            return Ok(true);
        }
        let node = Node::new(tag, start, self.commas, self.container as u32, 0);
        self.container = self.nodes_len;
        self.push_node(node);
        // SAFETY: this is a bracket.
        unsafe { self.cursor.advance::<1>() };
        self.commas = 0;
        self.closer = closer;
        self.depth += 1;
        Ok(false)
    }

    /// Ends the innermost container at its closing bracket.
    #[inline(always)]
    fn close(&mut self) -> Result<(), ParseError> {
        let count = self.commas + 1;
        let node = &mut self.nodes[self.container];
        if count > Node::COUNT_MAX {
            return Err(Kind::TooWide { limit: Node::COUNT_MAX }.at(node.start));
        }
        let around = node.next as usize;
        self.commas = node.end;
        node.close(self.cursor.offset::<0>() + 1, self.nodes_len as u32, count);
        self.container = around;
        self.depth -= 1;
        self.closer = match self.depth {
            0 => Cursor::END,
            _ if self.nodes[around].is(Tag::Object) => b'}',
            _ => b']',
        };
        // SAFETY: this is a bracket.
        unsafe { self.cursor.advance::<1>() };
        Ok(())
    }

    /// The number that begins with this byte, or with a point or slash, which begin none.
    #[inline(always)]
    fn number(&mut self, kind: u8) -> Result<(), ParseError> {
        let [start, next] = self.cursor.offsets::<0>();
        let negative = kind == b'-';
        let first = start as usize + usize::from(negative);
        let (canonical, end) = match check_short_number(self.bytes, negative, first, next as usize) {
            Some(canonical) => (canonical, next),
            None if matches!(kind, b'.' | b'/') => return Err(self.fault().no_value()),
            None => {
                let number = check_any_number(self.bytes, start as usize, next as usize)?;
                (number.canonical, number.end)
            }
        };
        self.number_text |= !canonical;
        self.push_word(Tag::Number, [start, end]);
        Ok(())
    }

    #[inline(always)]
    fn literal(&mut self, tag: Tag, word: &'static [u8]) -> Result<(), ParseError> {
        let start = self.cursor.offset::<0>();
        let end = start as usize + word.len();
        if self.bytes.get(start as usize..end) != Some(word) {
            return Err(self.fault().misspelt(word));
        }
        if end != self.cursor.offset::<1>() as usize
            && !matches!(self.bytes[end], b' ' | b'\t' | b'\n' | b'\r')
        {
            return Err(Kind::InvalidLiteral.at(end as u32));
        }
        self.push_word(tag, [start, end as u32]);
        Ok(())
    }

    /// Writes a number or literal, whose first byte is not [`Cursor::END`], and goes on behind it.
    #[inline(always)]
    fn push_word(&mut self, tag: Tag, [start, end]: [u32; 2]) {
        self.push(tag, start, end);
        // SAFETY: a sentinel is neither a number nor a literal.
        unsafe { self.cursor.advance::<1>() };
    }

    /// Writes the string whose quotes are so many tokens ahead, and the next one.
    #[inline(always)]
    fn push_string<const AHEAD: usize>(&mut self) {
        let [start, close] = self.cursor.offsets::<AHEAD>();
        self.push(Tag::String, start, close + 1);
    }

    #[inline(always)]
    fn push(&mut self, tag: Tag, start: u32, end: u32) {
        self.push_node(Node::new(tag, start, end, self.nodes_len as u32 + 1, 0));
    }

    #[inline(always)]
    fn push_node(&mut self, node: Node) {
        debug_assert!(self.nodes_len < self.nodes.len());
        // SAFETY: the invariant of this file: fewer nodes than tokens have been written, and there is room for as
        // many.
        unsafe { *self.nodes.get_unchecked_mut(self.nodes_len) = node };
        self.nodes_len += 1;
    }

    #[inline(always)]
    fn no_member(&mut self) -> ParseError {
        if self.cursor.kinds() & STRING.0 == STRING.1 {
            // Its escapes come first.
            self.push_string::<0>();
        }
        self.fault().no_member()
    }

    #[inline(always)]
    fn fault(&self) -> Fault<'_> {
        Fault { bytes: self.bytes, cursor: self.cursor }
    }
}
