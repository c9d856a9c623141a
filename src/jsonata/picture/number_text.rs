//! Numbers to text and back as JavaScript does it: `$string`, `$formatBase`, `$number`.

use super::{arithmetic::round, error::Failure, scan::parse_binary};
use crate::json::format_f64;

/// Significant digits that `$string` keeps of a number with a fraction.
const SIGNIFICANT_DIGITS: usize = 15;

/// A number as JavaScript prints it (`Number::toString` of ECMA-262): shortest, `1e+21`, `1e-7`.
pub(crate) fn number_text(value: f64) -> String {
    let mut out = Vec::new();
    format_f64(value, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// The number that `$string` prints in the place of this one: with a fraction, it has 15 significant digits.
pub(crate) fn round_to_15_digits(value: f64) -> f64 {
    if !value.is_finite() || value.fract() == 0.0 {
        return value;
    }
    let shortest = format!("{:e}", value.abs());
    let (digits, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    if digits.len() <= SIGNIFICANT_DIGITS + 1 {
        return value;
    }
    // `toPrecision` rounds a tie up, Rust to even: a tie is taken from just above the middle.
    let exponent = exponent.parse::<i32>().unwrap_or(0);
    let tie = binary_places(value) as i32 == SIGNIFICANT_DIGITS as i32 - exponent;
    let magnitude = if tie { value.abs().next_up() } else { value.abs() };
    let text = format!("{magnitude:.0$e}", SIGNIFICANT_DIGITS - 1);
    text.parse::<f64>().map_or(value, |rounded| rounded.copysign(value))
}

/// `toFixed` of a number that is not negative: ties go up, and unlike there so many digits as there are.
pub(super) fn fixed(value: f64, places: usize) -> String {
    if binary_places(value) as usize != places + 1 {
        return format!("{value:.places$}");
    }
    // The number is exactly in the middle: one digit more is exact and a 5.
    let mut digits = format!("{value:.0$}", places + 1).into_bytes();
    digits.truncate(digits.len() - if places == 0 { 2 } else { 1 });
    let mut at = digits.len();
    loop {
        let Some(before) = at.checked_sub(1) else {
            digits.insert(0, b'1');
            break;
        };
        at = before;
        match digits[at] {
            b'.' => {}
            b'9' => digits[at] = b'0',
            digit => {
                digits[at] = digit + 1;
                break;
            }
        }
    }
    String::from_utf8_lossy(&digits).into_owned()
}

/// Decimal places of the exact value: as many as the bits behind its point.
fn binary_places(value: f64) -> u32 {
    let bits = value.to_bits();
    let (fraction, exponent) = (bits & ((1 << 52) - 1), (bits >> 52 & 0x7ff) as i32);
    let (significand, exponent) = if exponent == 0 { (fraction, 1) } else { (fraction | 1 << 52, exponent) };
    if significand == 0 {
        return 0;
    }
    let lowest = exponent - 1075 + significand.trailing_zeros() as i32;
    if lowest < 0 { lowest.unsigned_abs() } else { 0 }
}

/// `$formatBase`: the nearest integer in base 2 to 36.
pub(crate) fn format_base(value: f64, radix: f64) -> Result<String, Failure> {
    let (value, radix) = (round(value, 0.0), round(radix, 0.0));
    if !(2.0..=36.0).contains(&radix) {
        return Err(Failure::of_number("D3100", radix));
    }
    if !value.is_finite() {
        return Err(Failure::out_of_range(value));
    }
    if (radix - 10.0).abs() < 0.5 {
        return Ok(number_text(value));
    }
    let mut digits = integer_digits(value.abs(), radix as u32);
    digits.extend((value < 0.0).then_some('-'));
    Ok(digits.iter().rev().collect())
}

/// All digits of an integer, the last first. Beyond 2^53 ECMA-262 leaves them open; these are the exact ones.
fn integer_digits(magnitude: f64, radix: u32) -> Vec<char> {
    let (mut rest, mut doublings) = (magnitude, 0);
    while rest >= 9_007_199_254_740_992.0 {
        rest /= 2.0;
        doublings += 1;
    }
    let mut rest = rest as u64;
    let mut digits = Vec::new();
    while rest > 0 || digits.is_empty() {
        digits.push((rest % u64::from(radix)) as u32);
        rest /= u64::from(radix);
    }
    for _ in 0..doublings {
        let mut carry = 0;
        for digit in &mut digits {
            let doubled = *digit * 2 + carry;
            (*digit, carry) = (doubled % radix, doubled / radix);
        }
        digits.extend((carry > 0).then_some(carry));
    }
    digits.iter().filter_map(|digit| char::from_digit(*digit, radix)).collect()
}

/// `$number` of a text: a decimal number with an optional fraction and exponent, or an integer after `0x`, `0o`
/// or `0b`. Leading zeros are allowed, unlike in JSON.
pub(crate) fn parse_number(text: &str) -> Result<f64, Failure> {
    let number = prefixed_integer(text).or_else(|| decimal_number(text));
    number.filter(|number| number.is_finite()).ok_or_else(|| Failure::of_text("D3030", text))
}

fn prefixed_integer(text: &str) -> Option<f64> {
    let (radix, bits) = match text.get(..2)? {
        "0x" | "0X" => (16, 4),
        "0o" | "0O" => (8, 3),
        "0b" | "0B" => (2, 1),
        _ => return None,
    };
    let digits = &text[2..];
    let valid = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
    valid.then(|| parse_binary(digits, bits))
}

fn decimal_number(text: &str) -> Option<f64> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.strip_prefix(['-', '+']).unwrap_or(exponent)),
        None => (unsigned, "0"),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let valid = digits(whole) && digits(fraction) && digits(exponent);
    valid.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_print_as_in_javascript() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (100.0, "100"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (1.5e300, "1.5e+300"),
            (1e-6, "0.000001"),
            (1e-7, "1e-7"),
            (-1.25e-9, "-1.25e-9"),
            (9_007_199_254_740_993.0, "9007199254740992"),
        ];
        for (value, text) in cases {
            assert_eq!(number_text(value), text);
        }
    }

    #[test]
    fn fractions_keep_fifteen_digits() {
        let cases = [
            (0.1 + 0.2, "0.3"),
            (1.0 / 3.0, "0.333333333333333"),
            (-2.0 / 3.0, "-0.666666666666667"),
            (100_000_000_000_000.5, "100000000000001"),
            (-100_000_000_000_001.5, "-100000000000002"),
            (5_890_840_712_243_076.0, "5890840712243076"),
            (1.5, "1.5"),
            (f64::MIN_POSITIVE, "2.2250738585072e-308"),
        ];
        for (value, text) in cases {
            assert_eq!(number_text(round_to_15_digits(value)), text, "{value:e}");
        }
    }

    #[test]
    fn fixed_points_round_ties_up() {
        let cases = [
            (0.5, 0, "1"),
            (2.5, 0, "3"),
            (9.5, 0, "10"),
            (0.125, 2, "0.13"),
            (9.995, 2, "9.99"),
            (99.9375, 3, "99.938"),
            (9.96875, 4, "9.9688"),
            (1.45, 1, "1.4"),
            (900_719_925_474_099.3, 1, "900719925474099.3"),
            (1e21, 1, "1000000000000000000000.0"),
        ];
        for (value, places, text) in cases {
            assert_eq!(fixed(value, places), text, "{value} to {places} places");
        }
    }

    #[test]
    fn bases() {
        let cases = [
            (100.0, 10.0, "100"),
            (-100.0, 2.0, "-1100100"),
            (99.5, 2.5, "1100100"),
            (255.0, 16.0, "ff"),
            (35.0, 36.0, "z"),
            (0.4, 8.0, "0"),
            (1e21, 10.0, "1e+21"),
            (1e20, 36.0, "l3r41ifs0q5ts"),
            (-9_007_199_254_740_994.0, 3.0, "-1121202011211211122211100012101121"),
            (9_007_199_254_740_992.0, 2.0, "100000000000000000000000000000000000000000000000000000"),
        ];
        for (value, radix, text) in cases {
            assert_eq!(format_base(value, radix).as_deref(), Ok(text), "{value} in base {radix}");
        }
        for (radix, shown) in [(1.4, "1"), (36.6, "37"), (-2.0, "-2")] {
            assert_eq!(
                format_base(1.0, radix),
                Err(Failure { value: shown.into(), ..Failure::new("D3100") })
            );
        }
    }

    #[test]
    fn texts_of_numbers() {
        let cases = [
            ("0", Some(0.0)),
            ("-007", Some(-7.0)),
            ("000.00123000", Some(0.00123)),
            ("1.0e-2", Some(0.01)),
            ("1E+2", Some(100.0)),
            ("0x1F", Some(31.0)),
            ("0O17", Some(15.0)),
            ("0b101", Some(5.0)),
            ("", None),
            ("-", None),
            ("+1", None),
            (".5", None),
            ("5.", None),
            ("1e", None),
            ("1e5.5", None),
            ("1e999", None),
            (" 1", None),
            ("0x", None),
            ("-0x1", None),
            ("0b2", None),
            ("Infinity", None),
            ("NaN", None),
            ("\u{661}", None),
        ];
        for (text, number) in cases {
            assert_eq!(parse_number(text).ok(), number, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn printed_numbers_read_back(bits in any::<u64>()) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            let text = number_text(value).replace("e+", "e");
            prop_assert_eq!(parse_number(&text), Ok(value));
        }

        #[test]
        fn integers_read_back_from_any_base(value in 0..1_u64 << 53, radix in 2..=36_u32) {
            let text = format_base(value as f64, f64::from(radix));
            prop_assert_eq!(text.map(|text| u64::from_str_radix(&text, radix)), Ok(Ok(value)));
        }

        #[test]
        fn fifteen_digits_are_the_nearest(value in -1e9..1e9) {
            let rounded = round_to_15_digits(value);
            prop_assert!((rounded - value).abs() <= value.abs() * 5e-15);
            prop_assert_eq!(Some(round_to_15_digits(rounded)), Some(rounded));
        }
    }
}
