//! Numbers: text until something computes on them.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::decimal::Decimal;

/// The powers of ten by which fractions of up to 15 digits are divided.
const POWERS: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// A number's source text.
#[derive(Debug, Clone, Copy)]
pub struct Number<'d> {
    text: &'d [u8],
}

/// A number that was read.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Num {
    /// An integer that fits.
    Int(i64),
    /// Anything else, as the nearest double; infinite if it is too large for one.
    Float(f64),
}

impl<'d> Number<'d> {
    /// `text`: a JSON number.
    #[inline]
    pub fn new(text: &'d [u8]) -> Self {
        Self { text }
    }

    /// The text as written.
    #[inline]
    pub fn text(self) -> &'d [u8] {
        self.text
    }

    /// Reads the number: an integer without fraction or exponent that fits is `Int`, the rest is `Float`.
    #[inline]
    pub fn read(self) -> Num {
        self.read_short().unwrap_or_else(|| self.read_any())
    }

    /// An integer of at most 18 digits, or a decimal such as `30.5` of at most 15: its digits without the point are
    /// an integer that a double holds exactly, and so is the power of ten, so that one division rounds correctly
    /// (Clinger's fast path).
    #[inline]
    fn read_short(self) -> Option<Num> {
        let (negative, digits) = match self.text {
            [b'-', digits @ ..] => (true, digits),
            digits => (false, digits),
        };
        if digits.len() > 18 {
            return None;
        }
        let mut whole = 0_i64;
        let mut at = 0;
        while at < digits.len() && digits[at].is_ascii_digit() {
            whole = whole * 10 + i64::from(digits[at] - b'0');
            at += 1;
        }
        if at == digits.len() {
            return Some(Num::Int(if negative { -whole } else { whole }));
        }
        if digits[at] != b'.' || digits.len() > 16 {
            return None;
        }
        let fraction = &digits[at + 1..];
        for byte in fraction {
            if !byte.is_ascii_digit() {
                return None;
            }
            whole = whole * 10 + i64::from(byte - b'0');
        }
        let places = fraction.len();
        let value = whole as f64 / POWERS.get(places)?;
        Some(Num::Float(if negative { -value } else { value }))
    }

    /// The nearest double of the number that stands in `bytes` at these places.
    #[inline]
    pub fn f64_at(bytes: &[u8], start: usize, end: usize) -> f64 {
        const ONES: u64 = 0x0101_0101_0101_0101;
        let len = end - start;
        if len == 1 {
            return f64::from(bytes[start].wrapping_sub(b'0'));
        }
        let Some(word) = bytes.get(start..).and_then(<[u8]>::first_chunk).filter(|_| len <= 8) else {
            return Number::new(&bytes[start..end]).read().as_f64();
        };
        // Eight digits, the last of them in the highest byte; what is not of the number is 0.
        let word = (u64::from_le_bytes(*word) ^ (u64::from(b'0') * ONES)) << (64 - 8 * len as u32);
        let others = (word.wrapping_add(0x76 * ONES) | word) & (0x80 * ONES);
        if others == 0 {
            return eight_digits(word) as f64;
        }
        let at = others.trailing_zeros() / 8 * 8;
        if (word >> at) & 0xff != u64::from(b'.' ^ b'0') || others & (others - 1) != 0 {
            return Number::new(&bytes[start..end]).read().as_f64();
        }
        // The digits before the point move into its place.
        let before = word & ((1 << at) - 1);
        let digits = (word >> at >> 8 << at << 8) | before << 8;
        // Both are exact, so that one division rounds correctly (Clinger's fast path).
        eight_digits(digits) as f64 / POWERS[7 - at as usize / 8]
    }

    /// Order by the exact values of the texts, however they are written and however many digits they have.
    pub fn compare(self, other: Number<'_>) -> Ordering {
        if let (Some(a), Some(b)) = (self.as_short_integer(), other.as_short_integer()) {
            return a.cmp(&b);
        }
        // Rounding keeps the order, so only numbers with the same double need a closer look.
        match self.read().as_f64().partial_cmp(&other.read().as_f64()) {
            Some(Ordering::Equal) | None => Decimal::new(self.text).cmp(Decimal::new(other.text)),
            Some(order) => order,
        }
    }

    /// The value of an integer of at most 18 digits.
    #[inline]
    fn as_short_integer(self) -> Option<i64> {
        let (negative, digits) = match self.text {
            [b'-', digits @ ..] => (true, digits),
            digits => (false, digits),
        };
        if digits.len() > 18 {
            return None;
        }
        let mut value = 0;
        for byte in digits {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                return None;
            }
            value = value * 10 + i64::from(digit);
        }
        Some(if negative { -value } else { value })
    }

    #[cold]
    fn read_any(self) -> Num {
        let text = std::str::from_utf8(self.text).unwrap_or_default();
        match text.parse() {
            Ok(int) => Num::Int(int),
            // Every JSON number is a float literal of Rust too; the fallback is for text that no parser saw.
            Err(_) => Num::Float(text.parse().unwrap_or(f64::NAN)),
        }
    }
}

/// The value of eight digits, the first of them in the lowest byte.
#[inline]
fn eight_digits(digits: u64) -> u64 {
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
    fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xffff_ffff
}

