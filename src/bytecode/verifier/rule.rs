//! A rule that is broken.

/// A rule that a program breaks, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid program: {what} at op {pc}")]
pub struct VerifyError {
    /// The rule.
    pub what: &'static str,
    /// The op, or the table entry for rules about tables.
    pub pc: usize,
}

pub(super) fn fail<T>(what: &'static str, pc: usize) -> Result<T, VerifyError> {
    Err(VerifyError { what, pc })
}
