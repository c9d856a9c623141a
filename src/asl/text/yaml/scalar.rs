//! The core schema (YAML 1.2.2, section 10.3.2): which plain scalars are no strings.

use std::borrow::Cow;

/// What a plain scalar is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Plain<'t> {
    /// Null, a flag or a number, as JSON.
    Literal(Cow<'t, str>),
    /// A number that JSON has no text for.
    NotFinite,
    String,
}

/// Resolves a plain scalar without a tag.
pub(super) fn resolve(text: Cow<'_, str>) -> Plain<'_> {
    match &*text {
        "" | "~" | "null" | "Null" | "NULL" => Plain::Literal(Cow::Borrowed("null")),
        "true" | "True" | "TRUE" => Plain::Literal(Cow::Borrowed("true")),
        "false" | "False" | "FALSE" => Plain::Literal(Cow::Borrowed("false")),
        ".nan" | ".NaN" | ".NAN" => Plain::NotFinite,
        other if is_infinity(other) => Plain::NotFinite,
        other => match number(other) {
            Some(json) if json == other => Plain::Literal(text),
            Some(json) => Plain::Literal(Cow::Owned(json)),
            None => Plain::String,
        },
    }
}

fn is_infinity(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    matches!(unsigned, ".inf" | ".Inf" | ".INF")
}

/// The JSON of a number: `0o17`, `0x1F`, `+1`, `.5`, `1.`, `007` have other texts there.
fn number(text: &str) -> Option<String> {
    for (prefix, radix) in [("0o", 8), ("0x", 16)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            // Without this a sign would do, too.
            let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
            return is_number
                .then(|| u128::from_str_radix(digits, radix).ok())
                .flatten()
                .map(|n| n.to_string());
        }
    }
    let (sign, unsigned) = match text.as_bytes().first()? {
        b'-' => ("-", &text[1..]),
        b'+' => ("", &text[1..]),
        _ => ("", text),
    };
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at..])),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let is_digits = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !fraction.is_none_or(is_digits) {
        return None;
    }
    if whole.is_empty() && fraction.is_none_or(str::is_empty) {
        return None;
    }
    if let Some(exponent) = exponent {
        let digits = exponent[1..].strip_prefix(['+', '-']).unwrap_or(&exponent[1..]);
        if digits.is_empty() || !is_digits(digits) {
            return None;
        }
    }
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        trimmed => trimmed,
    };
    let fraction = fraction.filter(|digits| !digits.is_empty()).map(|digits| format!(".{digits}"));
    Some(format!("{sign}{whole}{}{}", fraction.unwrap_or_default(), exponent.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn core_schema() {
        let literals = [
            ("", "null"),
            ("~", "null"),
            ("TRUE", "true"),
            ("0", "0"),
            ("-12", "-12"),
            ("+7", "7"),
            ("007", "7"),
            ("0o17", "15"),
            ("0x1F", "31"),
            ("1.50", "1.50"),
            (".5", "0.5"),
            ("1.", "1"),
            ("-.5e+3", "-0.5e+3"),
            ("12345678901234567890123", "12345678901234567890123"),
        ];
        for (text, json) in literals {
            assert_eq!(resolve(text.into()), Plain::Literal(json.into()), "{text}");
        }
        for text in [
            "yes",
            "on",
            "NuLL",
            "1_000",
            "0x",
            "0x+1",
            "1e",
            "1e+",
            ".",
            "-",
            "+",
            "1.2.3",
            "12:30",
            "2026-01-01",
            "e5",
        ] {
            assert_eq!(resolve(text.into()), Plain::String, "{text}");
        }
        for text in [".inf", "-.INF", ".nan"] {
            assert_eq!(resolve(text.into()), Plain::NotFinite, "{text}");
        }
    }
}
