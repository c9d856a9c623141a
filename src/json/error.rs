//! Why a text is not JSON.

/// Why a text is not JSON, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at byte {offset}")]
pub struct ParseError {
    /// Byte offset of the problem in the source: the first byte that cannot stand where it does (of a bad
    /// escape, its backslash), or the length of a text that ends too early.
    pub offset: u32,
    /// What is wrong there.
    pub kind: ParseErrorKind,
}

/// Kinds of [`ParseError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// The text ended inside a value, or before one.
    #[error("unexpected end of the text")]
    UnexpectedEnd,
    /// Something that begins no value stands where a value should.
    #[error("unexpected character where a value should be")]
    UnexpectedCharacter,
    /// A word that is none of the three.
    #[error("misspelt `true`, `false` or `null`")]
    InvalidLiteral,
    /// An object's member does not begin with a string.
    #[error("expected a key in double quotes")]
    ExpectedKey,
    /// A key is not followed by a colon.
    #[error("expected `:` after the key")]
    ExpectedColon,
    /// An array goes on without a comma.
    #[error("expected `,` or `]`")]
    ExpectedCommaOrBracket,
    /// An object goes on without a comma.
    #[error("expected `,` or `}}`")]
    ExpectedCommaOrBrace,
    /// A container ends after a comma.
    #[error("trailing comma")]
    TrailingComma,
    /// Text after the value.
    #[error("more text after the value")]
    TrailingText,
    /// Not a JSON number.
    #[error("invalid number")]
    InvalidNumber,
    /// A backslash that begins no escape of JSON.
    #[error("invalid escape")]
    InvalidEscape,
    /// Half a surrogate pair, which stands for no character.
    #[error("surrogate escape without its other half")]
    LoneSurrogate,
    /// A raw control character in a string.
    #[error("control character in a string (write it as an escape)")]
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
    /// More elements or members in one container than the tape can count.
    #[error("more than {limit} elements in one array or object")]
    TooWide {
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

impl ParseErrorKind {
    /// The error of this kind at `offset`.
    #[cold]
    pub(super) fn at(self, offset: u32) -> ParseError {
        ParseError { offset, kind: self }
    }
}
