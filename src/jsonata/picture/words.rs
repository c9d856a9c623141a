//! Integers in English words.

use super::scan::is_space;

/// The values of the words, in lower case; a matcher tries them in this order.
///
/// The first twenty are the cardinals and the next twenty the ordinals of 0 to 19; then come pairs of both.
pub(super) const WORD_VALUES: [(&str, f64); 66] = [
    ("zero", 0.0),
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("eleven", 11.0),
    ("twelve", 12.0),
    ("thirteen", 13.0),
    ("fourteen", 14.0),
    ("fifteen", 15.0),
    ("sixteen", 16.0),
    ("seventeen", 17.0),
    ("eighteen", 18.0),
    ("nineteen", 19.0),
    ("zeroth", 0.0),
    ("first", 1.0),
    ("second", 2.0),
    ("third", 3.0),
    ("fourth", 4.0),
    ("fifth", 5.0),
    ("sixth", 6.0),
    ("seventh", 7.0),
    ("eighth", 8.0),
    ("ninth", 9.0),
    ("tenth", 10.0),
    ("eleventh", 11.0),
    ("twelfth", 12.0),
    ("thirteenth", 13.0),
    ("fourteenth", 14.0),
    ("fifteenth", 15.0),
    ("sixteenth", 16.0),
    ("seventeenth", 17.0),
    ("eighteenth", 18.0),
    ("nineteenth", 19.0),
    ("twenty", 20.0),
    ("twentieth", 20.0),
    ("thirty", 30.0),
    ("thirtieth", 30.0),
    ("forty", 40.0),
    ("fortieth", 40.0),
    ("fifty", 50.0),
    ("fiftieth", 50.0),
    ("sixty", 60.0),
    ("sixtieth", 60.0),
    ("seventy", 70.0),
    ("seventieth", 70.0),
    ("eighty", 80.0),
    ("eightieth", 80.0),
    ("ninety", 90.0),
    ("ninetieth", 90.0),
    ("hundred", 100.0),
    ("hundredth", 100.0),
    ("thousand", 1e3),
    ("thousandth", 1e3),
    ("million", 1e6),
    ("millionth", 1e6),
    ("billion", 1e9),
    ("billionth", 1e9),
    ("trillion", 1e12),
    ("trillionth", 1e12),
];

const ORDINALS: usize = 20;
const TENS: usize = 40;
const HUNDRED: usize = 56;
/// Largest first: beyond the last, trillions of trillions are counted.
const MAGNITUDES: [(f64, usize); 4] = [(1e12, 64), (1e9, 62), (1e6, 60), (1e3, 58)];

/// What is still to be written, the next on top.
enum Work {
    /// A number, whether something was written before it that it continues, and whether it is the ordinal.
    Number(f64, bool, bool),
    /// A space and a word of the table.
    Word(usize),
}

/// An integer from 0 up in lower case, as `Two thousand and first` continues: `, ` before hundreds and more,
/// ` and ` before less.
pub(super) fn words(value: f64, ordinal: bool) -> String {
    let mut out = String::new();
    let mut stack = vec![Work::Number(value, false, ordinal)];
    while let Some(work) = stack.pop() {
        match work {
            Work::Word(index) => {
                out.push(' ');
                out.push_str(WORD_VALUES[index].0);
            }
            Work::Number(number, continues, ordinal) if number < 100.0 => {
                out.push_str(if continues { " and " } else { "" });
                push_below_hundred(number as usize, ordinal, &mut out);
            }
            Work::Number(number, continues, ordinal) => {
                out.push_str(if continues { ", " } else { "" });
                let found = MAGNITUDES.iter().find(|(magnitude, _)| number >= *magnitude);
                let (magnitude, word) = *found.unwrap_or(&(100.0, HUNDRED));
                let count = (number / magnitude).floor();
                let rest = number - count * magnitude;
                if rest > 0.0 {
                    stack.push(Work::Number(rest, true, ordinal));
                }
                stack.push(Work::Word(word + usize::from(ordinal && rest <= 0.0)));
                stack.push(Work::Number(count, false, false));
            }
        }
    }
    out
}

