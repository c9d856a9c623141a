//! Source bytes to tape.

use super::{DocFlags, Node, Tag, Tape};

/// Why a text is not JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at byte {offset}")]
pub struct ParseError {
    /// Byte offset of the problem in the source.
    pub offset: u32,
    /// What is wrong there.
    pub kind: ParseErrorKind,
}

/// Kinds of [`ParseError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// The text ended inside a value.
    #[error("unexpected end of the text")]
    UnexpectedEnd,
    /// A byte that cannot stand here.
    #[error("unexpected character")]
    UnexpectedCharacter,
    /// Text after the value.
    #[error("more text after the value")]
    TrailingText,
    /// Not a JSON number.
    #[error("invalid number")]
    InvalidNumber,
    /// Not an escape, or half a surrogate pair.
    #[error("invalid escape")]
    InvalidEscape,
    /// A raw control character in a string.
    #[error("control character in a string")]
    ControlCharacter,
    /// Not UTF-8.
    #[error("invalid UTF-8")]
    InvalidUtf8,
    /// More nested arrays and objects than allowed.
    #[error("nested deeper than {limit} levels")]
    TooDeep {
        /// The bound that was passed.
        limit: u32,
    },
    /// More bytes than the tape can address.
    #[error("text longer than {limit} bytes")]
    TooLong {
        /// The bound that was passed.
        limit: u32,
    },
}

/// Parses documents; keeps its buffers from one to the next.
#[derive(Debug, Default)]
pub struct Parser {
    nesting_depth_max: u32,
    stack: Vec<u32>,
}

impl Parser {
    /// A parser that refuses deeper nesting than `nesting_depth_max`.
    pub fn new(nesting_depth_max: u32) -> Self {
        Self { nesting_depth_max, stack: Vec::new() }
    }

    /// Fills `tape` from `bytes`.
    pub fn parse(&mut self, bytes: &[u8], tape: &mut Tape) -> Result<(), ParseError> {
        tape.nodes.clear();
        tape.flags = DocFlags::default();
        self.stack.clear();
        let fail = |offset: usize, kind| Err(ParseError { offset: offset as u32, kind });
        if let Err(e) = std::str::from_utf8(bytes) {
            return fail(e.valid_up_to(), ParseErrorKind::InvalidUtf8);
        }
        todo_parse(self, bytes, tape).or_else(|(o, k)| fail(o, k))
    }
}

