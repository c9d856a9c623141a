//! `$formatInteger` and `$parseInteger`: `fn:format-integer` of XPath and its reverse.

use super::{
    error::Failure,
    numbering::{letters, parse_letters, parse_roman, roman},
    scan::parse_int,
    words::{parse_words, title_case, words},
};

/// The largest width that a picture may ask for.
pub(crate) const WIDTH_MAX: usize = 1000;

/// The zeros of the decimal digits that pictures know.
const ZEROS: [u32; 37] = [
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50,
    0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40,
    0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
];

/// A picture of an integer, read once: `#,##0`, `I`, `a`, `Ww`, each with `;o` for ordinals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IntegerPicture {
    pub(super) numbering: Numbering,
    pub(super) ordinal: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Numbering {
    Decimal(DigitPattern),
    Letters(LetterCase),
    Roman(LetterCase),
    Words(LetterCase),
    /// A sequence that begins with this text: known to XPath, left to implementations.
    Sequence(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LetterCase {
    Upper,
    Lower,
    Title,
}

/// A decimal digit pattern: `#,##0`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DigitPattern {
    /// The code point of the digit zero.
    pub(super) zero: u32,
    pub(super) mandatory: usize,
    pub(super) optional: usize,
    pub(super) grouping: Grouping,
}

/// Where separators stand, counted in digits from the right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Grouping {
    /// The same one after each so many digits.
    Regular(usize, char),
    /// At these places only, from right to left.
    Irregular(Vec<(usize, char)>),
}

impl IntegerPicture {
    /// Reads a picture. Any text is one, but digits must be of one kind (D3131).
    pub(crate) fn parse(picture: &str) -> Result<Self, Failure> {
        let (primary, modifier) = picture.rsplit_once(';').unwrap_or((picture, ""));
        let numbering = match primary {
            "A" => Numbering::Letters(LetterCase::Upper),
            "a" => Numbering::Letters(LetterCase::Lower),
            "I" => Numbering::Roman(LetterCase::Upper),
            "i" => Numbering::Roman(LetterCase::Lower),
            "W" => Numbering::Words(LetterCase::Upper),
            "w" => Numbering::Words(LetterCase::Lower),
            "Ww" => Numbering::Words(LetterCase::Title),
            _ => match DigitPattern::parse(primary)? {
                Some(pattern) => Numbering::Decimal(pattern),
                None => Numbering::Sequence(primary.to_owned()),
            },
        };
        Ok(Self { numbering, ordinal: modifier.starts_with('o') })
    }

    /// `$formatInteger`: the integer below or at the value as the picture shows it.
    pub(crate) fn format(&self, value: f64) -> Result<String, Failure> {
        if !value.is_finite() {
            return Err(Failure::out_of_range(value));
        }
        let value = value.floor();
        let magnitude = value.abs();
        let text = match &self.numbering {
            Numbering::Decimal(pattern) => pattern.format(magnitude, self.ordinal),
            Numbering::Letters(case) => letters(magnitude, case.first_letter()),
            Numbering::Roman(case) => case.apply(roman(magnitude)?),
            Numbering::Words(case) => case.apply(words(magnitude, self.ordinal)),
            Numbering::Sequence(token) => return Err(Failure::of_text("D3130", token)),
        };
        Ok(if value < 0.0 { format!("-{text}") } else { text })
    }

    /// `$parseInteger`: the number that a text like the picture's says; `None` if it says none.
    ///
    /// The text is read leniently: it need not be what [`IntegerPicture::format`] would have written.
    pub(crate) fn parse_text(&self, text: &str) -> Result<Option<f64>, Failure> {
        let number = self.read(text)?;
        Ok(Some(number + 0.0).filter(|number| number.is_finite()))
    }

    /// As [`IntegerPicture::parse_text`]; `NaN` if the text says no number.
    pub(super) fn read(&self, text: &str) -> Result<f64, Failure> {
        Ok(match &self.numbering {
            Numbering::Decimal(pattern) => pattern.read(text, self.ordinal),
            Numbering::Letters(case) => parse_letters(text, case.first_letter()),
            Numbering::Roman(LetterCase::Upper) => parse_roman(text),
            Numbering::Roman(_) => parse_roman(&text.to_uppercase()),
            Numbering::Words(_) => parse_words(text),
            Numbering::Sequence(token) => return Err(Failure::of_text("D3130", token)),
        })
    }
}

impl LetterCase {
    fn first_letter(self) -> u8 {
        if self == Self::Upper { b'A' } else { b'a' }
    }

