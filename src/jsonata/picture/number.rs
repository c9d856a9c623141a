//! `$formatNumber`: `fn:format-number` of XPath.

use super::{
    arithmetic::round,
    error::Failure,
    number_picture::{DecimalFormat, SubPicture},
    number_text::fixed,
};

/// A picture of a number with its decimal format, read once: `#,##0.00;(#,##0.00)`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NumberPicture {
    positive: SubPicture,
    negative: SubPicture,
    format: DecimalFormat,
}

impl NumberPicture {
    /// Reads a picture (D3080 to D3093).
    pub(crate) fn parse(picture: &str, format: DecimalFormat) -> Result<Self, Failure> {
        let mut halves = picture.split(format.pattern_separator);
        let (first, second) = (halves.next().unwrap_or_default(), halves.next());
        if halves.next().is_some() {
            return Err(Failure::new("D3080"));
        }
        let positive = SubPicture::parse(first, &format)?;
        let negative = if let Some(second) = second {
            SubPicture::parse(second, &format)?
        } else {
            let prefix = format!("{}{}", format.minus_sign, positive.prefix);
            SubPicture { prefix, ..positive.clone() }
        };
        Ok(Self { positive, negative, format })
    }

    /// `$formatNumber` (section 4.7.5 of the specification).
    pub(crate) fn format(&self, value: f64) -> String {
        if value.is_nan() {
            return self.format.nan.clone();
        }
        let picture = if value >= 0.0 { &self.positive } else { &self.negative };
        let scaled = value * picture.factor;
        let mut out = picture.prefix.clone();
        if scaled.is_infinite() {
            out.push_str(&self.format.infinity);
        } else if picture.exponent_digits_min.is_some() {
            let (mantissa, exponent) = split_exponent(scaled, picture.scaling_digits);
            self.push_decimal(mantissa, picture, &mut out);
            self.push_exponent(exponent, picture, &mut out);
        } else {
            self.push_decimal(scaled, picture, &mut out);
        }
        out.push_str(&picture.suffix);
        out
    }

    fn push_decimal(&self, value: f64, picture: &SubPicture, out: &mut String) {
        let rounded = round(value, picture.fraction_digits_max as f64).abs();
        let text = fixed(rounded, picture.fraction_digits_max);
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let whole = whole.trim_start_matches('0');
        let whole = format!("{whole:0>0$}", picture.integer_digits_min);
        for (index, digit) in whole.bytes().enumerate() {
            let to_the_right = whole.len() - index;
            let separated = match picture.integer_interval {
                Some(interval) => to_the_right.is_multiple_of(interval),
                None => picture.integer_groups.contains(&to_the_right),
            };
            if separated && index > 0 {
                out.push(self.format.grouping_separator);
            }
            out.push(self.format.write_digit(digit - b'0'));
        }
        let fraction = fraction.trim_end_matches('0');
        let fraction = format!("{fraction:0<0$}", picture.fraction_digits_min);
        if fraction.is_empty() {
            return;
        }
        out.push(self.format.decimal_separator);
        let mut digits =
            fraction.bytes().map(|digit| self.format.write_digit(digit - b'0')).collect::<Vec<_>>();
        for position in &picture.fraction_groups {
            if (1..digits.len()).contains(position) {
                digits.insert(*position, self.format.grouping_separator);
            }
        }
        out.extend(digits);
    }

    fn push_exponent(&self, exponent: i32, picture: &SubPicture, out: &mut String) {
        out.push(self.format.exponent_separator);
        if exponent < 0 {
            out.push_str(&self.format.minus_sign);
        }
        let digits = format!("{:0>1$}", exponent.unsigned_abs(), picture.exponent_digits_min.unwrap_or(1));
        out.extend(digits.bytes().map(|digit| self.format.write_digit(digit - b'0')));
    }
}

