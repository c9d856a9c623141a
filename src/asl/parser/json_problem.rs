//! Texts that are not JSON, in the words of AWS's JSON parser (Jackson).

use crate::diagnostic::{Code, Diagnostic, Span, line_column};
use crate::json::{ParseError, ParseErrorKind};

/// How much of the text Jackson quotes.
const QUOTED_CHARACTERS_MAX: usize = 500;

/// The finding about a text that is not JSON.
pub(super) fn describe(text: &str, error: ParseError) -> Diagnostic {
    let mut start = (error.offset as usize).min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let rest = &text[start..];
    let token = rest
        .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$')))
        .map_or(rest, |end| &rest[..end]);
    let (what, length) = match error.kind {
        ParseErrorKind::UnexpectedEnd => ("Unexpected end-of-input".to_owned(), 0),
        ParseErrorKind::UnexpectedCharacter if token.starts_with(|c: char| !c.is_ascii_digit()) => {
            let expected = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
            (format!("Unrecognized token '{token}': was expecting {expected}"), token.len())
        }
        ParseErrorKind::UnexpectedCharacter | ParseErrorKind::TrailingText => match rest.chars().next() {
            Some(c) => (format!("Unexpected character ('{c}' (code {}))", u32::from(c)), c.len_utf8()),
            None => ("Unexpected end-of-input".to_owned(), 0),
        },
        kind => (sentence(&kind.to_string()), rest.chars().next().map_or(0, char::len_utf8)),
    };
    let end = start + length;
    let (line, column) = line_column(text, if token.is_empty() { start } else { end } as u32);
    let location = format!("[Source: (String){}; line: {line}, column: {column}]", quoted(text));
    let span = Span::new(start as u32, end as u32);
    let mut diagnostic =
        Diagnostic::error(Code::InvalidJsonDescription, format!("{what}\n at {location}"), span).at(location);
    diagnostic.help = help(text, start).map(str::to_owned);
    diagnostic
}

fn sentence(fragment: &str) -> String {
    let mut chars = fragment.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn quoted(text: &str) -> String {
    match text.char_indices().nth(QUOTED_CHARACTERS_MAX) {
        None => format!("\"{text}\""),
        Some((cut, _)) => {
            format!("\"{}\"[truncated {} chars]", &text[..cut], text[cut..].chars().count())
        }
    }
}

/// The usual slips.
fn help(text: &str, at: usize) -> Option<&'static str> {
    let before = text[..at].trim_end();
    let rest = &text[at..];
    match rest.as_bytes().first()? {
        b'}' | b']' if before.ends_with(',') => Some("remove the comma before it"),
        b'"' if before.ends_with(['"', '}', ']', 'e', 'l'])
            || before.ends_with(|c: char| c.is_ascii_digit()) =>
        {
            Some("a comma is missing before it")
        }
        b'\'' => Some("JSON strings are written in double quotes"),
        b'/' | b'#' => Some("JSON has no comments; use the field `Comment`"),
        _ => None,
    }
}
