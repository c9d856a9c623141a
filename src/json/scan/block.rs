//! From the classes of 64 bytes to tokens: what all kernels share.

#![expect(clippy::inline_always, reason = "each kernel needs its own copy, compiled for its instructions")]

use super::index::{Kinds, Notes, Offsets};
use super::{Cursor, Index};

/// Which bytes of a block belong to which class, bit 0 standing for the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Classes {
    /// `"`
    pub(super) quote: u64,
    /// `\`
    pub(super) backslash: u64,
    /// Space, tab, line feed, carriage return.
    pub(super) whitespace: u64,
    /// `{ } [ ] : ,`
    pub(super) operator: u64,
    /// Below 0x20.
    pub(super) control: u64,
    /// Some byte is over 0x7f.
    pub(super) non_ascii: bool,
}

impl Classes {
    /// Those of the block's last bytes; `valid` has as many bits. What is behind them is white space, which is no
    /// token and ends none.
    #[inline(always)]
    fn behind(self, shift: u32, valid: u64) -> Self {
        Self {
            quote: self.quote >> shift,
            backslash: self.backslash >> shift,
            whitespace: self.whitespace >> shift | !valid,
            operator: self.operator >> shift,
            control: self.control >> shift,
            non_ascii: self.non_ascii,
        }
    }
}

/// What one block says about the next, and what all of them together are known to have.
#[derive(Debug, Default)]
struct State {
    /// 1 if the next block's first byte is escaped.
    escape: u64,
    /// All ones if the next block begins inside a string.
    in_string: u64,
    /// 1 if the last block ended inside a number or literal.
    scalar: u64,
    /// Bits for white space outside strings, of all blocks.
    whitespace: u64,
    non_ascii: bool,
}

/// What a kernel has of its own.
pub(super) struct Kernel<C, P, T> {
    /// Tells what each byte of a block is.
    pub(super) classify: C,
    /// Bit n of the result is the parity of the bits 0..=n of the argument.
    pub(super) prefix_xor: P,
    /// Writes a token for every bit of the mask, bit 0 standing for the block's first byte, which is at the offset.
    pub(super) push_tokens: T,
}

impl<C, P, T> Kernel<C, P, T>
where
    C: Fn(&[u8; 64]) -> Classes,
    P: Fn(u64) -> u64,
    T: Fn(&mut Offsets, &mut Kinds, u32, u64, &[u8; 64]),
{
    /// Fills `index`. Inlined into each kernel so that its instructions are used throughout.
    #[inline(always)]
    pub(super) fn scan(&self, bytes: &[u8], index: &mut Index) {
        let Index { tokens: found, notes } = index;
        notes.clear();
        // Where the buffers are and how far they are filled is in registers: a block must not wait for what the one
        // before it has written.
        let (mut offsets, mut kinds) = found.buffers();
        let mut len = 0;
        let mut state = State::default();
        let (blocks, tail) = bytes.as_chunks::<64>();
        let mut base = 0;
        for block in blocks {
            let tokens = self.step((self.classify)(block), base, u64::MAX, &mut state, notes);
            if kinds.len() < len + 64 {
                (offsets, kinds) = found.grow();
            }
            let (offsets, kinds) = slots(offsets, kinds, len);
            (self.push_tokens)(offsets, kinds, base, tokens, block);
            len += tokens.count_ones() as usize;
            base += 64;
        }
        if kinds.len() < len + 64 + Cursor::SENTINELS {
            (offsets, kinds) = found.grow();
        }
        if !tail.is_empty() {
            let mut copy = [0; 64];
            // The last 64 bytes, of which the first have been seen; a shorter text is copied.
            let block = if let Some(block) = bytes.last_chunk::<64>() {
                block
            } else {
                copy[64 - tail.len()..].copy_from_slice(tail);
                &copy
            };
            let shift = 64 - tail.len() as u32;
            let valid = u64::MAX >> shift;
            let classes = (self.classify)(block).behind(shift, valid);
            let tokens = self.step(classes, base, valid, &mut state, notes);
            let (offsets, kinds) = slots(offsets, kinds, len);
            (self.push_tokens)(offsets, kinds, base.wrapping_sub(shift), tokens << shift, block);
            len += tokens.count_ones() as usize;
        }
        found.finish(len, bytes.len() as u32);
        notes.whitespace = state.whitespace != 0;
        notes.non_ascii = state.non_ascii;
    }

    /// The tokens of one block at `base`; `valid` has the bits of the bytes that belong to the text.
    #[inline(always)]
    fn step(&self, classes: Classes, base: u32, valid: u64, state: &mut State, notes: &mut Notes) -> u64 {
        let mut quote = classes.quote;
        if classes.backslash | state.escape != 0 {
            let (escapes, escaped) = escapes(classes.backslash, &mut state.escape);
            quote &= !escaped;
            notes.push_escapes(base, escapes);
        }
        // From each opening quote up to the byte before the closing one.
        let in_string = (self.prefix_xor)(quote) ^ state.in_string;
        state.in_string = ((in_string as i64) >> 63) as u64;
        let outside = !(in_string | quote);
        let scalar = outside & !(classes.whitespace | classes.operator);
        let scalar_start = scalar & !(scalar << 1 | state.scalar);
        state.scalar = scalar >> 63;
        state.whitespace |= classes.whitespace & outside & valid;
        state.non_ascii |= classes.non_ascii;
        let control = classes.control & in_string;
        if control != 0 {
            notes.set_control(base + control.trailing_zeros());
        }
        classes.operator & outside | quote | scalar_start
    }
}

