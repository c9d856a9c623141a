//! The picture of `$formatNumber`: sections 4.7.1 to 4.7.4 of "XPath and XQuery Functions and Operators 3.1".

use super::{
    error::Failure,
    integer::{WIDTH_MAX, regular_interval},
};

/// The characters and texts that a picture and a formatted number consist of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DecimalFormat {
    pub(super) decimal_separator: char,
    pub(super) grouping_separator: char,
    pub(super) exponent_separator: char,
    pub(super) minus_sign: String,
    pub(super) infinity: String,
    pub(super) nan: String,
    pub(super) percent: char,
    pub(super) per_mille: char,
    pub(super) zero_digit: char,
    pub(super) digit: char,
    pub(super) pattern_separator: char,
}

impl Default for DecimalFormat {
    fn default() -> Self {
        Self {
            decimal_separator: '.',
            grouping_separator: ',',
            exponent_separator: 'e',
            minus_sign: "-".to_owned(),
            infinity: "Infinity".to_owned(),
            nan: "NaN".to_owned(),
            percent: '%',
            per_mille: '\u{2030}',
            zero_digit: '0',
            digit: '#',
            pattern_separator: ';',
        }
    }
}

impl DecimalFormat {
    /// Changes the property that the options of `$formatNumber` call `name`; other names say nothing.
    ///
    /// A property that is one character takes no other text (T0410).
    pub(crate) fn set(&mut self, name: &str, text: &str) -> Result<(), Failure> {
        let property = match name {
            "minus-sign" => {
                text.clone_into(&mut self.minus_sign);
                return Ok(());
            }
            "infinity" => {
                text.clone_into(&mut self.infinity);
                return Ok(());
            }
            "NaN" => {
                text.clone_into(&mut self.nan);
                return Ok(());
            }
            "decimal-separator" => &mut self.decimal_separator,
            "grouping-separator" => &mut self.grouping_separator,
            "exponent-separator" => &mut self.exponent_separator,
            "percent" => &mut self.percent,
            "per-mille" => &mut self.per_mille,
            "zero-digit" => &mut self.zero_digit,
            "digit" => &mut self.digit,
            "pattern-separator" => &mut self.pattern_separator,
            _ => return Ok(()),
        };
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(character), None) => *property = character,
            _ => return Err(Failure::of_argument(3, "formatNumber")),
        }
        Ok(())
    }

    /// The digit as this format writes it; `digit` is at most 9.
    pub(super) fn write_digit(&self, digit: u8) -> char {
        char::from_u32(u32::from(self.zero_digit) + u32::from(digit)).unwrap_or(char::from(b'0' + digit))
    }

    fn is_digit(&self, c: char) -> bool {
        (0..10).contains(&(i64::from(u32::from(c)) - i64::from(u32::from(self.zero_digit))))
    }

    fn is_digit_sign(&self, c: char) -> bool {
        self.is_digit(c) || c == self.digit
    }

    fn is_active(&self, c: char) -> bool {
        self.is_digit_sign(c)
            || c == self.decimal_separator
            || c == self.exponent_separator
            || c == self.grouping_separator
            || c == self.pattern_separator
    }
}

/// One of the two halves of a picture, analysed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SubPicture {
    pub(super) prefix: String,
    pub(super) suffix: String,
    /// 100 for percent, 1000 for per mille, else 1.
    pub(super) factor: f64,
    pub(super) integer_digits_min: usize,
    /// The mantissa has so many digits before the point where there is an exponent.
    pub(super) scaling_digits: usize,
    pub(super) fraction_digits_min: usize,
    pub(super) fraction_digits_max: usize,
    /// None if the number is written without an exponent.
    pub(super) exponent_digits_min: Option<usize>,
    /// Separators after each so many digits, if they are regular.
    pub(super) integer_interval: Option<usize>,
    /// Digits to the right of each separator, from left to right.
    pub(super) integer_groups: Vec<usize>,
    /// Digits to the left of each separator.
    pub(super) fraction_groups: Vec<usize>,
}

impl SubPicture {
    pub(super) fn parse(text: &str, format: &DecimalFormat) -> Result<Self, Failure> {
        let text = text.chars().collect::<Vec<_>>();
        let parts = Parts::split(&text, format);
        if let Some(code) = parts.error(format) {
            return Err(Failure::new(code));
        }
        if text.len() > WIDTH_MAX {
            return Err(Failure::out_of_range(text.len() as f64));
        }
        Ok(parts.analyse(format))
    }
}

/// Where the parts of a sub-picture stand (section 4.7.3).
struct Parts<'p> {
    whole: &'p [char],
    prefix: &'p [char],
    suffix: &'p [char],
    active: &'p [char],
    mantissa: &'p [char],
    integer: &'p [char],
    fraction: &'p [char],
    exponent: Option<&'p [char]>,
}

