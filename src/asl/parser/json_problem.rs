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
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    if error.kind == ParseErrorKind::InvalidLiteral {
        start = text[..start].trim_end_matches(is_part).len();
    }
    let rest = &text[start..];
    let token = rest.find(|c| !is_part(c)).map_or(rest, |end| &rest[..end]);
    let (what, length) = match (expectation(error.kind), rest.chars().next()) {
        (_, None) => ("Unexpected end-of-input".to_owned(), 0),
        (Some(_), Some(first)) if is_value(error.kind) && is_part(first) && !first.is_ascii_digit() => {
            let expected = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
            (format!("Unrecognized token '{token}': was expecting {expected}"), token.len())
        }
        (Some(expected), Some(first)) => {
            let code = u32::from(first);
            (format!("Unexpected character ('{first}' (code {code})){expected}"), first.len_utf8())
        }
        (None, Some(first)) => (sentence(&error.kind.to_string()), first.len_utf8()),
    };
    let end = start + length;
    // Jackson has read a token before it complains, but only looks at a character.
    let has_read = what.starts_with("Unrecognized token");
    let (line, column) = line_column(text, if has_read { end } else { start } as u32);
    let location = format!("[Source: (String){}; line: {line}, column: {column}]", quoted(text));
    let span = Span::new(start as u32, end as u32);
    let mut diagnostic =
        Diagnostic::error(Code::InvalidJsonDescription, format!("{what}\n at {location}"), span).at(location);
    let is_first = text[..start].trim_start_matches('\u{feff}').trim().is_empty();
    let starts_like_yaml =
        |line: &str| line.starts_with('#') || (!line.starts_with(['{', '"']) && line.contains(':'));
    diagnostic.help = if is_first && rest.lines().next().is_some_and(starts_like_yaml) {
        Some("if this is YAML, name the file `.yaml`, or say `--format yaml`".to_owned())
    } else {
        help(error.kind, rest).map(str::to_owned)
    };
    diagnostic
}

fn is_value(kind: ParseErrorKind) -> bool {
    matches!(kind, ParseErrorKind::UnexpectedCharacter | ParseErrorKind::InvalidLiteral)
}

/// What Jackson says that it expected instead of a character.
fn expectation(kind: ParseErrorKind) -> Option<&'static str> {
    Some(match kind {
        ParseErrorKind::ExpectedKey => ": was expecting double-quote to start field name",
        ParseErrorKind::ExpectedColon => ": was expecting a colon to separate field name and value",
        ParseErrorKind::ExpectedCommaOrBracket => ": was expecting comma to separate Array entries",
        ParseErrorKind::ExpectedCommaOrBrace => ": was expecting comma to separate Object entries",
        ParseErrorKind::TrailingComma | ParseErrorKind::TrailingText => "",
        kind if is_value(kind) => {
            ": expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
        }
        _ => return None,
    })
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
fn help(kind: ParseErrorKind, rest: &str) -> Option<&'static str> {
    match (kind, rest.as_bytes().first()?) {
        (ParseErrorKind::TrailingComma, _) => Some("remove the last comma"),
        (_, b'\'') => Some("JSON strings are written in double quotes"),
        (_, b'/') if rest.starts_with("/*") => Some("this comment is not closed"),
        (_, b'/' | b'#') => {
            Some("comments begin with `//` or stand in `/* */`, and AWS takes none: use the field `Comment`")
        }
        (
            ParseErrorKind::ExpectedCommaOrBrace | ParseErrorKind::ExpectedCommaOrBracket,
            b'"' | b'{' | b'[' | b'0'..=b'9' | b'-' | b't' | b'f' | b'n',
        ) => Some("a comma is missing before it"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::describe;
    use crate::json::Document;

    #[test]
    fn speaks_as_jackson_does() {
        let value = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
        let token = |token| format!("Unrecognized token '{token}': was expecting {value}");
        let character =
            |c: char, expected| format!("Unexpected character ('{c}' (code {})){expected}", c as u32);
        let cases = [
            ("test", token("test"), 5),
            ("{\"a\": nul}", token("nul"), 10),
            ("{\"a\": truely}", token("truely"), 13),
            ("{\"a\" 1}", character('1', ": was expecting a colon to separate field name and value"), 6),
            ("{a: 1}", character('a', ": was expecting double-quote to start field name"), 2),
            ("[1 2]", character('2', ": was expecting comma to separate Array entries"), 4),
            ("{\"a\": ]", character(']', &*format!(": expected a valid value {value}")), 7),
            ("{\"a\": ", "Unexpected end-of-input".to_owned(), 7),
        ];
        for (text, expected, column) in cases {
            let error = Document::parse(text.as_bytes(), 10).expect_err(text);
            let place = format!("[Source: (String)\"{text}\"; line: 1, column: {column}]");
            assert_eq!(describe(text, error).message, format!("{expected}\n at {place}"), "{text}");
        }
    }
}
