//! `$round`, `$power` and `$sqrt`.

use super::{error::Failure, number_text::number_text};

/// More decimal places than any double has, either side of the point.
const PLACES_MAX: f64 = 1000.0;

/// `$round`: to the nearest multiple of 10 to the power of minus `precision`, a tie to the even one.
///
/// The digits decide, not the double's exact value: the point is shifted in the shortest decimal text, so that
/// 4.525 to two places is a tie.
pub(crate) fn round(value: f64, precision: f64) -> f64 {
    let places = precision.clamp(-PLACES_MAX, PLACES_MAX) as i32;
    round_double(value, places)
        .or_else(|| round_digits(value, places))
        .unwrap_or_else(|| round_text(value, places))
}

/// The same with doubles, for numbers that are so far from a tie that rounding errors cannot matter.
#[inline]
fn round_double(value: f64, places: i32) -> Option<f64> {
    const UNITS: [f64; 10] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
    // Up to here the product is off by less than 2^-12, the difference of double and decimal text included.
    const EXACT: f64 = 1_099_511_627_776.0; // 2^40
    const CLEAR: f64 = 1.0 / 1024.0;
    let unit = *UNITS.get(usize::try_from(places).ok()?)?;
    let shifted = value.abs() * unit;
    if shifted >= EXACT || shifted.is_nan() {
        return None;
    }
    let below = shifted as u64;
    let beyond_half = shifted - below as f64 - 0.5;
    if beyond_half.abs() < CLEAR {
        return None;
    }
    // Both are exact, so the quotient is the double that is nearest to the decimal.
    let rounded = (below + u64::from(beyond_half > 0.0)) as f64 / unit;
    Some(if value < 0.0 { 0.0 - rounded } else { rounded })
}

/// By the text of the number.
fn round_text(value: f64, places: i32) -> f64 {
    let shifted = shift_point(value, places);
    if !shifted.is_finite() {
        return value; // it has no digits so far behind the point
    }
    shift_point(shifted.round_ties_even(), -places) + 0.0 // no negative zero
}

/// The same with integers, for the numbers that most are: few digits, and clearly on one side of a tie.
fn round_digits(value: f64, places: i32) -> Option<f64> {
    const EXACT: u64 = 1 << 53;
    let mut buffer = zmij::Buffer::new();
    let text = if value.is_finite() { buffer.format_finite(value.abs()) } else { return None };
    let (whole, fraction) = text.split_once('.').filter(|_| !text.contains('e'))?;
    let places = usize::try_from(places).ok().filter(|places| *places <= 15)?;
    // Beyond that the shifted number is no longer exact, and shifting it back leaves a trace.
    if whole.len() + places > 15 {
        return None;
    }
    if fraction == "0" || fraction.len() <= places {
        return Some(value + 0.0); // no negative zero
    }
    if whole.len() + fraction.len() > 17 {
        return None;
    }
    let digits =
        whole.bytes().chain(fraction.bytes()).fold(0, |number, digit| number * 10 + u64::from(digit - b'0'));
    let unit = 10_u64.pow((fraction.len() - places) as u32);
    let (quotient, rest) = (digits / unit, digits % unit);
    let beyond_half = 2 * i128::from(rest) - i128::from(unit);
    // The reference implementation compares doubles, which may take what is nearly a tie for one.
    if beyond_half != 0 && beyond_half.abs() < 64 {
        return None;
    }
    let up = beyond_half > 0 || (beyond_half == 0 && quotient % 2 == 1);
    let quotient = quotient + u64::from(up);
    if quotient >= EXACT {
        return None;
    }
    // Both are exact, so the quotient is the double that is nearest to the decimal.
    let rounded = quotient as f64 / 10_f64.powi(places as i32);
    Some(if value < 0.0 { 0.0 - rounded } else { rounded })
}

