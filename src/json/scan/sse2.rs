//! The kernel for every x86-64: SSE2 is part of that architecture, so there is nothing to detect.

use std::arch::x86_64::{
    __m128i, _mm_cmpeq_epi8, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x, _mm_set1_epi8,
};

use super::Index;
use super::block::{self, Classes};

/// The kernel.
#[expect(unsafe_code, reason = "the compiler asks for a proof that the machine has SSE2")]
pub(in crate::json) fn scan(bytes: &[u8], index: &mut Index) {
    // SAFETY: every x86-64 has SSE2.
    unsafe { scan_sse2(bytes, index) }
}

#[target_feature(enable = "sse2")]
fn scan_sse2(bytes: &[u8], index: &mut Index) {
    block::scan(bytes, index, |block| classify(block));
}

#[inline]
#[target_feature(enable = "sse2")]
fn classify(block: &[u8; 64]) -> Classes {
    let mut classes = Classes::default();
    for (at, lane) in block.as_chunks::<16>().0.iter().enumerate() {
        let lane = load(lane);
        let shift = 16 * at;
        classes.quote |= mask(equal(lane, b'"')) << shift;
        classes.backslash |= mask(equal(lane, b'\\')) << shift;
        let blank = _mm_or_si128(equal(lane, b' '), equal(lane, b'\t'));
        let line_end = _mm_or_si128(equal(lane, b'\n'), equal(lane, b'\r'));
        classes.whitespace |= mask(_mm_or_si128(blank, line_end)) << shift;
        // Setting bit 5 makes braces of brackets and changes nothing else into a brace.
        let braced = _mm_or_si128(lane, splat(0x20));
        let brackets = _mm_or_si128(equal(braced, b'{'), equal(braced, b'}'));
        let separators = _mm_or_si128(equal(lane, b':'), equal(lane, b','));
        classes.operator |= mask(_mm_or_si128(brackets, separators)) << shift;
        classes.control |= mask(_mm_cmpeq_epi8(_mm_min_epu8(lane, splat(0x1f)), lane)) << shift;
        classes.non_ascii |= mask(lane) != 0;
    }
    classes
}

#[inline]
#[target_feature(enable = "sse2")]
fn load(bytes: &[u8; 16]) -> __m128i {
    let value = u128::from_le_bytes(*bytes);
    _mm_set_epi64x((value >> 64) as i64, value as i64)
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
