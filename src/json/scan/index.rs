//! What stage 1 hands to stage 2.

#![expect(clippy::inline_always, reason = "the inner loop of every kernel")]
use super::Cursor;

/// Where things begin and end in one text; its buffers are kept from text to text.
///
/// The tokens end with sentinels, so that stage 2 may look ahead without asking whether there is more.
#[derive(Debug, Default)]
pub(in crate::json) struct Index {
    pub(super) tokens: Tokens,
    pub(super) notes: Notes,
}

/// Places of tokens, in ascending order, and what is there.
///
/// Invariant: both buffers are equally long.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    /// What follows the last sentinel is left over from earlier texts.
    offsets: Vec<u32>,
    /// The bytes at these offsets.
    kinds: Vec<u8>,
    len: usize,
}

/// What else there is in a text.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Offsets of the backslashes that begin an escape.
    escapes: Vec<u32>,
    /// The first control character inside a string.
    control: Option<u32>,
    /// There is white space outside strings.
    pub(super) whitespace: bool,
    /// There is a byte over 0x7f.
    pub(super) non_ascii: bool,
}

/// Where the offsets of one block's tokens are written, however many they are.
pub(super) type Offsets = [u32; 64];

/// Where their bytes are written.
pub(super) type Kinds = [u8; 64];

impl Index {
    /// Longest text whose offsets, and those of the last block's padding, fit `u32`.
    pub(in crate::json) const TEXT_BYTES_MAX: usize = u32::MAX as usize - 64;

    /// How many tokens there are, sentinels not counted.
    #[inline]
    pub(in crate::json) fn tokens_len(&self) -> usize {
        self.tokens.len
    }

    /// A cursor at the first token.
    #[inline]
    pub(in crate::json) fn cursor(&self) -> Cursor<'_> {
        let end = self.tokens.len + Cursor::SENTINELS;
        Cursor::new(&self.tokens.offsets[..end], &self.tokens.kinds[..end])
    }

    /// Offsets of the backslashes that begin an escape.
    #[inline]
    pub(in crate::json) fn escapes(&self) -> &[u32] {
        &self.notes.escapes
    }

    /// The first control character inside a string.
    #[inline]
    pub(in crate::json) fn control(&self) -> Option<u32> {
        self.notes.control
    }

    /// Whether there is white space outside strings.
    #[inline]
    pub(in crate::json) fn has_whitespace(&self) -> bool {
        self.notes.whitespace
    }

    /// Whether there is a byte over 0x7f.
    #[inline]
    pub(in crate::json) fn has_non_ascii(&self) -> bool {
        self.notes.non_ascii
    }
}

impl Tokens {
    /// Both buffers, which are equally long.
    #[inline(always)]
    pub(super) fn buffers(&mut self) -> (&mut [u32], &mut [u8]) {
        (&mut self.offsets, &mut self.kinds)
    }

    /// Makes them longer, by a block at least.
    #[cold]
    pub(super) fn grow(&mut self) -> (&mut [u32], &mut [u8]) {
        let len = (self.kinds.len() * 2).max(1024);
        self.offsets.resize(len, 0);
        self.kinds.resize(len, 0);
        self.buffers()
    }

    /// So many tokens are in the buffers, which have room for a block behind them; sentinels are to follow.
    #[inline(always)]
    pub(super) fn finish(&mut self, len: usize, text_len: u32) {
        self.len = len;
        self.offsets[len..len + Cursor::SENTINELS].fill(text_len);
        self.kinds[len..len + Cursor::SENTINELS].fill(Cursor::END);
    }
}

impl Notes {
    /// Forgets the last text.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.escapes.clear();
        self.control = None;
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
}
