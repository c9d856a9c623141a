//! The kernel for every x86-64: SSE2 is part of that architecture, so there is nothing to detect.

use std::arch::x86_64::{
    __m128i, _mm_cmpeq_epi8, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x, _mm_set1_epi8,
};

use super::Index;
use super::block::{Classes, Kernel, prefix_xor, push_tokens};

/// The kernel.
#[expect(unsafe_code, reason = "the compiler asks for a proof that the machine has SSE2")]
pub(in crate::json) fn scan(bytes: &[u8], index: &mut Index) {
    // SAFETY: every x86-64 has SSE2.
    unsafe { scan_sse2(bytes, index) }
}

#[target_feature(enable = "sse2")]
fn scan_sse2(bytes: &[u8], index: &mut Index) {
    Kernel { classify: |block: &_| classify(block), prefix_xor, push_tokens }.scan(bytes, index);
}

#[inline]
#[target_feature(enable = "sse2")]
fn classify(block: &[u8; 64]) -> Classes {
    let lanes = load(block);
    let quote = masks(lanes.map(|lane| equal(lane, b'"')));
    let space = masks(lanes.map(|lane| equal(lane, b' ')));
    let up_to_space = masks(lanes.map(|lane| _mm_cmpeq_epi8(_mm_min_epu8(lane, splat(b' ')), lane)));
    let operator = masks(lanes.map(|lane| {
        // Setting bit 5 makes braces of brackets and changes nothing else into a brace.
        let braced = _mm_or_si128(lane, splat(0x20));
        let brackets = _mm_or_si128(equal(braced, b'{'), equal(braced, b'}'));
        let separators = _mm_or_si128(equal(lane, b':'), equal(lane, b','));
        _mm_or_si128(brackets, separators)
    }));
    let control = up_to_space & !space;
    // Most blocks have neither of these.
    let line = if control == 0 { 0 } else { tabs_and_line_ends(lanes) };
    let backslash = lanes.map(|lane| equal(lane, b'\\'));
    let backslash = if mask(union(backslash)) == 0 { 0 } else { masks(backslash) };
    let non_ascii = mask(union(lanes)) != 0;
    Classes { quote, backslash, whitespace: space | line, operator, control, non_ascii }
}

#[inline]
#[target_feature(enable = "sse2")]
fn tabs_and_line_ends(lanes: [__m128i; 4]) -> u64 {
    masks(lanes.map(|lane| {
        let line_ends = _mm_or_si128(equal(lane, b'\n'), equal(lane, b'\r'));
        _mm_or_si128(line_ends, equal(lane, b'\t'))
    }))
}

#[inline]
#[target_feature(enable = "sse2")]
fn load(block: &[u8; 64]) -> [__m128i; 4] {
    let lane = |at: usize| {
        let word = |at: usize| i64::from_le_bytes(std::array::from_fn(|byte| block[at + byte]));
        _mm_set_epi64x(word(at + 8), word(at))
    };
    [lane(0), lane(16), lane(32), lane(48)]
}

#[inline]
#[target_feature(enable = "sse2")]
fn union(lanes: [__m128i; 4]) -> __m128i {
    let [a, b, c, d] = lanes;
    _mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d))
}

/// The highest bit of each of 64 bytes.
#[inline]
#[target_feature(enable = "sse2")]
fn masks(lanes: [__m128i; 4]) -> u64 {
    let [a, b, c, d] = lanes;
    mask(a) | mask(b) << 16 | mask(c) << 32 | mask(d) << 48
}

#[inline]
#[target_feature(enable = "sse2")]
fn splat(byte: u8) -> __m128i {
    _mm_set1_epi8(byte.cast_signed())
}

#[inline]
#[target_feature(enable = "sse2")]
fn equal(lane: __m128i, byte: u8) -> __m128i {
    _mm_cmpeq_epi8(lane, splat(byte))
}

/// The highest bit of each byte.
#[inline]
#[target_feature(enable = "sse2")]
fn mask(lane: __m128i) -> u64 {
    u64::from(_mm_movemask_epi8(lane).cast_unsigned())
}
