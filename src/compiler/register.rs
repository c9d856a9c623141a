//! Register allocation: a stack of temporaries above the fixed part of a frame.

use crate::bytecode::Reg;

/// Hands out registers of one graph's frame.
#[derive(Debug, Default)]
pub(super) struct Registers {
    next: usize,
    most: usize,
}

impl Registers {
    /// A frame whose first `fixed` registers are taken.
    pub(super) fn new(fixed: usize) -> Self {
        Self { next: fixed, most: fixed }
    }

    /// One temporary.
    pub(super) fn one(&mut self) -> Reg {
        self.block(1)
    }

    /// Consecutive temporaries.
    pub(super) fn block(&mut self, count: usize) -> Reg {
        let first = self.next;
        self.next += count;
        self.most = self.most.max(self.next);
        Reg(u16::try_from(first).unwrap_or(u16::MAX))
    }

    /// Where the temporaries stand, to return to.
    pub(super) fn mark(&self) -> usize {
        self.next
    }

    /// Frees all temporaries handed out since `mark`.
    pub(super) fn release(&mut self, mark: usize) {
        self.next = mark;
    }

    /// Registers the frame needs.
    pub(super) fn most(&self) -> usize {
        self.most
    }
}
