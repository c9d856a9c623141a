//! The grammar of numbers.

#![expect(clippy::inline_always, reason = "part of the walk over the tokens")]

use super::{ParseError, ParseErrorKind};

/// Digits that an integer may have to be printed by everyone as it was written.
const CANONICAL_DIGITS_MAX: usize = 15;

/// A number's text that was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NumberText {
    /// One past its last byte.
    pub(super) end: usize,
    /// An integer without fraction, exponent or a zero's sign, of at most 15 digits.
    pub(super) canonical: bool,
}

/// Checks the number at `start`, which the token at `next` follows (the end of the text counts as one).
#[inline(always)]
pub(super) fn check_number(bytes: &[u8], start: usize, next: usize) -> Result<NumberText, ParseError> {
    // Nearly all numbers are up to 15 digits, or so many with a point among them, and nothing comes in between
    // their last digit and the next token.
    let negative = bytes[start] == b'-';
    let first = start + usize::from(negative);
    let len = next - first;
    if let Some(text) = bytes.get(first..).and_then(<[u8]>::first_chunk)
        && len <= CANONICAL_DIGITS_MAX
    {
        let end = 1 << len;
        let others = !digits(text) & (end - 1);
        let whole = (others | end).trailing_zeros() as usize;
        let zero = text[0] == b'0';
        if whole == 1 || whole > 1 && !zero {
            if others == 0 {
                return Ok(NumberText { end: next, canonical: !(negative && zero) });
            }
            if others.is_power_of_two() && text[whole & 15] == b'.' && whole + 1 < len {
                return Ok(NumberText { end: next, canonical: false });
            }
        }
    }
    check_any_number(bytes, start, next)
}

/// One bit for each byte: whether it is a digit.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
#[expect(unsafe_code, reason = "the compiler asks for a proof that the machine has SSE2")]
fn digits(text: &[u8; 16]) -> u32 {
    // SAFETY: every x86-64 has SSE2.
    unsafe { digits_sse2(text) }
}

#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "sse2")]
fn digits_sse2(text: &[u8; 16]) -> u32 {
    use std::arch::x86_64::{
        _mm_cmpeq_epi8, _mm_min_epu8, _mm_movemask_epi8, _mm_set_epi64x, _mm_set1_epi8, _mm_sub_epi8,
    };
    let [low, high] = [0, 8].map(|at| i64::from_le_bytes(std::array::from_fn(|byte| text[at + byte])));
    let value = _mm_sub_epi8(_mm_set_epi64x(high, low), _mm_set1_epi8(0x30));
    _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(value, _mm_set1_epi8(9)), value)).cast_unsigned()
}

/// One bit for each byte: whether it is a digit.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn digits(text: &[u8; 16]) -> u32 {
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
    mask as u32
}

#[inline(never)]
fn check_any_number(bytes: &[u8], start: usize, next: usize) -> Result<NumberText, ParseError> {
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
    Ok(NumberText { end, canonical })
}
