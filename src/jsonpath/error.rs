//! Why a text is not an expression that this program can run.

/// Where and why the text of a path (or of an intrinsic call) was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at offset {offset}")]
pub struct SyntaxError {
    /// Byte offset in the text.
    pub offset: u32,
    /// Whether the text is wrong, or only more than is supported.
    pub kind: SyntaxErrorKind,
    /// What was expected, or what is not supported; a lower-case fragment.
    pub message: String,
}

/// Kinds of [`SyntaxError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SyntaxErrorKind {
    /// AWS would refuse the text too.
    Malformed,
    /// AWS accepts the text; it cannot be evaluated here.
    Unsupported,
}

impl SyntaxError {
    /// The text is wrong at `offset`.
    pub fn malformed(offset: usize, message: impl Into<String>) -> Self {
        Self::new(offset, SyntaxErrorKind::Malformed, message.into())
    }

    /// The text is right, but `message` is not supported.
    pub fn unsupported(offset: usize, message: impl Into<String>) -> Self {
        Self::new(offset, SyntaxErrorKind::Unsupported, message.into())
    }

    /// The same error in a text in which this one begins at `base`.
    #[must_use]
    pub fn shifted(self, base: usize) -> Self {
        Self::new(self.offset as usize + base, self.kind, self.message)
    }

    fn new(offset: usize, kind: SyntaxErrorKind, message: String) -> Self {
        Self { offset: u32::try_from(offset).unwrap_or(u32::MAX), kind, message }
    }
}
