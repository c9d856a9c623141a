//! Why a function on pictures, numbers or URLs fails.

use std::fmt;

use super::number_text::number_text;
use crate::json::write_json_string;

/// A failure under the code that `JSONata` gives it; its [`Display`](fmt::Display) is `JSONata`'s message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// As documented: `"D3080"`.
    pub code: &'static str,
    /// The offending value as the message shows it: text is quoted. Empty if the message shows none.
    pub value: String,
    /// What else the message shows: the exponent of D3061, the function of D3140 and T0410.
    pub other: String,
}

impl Failure {
    /// A failure whose message names no value.
    pub(super) fn new(code: &'static str) -> Self {
        Self { code, value: String::new(), other: String::new() }
    }

    /// A failure of this text.
    pub(super) fn of_text(code: &'static str, text: &str) -> Self {
        let mut quoted = Vec::with_capacity(text.len() + 2);
        write_json_string(text, &mut quoted);
        Self { value: String::from_utf8_lossy(&quoted).into_owned(), ..Self::new(code) }
    }

    /// A failure of this number.
    pub(super) fn of_number(code: &'static str, number: f64) -> Self {
        Self { value: number_text(number), ..Self::new(code) }
    }

    /// A number that is no JSON number or beyond what a function can do.
    pub(super) fn out_of_range(number: f64) -> Self {
        Self::of_number("D1001", number)
    }

    /// An argument, counted from one, that has the right type and yet is none that the function takes.
    pub(super) fn of_argument(index: u8, function: &str) -> Self {
        Self { value: index.to_string(), ..Self::new("T0410") }.with(format!("\"{function}\""))
    }

    /// Completes the message.
    pub(super) fn with(mut self, other: String) -> Self {
        self.other = other;
        self
    }
}

impl std::error::Error for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, value, other } = self;
        match *code {
            "D1001" => write!(f, "Number out of range: {value}"),
            "D3030" => write!(f, "Unable to cast value to a number: {value}"),
            "D3060" => write!(f, "The sqrt function cannot be applied to a negative number: {value}"),
            "D3061" => write!(
                f,
                "The power function has resulted in a value that cannot be represented as a JSON number: \
                 base={value}, exponent={other}"
            ),
            "D3100" => {
                write!(
                    f,
                    "The radix of the formatBase function must be between 2 and 36.  It was given {value}"
                )
            }
            "D3110" => write!(
                f,
                "The argument of the toMillis function must be an ISO 8601 formatted timestamp. Given {value}"
            ),
            "D3130" => write!(
                f,
                "Formatting or parsing an integer as a sequence starting with {value} is not supported by this \
                 implementation"
            ),
            "D3132" => write!(f, "Unknown component specifier {value} in date/time picture string"),
            "D3133" => write!(
                f,
                "The 'name' modifier can only be applied to months and days in the date/time picture string, \
                 not {value}"
            ),
            "D3140" => write!(f, "Malformed URL passed to ${other}(): {value}"),
            "T0410" => write!(f, "Argument {value} of function {other} does not match function signature"),
            code => f.write_str(message(code)),
        }
    }
}

/// The messages that name no value.
fn message(code: &'static str) -> &'static str {
    match code {
        "D3080" => "The picture string must only contain a maximum of two sub-pictures",
        "D3081" => {
            "The sub-picture must not contain more than one instance of the 'decimal-separator' character"
        }
        "D3082" => "The sub-picture must not contain more than one instance of the 'percent' character",
        "D3083" => "The sub-picture must not contain more than one instance of the 'per-mille' character",
        "D3084" => "The sub-picture must not contain both a 'percent' and a 'per-mille' character",
        "D3085" => {
            "The mantissa part of a sub-picture must contain at least one character that is either an \
             'optional digit character' or a member of the 'decimal digit family'"
        }
        "D3086" => {
            "The sub-picture must not contain a passive character that is preceded by an active character and \
             that is followed by another active character"
        }
        "D3087" => {
            "The sub-picture must not contain a 'grouping-separator' character that appears adjacent to a \
             'decimal-separator' character"
        }
        "D3088" => "The sub-picture must not contain a 'grouping-separator' at the end of the integer part",
        "D3089" => {
            "The sub-picture must not contain two adjacent instances of the 'grouping-separator' character"
        }
        "D3090" => {
            "The integer part of the sub-picture must not contain a member of the 'decimal digit family' that \
             is followed by an instance of the 'optional digit character'"
        }
        "D3091" => {
            "The fractional part of the sub-picture must not contain an instance of the 'optional digit \
             character' that is followed by a member of the 'decimal digit family'"
        }
        "D3092" => {
            "A sub-picture that contains a 'percent' or 'per-mille' character must not contain a character \
             treated as an 'exponent-separator'"
        }
        "D3093" => {
            "The exponent part of the sub-picture must comprise only of one or more characters that are \
             members of the 'decimal digit family'"
        }
        "D3131" => "In a decimal digit pattern, all digits must be from the same decimal group",
        "D3134" => "The timezone integer format specifier cannot have more than four digits",
        "D3135" => "No matching closing bracket ']' in date/time picture string",
        "D3136" => "The date/time picture string is missing specifiers required to parse the timestamp",
        code => code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_those_of_jsonata() {
        let power = Failure::of_number("D3061", -2.0).with(number_text(0.5));
        let url = Failure::of_text("D3140", "%").with("decodeUrl".to_owned());
        let cases = [
            (Failure::of_text("D3030", "1\"2"), "Unable to cast value to a number: \"1\\\"2\""),
            (
                power,
                "The power function has resulted in a value that cannot be represented as a JSON number: \
                 base=-2, exponent=0.5",
            ),
            (url, "Malformed URL passed to $decodeUrl(): \"%\""),
            (Failure::new("D3135"), "No matching closing bracket ']' in date/time picture string"),
            (
                Failure::of_argument(3, "fromMillis"),
                "Argument 3 of function \"fromMillis\" does not match function signature",
            ),
        ];
        for (failure, message) in cases {
            assert_eq!(failure.to_string(), message);
        }
    }
}