fn todo_parse(p: &mut Parser, b: &[u8], tape: &mut Tape) -> Result<(), (usize, ParseErrorKind)> {
    use ParseErrorKind as K;
    let n = b.len();
    let mut i = 0;
    macro_rules! ws {
        () => {
            while i < n && matches!(b[i], b' ' | b'\n' | b'\r' | b'\t') {
                i += 1;
                tape.flags.insert(DocFlags::WHITESPACE);
            }
        };
    }
    // expect: 0 value, 1 value or ], 2 key or }, 3 key, 4 after value
    let mut expect = 0;
    loop {
        ws!();
        if expect == 4 {
            let Some(&top) = p.stack.last() else {
                return if i < n { Err((i, K::TrailingText)) } else { Ok(()) };
            };
            if i >= n {
                return Err((i, K::UnexpectedEnd));
            }
            let obj = tape.nodes[top as usize].tag() == Tag::Object;
            match b[i] {
                b',' => {
                    i += 1;
                    expect = if obj { 3 } else { 0 };
                    continue;
                }
                b'}' if obj => {}
                b']' if !obj => {}
                _ => return Err((i, K::UnexpectedCharacter)),
            }
            i += 1;
            p.stack.pop();
            let len = tape.nodes.len() as u32;
            let t = tape.nodes[top as usize];
            tape.nodes[top as usize] = Node::new(t.tag(), t.start, i as u32, len, t.count());
            continue;
        }
        if i >= n {
            return Err((i, K::UnexpectedEnd));
        }
        let c = b[i];
        if (expect == 1 && c == b']') || (expect == 2 && c == b'}') {
            expect = 4;
            continue;
        }
        if expect == 2 || expect == 3 {
            if c != b'"' {
                return Err((i, K::UnexpectedCharacter));
            }
            let (e, esc) = string(b, i)?;
            let at = tape.nodes.len() as u32;
            if esc {
                tape.flags.insert(DocFlags::BACKSLASH);
            }
            tape.nodes.push(Node::new(
                if esc { Tag::EscapedString } else { Tag::String },
                i as u32,
                e as u32,
                at + 1,
                0,
            ));
            i = e;
            ws!();
            if i >= n {
                return Err((i, K::UnexpectedEnd));
            }
            if b[i] != b':' {
                return Err((i, K::UnexpectedCharacter));
            }
            i += 1;
            expect = 0;
            continue;
        }
        if let Some(&top) = p.stack.last() {
            let t = tape.nodes[top as usize];
            tape.nodes[top as usize] = Node::new(t.tag(), t.start, t.end, t.next, t.count() + 1);
        }
        let at = tape.nodes.len() as u32;
        let mut scalar =
            |tag, s: usize, e: usize| tape.nodes.push(Node::new(tag, s as u32, e as u32, at + 1, 0));
        match c {
            b'{' | b'[' => {
                if p.stack.len() as u32 >= p.nesting_depth_max {
                    return Err((i, K::TooDeep { limit: p.nesting_depth_max }));
                }
                scalar(if c == b'{' { Tag::Object } else { Tag::Array }, i, i);
                p.stack.push(at);
                i += 1;
                expect = if c == b'{' { 2 } else { 1 };
                continue;
            }
            b'"' => {
                let (e, esc) = string(b, i)?;
                scalar(if esc { Tag::EscapedString } else { Tag::String }, i, e);
                i = e;
            }
            b't' if b[i..].starts_with(b"true") => {
                scalar(Tag::True, i, i + 4);
                i += 4;
            }
            b'f' if b[i..].starts_with(b"false") => {
                scalar(Tag::False, i, i + 5);
                i += 5;
            }
            b'n' if b[i..].starts_with(b"null") => {
                scalar(Tag::Null, i, i + 4);
                i += 4;
            }
            b'-' | b'0'..=b'9' => {
                let s = i;
                let digits = |i: &mut usize| {
                    let s = *i;
                    while *i < n && b[*i].is_ascii_digit() {
                        *i += 1;
                    }
                    *i > s
                };
                if b[i] == b'-' {
                    i += 1;
                }
                let z = i;
                if !digits(&mut i) || (b[z] == b'0' && i > z + 1) {
                    return Err((s, K::InvalidNumber));
                }
                if i < n && b[i] == b'.' {
                    i += 1;
                    if !digits(&mut i) {
                        return Err((s, K::InvalidNumber));
                    }
                }
                if i < n && (b[i] | 32) == b'e' {
                    i += 1;
                    if i < n && (b[i] == b'+' || b[i] == b'-') {
                        i += 1;
                    }
                    if !digits(&mut i) {
                        return Err((s, K::InvalidNumber));
                    }
                }
                scalar(Tag::Number, s, i);
                tape.flags.insert(DocFlags::NUMBER_TEXT);
            }
            _ => return Err((i, K::UnexpectedCharacter)),
        }
        expect = 4;
    }
}

fn string(b: &[u8], start: usize) -> Result<(usize, bool), (usize, ParseErrorKind)> {
    use ParseErrorKind as K;
    let mut i = start + 1;
    let mut esc = false;
    let hex = |i: usize| -> Option<u32> {
        u32::from_str_radix(
            std::str::from_utf8(b.get(i..i + 4)?)
                .ok()
                .filter(|t| t.bytes().all(|c| c.is_ascii_hexdigit()))?,
            16,
        )
        .ok()
    };
    loop {
        match b.get(i) {
            None => return Err((i, K::UnexpectedEnd)),
            Some(b'"') => return Ok((i + 1, esc)),
            Some(0..=31) => return Err((i, K::ControlCharacter)),
            Some(b'\\') => {
                esc = true;
                match b.get(i + 1) {
                    Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => i += 2,
                    Some(b'u') => {
                        let h = hex(i + 2).ok_or((i, K::InvalidEscape))?;
                        if (0xdc00..0xe000).contains(&h) {
                            return Err((i, K::InvalidEscape));
                        }
                        if (0xd800..0xdc00).contains(&h) {
                            if b.get(i + 6..i + 8) != Some(b"\\u")
                                || !hex(i + 8).is_some_and(|l| (0xdc00..0xe000).contains(&l))
                            {
                                return Err((i, K::InvalidEscape));
                            }
                            i += 6;
                        }
                        i += 6;
                    }
                    None => return Err((i + 1, K::UnexpectedEnd)),
                    _ => return Err((i, K::InvalidEscape)),
                }
            }
            _ => i += 1,
        }
    }
}
