//! What stage 1 hands to stage 2.

#![expect(clippy::inline_always, reason = "the inner loop of every kernel")]

/// Where things begin and end in one text; its buffers are kept from text to text.
///
/// Both lists end with sentinels, so that stage 2 may look ahead without asking whether there is more.
#[derive(Debug, Default)]
pub(in crate::json) struct Index {
    /// Offsets in ascending order; what follows the last sentinel is left over from earlier texts.
    tokens: Vec<u32>,
    tokens_len: usize,
    /// Offsets of the backslashes that begin an escape.
    escapes: Vec<u32>,
    /// The first control character inside a string.
    pub(in crate::json) control: Option<u32>,
    /// There is white space outside strings.
    pub(in crate::json) whitespace: bool,
    /// There is a byte over 0x7f.
    pub(in crate::json) non_ascii: bool,
}

impl Index {
    /// Longest text whose offsets, and those of the last block's padding, fit `u32`.
    pub(in crate::json) const TEXT_BYTES_MAX: usize = u32::MAX as usize - 64;

    /// Tokens that stage 2 may read past the last one.
    const SENTINELS: usize = 4;

    /// Ends [`Self::escapes`]; lies behind every offset.
    pub(in crate::json) const NO_ESCAPE: u32 = u32::MAX;

    /// All tokens, then sentinels that hold the length of the text.
    #[inline]
    pub(in crate::json) fn tokens(&self) -> &[u32] {
        &self.tokens[..self.tokens_len + Self::SENTINELS]
    }

    /// Offsets of the backslashes that begin an escape, then [`Self::NO_ESCAPE`].
    #[inline]
    pub(in crate::json) fn escapes(&self) -> &[u32] {
        &self.escapes
    }

    /// Forgets the last text.
    #[inline]
    pub(super) fn begin(&mut self) {
        self.tokens_len = 0;
        self.escapes.clear();
        self.control = None;
        self.whitespace = false;
        self.non_ascii = false;
    }

    /// Adds a token for every bit of `mask`, bit 0 standing for `base`.
    #[inline(always)]
    pub(super) fn push_tokens(&mut self, base: u32, mask: u64) {
        if self.tokens.len() < self.tokens_len + 64 {
            self.grow();
        }
        let Some((slots, _)) = self.tokens[self.tokens_len..].split_first_chunk_mut::<64>() else { return };
        let count = mask.count_ones() as usize;
        // Eight at a time without asking for each whether it is there: what is written beyond `count` is
        // overwritten by the next block.
        let mut rest = mask;
        for group in slots.as_chunks_mut::<8>().0 {
            for slot in group {
                // The highest bit is set for the count to be defined when there is none left.
                *slot = base.wrapping_add((rest | 1 << 63).trailing_zeros());
                rest &= rest.wrapping_sub(1);
            }
            if rest == 0 {
                break;
            }
        }
        self.tokens_len += count;
    }

    /// Adds an escape for every bit of `mask`, bit 0 standing for `base`.
    #[inline]
    pub(super) fn push_escapes(&mut self, base: u32, mut mask: u64) {
        while mask != 0 {
            self.escapes.push(base + mask.trailing_zeros());
            mask &= mask - 1;
        }
    }

    /// Writes the sentinels.
    #[inline]
    pub(super) fn finish(&mut self, text_len: u32) {
        if self.tokens.len() < self.tokens_len + Self::SENTINELS {
            self.grow();
        }
        self.tokens[self.tokens_len..self.tokens_len + Self::SENTINELS].fill(text_len);
        self.escapes.push(Self::NO_ESCAPE);
    }

    #[cold]
    fn grow(&mut self) {
        self.tokens.resize((self.tokens_len * 2).max(1024), 0);
    }
}
