//! From the classes of 64 bytes to tokens: what all kernels share.

#![expect(clippy::inline_always, reason = "each kernel needs its own copy, compiled for its instructions")]

use super::Index;

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

/// What one block says about the next. Every mask has only its lowest bit to give, or all bits.
#[derive(Debug, Default)]
struct Carry {
    /// 1 if the next block's first byte is escaped.
    escape: u64,
    /// All ones if the next block begins inside a string.
    in_string: u64,
    /// 1 if this block ended inside a number or literal.
    scalar: u64,
}

/// Fills `index`, given how to classify a block. Inlined into each kernel so that its instructions are too.
#[inline(always)]
pub(super) fn scan(bytes: &[u8], index: &mut Index, classify: impl Fn(&[u8; 64]) -> Classes) {
    index.begin();
    let mut carry = Carry::default();
    let (blocks, tail) = bytes.as_chunks::<64>();
    let mut base = 0;
    for block in blocks {
        step(&classify(block), base, u64::MAX, &mut carry, index);
        base += 64;
    }
    if !tail.is_empty() {
        // White space is no token and ends none, so it serves as padding.
        let mut block = [b' '; 64];
        block[..tail.len()].copy_from_slice(tail);
        step(&classify(&block), base, (1 << tail.len()) - 1, &mut carry, index);
    }
    index.finish(bytes.len() as u32);
}

/// One block at `base`; `valid` has the bits of the bytes that belong to the text.
#[inline(always)]
fn step(classes: &Classes, base: u32, valid: u64, carry: &mut Carry, index: &mut Index) {
    let mut quote = classes.quote;
    if classes.backslash | carry.escape != 0 {
        let (escapes, escaped) = escapes(classes.backslash, &mut carry.escape);
        quote &= !escaped;
        index.push_escapes(base, escapes);
    }
    // From each opening quote up to the byte before the closing one.
    let in_string = prefix_xor(quote) ^ carry.in_string;
    carry.in_string = ((in_string as i64) >> 63) as u64;
    let outside = !(in_string | quote);
    let scalar = outside & !(classes.whitespace | classes.operator);
    let scalar_start = scalar & !(scalar << 1 | carry.scalar);
    carry.scalar = scalar >> 63;
    index.push_tokens(base, classes.operator & outside | quote | scalar_start);
    index.whitespace |= classes.whitespace & outside & valid != 0;
    index.non_ascii |= classes.non_ascii;
    let control = classes.control & in_string;
    if control != 0 && index.control.is_none() {
        index.control = Some(base + control.trailing_zeros());
    }
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

/// Bit n of the result is the parity of the bits 0..=n of `mask`.
#[inline(always)]
fn prefix_xor(mut mask: u64) -> u64 {
    mask ^= mask << 1;
    mask ^= mask << 2;
    mask ^= mask << 4;
    mask ^= mask << 8;
    mask ^= mask << 16;
    mask ^ mask << 32
}
