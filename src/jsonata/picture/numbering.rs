//! Integers as Roman numerals and as the letters of a spreadsheet's columns.

use super::error::Failure;

/// The largest number written in Roman numerals, which need a letter for each thousand.
const ROMAN_MAX: f64 = 1e7;

const NUMERALS: [(u32, &str); 12] = [
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
];

/// An integer from 0 up in lower case; zero is the empty text.
pub(super) fn roman(value: f64) -> Result<String, Failure> {
    if value > ROMAN_MAX {
        return Err(Failure::out_of_range(value));
    }
    let value = value as u32;
    let mut out = "m".repeat((value / 1000) as usize);
    let mut rest = value % 1000;
    for (numeral, letters) in NUMERALS {
        while rest >= numeral {
            out.push_str(letters);
            rest -= numeral;
        }
    }
    Ok(out)
}

/// The number that Roman numerals in upper case say, `NaN` if one is none.
///
/// A numeral before a larger one counts against it, however far behind it stands.
pub(super) fn parse_roman(text: &str) -> f64 {
    let (mut number, mut largest) = (0.0, 1.0);
    for letter in text.chars().rev() {
        let value = match letter {
            'I' => 1.0,
            'V' => 5.0,
            'X' => 10.0,
            'L' => 50.0,
            'C' => 100.0,
            'D' => 500.0,
            'M' => 1000.0,
            _ => return f64::NAN,
        };
        if value < largest {
            number -= value;
        } else {
            largest = value;
            number += value;
        }
    }
    number
}

/// An integer from 0 up in letters, from `a` up; zero is the empty text.
pub(super) fn letters(value: f64, a: u8) -> String {
    let mut letters = Vec::new();
    let mut rest = value;
    while rest > 0.0 {
        letters.push(char::from(a + ((rest - 1.0) % 26.0) as u8));
        rest = ((rest - 1.0) / 26.0).floor();
    }
    letters.iter().rev().collect()
}

/// The number that letters from `a` up say. Others count by their distance, as `JSONata` has it.
pub(super) fn parse_letters(text: &str, a: u8) -> f64 {
    let mut number = 0.0;
    let mut place = 1.0;
    for unit in text.encode_utf16().collect::<Vec<_>>().iter().rev() {
        number += (f64::from(*unit) - f64::from(a) + 1.0) * place;
        place *= 26.0;
    }
    number
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn roman_numerals() {
        let cases =
            [(0.0, ""), (4.0, "iv"), (1990.0, "mcmxc"), (2026.0, "mmxxvi"), (3888.0, "mmmdccclxxxviii")];
        for (value, text) in cases {
            assert_eq!(roman(value).as_deref(), Ok(text));
        }
        assert_eq!(roman(1e9).map_err(|failure| failure.code), Err("D1001"));
        assert!(parse_roman("XQ").is_nan());
    }

    #[test]
    fn letters_of_columns() {
        for (value, text) in [(0.0, ""), (1.0, "A"), (26.0, "Z"), (27.0, "AA"), (702.0, "ZZ"), (703.0, "AAA")]
        {
            assert_eq!(letters(value, b'A'), text);
        }
        assert!(letters(f64::MAX, b'a').len() < 250);
    }

    proptest! {
        #[test]
        fn both_read_back(value in 0..4_000_000_u32) {
            let value = f64::from(value);
            let text = roman(value).map(|text| text.to_uppercase());
            prop_assert_eq!(text.map(|text| parse_roman(&text)), Ok(value));
            prop_assert_eq!(Some(parse_letters(&letters(value, b'a'), b'a')), Some(value));
        }
    }
}
