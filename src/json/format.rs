//! Doubles to text.

/// Shortest digits that `zmij` writes for a double.
const DIGITS_MAX: usize = 17;

/// Appends a double as JavaScript prints it, as `$string` of `JSONata` requires: the shortest text that
/// reads back, integers without a fraction, an exponent from `1e+21` up and from `1e-7` down.
///
/// ```
/// let mut out = Vec::new();
/// aslx::json::format_f64(0.1 + 0.2, &mut out);
/// assert_eq!(out, b"0.30000000000000004");
/// ```
///
/// JSON has no text for infinities and NaN; they become `null`, as in JavaScript.
pub fn format_f64(value: f64, out: &mut Vec<u8>) {
    const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53: below it every integer is a double of its own
    if !value.is_finite() {
        out.extend_from_slice(b"null");
    } else if value.abs() < EXACT && value.trunc().to_bits() == value.to_bits() || value == 0.0 {
        out.extend_from_slice(itoa::Buffer::new().format(value as i64).as_bytes());
    } else if let Some(decimal) = ShortDecimal::of(value) {
        decimal.write(out);
    } else {
        if value < 0.0 {
            out.push(b'-');
        }
        let mut buffer = zmij::Buffer::new();
        let text = buffer.format_finite(value.abs());
        let is_plain = value.fract() != 0.0 && is_plain(text);
        if is_plain { out.extend_from_slice(text.as_bytes()) } else { Shortest::new(text).write(out) }
    }
}

/// Bytes that [`format_f64`] writes.
pub fn f64_len(value: f64) -> usize {
    if let Some(decimal) = ShortDecimal::of(value) {
        return decimal.len();
    }
    let mut buffer = zmij::Buffer::new();
    if value.is_finite() && value.fract() != 0.0 {
        let text = buffer.format_finite(value);
        if is_plain(text) {
            return text.len();
        }
    }
    let mut out = Vec::new();
    format_f64(value, &mut out);
    out.len()
}

/// A number with few decimal places, as most computed ones are: amounts of money, for example.
struct ShortDecimal {
    is_negative: bool,
    whole: u64,
    /// The decimal places, without zeros at their end; one at least.
    fraction: u64,
    places: usize,
}

impl ShortDecimal {
    /// The number, if a decimal with a fraction of four places and at most fifteen digits is read as it. No two such
    /// decimals are read as the same double: this is then the shortest text that reads back.
    #[inline]
    fn of(value: f64) -> Option<Self> {
        const UNIT: f64 = 1e4;
        const MAX: f64 = 1e11;
        let magnitude = value.abs();
        if magnitude >= MAX || magnitude.is_nan() {
            return None;
        }
        let units = (magnitude * UNIT + 0.5) as u64;
        // Both are exact, so that the quotient is what reading the decimal gives.
        if (units as f64 / UNIT).to_bits() != magnitude.to_bits() {
            return None;
        }
        let (whole, mut fraction, mut places) = (units / 10_000, units % 10_000, 4);
        if fraction == 0 {
            return None;
        }
        while fraction % 10 == 0 {
            fraction /= 10;
            places -= 1;
        }
        Some(Self { is_negative: value < 0.0, whole, fraction, places })
    }

    fn len(&self) -> usize {
        let digits = self.whole.checked_ilog10().unwrap_or(0) as usize + 1;
        usize::from(self.is_negative) + digits + 1 + self.places
    }

    fn write(&self, out: &mut Vec<u8>) {
        if self.is_negative {
            out.push(b'-');
        }
        out.extend_from_slice(itoa::Buffer::new().format(self.whole).as_bytes());
        let mut text = *b".0000";
        let mut fraction = self.fraction;
        for place in text[1..=self.places].iter_mut().rev() {
            *place = b'0' + (fraction % 10) as u8;
            fraction /= 10;
        }
        out.extend_from_slice(&text[..=self.places]);
    }
}

/// Whether a fraction is written as JavaScript writes it: the two differ only in when they use an exponent.
fn is_plain(text: &str) -> bool {
    !text.as_bytes().contains(&b'e')
}

/// The digits of a positive double, and where its point stands.
struct Shortest {
    digits: [u8; DIGITS_MAX],
    len: usize,
    /// The value is 0.DIGITS times ten to this power.
    point: i32,
}

