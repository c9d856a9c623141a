//! Why a call fails.

/// An intrinsic function cannot work on these arguments: the execution's error is `States.IntrinsicFailure`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct IntrinsicError {
    message: Box<str>,
}

impl IntrinsicError {
    /// An error with this text.
    pub fn new(message: impl Into<Box<str>>) -> Self {
        Self { message: message.into() }
    }
}