    /// `text` is in lower case.
    pub(super) fn apply(self, text: String) -> String {
        match self {
            Self::Upper => text.to_uppercase(),
            Self::Lower => text,
            Self::Title => title_case(&text),
        }
    }
}

impl DigitPattern {
    /// `None` if the text has no digit.
    fn parse(text: &str) -> Result<Option<Self>, Failure> {
        let mut zero = None;
        let (mut mandatory, mut optional) = (0, 0);
        let mut separators = Vec::new();
        for character in text.chars().rev() {
            let code = u32::from(character);
            if let Some(family) = ZEROS.into_iter().find(|zero| (*zero..*zero + 10).contains(&code)) {
                if *zero.get_or_insert(family) != family {
                    return Err(Failure::new("D3131"));
                }
                mandatory += 1;
            } else if character == '#' {
                optional += 1;
            } else {
                separators.push((mandatory + optional, character));
            }
        }
        if mandatory > WIDTH_MAX {
            return Err(Failure::out_of_range(mandatory as f64));
        }
        Ok(zero.map(|zero| Self { zero, mandatory, optional, grouping: Grouping::of(separators) }))
    }

    fn format(&self, magnitude: f64, ordinal: bool) -> String {
        const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53
        let digits = if magnitude < EXACT {
            format!("{:0>1$}", magnitude as u64, self.mandatory)
        } else {
            format!("{magnitude:0>0$}", self.mandatory)
        };
        if self.is_plain() && !ordinal {
            return digits;
        }
        let len = digits.len();
        let mut out = String::with_capacity(len * 2);
        for (index, digit) in digits.bytes().enumerate() {
            // A separator stands between digits only, wherever the pattern would have it.
            if index > 0 {
                self.grouping.push_separators(len - index, &mut out);
            }
            out.push(char::from_u32(u32::from(digit - b'0') + self.zero).unwrap_or(char::from(digit)));
        }
        self.grouping.push_separators(0, &mut out);
        if ordinal {
            out.push_str(ordinal_suffix(&out));
        }
        out
    }

    /// Whether it shows digits as they are, without separators.
    fn is_plain(&self) -> bool {
        self.zero == u32::from('0')
            && matches!(&self.grouping, Grouping::Irregular(places) if places.is_empty())
    }

    fn read(&self, text: &str, ordinal: bool) -> f64 {
        let mut digits = text;
        if ordinal {
            let suffix_start = digits.char_indices().rev().nth(1).map_or(0, |(at, _)| at);
            digits = &digits[..suffix_start];
        }
        let is_separator = |c: char| match &self.grouping {
            Grouping::Regular(..) => c == ',', // JSONata takes out no other, whatever the pattern has
            Grouping::Irregular(places) => places.iter().any(|(_, separator)| *separator == c),
        };
        let ascii = |c: char| match u32::from(c).checked_sub(self.zero) {
            Some(digit @ 0..10) => char::from(b'0' + digit as u8),
            _ => c,
        };
        parse_int(&digits.chars().filter(|c| !is_separator(*c)).map(ascii).collect::<String>())
    }
}

impl Grouping {
    /// `separators`: the digits to the right of each and the character, from right to left.
    fn of(separators: Vec<(usize, char)>) -> Self {
        let positions = separators.iter().map(|(position, _)| *position).collect::<Vec<_>>();
        let same = separators.iter().all(|(_, character)| *character == separators[0].1);
        match (regular_interval(&positions), separators.first()) {
            (Some(interval), Some((_, character))) if same => Self::Regular(interval, *character),
            _ => Self::Irregular(separators),
        }
    }

    /// Appends the separators with so many digits to the right.
    fn push_separators(&self, digits: usize, out: &mut String) {
        match self {
            Self::Regular(interval, character) if digits > 0 && digits.is_multiple_of(*interval) => {
                out.push(*character);
            }
            Self::Regular(..) => {}
            Self::Irregular(places) => {
                let here = places.iter().rev().filter(|(position, _)| *position == digits);
                out.extend(here.map(|(_, character)| *character));
            }
        }
    }
}

/// The interval if the positions are its multiples, without a gap.
pub(super) fn regular_interval(positions: &[usize]) -> Option<usize> {
    let interval = positions.iter().copied().reduce(greatest_common_divisor)?;
    let complete = (1..=positions.len()).all(|multiple| positions.contains(&(multiple * interval)));
    Some(interval).filter(|interval| complete && *interval > 0)
}

