//! The kernel for every machine: a table for the class of a byte, multiplications to gather bits.

#![expect(clippy::inline_always, reason = "part of the loop over blocks")]

use super::Index;
use super::block::{Classes, Kernel, prefix_xor, push_tokens};

const QUOTE: u8 = 1;
const BACKSLASH: u8 = 1 << 1;
const WHITESPACE: u8 = 1 << 2;
const OPERATOR: u8 = 1 << 3;
const CONTROL: u8 = 1 << 4;
const NON_ASCII: u8 = 1 << 5;

static CLASS: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'"' => QUOTE,
            b'\\' => BACKSLASH,
            b' ' => WHITESPACE,
            b'\t' | b'\n' | b'\r' => WHITESPACE | CONTROL,
            b'{' | b'}' | b'[' | b']' | b':' | b',' => OPERATOR,
            0..0x20 => CONTROL,
            0x80.. => NON_ASCII,
            _ => 0,
        };
        byte += 1;
    }
    table
};

/// The portable kernel.
pub(in crate::json) fn scan(bytes: &[u8], index: &mut Index) {
    Kernel { classify, prefix_xor, push_tokens }.scan(bytes, index);
}

#[inline(always)]
fn classify(block: &[u8; 64]) -> Classes {
    let mut words = [0; 8];
    let mut all = 0;
    for (word, bytes) in words.iter_mut().zip(block.as_chunks::<8>().0) {
        *word = u64::from_le_bytes(bytes.map(|byte| CLASS[usize::from(byte)]));
        all |= *word;
    }
    let present = all.to_le_bytes().into_iter().fold(0, |present, class| present | class);
    let mask = |class: u8| if present & class == 0 { 0 } else { gather(&words, class) };
    Classes {
        quote: mask(QUOTE),
        backslash: mask(BACKSLASH),
        whitespace: mask(WHITESPACE),
        operator: mask(OPERATOR),
        control: mask(CONTROL),
        non_ascii: present & NON_ASCII != 0,
    }
}

/// One bit for each of 64 bytes: whether it has the single bit of `class`.
#[inline(always)]
fn gather(words: &[u64; 8], class: u8) -> u64 {
    // The product moves the lowest bits of eight bytes next to each other into the highest byte.
    const LOW_BITS: u64 = 0x0101_0101_0101_0101;
    const TO_TOP_BYTE: u64 = 0x0102_0408_1020_4080;
    let mut mask = 0;
    for (at, word) in words.iter().enumerate() {
        let bits = word >> class.trailing_zeros() & LOW_BITS;
        mask |= (bits.wrapping_mul(TO_TOP_BYTE) >> 56) << (8 * at);
    }
    mask
}
