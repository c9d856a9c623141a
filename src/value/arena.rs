//! The execution's bump arena.

use bumpalo::Bump;

/// Memory of one execution; freed as a whole.
#[derive(Debug, Default)]
pub struct Arena {
    bump: Bump,
}

impl Arena {
    /// The bump allocator.
    #[inline]
    pub fn bump(&self) -> &Bump {
        &self.bump
    }

    /// Bytes held from the system.
    pub fn bytes_held(&self) -> usize {
        self.bump.allocated_bytes()
    }

    /// Frees everything, keeping the largest chunk for the next execution.
    #[inline]
    pub fn reset(&mut self) {
        self.bump.reset();
    }
}