impl Shortest {
    /// `text`: digits, maybe with a point, maybe with an exponent.
    fn new(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut shortest = Self { digits: [b'0'; DIGITS_MAX], len: 0, point: exponent.parse().unwrap_or(0) };
        shortest.point += whole.len() as i32;
        for digit in whole.bytes().chain(fraction.bytes()) {
            if shortest.len == 0 && digit == b'0' {
                shortest.point -= 1;
            } else if let Some(slot) = shortest.digits.get_mut(shortest.len) {
                *slot = digit;
                shortest.len += 1;
            }
        }
        while shortest.len > 1 && shortest.digits[shortest.len - 1] == b'0' {
            shortest.len -= 1;
        }
        shortest
    }

    /// `Number::toString` of ECMA-262.
    fn write(&self, out: &mut Vec<u8>) {
        const ZEROS: [u8; 21] = [b'0'; 21];
        let digits = &self.digits[..self.len];
        let point = self.point.unsigned_abs() as usize;
        match self.point {
            -5..=0 => {
                out.extend_from_slice(b"0.");
                out.extend_from_slice(&ZEROS[..point]);
                out.extend_from_slice(digits);
            }
            1..=21 if point < digits.len() => {
                out.extend_from_slice(&digits[..point]);
                out.push(b'.');
                out.extend_from_slice(&digits[point..]);
            }
            1..=21 => {
                out.extend_from_slice(digits);
                out.extend_from_slice(&ZEROS[..point - digits.len()]);
            }
            _ => {
                out.push(digits[0]);
                if digits.len() > 1 {
                    out.push(b'.');
                    out.extend_from_slice(&digits[1..]);
                }
                let exponent = self.point - 1;
                out.extend_from_slice(if exponent < 0 { b"e" } else { b"e+" });
                out.extend_from_slice(itoa::Buffer::new().format(exponent).as_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(value: f64) -> String {
        let mut out = Vec::new();
        format_f64(value, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn doubles_are_printed_as_javascript_prints_them() {
        let check = |value, expected| assert_eq!(text_of(value), expected);
        check(0.0, "0");
        check(-0.0, "0");
        check(1.0, "1");
        check(-42.0, "-42");
        check(0.5, "0.5");
        check(-12.75, "-12.75");
        check(0.1 + 0.2, "0.30000000000000004");
        check(0.000_001, "0.000001");
        check(0.000_001_234, "0.000001234");
        check(0.000_000_1, "1e-7");
        check(1.5e-7, "1.5e-7");
        check(123_456_789.125, "123456789.125");
        check(1e15, "1000000000000000");
        check(9_007_199_254_740_992.0, "9007199254740992");
        check(9_007_199_254_740_994.0, "9007199254740994");
        check(1e20, "100000000000000000000");
        check(123_456_789_012_345_680_000.0, "123456789012345680000");
        check(1e21, "1e+21");
        check(-1.234_5e25, "-1.2345e+25");
        check(f64::MAX, "1.7976931348623157e+308");
        check(f64::MIN_POSITIVE, "2.2250738585072014e-308");
        check(5e-324, "5e-324");
        check(f64::NAN, "null");
        check(f64::NEG_INFINITY, "null");
    }

    proptest::proptest! {
        #[test]
        fn every_finite_double_reads_back(bits: u64) {
            let value = f64::from_bits(bits);
            proptest::prop_assume!(value.is_finite());
            let read = text_of(value).parse::<f64>().unwrap();
            proptest::prop_assert!(read.to_bits() == value.to_bits() || value == 0.0);
        }

        #[test]
        fn short_decimals_are_printed_as_all_others(units in -1_000_000_000_000_000_i64..1_000_000_000_000_000, shift in 0..50_u32) {
            let value = (units >> shift) as f64 / 10_000.0;
            if ShortDecimal::of(value).is_some() {
                let mut buffer = zmij::Buffer::new();
                let shortest = buffer.format_finite(value.abs());
                let mut out = if value < 0.0 { b"-".to_vec() } else { Vec::new() };
                Shortest::new(shortest).write(&mut out);
                proptest::prop_assert_eq!(text_of(value).into_bytes(), out);
            }
            proptest::prop_assert_eq!(f64_len(value), text_of(value).len());
        }

        #[test]
        fn decimals_are_printed_as_they_were_written(whole in 0u32..1_000_000, cents in 1u32..100) {
            let text = format!("{whole}.{cents:02}");
            let printed = text_of(text.parse().unwrap());
            proptest::prop_assert_eq!(printed, text.trim_end_matches('0'));
        }
    }
}
