//! Placeholder of the instruction set while the pieces are written side by side.

/// A lambda of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LambdaId(pub u16);