impl Num {
    /// The nearest double.
    #[inline]
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Int(int) => int as f64,
            Self::Float(float) => float,
        }
    }

    /// Numeric order, exact also where an integer has no double of its own: `1` equals `1.0`.
    #[inline]
    pub fn compare(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => Some(a.cmp(&b)),
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(&b),
            (Self::Int(a), Self::Float(b)) => compare_mixed(a, b),
            (Self::Float(a), Self::Int(b)) => compare_mixed(b, a).map(Ordering::reverse),
        }
    }
}

fn compare_mixed(int: i64, float: f64) -> Option<Ordering> {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0; // 2^63, one more than the largest i64
    if float.is_nan() {
        return None;
    }
    if float >= BEYOND {
        return Some(Ordering::Less);
    }
    if float < -BEYOND {
        return Some(Ordering::Greater);
    }
    let whole = float.trunc();
    Some(int.cmp(&(whole as i64)).then_with(|| whole.total_cmp(&float)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_decimals_read_as_the_standard_library_reads_them() {
        for text in [
            "30.5",
            "-0.1",
            "0.000000000001",
            "123456789.012345",
            "-9.99",
            "0.30000000000001",
            "99999999999999.9",
        ] {
            let expected: f64 = text.parse().expect("a float");
            let read = Number::new(text.as_bytes()).read().as_f64();
            assert_eq!(read.to_bits(), expected.to_bits(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn doubles_are_those_of_reading(text in "-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,17})?(e-?[0-9])?") {
            let number = Number::new(text.as_bytes());
            for rest in ["", ",1.2,1.2,1.2"] {
                let found = Number::f64_at(format!("[1.{text}{rest}").as_bytes(), 3, 3 + text.len());
                proptest::prop_assert_eq!(found.to_bits(), number.read().as_f64().to_bits());
            }
        }
    }

    /// Ascending; the texts of one line are equal.
    const ORDER: &[&[&str]] = &[
        &["-1e999", "-10e998"],
        &["-9223372036854775809", "-9223372036854775809.0"],
        &["-9223372036854775808"],
        &["-10", "-1e1", "-10.0", "-100e-1"],
        &["-0.5", "-5e-1"],
        &["-1e-999"],
        &["0", "-0", "0.0", "-0.0", "0e5", "0E-999999999999999999999"],
        &["1e-999"],
        &["0.1", "1e-1", "0.10", "0.0100e+1"],
        &["0.1000000000000000055511151231257827"],
        &["1", "1.0", "10e-1", "1E0"],
        &["9007199254740992", "9007199254740992.0"],
        &["9007199254740993", "9007199254740993.0", "9.007199254740993e15"],
        &["9223372036854775807"],
        &["9223372036854775808"],
        &["123456789012345678901234567890"],
        &["123456789012345678901234567891"],
        &["1e999"],
        &["1e1000", "10e999"],
        &["1e99999999999999999999"],
    ];

    #[test]
    fn texts_compare_by_their_exact_values() {
        for (at, equal) in ORDER.iter().enumerate() {
            for (other_at, other_equal) in ORDER.iter().enumerate() {
                for (a, b) in equal.iter().flat_map(|a| other_equal.iter().map(move |b| (a, b))) {
                    let order = Number::new(a.as_bytes()).compare(Number::new(b.as_bytes()));
                    assert_eq!(order, at.cmp(&other_at), "{a} {b}");
                }
            }
        }
    }

    #[test]
    fn integers_and_doubles_compare_exactly() {
        let check = |int: i64, float: f64, expected| {
            assert_eq!(Num::Int(int).compare(Num::Float(float)), expected, "{int} {float}");
            let reversed = expected.map(Ordering::reverse);
            assert_eq!(Num::Float(float).compare(Num::Int(int)), reversed, "{float} {int}");
        };
        check(1, 1.0, Some(Ordering::Equal));
        check(0, -0.0, Some(Ordering::Equal));
        check(1, 1.5, Some(Ordering::Less));
        check(-1, -1.5, Some(Ordering::Greater));
        check(0, 5e-324, Some(Ordering::Less));
        check(9_007_199_254_740_993, 9_007_199_254_740_992.0, Some(Ordering::Greater));
        check(i64::MAX, 9_223_372_036_854_775_808.0, Some(Ordering::Less));
        check(i64::MIN, -9_223_372_036_854_775_808.0, Some(Ordering::Equal));
        check(i64::MIN, f64::NEG_INFINITY, Some(Ordering::Greater));
        check(0, f64::NAN, None);
    }

    #[test]
    fn what_fits_is_read_as_an_integer() {
        let check =
            |text: &str, expected| assert_eq!(Number::new(text.as_bytes()).read(), expected, "{text}");
        check("0", Num::Int(0));
        check("-0", Num::Int(0));
        check("-12", Num::Int(-12));
        check("999999999999999999", Num::Int(999_999_999_999_999_999));
        check("9223372036854775807", Num::Int(i64::MAX));
        check("-9223372036854775808", Num::Int(i64::MIN));
        check("9223372036854775808", Num::Float(9_223_372_036_854_775_808.0));
        check("1.0", Num::Float(1.0));
        check("1e2", Num::Float(100.0));
        check("12.50", Num::Float(12.5));
        check("1e999", Num::Float(f64::INFINITY));
    }
}
