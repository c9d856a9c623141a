//! How JavaScript reads white space and integers, which the pictures inherit.

/// `WhiteSpace` or `LineTerminator` of ECMA-262, which a regular expression's `\s` stands for.
pub(super) fn is_space(c: char) -> bool {
    matches!(c, '\t'..='\r' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}')
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}')
}

/// `parseInt` of ECMA-262: the integer that a text begins with, hexadecimal after `0x`; NaN if there is none.
pub(super) fn parse_int(text: &str) -> f64 {
    let text = text.trim_start_matches(is_space);
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let hexadecimal = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let radix = if hexadecimal.is_some() { 16 } else { 10 };
    let text = hexadecimal.unwrap_or(text);
    let len = text.bytes().take_while(|byte| char::from(*byte).is_digit(radix)).count();
    let digits = &text[..len];
    let number = match hexadecimal {
        _ if digits.is_empty() => f64::NAN,
        Some(_) => parse_binary(digits, 4),
        None => digits.parse().unwrap_or(f64::NAN),
    };
    if negative { -number } else { number }
}

/// The double nearest to digits of a base that is a power of two, `bits` to a digit.
pub(super) fn parse_binary(digits: &str, bits: u32) -> f64 {
    let (mut significant, mut dropped, mut lost) = (0_u64, 0_i32, false);
    for digit in digits.chars().filter_map(|digit| digit.to_digit(36)) {
        for bit in (0..bits).rev().map(|place| digit >> place & 1) {
            if significant >> 63 == 0 {
                significant = significant << 1 | u64::from(bit);
            } else {
                dropped = dropped.saturating_add(1);
                lost |= bit == 1;
            }
        }
    }
    // The last of 64 bits lies far behind a double's 53: set, it keeps a tie from looking like one.
    (significant | u64::from(lost)) as f64 * 2_f64.powi(dropped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_int_takes_what_a_text_begins_with() {
        let cases = [
            ("12", Some(12.0)),
            ("-12.9", Some(-12.0)),
            (" \u{feff}+007x", Some(7.0)),
            ("0x1fz", Some(31.0)),
            ("123456789012345678901234567890", Some(123_456_789_012_345_680_000_000_000_000.0)),
            ("", None),
            ("-", None),
            ("x1", None),
            ("0x", None),
        ];
        for (text, expected) in cases {
            let number = parse_int(text);
            assert_eq!(Some(number).filter(|number| !number.is_nan()), expected, "{text:?}");
        }
    }

    #[test]
    fn binary_digits_round_to_the_nearest_double() {
        let cases = [
            ("0", 0.0),
            ("20000000000001", 9_007_199_254_740_993.0),
            ("20000000000003", 9_007_199_254_740_996.0),
            ("2000000000000100000000000001", 0x2000_0000_0000_0100_0000_0000_0001_u128 as f64),
        ];
        for (digits, expected) in cases {
            assert_eq!(Some(parse_binary(digits, 4)), Some(expected), "{digits}");
        }
        assert!(parse_binary(&"f".repeat(300), 4).is_infinite());
    }
}
