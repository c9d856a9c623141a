//! The grammar of numbers.

#![expect(clippy::inline_always, reason = "part of the walk over the tokens")]

use super::{ParseError, ParseErrorKind};

/// Digits that an integer may have to be printed by everyone as it was written.
const CANONICAL_DIGITS_MAX: usize = 15;

/// A number's text that was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NumberText {
    /// One past its last byte.
    pub(super) end: u32,
    /// An integer without fraction, exponent or a zero's sign, of at most 15 digits.
    pub(super) canonical: bool,
}

/// Checks the number that has its digits from `first` up to the next token, if it is one of nearly all: 16 bytes at
/// most, digits only or a point among them. Tells whether it is canonical; `None` says nothing.
#[inline(always)]
pub(super) fn check_short_number(bytes: &[u8], negative: bool, first: usize, next: usize) -> Option<bool> {
    let len = next - first;
    if len > 16 {
        return None;
    }
    let (digits, zero) = digits(bytes.get(first..first + 16)?.first_chunk()?);
    // Bits of what is no digit, and of the byte behind the 16.
    let others = digits ^ 0x1_ffff;
    let whole = others.trailing_zeros() as usize;
    if whole == 0 || zero && whole != 1 {
        return None;
    }
    if whole == len {
        return Some(len <= CANONICAL_DIGITS_MAX && !(negative && zero));
    }
    let end = (others & (others - 1)).trailing_zeros() as usize;
    (end == len && whole + 1 < len && bytes[first + whole] == b'.').then_some(false)
}

/// One bit for each byte: whether it is a digit; and whether the first is a zero.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
#[expect(unsafe_code, reason = "the compiler asks for a proof that the machine has SSE2")]
fn digits(text: &[u8; 16]) -> (u32, bool) {
    // SAFETY: every x86-64 has SSE2.
    unsafe { digits_sse2(text) }
}

#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "sse2")]
#[expect(unsafe_code, reason = "vectors are read through pointers")]
fn digits_sse2(text: &[u8; 16]) -> (u32, bool) {
    use std::arch::x86_64::{
        _mm_cmpeq_epi8, _mm_cvtsi128_si32, _mm_loadu_si128, _mm_min_epu8, _mm_movemask_epi8, _mm_set1_epi8,
        _mm_sub_epi8,
    };
    // SAFETY: it reads the 16 bytes of the reference and asks for no alignment.
    let text = unsafe { _mm_loadu_si128(text.as_ptr().cast()) };
    let value = _mm_sub_epi8(text, _mm_set1_epi8(0x30));
    let digits = _mm_cmpeq_epi8(_mm_min_epu8(value, _mm_set1_epi8(9)), value);
    (_mm_movemask_epi8(digits).cast_unsigned(), _mm_cvtsi128_si32(value) as u8 == 0)
}

/// One bit for each byte: whether it is a digit; and whether the first is a zero.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn digits(text: &[u8; 16]) -> (u32, bool) {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // The product moves the lowest bits of eight bytes next to each other into the highest byte.
    const TO_TOP_BYTE: u64 = 0x0102_0408_1020_4080;
    let mut mask = 0;
    for (at, half) in text.as_chunks::<8>().0.iter().enumerate() {
        let value = u64::from_le_bytes(*half) ^ (0x30 * ONES);
        // A digit is 0..=9; adding to seven bits carries into no other byte.
        let others = ((value & (0x7f * ONES)) + 0x76 * ONES | value) >> 7 & ONES;
        mask |= ((others ^ ONES).wrapping_mul(TO_TOP_BYTE) >> 56) << (8 * at);
    }
    (mask as u32, text[0] == b'0')
}

/// Checks the number at `start`, which the token at `next` follows (the end of the text counts as one).
#[cold]
pub(super) fn check_any_number(bytes: &[u8], start: usize, next: usize) -> Result<NumberText, ParseError> {
    let fail_at = |at: usize| {
        let kind =
            if at < bytes.len() { ParseErrorKind::InvalidNumber } else { ParseErrorKind::UnexpectedEnd };
        Err(kind.at(at as u32))
    };
    let digits_from = |at: usize| at + bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let negative = bytes[start] == b'-';
    let first = start + usize::from(negative);
    let mut end = digits_from(first);
    if end == first {
        return fail_at(end);
    }
    let zero = bytes[first] == b'0';
    if zero && end > first + 1 {
        return fail_at(first + 1);
    }
    let mut canonical = end - first <= CANONICAL_DIGITS_MAX && !(zero && negative);
    if bytes.get(end) == Some(&b'.') {
        canonical = false;
        let fraction = end + 1;
        end = digits_from(fraction);
        if end == fraction {
            return fail_at(end);
        }
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        canonical = false;
        let exponent = end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        end = digits_from(exponent);
        if end == exponent {
            return fail_at(end);
        }
    }
    // Between this token and the next one lies the rest of the same word, then white space.
    if end < next && !matches!(bytes[end], b' ' | b'\t' | b'\n' | b'\r') {
        return fail_at(end);
    }
    Ok(NumberText { end: end as u32, canonical })
}