/// The mantissa with so many digits before its point, and the power of ten it is multiplied by.
fn split_exponent(value: f64, digits: usize) -> (f64, i32) {
    let power_of_ten = |exponent: i32| format!("1e{exponent}").parse::<f64>().unwrap_or(f64::INFINITY);
    let (least, most) = (power_of_ten(digits as i32 - 1), power_of_ten(digits as i32));
    let (mut mantissa, mut exponent) = (value, 0);
    while mantissa != 0.0 && mantissa.is_finite() && mantissa.abs() < least {
        mantissa *= 10.0;
        exponent -= 1;
    }
    while mantissa.is_finite() && mantissa.abs() > most {
        mantissa /= 10.0;
        exponent += 1;
    }
    if mantissa.is_finite() { (mantissa, exponent) } else { (value, 0) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn format_with(value: f64, picture: &str, options: &[(&str, &str)]) -> Result<String, &'static str> {
        let mut format = DecimalFormat::default();
        for (name, text) in options {
            format.set(name, text).map_err(|failure| failure.code)?;
        }
        let picture = NumberPicture::parse(picture, format).map_err(|failure| failure.code)?;
        Ok(picture.format(value))
    }

    #[test]
    fn formats() {
        let cases = [
            (12_345.6, "#,###.00", "12,345.60"),
            (12_345_678.9, "9,999.99", "12,345,678.90"),
            (123.9, "9999", "0124"),
            (0.14, "01%", "14%"),
            (0.14, "001\u{2030}", "140\u{2030}"),
            (-6.0, "000", "-006"),
            (-6.0, "0;(0)", "(6)"),
            (6.0, "0;(0)", "6"),
            (0.0, "#", "0"),
            (0.0, "#.#", ".0"),
            (0.5, "#.##", ".5"),
            (1234.5678, "0.0e0", "1.2e3"),
            (0.000_234, "00.0e00", "23.4e-05"),
            (0.0, "0.0e0", "0.0e0"),
            (-0.234, "#.00e0", "-0.23e0"),
            (2.5, "0", "2"),
            (1.005, "0.00", "1.00"),
            (42.0, "EUR 0.00 net", "EUR 42.00 net"),
            (1e21, "#,##0", "1,000,000,000,000,000,000,000"),
            (1e300, "0.0000000000", &format!("{}.0000000000", format_args!("{:.0}", 1e300))),
            // Irregular groups: separators only between digits.
            (12_345_678.0, "#,##,##0", "123,45,678"),
            (5.0, "#,##,##0", "5"),
            (1.234_567_8, "0.000,000,0", "1.234,5678"),
            (1.2, "0.0##,###", "1.2"),
        ];
        for (value, picture, text) in cases {
            assert_eq!(
                format_with(value, picture, &[]),
                Ok(text.to_owned()),
                "$formatNumber({value}, {picture:?})"
            );
        }
    }

    #[test]
    fn options_change_the_characters() {
        let german = [("decimal-separator", ","), ("grouping-separator", ".")];
        assert_eq!(format_with(1_234.5, "#.##0,00", &german), Ok("1.234,50".to_owned()));
        let devanagari = [("zero-digit", "\u{966}")];
        assert_eq!(
            format_with(20.5, "\u{966}.\u{966}", &devanagari),
            Ok("\u{968}\u{966}.\u{96b}".to_owned())
        );
        let others = [
            ("minus-sign", "minus "),
            ("exponent-separator", "E"),
            ("digit", "x"),
            ("pattern-separator", "|"),
            ("percent", "p"),
            ("per-mille", "m"),
            ("infinity", "much"),
            ("NaN", "none"),
            ("unknown", ""),
        ];
        assert_eq!(format_with(-0.02, "x0.0E0", &others), Ok("minus 2.0Eminus 2".to_owned()));
        assert_eq!(format_with(0.02, "0p|(0p)", &others), Ok("2p".to_owned()));
        assert_eq!(format_with(-0.02, "0m|(0m)", &others), Ok("(20m)".to_owned()));
        assert_eq!(format_with(f64::NEG_INFINITY, "<0>", &others), Ok("minus <much>".to_owned()));
        assert_eq!(format_with(f64::NAN, "<0>", &others), Ok("none".to_owned()));
        assert_eq!(format_with(1.0, "0", &[("digit", "")]), Err("T0410"));
        assert_eq!(format_with(1.0, "0", &[("digit", "##")]), Err("T0410"));
    }

    #[test]
    fn each_rule_has_its_code() {
        let cases = [
            ("0;0;0", "D3080"),
            ("0.0.0", "D3081"),
            ("0%%", "D3082"),
            ("0\u{2030}\u{2030}", "D3083"),
            ("0%\u{2030}", "D3084"),
            (".", "D3085"),
            ("", "D3085"),
            ("0 0", "D3086"),
            ("0,.0", "D3087"),
            ("0.,0", "D3087"),
            ("0,", "D3088"),
            ("0,,0", "D3089"),
            ("0#.0", "D3090"),
            ("0.#0", "D3091"),
            ("0e0%", "D3092"),
            ("0e", "D3093"),
            ("0e#", "D3093"),
            ("<0e0", "D3093"),
        ];
        for (picture, code) in cases {
            assert_eq!(format_with(1.0, picture, &[]), Err(code), "{picture:?}");
        }
        assert_eq!(format_with(1.0, &"0".repeat(1001), &[]), Err("D1001"));
    }

    proptest! {
        #[test]
        fn what_is_formatted_reads_back(cents in -1_000_000_000_i64..1_000_000_000) {
            let value = cents as f64 / 100.0;
            let text = format_with(value, "#,##0.00", &[]).unwrap_or_default();
            prop_assert_eq!(text.replace(',', "").parse(), Ok(value));
        }

        #[test]
        fn any_picture_is_harmless(value in any::<f64>(), picture in "[#09.,e;%x]{0,12}") {
            let _ = format_with(value, &picture, &[]);
        }
    }
}