/// Where the tokens of one block belong.
#[inline(always)]
#[expect(unsafe_code, reason = "each would be compared with the ends of both buffers, which are the same")]
fn slots<'t>(offsets: &'t mut [u32], kinds: &'t mut [u8], len: usize) -> (&'t mut Offsets, &'t mut Kinds) {
    debug_assert!(len + 64 <= kinds.len() && kinds.len() == offsets.len());
    // SAFETY: there is room for 64 behind the tokens so far: the callers make it, and both buffers are equally long.
    let offsets = unsafe { offsets.as_mut_ptr().add(len) };
    // SAFETY: the same.
    let kinds = unsafe { kinds.as_mut_ptr().add(len) };
    // SAFETY: the same, and nobody else holds a reference.
    (unsafe { &mut *offsets.cast() }, unsafe { &mut *kinds.cast() })
}

/// The backslashes that begin an escape and the bytes that they escape, in runs of backslashes of any length.
#[inline(always)]
fn escapes(backslash: u64, carry: &mut u64) -> (u64, u64) {
    const ODD_BITS: u64 = 0xaaaa_aaaa_aaaa_aaaa;
    // Subtraction carries through each run of backslashes; whether the run began on an odd or an even bit then
    // tells which of its members are themselves escaped (the method of simdjson's `json_escape_scanner`).
    let potential = backslash & !*carry;
    let maybe_escaped = potential << 1;
    let even_series_and_odd_bits = (maybe_escaped | ODD_BITS).wrapping_sub(potential);
    let escape_and_terminal = even_series_and_odd_bits ^ ODD_BITS;
    let escaped = escape_and_terminal ^ (backslash | *carry);
    let escape = escape_and_terminal & backslash;
    *carry = escape >> 63;
    (escape, escaped)
}

/// [`Kernel::prefix_xor`] for machines that cannot multiply without carries.
#[inline(always)]
pub(super) fn prefix_xor(mut mask: u64) -> u64 {
    mask ^= mask << 1;
    mask ^= mask << 2;
    mask ^= mask << 4;
    mask ^= mask << 8;
    mask ^= mask << 16;
    mask ^ mask << 32
}

/// [`Kernel::push_tokens`] for machines that cannot move bytes together.
#[inline(always)]
pub(super) fn push_tokens(
    offsets: &mut Offsets,
    kinds: &mut Kinds,
    base: u32,
    tokens: u64,
    block: &[u8; 64],
) {
    // Eight at a time without asking for each whether it is there: what is written beyond the last one is
    // overwritten by the next block.
    let mut rest = tokens;
    for (offsets, kinds) in offsets.as_chunks_mut::<8>().0.iter_mut().zip(kinds.as_chunks_mut::<8>().0) {
        for (offset, kind) in offsets.iter_mut().zip(kinds) {
            // The highest bit is set for the count to be defined when there is none left.
            let at = (rest | 1 << 63).trailing_zeros();
            *offset = base.wrapping_add(at);
            *kind = block[at as usize];
            rest &= rest.wrapping_sub(1);
        }
        if rest == 0 {
            break;
        }
    }
}
