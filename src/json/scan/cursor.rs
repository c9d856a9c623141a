//! Reading tokens in order.

#![expect(clippy::inline_always, reason = "part of the walk over the tokens")]
#![expect(unsafe_code, reason = "a check of the bounds for each look at a token is a tenth of the walk")]

/// A place among the tokens of a text.
///
/// Invariant: it stands at a token or at the first sentinel, so what lies less than [`Self::SENTINELS`] tokens
/// ahead is there. It only goes forward, and only over tokens that were seen to be no sentinel.
#[derive(Debug, Clone, Copy)]
pub(in crate::json) struct Cursor<'i> {
    offsets: &'i [u32],
    kinds: &'i [u8],
    at: usize,
}

impl<'i> Cursor<'i> {
    /// How many sentinels follow the last token. Their offset is the length of the text.
    pub(in crate::json) const SENTINELS: usize = 8;

    /// The kind of a sentinel. A zero byte of the text is as little a part of the grammar.
    pub(in crate::json) const END: u8 = 0;

    /// A cursor at the first of these tokens, which end with sentinels.
    #[inline]
    pub(super) fn new(offsets: &'i [u32], kinds: &'i [u8]) -> Self {
        assert!(offsets.len() == kinds.len() && kinds.len() >= Self::SENTINELS);
        Self { offsets, kinds, at: 0 }
    }

    /// The kinds of this token (the lowest byte) and those that follow.
    #[inline(always)]
    pub(in crate::json) fn kinds(self) -> u64 {
        debug_assert!(self.at + Self::SENTINELS <= self.kinds.len());
        // SAFETY: the invariant.
        let kinds = unsafe { self.kinds.as_ptr().add(self.at) };
        // SAFETY: the same; all eight are there.
        u64::from_le_bytes(unsafe { kinds.cast::<[u8; 8]>().read() })
    }

    /// The kind of the token so far ahead.
    #[inline(always)]
    pub(in crate::json) fn kind<const AHEAD: usize>(self) -> u8 {
        const { assert!(AHEAD < Self::SENTINELS) };
        debug_assert!(self.at + AHEAD < self.kinds.len());
        // SAFETY: the invariant.
        unsafe { *self.kinds.get_unchecked(self.at + AHEAD) }
    }

    /// The offset of the token so far ahead.
    #[inline(always)]
    pub(in crate::json) fn offset<const AHEAD: usize>(self) -> u32 {
        const { assert!(AHEAD < Self::SENTINELS) };
        debug_assert!(self.at + AHEAD < self.offsets.len());
        // SAFETY: the invariant.
        unsafe { *self.offsets.get_unchecked(self.at + AHEAD) }
    }

    /// The offsets of the token so far ahead and the next one.
    #[inline(always)]
    pub(in crate::json) fn offsets<const AHEAD: usize>(self) -> [u32; 2] {
        const { assert!(AHEAD + 1 < Self::SENTINELS) };
        debug_assert!(self.at + AHEAD + 1 < self.offsets.len());
        // SAFETY: the invariant.
        let offsets = unsafe { self.offsets.as_ptr().add(self.at + AHEAD) };
        // SAFETY: the same; both are there.
        unsafe { offsets.cast::<[u32; 2]>().read() }
    }

    /// Goes on by so many tokens.
    ///
    /// # Safety
    /// None of them is a sentinel: their kinds were compared with others than [`Self::END`].
    #[inline(always)]
    pub(in crate::json) unsafe fn advance<const TOKENS: usize>(&mut self) {
        debug_assert!(self.at + TOKENS + Self::SENTINELS <= self.kinds.len());
        self.at += TOKENS;
    }

    /// The kind of the token before this one.
    pub(in crate::json) fn kind_before(self) -> Option<u8> {
        self.kinds.get(self.at.checked_sub(1)?).copied()
    }

    /// All offsets and kinds, sentinels included.
    #[cfg(test)]
    pub(super) fn all(self) -> (&'i [u32], &'i [u8]) {
        (self.offsets, self.kinds)
    }
}