/// The value times a power of ten, in decimal.
fn shift_point(value: f64, places: i32) -> f64 {
    if places == 0 || !value.is_finite() {
        return value;
    }
    let text = number_text(value);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent = exponent.parse::<i32>().unwrap_or(0) + places;
    format!("{mantissa}e{exponent}").parse().unwrap_or(value)
}

/// `$power`.
pub(crate) fn power(base: f64, exponent: f64) -> Result<f64, Failure> {
    // JavaScript, unlike C, has no value for one to a power that is none.
    let is_one = base.abs().to_bits() == 1.0_f64.to_bits();
    let power = if is_one && !exponent.is_finite() { f64::NAN } else { base.powf(exponent) };
    if power.is_finite() {
        return Ok(power);
    }
    Err(Failure::of_number("D3061", base).with(number_text(exponent)))
}

/// `$sqrt`.
pub(crate) fn sqrt(value: f64) -> Result<f64, Failure> {
    if value < 0.0 { Err(Failure::of_number("D3060", value)) } else { Ok(value.sqrt()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn integers_round_as_texts_do(digits in -100_000_000_000_000_000_i64..100_000_000_000_000_000, point in 0..18_i32, places in 0..16_i32) {
            let value = format!("{digits}e-{point}").parse::<f64>().unwrap();
            if let Some(rounded) = round_digits(value, places) {
                prop_assert_eq!(rounded.to_bits(), round_text(value, places).to_bits(), "$round({}, {})", value, places);
            }
            if let Some(rounded) = round_double(value, places) {
                prop_assert_eq!(rounded.to_bits(), round_text(value, places).to_bits(), "$round({}, {})", value, places);
            }
        }
    }

    #[test]
    fn rounds_half_to_even() {
        let cases = [
            (2.3, 0.0, "2"),
            (2.5, 0.0, "2"),
            (3.5, 0.0, "4"),
            (-0.5, 0.0, "0"),
            (-2.5, 0.0, "-2"),
            (0.499_999_999_999_999_94, 0.0, "0"),
            (4.525, 2.0, "4.52"),
            (4.515, 2.0, "4.52"),
            (1.005, 2.0, "1"),
            (125.0, -1.0, "120"),
            (135.0, -1.0, "140"),
            (1e300, 20.0, "1e+300"),
            (6.022e-23, 24.0, "6e-23"),
            (5e-324, 400.0, "5e-324"),
            (1.5, -400.0, "0"),
            (1.55, 1.9, "1.6"),
            (-473_454_753.514_633_54, 13.0, "-473454753.5146335"),
        ];
        for (value, precision, rounded) in cases {
            let result = round(value, precision);
            assert_eq!(number_text(result), rounded, "$round({value}, {precision})");
            assert!(
                result != 0.0 || result.is_sign_positive(),
                "$round({value}, {precision}) is negative zero"
            );
        }
    }

    #[test]
    fn powers_and_roots_stay_numbers() {
        assert_eq!(power(2.0, 10.0), Ok(1024.0));
        assert_eq!(power(4.0, 0.5), Ok(2.0));
        assert_eq!(sqrt(2.25), Ok(1.5));
        let huge = power(10.0, 400.0).expect_err("beyond a double");
        assert_eq!((huge.code, &*huge.value, &*huge.other), ("D3061", "10", "400"));
        assert_eq!(power(-2.0, 1.0 / 3.0).map_err(|failure| failure.code), Err("D3061"));
        assert_eq!(
            sqrt(-2.0).map_err(|failure| (failure.code, failure.value)),
            Err(("D3060", "-2".to_owned()))
        );
    }

    proptest! {
        #[test]
        fn rounding_twice_changes_nothing(value in -1e6..1e6, precision in -5..9_i32) {
            let once = round(value, f64::from(precision));
            prop_assert_eq!(Some(round(once, f64::from(precision))), Some(once));
            let half = 0.5 * 10_f64.powi(-precision);
            prop_assert!((once - value).abs() <= half + value.abs() * 1e-15);
        }
    }
}
