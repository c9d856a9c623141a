//! What is wrong at the token where the walk cannot go on, told from what surrounds it.

use super::error::ParseErrorKind as Kind;
use super::{ParseError, scan::Cursor};

/// A text and the token that cannot stand where it does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fault<'w> {
    pub(super) bytes: &'w [u8],
    pub(super) cursor: Cursor<'w>,
}

impl Fault<'_> {
    /// The text ends inside a string.
    #[cold]
    pub(super) fn unexpected_end(self) -> ParseError {
        Kind::UnexpectedEnd.at(self.bytes.len() as u32)
    }

    /// No value begins here.
    #[cold]
    pub(super) fn no_value(self) -> ParseError {
        let is_closing = matches!(self.cursor.kind::<0>(), b']' | b'}');
        self.no_item(is_closing, Kind::UnexpectedCharacter)
    }

    /// No key begins here, or no colon follows it.
    #[cold]
    pub(super) fn no_member(self) -> ParseError {
        match [self.cursor.kind::<0>(), self.cursor.kind::<1>()] {
            [b'"', b'"'] => self.at(self.cursor.offset::<2>(), Kind::ExpectedColon),
            [b'"', _] => self.unexpected_end(),
            [kind, _] => self.no_item(kind == b'}', Kind::ExpectedKey),
        }
    }

    /// A container, or the root, does not go on like this.
    #[cold]
    pub(super) fn no_continuation(self, closer: u8) -> ParseError {
        let expected = match closer {
            b']' => Kind::ExpectedCommaOrBracket,
            b'}' => Kind::ExpectedCommaOrBrace,
            _ => Kind::TrailingText,
        };
        self.at(self.cursor.offset::<0>(), expected)
    }

    /// The first byte that is not that of `word`.
    #[cold]
    pub(super) fn misspelt(self, word: &[u8]) -> ParseError {
        let start = self.cursor.offset::<0>();
        let text = &self.bytes[start as usize..];
        let same = text.iter().zip(word).take_while(|(a, b)| a == b).count();
        self.at(start + same as u32, Kind::InvalidLiteral)
    }

    fn no_item(self, is_closing: bool, kind: Kind) -> ParseError {
        let is_after_comma = self.cursor.kind_before() == Some(b',');
        let kind = if is_closing && is_after_comma { Kind::TrailingComma } else { kind };
        self.at(self.cursor.offset::<0>(), kind)
    }

    /// `kind` at `offset`, unless the text ends there.
    fn at(self, offset: u32, kind: Kind) -> ParseError {
        if offset as usize == self.bytes.len() { Kind::UnexpectedEnd.at(offset) } else { kind.at(offset) }
    }
}
