//! The kernel for machines with AVX-512 and its second set of byte instructions: Ice Lake, Zen 4 and later.

#![expect(unsafe_code, reason = "vectors are read and written through pointers")]

use std::arch::x86_64::{
    __m512i, _mm_clmulepi64_si128, _mm_cvtsi64_si128, _mm_cvtsi128_si64, _mm_set1_epi8, _mm_setr_epi8,
    _mm512_add_epi32, _mm512_broadcast_i32x4, _mm512_cmpeq_epi8_mask, _mm512_cmplt_epu8_mask,
    _mm512_cvtepu8_epi32, _mm512_extracti32x4_epi32, _mm512_loadu_si512, _mm512_maskz_compress_epi8,
    _mm512_movepi8_mask, _mm512_or_si512, _mm512_set1_epi8, _mm512_set1_epi32, _mm512_shuffle_epi8,
    _mm512_storeu_si512,
};

use super::Index;
use super::block::{Classes, Kernel};
use super::index::{Kinds, Offsets};

/// The kernel, if this machine can run it.
pub(super) fn kernel() -> Option<fn(&[u8], &mut Index)> {
    let is_supported = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vbmi2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("popcnt")
        && is_x86_feature_detected!("pclmulqdq");
    // SAFETY: the machine has just what the function asks for.
    is_supported.then_some(|bytes, index| unsafe { scan(bytes, index) })
}

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,bmi1,bmi2,popcnt,pclmulqdq")]
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
#[target_feature(enable = "avx512f,avx512bw")]
fn classify(block: &[u8; 64]) -> Classes {
    // By the lower half of a byte, as in the kernel for AVX2.
    let whitespace_by_half =
        _mm512_broadcast_i32x4(_mm_setr_epi8(32, -1, -1, -1, -1, -1, -1, -1, -1, 9, 10, -1, -1, 13, -1, -1));
    let operator_by_half =
        _mm512_broadcast_i32x4(_mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 58, 123, 44, 125, 0, 0));
    let lane = load(block);
    let control = _mm512_cmplt_epu8_mask(lane, splat(0x20));
    let braced = _mm512_or_si512(lane, splat(0x20));
    let operator = _mm512_cmpeq_epi8_mask(braced, _mm512_shuffle_epi8(operator_by_half, lane));
    Classes {
        quote: _mm512_cmpeq_epi8_mask(lane, splat(b'"')),
        backslash: _mm512_cmpeq_epi8_mask(lane, splat(b'\\')),
        whitespace: _mm512_cmpeq_epi8_mask(lane, _mm512_shuffle_epi8(whitespace_by_half, lane)),
        operator: operator & !control,
        control,
        non_ascii: _mm512_movepi8_mask(lane) != 0,
    }
}

#[inline]
#[target_feature(enable = "pclmulqdq")]
fn prefix_xor(mask: u64) -> u64 {
    let product = _mm_clmulepi64_si128::<0>(_mm_cvtsi64_si128(mask.cast_signed()), _mm_set1_epi8(-1));
    _mm_cvtsi128_si64(product).cast_unsigned()
}

/// 0 to 63.
static PLACES: [u8; 64] = {
    let mut places = [0; 64];
    let mut at = 0;
    while at < 64 {
        places[at] = at as u8;
        at += 1;
    }
    places
};

/// Moves the bytes that are tokens, and their places, next to each other.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,popcnt")]
fn push_tokens(offsets: &mut Offsets, kinds: &mut Kinds, base: u32, tokens: u64, block: &[u8; 64]) {
    let moved = _mm512_maskz_compress_epi8(tokens, load(block));
    // SAFETY: it writes the 64 bytes of the reference and asks for no alignment.
    unsafe { _mm512_storeu_si512(kinds.as_mut_ptr().cast(), moved) };
    let places = _mm512_maskz_compress_epi8(tokens, load(&PLACES));
    let base = _mm512_set1_epi32(base.cast_signed());
    let (quarters, _) = offsets.as_chunks_mut::<16>();
    let mut write = |at: usize, places| {
        let offsets = _mm512_add_epi32(_mm512_cvtepu8_epi32(places), base);
        // SAFETY: it writes the 16 numbers of the reference and asks for no alignment.
        unsafe { _mm512_storeu_si512(quarters[at].as_mut_ptr().cast(), offsets) };
    };
    write(0, _mm512_extracti32x4_epi32::<0>(places));
    write(1, _mm512_extracti32x4_epi32::<1>(places));
    if tokens.count_ones() > 32 {
        write(2, _mm512_extracti32x4_epi32::<2>(places));
        write(3, _mm512_extracti32x4_epi32::<3>(places));
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load(block: &[u8; 64]) -> __m512i {
    // SAFETY: it reads the 64 bytes of the reference and asks for no alignment.
    unsafe { _mm512_loadu_si512(block.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn splat(byte: u8) -> __m512i {
    _mm512_set1_epi8(byte.cast_signed())
}