fn push_below_hundred(number: usize, ordinal: bool, out: &mut String) {
    let word = |index: usize| WORD_VALUES[index].0;
    let small = |number: usize| word(number + if ordinal { ORDINALS } else { 0 });
    if number < 20 {
        out.push_str(small(number));
        return;
    }
    let (tens, rest) = (TENS + (number / 10 - 2) * 2, number % 10);
    out.push_str(word(tens + usize::from(ordinal && rest == 0)));
    if rest > 0 {
        out.push('-');
        out.push_str(small(rest));
    }
}

/// Gives every word but "and" a capital.
pub(super) fn title_case(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for word in words.split_inclusive([' ', '-']) {
        let initial = usize::from(word != "and ");
        out.push_str(&word[..initial].to_ascii_uppercase());
        out.push_str(&word[initial..]);
    }
    out
}

/// The number that words say, `NaN` if one is unknown.
pub(super) fn parse_words(text: &str) -> f64 {
    let text = text.to_lowercase();
    let mut segments = vec![0.0_f64];
    for word in split_words(&text) {
        let value =
            WORD_VALUES.iter().find(|(known, _)| *known == word).map_or(f64::NAN, |(_, value)| *value);
        let top = segments.pop().unwrap_or(0.0);
        if value < 100.0 {
            if top >= 1000.0 {
                segments.extend([top, value]);
            } else {
                segments.push(top + value);
            }
        } else {
            segments.push(top * value);
        }
    }
    segments.iter().sum()
}

/// Words end at white space, `-` and `\`; a comma and an "and" between two spaces belong to the separation.
fn split_words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let after_comma = rest.strip_prefix(',').and_then(strip_space);
        let after_and = || strip_space(rest).and_then(|rest| rest.strip_prefix("and")).and_then(strip_space);
        let after_one = || strip_space(rest).or_else(|| rest.strip_prefix(['-', '\\']));
        match after_comma.or_else(after_and).or_else(after_one) {
            Some(rest) => {
                words.push(&text[start..at]);
                at = text.len() - rest.len();
                start = at;
            }
            None => at += c.len_utf8(),
        }
    }
    words.push(&text[start..]);
    words
}

fn strip_space(text: &str) -> Option<&str> {
    text.strip_prefix(is_space)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_in_words() {
        let cases = [
            (0.0, "zero", "zeroth"),
            (12.0, "twelve", "twelfth"),
            (40.0, "forty", "fortieth"),
            (81.0, "eighty-one", "eighty-first"),
            (200.0, "two hundred", "two hundredth"),
            (999.0, "nine hundred and ninety-nine", "nine hundred and ninety-ninth"),
            (1_000.0, "one thousand", "one thousandth"),
            (1_005.0, "one thousand and five", "one thousand and fifth"),
            (1_500.0, "one thousand, five hundred", "one thousand, five hundredth"),
            (2_000_100.0, "two million, one hundred", "two million, one hundredth"),
            (7e12, "seven trillion", "seven trillionth"),
            (5e24, "five trillion trillion", "five trillion trillionth"),
            (
                12_345_678.0,
                "twelve million, three hundred and forty-five thousand, six hundred and seventy-eight",
                "twelve million, three hundred and forty-five thousand, six hundred and seventy-eighth",
            ),
        ];
        for (value, cardinal, ordinal) in cases {
            assert_eq!(words(value, false), cardinal);
            assert_eq!(words(value, true), ordinal);
        }
        assert!(words(f64::MAX, true).ends_with("trillionth"));
    }

    #[test]
    fn titles_keep_and_small() {
        assert_eq!(title_case(&words(134.0, false)), "One Hundred and Thirty-Four");
        assert_eq!(title_case("and"), "And", "only between words");
    }

    #[test]
    fn words_to_numbers() {
        let cases = [
            ("Nineteen Hundred and Eighty-Four", Some(1984.0)),
            ("one hundred thousand", Some(100_000.0)),
            ("two thousand,\tfive", Some(2005.0)),
            ("twenty\\one", Some(21.0)),
            ("", None),
            ("twelve,five", None),
            ("one  hundred", None),
            ("dozen", None),
        ];
        for (text, value) in cases {
            assert_eq!(Some(parse_words(text)).filter(|value| !value.is_nan()), value, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn words_read_back(value in 0..1_000_000_000_000_000_u64, ordinal: bool) {
            let value = value as f64;
            prop_assert_eq!(Some(parse_words(&words(value, ordinal))), Some(value));
        }
    }
}