fn greatest_common_divisor(mut a: usize, mut b: usize) -> usize {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

fn ordinal_suffix(digits: &str) -> &'static str {
    let mut last = digits.chars().rev();
    match (last.next(), last.next()) {
        (_, Some('1')) => "th",
        (Some('1'), _) => "st",
        (Some('2'), _) => "nd",
        (Some('3'), _) => "rd",
        _ => "th",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn format(value: f64, picture: &str) -> Result<String, &'static str> {
        IntegerPicture::parse(picture)
            .and_then(|picture| picture.format(value))
            .map_err(|failure| failure.code)
    }

    fn parse(text: &str, picture: &str) -> Result<Option<f64>, &'static str> {
        IntegerPicture::parse(picture)
            .and_then(|picture| picture.parse_text(text))
            .map_err(|failure| failure.code)
    }

    #[test]
    fn formats() {
        let cases = [
            (7.9, "000", "007"),
            (-7.1, "0", "-8"),
            (0.0, "#", ""),
            (1_234_567.0, "#,##0", "1,234,567"),
            (7.0, "0,000", "0,007"),
            (12_345_678.0, "#'##0", "12'345'678"),
            (12_345_678.0, "##,##,000", "123,45,678"),
            (5.0, "##,##,000", "005"),
            (1e21, "#,##0", "1,000,000,000,000,000,000,000"),
            (2026.0, "\u{661}", "\u{662}\u{660}\u{662}\u{666}"),
            (21.0, "0;o", "21st"),
            (112.0, "0;o(-e)", "112th"),
            (13.0, "0;c", "13"),
            (1003.0, "#,##0;o", "1,003rd"),
            (2026.0, "I", "MMXXVI"),
            (-9.0, "i", "-ix"),
            (28.0, "A", "AB"),
            (28.0, "a", "ab"),
            (21.0, "Ww", "Twenty-One"),
            (121.0, "W;o", "ONE HUNDRED AND TWENTY-FIRST"),
            (10.0, "0;0;o", "1;0th"),
        ];
        for (value, picture, text) in cases {
            let text = if picture == "#" { Err("D3130") } else { Ok(text.to_owned()) };
            assert_eq!(format(value, picture), text, "$formatInteger({value}, {picture:?})");
        }
    }

    #[test]
    fn parses() {
        let cases = [
            ("007", "0", Some(7.0)),
            ("-1,234,567", "#,##0", Some(-1_234_567.0)),
            ("123-45,678", "##-##,000", Some(12_345_678.0)),
            ("\u{662}\u{660}", "\u{660}", Some(20.0)),
            ("22nd", "0;o", Some(22.0)),
            ("MCMXC", "I", Some(1990.0)),
            ("mcmxc", "i", Some(1990.0)),
            ("", "i", Some(0.0)),
            ("AB", "A", Some(28.0)),
            ("One Hundred and First", "Ww;o", Some(101.0)),
            ("12 apples", "0", Some(12.0)),
            ("apples", "0", None),
            ("mcmxc", "I", None),
            ("umpteen", "w", None),
            // As in the reference implementation, which takes out commas only where groups are regular.
            ("1.234", "#.##0", Some(1.0)),
        ];
        for (text, picture, value) in cases {
            assert_eq!(parse(text, picture), Ok(value), "$parseInteger({text:?}, {picture:?})");
        }
    }

    #[test]
    fn refusals() {
        for (picture, code) in [("0\u{660}", "D3131"), ("#", "D3130"), ("\u{2460}", "D3130"), ("", "D3130")] {
            assert_eq!(format(1.0, picture), Err(code), "{picture:?}");
            assert_eq!(parse("1", picture), Err(code), "{picture:?}");
        }
        assert_eq!(format(1.0, &"0".repeat(WIDTH_MAX + 1)), Err("D1001"));
        assert_eq!(format(f64::NAN, "0"), Err("D1001"));
    }

    proptest! {
        #[test]
        fn what_is_formatted_parses(
            value in -1_000_000_i32..1_000_000,
            picture in prop::sample::select(vec!["0", "#,##0", "0000000", "##,##,##0", "0;o", "\u{ff10}", "#:##:000"]),
        ) {
            let text = format(f64::from(value), picture).unwrap_or_default();
            prop_assert_eq!(parse(&text, picture), Ok(Some(f64::from(value))));
        }

        #[test]
        fn any_picture_is_harmless(value in any::<f64>(), picture in "\\PC*", text in "\\PC*") {
            let _ = format(value, &picture);
            let _ = parse(&text, &picture);
        }
    }
}
