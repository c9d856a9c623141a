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
    // Nearly all numbers of events are a few digits, or a few digits, a point and a few digits.
    let mut digits = leading_digits(bytes, start);
    if digits == 8 {
        digits += leading_digits(bytes, start + 8);
    }
    let end = start + digits;
    if digits == 0 || digits > 1 && bytes[start] == b'0' {
        return check_any_number(bytes, start, next);
    }
    if end == next {
        return Ok(NumberText { end, canonical: digits <= CANONICAL_DIGITS_MAX });
    }
    if bytes[end] == b'.' {
        let digits = leading_digits(bytes, end + 1);
        if digits > 0 && end + 1 + digits == next {
            return Ok(NumberText { end: next, canonical: false });
        }
    }
    check_any_number(bytes, start, next)
}

/// How many of the eight bytes from `at` are digits before the first that is none; 0 near the end of the text.
#[inline(always)]
fn leading_digits(bytes: &[u8], at: usize) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let Some(word) = bytes.get(at..).and_then(<[u8]>::first_chunk) else { return 0 };
    let word = u64::from_le_bytes(*word) ^ (u64::from(b'0') * ONES);
    // A digit is now 0..=9. Sums may carry only out of bytes that are no digit, which lie behind the first one.
    let others = (word.wrapping_add(0x76 * ONES) | word) & (0x80 * ONES);
    others.trailing_zeros() as usize / 8
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