impl<'p> Parts<'p> {
    fn split(whole: &'p [char], format: &DecimalFormat) -> Self {
        let bounds = |c: &char| format.is_active(*c) && *c != format.exponent_separator;
        let start = whole.iter().position(bounds).unwrap_or(0);
        let end = whole.iter().rposition(bounds).map_or(whole.len(), |last| last + 1);
        let active = &whole[start..end];
        // As in JSONata, which counts from the picture's start: an exponent after a prefix is not found.
        let separator = whole[start..].iter().position(|c| *c == format.exponent_separator);
        let separator = separator.map(|offset| start + offset).filter(|position| *position <= end);
        let (mantissa, exponent) = match separator {
            Some(at) => (&active[..at.min(active.len())], Some(&active[active.len().min(at + 1)..])),
            None => (active, None),
        };
        let (integer, fraction) = match mantissa.iter().position(|c| *c == format.decimal_separator) {
            Some(point) => (&mantissa[..point], &mantissa[point + 1..]),
            None => (mantissa, &whole[end..]),
        };
        let (prefix, suffix) = (&whole[..start], &whole[end..]);
        Self { whole, prefix, suffix, active, mantissa, integer, fraction, exponent }
    }

    /// What is wrong; of several things the last in the order of the specification.
    fn error(&self, format: &DecimalFormat) -> Option<&'static str> {
        let count = |character: char| self.whole.iter().filter(|c| **c == character).count();
        let (percents, per_milles) = (count(format.percent), count(format.per_mille));
        let grouping = |c: Option<&char>| c == Some(&format.grouping_separator);
        let point = self.whole.iter().position(|c| *c == format.decimal_separator);
        let beside_point =
            |at: usize| at > 0 && grouping(self.whole.get(at - 1)) || grouping(self.whole.get(at + 1));
        let any_digit = |part: &[char]| part.iter().any(|c| format.is_digit(*c));
        let optional = |c: &char| *c == format.digit;
        let first_optional = self.integer.iter().position(optional).unwrap_or(0);
        let last_optional = self.fraction.iter().rposition(optional).unwrap_or(self.fraction.len());
        let exponent = self.exponent;
        let checks = [
            ("D3081", count(format.decimal_separator) > 1),
            ("D3082", percents > 1),
            ("D3083", per_milles > 1),
            ("D3084", percents > 0 && per_milles > 0),
            ("D3085", !self.mantissa.iter().any(|c| format.is_digit_sign(*c))),
            ("D3086", !self.active.iter().all(|c| format.is_active(*c))),
            ("D3087", point.is_some_and(beside_point)),
            ("D3088", point.is_none() && grouping(self.integer.last())),
            ("D3089", self.whole.windows(2).any(|pair| grouping(pair.first()) && grouping(pair.last()))),
            ("D3090", any_digit(&self.integer[..first_optional])),
            ("D3091", any_digit(&self.fraction[last_optional..])),
            ("D3092", exponent.is_some_and(|part| !part.is_empty()) && percents + per_milles > 0),
            (
                "D3093",
                exponent.is_some_and(|part| part.is_empty() || !part.iter().all(|c| format.is_digit(*c))),
            ),
        ];
        checks.iter().rev().find(|(_, wrong)| *wrong).map(|(code, _)| *code)
    }

    /// Section 4.7.4.
    fn analyse(&self, format: &DecimalFormat) -> SubPicture {
        let digits = |part: &[char]| part.iter().filter(|c| format.is_digit(**c)).count();
        let scaling_digits = digits(self.integer);
        let mut integer_digits_min = scaling_digits;
        let mut fraction_digits_min = digits(self.fraction);
        let mut fraction_digits_max = count_digit_signs(self.fraction, format);
        if integer_digits_min == 0 && fraction_digits_max == 0 {
            if self.exponent.is_some() {
                (fraction_digits_min, fraction_digits_max) = (1, 1);
            } else {
                integer_digits_min = 1;
            }
        }
        if self.exponent.is_some() && integer_digits_min == 0 && self.integer.contains(&format.digit) {
            integer_digits_min = 1;
        }
        if integer_digits_min == 0 && fraction_digits_min == 0 {
            fraction_digits_min = 1;
        }
        let factor = match self.whole {
            whole if whole.contains(&format.percent) => 100.0,
            whole if whole.contains(&format.per_mille) => 1000.0,
            _ => 1.0,
        };
        let integer_groups = self.integer_groups(format);
        SubPicture {
            prefix: self.prefix.iter().collect(),
            suffix: self.suffix.iter().collect(),
            factor,
            integer_digits_min,
            scaling_digits,
            fraction_digits_min,
            fraction_digits_max,
            exponent_digits_min: self.exponent.map(digits),
            integer_interval: regular_interval(&integer_groups),
            integer_groups,
            fraction_groups: self.fraction_groups(format),
        }
    }

    fn integer_groups(&self, format: &DecimalFormat) -> Vec<usize> {
        let separators = self.integer.iter().enumerate().filter(|(_, c)| **c == format.grouping_separator);
        separators.map(|(at, _)| count_digit_signs(&self.integer[at..], format)).collect()
    }

    /// As in `JSONata`, which looks for the second separator and those after it in the integer part.
    fn fraction_groups(&self, format: &DecimalFormat) -> Vec<usize> {
        let next = |part: &[char], from: usize| {
            let rest = part.get(from..)?;
            Some(from + rest.iter().position(|c| *c == format.grouping_separator)?)
        };
        let first = next(self.fraction, 0);
        let separators = std::iter::successors(first, |at| next(self.integer, at + 1));
        separators
            .map(|at| count_digit_signs(&self.fraction[..at.min(self.fraction.len())], format))
            .collect()
    }
}

fn count_digit_signs(part: &[char], format: &DecimalFormat) -> usize {
    part.iter().filter(|c| format.is_digit_sign(**c)).count()
}
