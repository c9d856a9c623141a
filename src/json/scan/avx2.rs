//! The kernel for machines with AVX2: x86-64 since about 2013.

#![expect(unsafe_code, reason = "vectors are read and written through pointers")]

use std::arch::x86_64::{
    __m128i, __m256i, _mm_clmulepi64_si128, _mm_cvtsi64_si128, _mm_cvtsi128_si64, _mm_set1_epi8,
    _mm_shuffle_epi8, _mm256_add_epi32, _mm256_cmpeq_epi8, _mm256_cvtepu8_epi32, _mm256_loadu_si256,
    _mm256_min_epu8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8, _mm256_set1_epi32,
    _mm256_setr_epi8, _mm256_shuffle_epi8, _mm256_storeu_si256,
};

use super::Index;
use super::block::{Classes, Kernel};
use super::index::{Kinds, Offsets};

/// The kernel, if this machine can run it.
pub(super) fn kernel() -> Option<fn(&[u8], &mut Index)> {
    let is_supported = is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("popcnt")
        && is_x86_feature_detected!("pclmulqdq");
    // SAFETY: the machine has just what the function asks for.
    is_supported.then_some(|bytes, index| unsafe { scan(bytes, index) })
}

#[target_feature(enable = "avx2,bmi1,bmi2,popcnt,pclmulqdq")]
fn scan(bytes: &[u8], index: &mut Index) {
    let kernel = Kernel {
        classify: |block: &_| classify(block),
        prefix_xor: |mask| prefix_xor(mask),
        push_tokens: |offsets: &mut _, kinds: &mut _, base, tokens, block: &_| {
            push_tokens(offsets, kinds, base, tokens, block);
        },
    };
    kernel.scan(bytes, index);
}

#[inline]
#[target_feature(enable = "avx2")]
fn classify(block: &[u8; 64]) -> Classes {
    // By the lower half of a byte: the only byte that is white space, or a brace or separator. The upper half of
    // an index is cleared, or the result is zero if the byte is over 0x7f.
    let whitespace_by_half = _mm256_setr_epi8(
        32, -1, -1, -1, -1, -1, -1, -1, -1, 9, 10, -1, -1, 13, -1, -1, 32, -1, -1, -1, -1, -1, -1, -1, -1, 9,
        10, -1, -1, 13, -1, -1,
    );
    let operator_by_half = _mm256_setr_epi8(
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 58, 123, 44, 125, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 58, 123, 44, 125,
        0, 0,
    );
    let lanes = load(block);
    let control = masks(lanes.map(|lane| _mm256_cmpeq_epi8(_mm256_min_epu8(lane, splat(0x1f)), lane)));
    let operator = masks(lanes.map(|lane| {
        // Setting bit 5 makes braces of brackets, and separators of control characters.
        _mm256_cmpeq_epi8(_mm256_or_si256(lane, splat(0x20)), _mm256_shuffle_epi8(operator_by_half, lane))
    }));
    let whitespace =
        masks(lanes.map(|lane| _mm256_cmpeq_epi8(lane, _mm256_shuffle_epi8(whitespace_by_half, lane))));
    Classes {
        quote: masks(lanes.map(|lane| _mm256_cmpeq_epi8(lane, splat(b'"')))),
        backslash: masks(lanes.map(|lane| _mm256_cmpeq_epi8(lane, splat(b'\\')))),
        whitespace,
        operator: operator & !control,
        control,
        non_ascii: _mm256_movemask_epi8(_mm256_or_si256(lanes[0], lanes[1])) != 0,
    }
}

#[inline]
#[target_feature(enable = "pclmulqdq")]
fn prefix_xor(mask: u64) -> u64 {
    let product = _mm_clmulepi64_si128::<0>(_mm_cvtsi64_si128(mask.cast_signed()), _mm_set1_epi8(-1));
    _mm_cvtsi128_si64(product).cast_unsigned()
}

/// For every mask of eight bits the places of its ones, in order.
static PLACES: [[u8; 8]; 256] = {
    let mut table = [[0; 8]; 256];
    let mut mask = 0;
    while mask < 256 {
        let (mut bit, mut len) = (0, 0);
        while bit < 8 {
            if mask >> bit & 1 == 1 {
                table[mask][len] = bit as u8;
                len += 1;
            }
            bit += 1;
        }
        mask += 1;
    }
    table
};

/// Eight bytes of the block at a time, without a branch on how many tokens they have.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
fn push_tokens(offsets: &mut Offsets, kinds: &mut Kinds, base: u32, tokens: u64, block: &[u8; 64]) {
    let mut base = _mm256_set1_epi32(base.cast_signed());
    let mut len = 0;
    for (bytes, mask) in block.as_chunks::<8>().0.iter().zip(tokens.to_le_bytes()) {
        let places = half(PLACES[usize::from(mask)]);
        let group = _mm_cvtsi128_si64(_mm_shuffle_epi8(half(*bytes), places)).to_le_bytes();
        let offset = _mm256_add_epi32(_mm256_cvtepu8_epi32(places), base);
        // SAFETY: each of the groups before had at most eight tokens, so there is room for this one's eight.
        let kind = unsafe { kinds.as_mut_ptr().add(len) };
        // SAFETY: the same.
        unsafe { kind.cast::<[u8; 8]>().write(group) };
        // SAFETY: the same.
        let slot = unsafe { offsets.as_mut_ptr().add(len) };
        // SAFETY: the same; the store asks for no alignment.
        unsafe { _mm256_storeu_si256(slot.cast(), offset) };
        len += mask.count_ones() as usize;
        base = _mm256_add_epi32(base, _mm256_set1_epi32(8));
    }
}

#[inline]
#[target_feature(enable = "sse2")]
fn half(bytes: [u8; 8]) -> __m128i {
    _mm_cvtsi64_si128(i64::from_le_bytes(bytes))
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(block: &[u8; 64]) -> [__m256i; 2] {
    let (lanes, _) = block.as_chunks::<32>();
    // SAFETY: it reads the 32 bytes of the reference and asks for no alignment.
    [0, 1].map(|at| unsafe { _mm256_loadu_si256(lanes[at].as_ptr().cast()) })
}

/// The highest bit of each of 64 bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn masks([low, high]: [__m256i; 2]) -> u64 {
    let mask = |lane| u64::from(_mm256_movemask_epi8(lane).cast_unsigned());
    mask(low) | mask(high) << 32
}

#[inline]
#[target_feature(enable = "avx2")]
fn splat(byte: u8) -> __m256i {
    _mm256_set1_epi8(byte.cast_signed())
}
