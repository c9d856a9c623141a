//! What stage 1 hands to stage 2.

#![expect(clippy::inline_always, reason = "the inner loop of every kernel")]

use super::Cursor;

/// Where things begin and end in one text; its buffers are kept from text to text.
///
/// All lists end with sentinels, so that stage 2 may look ahead without asking whether there is more.
#[derive(Debug, Default)]
pub(in crate::json) struct Index {
    /// Offsets in ascending order; what follows the last sentinel is left over from earlier texts.
    offsets: Vec<u32>,
    /// The bytes at these offsets; as long as `offsets`.
    kinds: Vec<u8>,
    len: usize,
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

    /// How many tokens there are, sentinels not counted.
    #[inline]
    pub(in crate::json) fn tokens_len(&self) -> usize {
        self.len
    }

    /// A cursor at the first token.
    #[inline]
    pub(in crate::json) fn cursor(&self) -> Cursor<'_> {
        let end = self.len + Cursor::SENTINELS;
        Cursor::new(&self.offsets[..end], &self.kinds[..end])
    }

    /// Offsets of the backslashes that begin an escape.
    #[inline]
    pub(in crate::json) fn escapes(&self) -> &[u32] {
        &self.escapes
    }

    /// Forgets the last text.
    #[inline]
    pub(super) fn begin(&mut self) {
        self.len = 0;
        self.escapes.clear();
        self.control = None;
    }

    /// Where the offsets and kinds of one block's tokens belong, however many they are.
    #[inline(always)]
    pub(super) fn slots(&mut self) -> (&mut [u32; 64], &mut [u8; 64]) {
        if self.kinds.len() < self.len + 64 {
            self.grow();
        }
        let offsets = self.offsets[self.len..].first_chunk_mut();
        match (offsets, self.kinds[self.len..].first_chunk_mut()) {
            (Some(offsets), Some(kinds)) => (offsets, kinds),
            _ => unreachable!("there is room for 64"),
        }
    }

    /// So many tokens were written to [`Self::slots`].
    #[inline(always)]
    pub(super) fn advance(&mut self, count: u32) {
        self.len += count as usize;
    }

    /// Adds an escape for every bit of `mask`, bit 0 standing for `base`.
    #[inline]
    pub(super) fn push_escapes(&mut self, base: u32, mut mask: u64) {
        while mask != 0 {
            self.escapes.push(base + mask.trailing_zeros());
            mask &= mask - 1;
        }
    }

    /// There is a control character inside a string.
    #[cold]
    pub(super) fn set_control(&mut self, offset: u32) {
        self.control = self.control.or(Some(offset));
    }

    /// Writes the sentinels.
    #[inline(always)]
    pub(super) fn finish(&mut self, text_len: u32, whitespace: bool, non_ascii: bool) {
        let (offsets, kinds) = self.slots();
        offsets[..Cursor::SENTINELS].fill(text_len);
        kinds[..Cursor::SENTINELS].fill(Cursor::END);
        self.whitespace = whitespace;
        self.non_ascii = non_ascii;
    }

    #[cold]
    fn grow(&mut self) {
        let len = (self.len * 2).max(1024);
        self.offsets.resize(len, 0);
        self.kinds.resize(len, 0);
    }
}
