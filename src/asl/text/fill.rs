//! Filling `${Name}` placeholders in JSON.

use super::comment::after_string;
use super::place_map::{DerivedText, PlaceMap};
use super::placeholder::name_at;
use super::substitution::{Filler, json_string};
use crate::diagnostic::Span;
use crate::limits::Limits;

/// The JSON with every placeholder that has a value filled in. The others stay. Ends early, with more bytes than a
/// definition may have, where the values are too much.
pub(super) fn fill_json(json: &str, filler: &mut Filler<'_>, limits: &Limits) -> (String, PlaceMap) {
    let bytes = json.as_bytes();
    let mut out = DerivedText::default();
    let (mut at, mut copied, mut string_end) = (0, 0, 0);
    while let Some(found) = memchr::memchr2(b'"', b'$', &bytes[at..]) {
        at += found;
        if bytes[at] == b'"' {
            // The quote that opens a string, or the one that closes it.
            if at >= string_end {
                string_end = after_string(bytes, at);
            }
            at += 1;
            continue;
        }
        let Some(name) = name_at(&json[at..]) else {
            at += 1;
            continue;
        };
        let end = at + "${}".len() + name.len();
        let value = if at < string_end {
            filler.text(name).map(|text| escaped(text).into())
        } else {
            filler.json(name, limits)
        };
        if let Some(value) = value {
            out.copy(&json[copied..at], copied as u32);
            out.replace(&value, Span::new(at as u32, end as u32));
            copied = end;
            if out.text.len() > limits.definition_bytes_max as usize {
                break;
            }
        }
        // What is put in is not looked at again.
        at = end;
    }
    out.copy(&json[copied..], copied as u32);
    out.finish()
}

/// A text as it stands inside a JSON string.
fn escaped(text: &str) -> String {
    let json = json_string(text);
    json[1..json.len() - 1].to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::Substitutions;
    use super::*;

    #[test]
    fn fills_by_where_a_placeholder_stands() {
        let mut substitutions = Substitutions::default();
        substitutions
            .set("Arn", "arn:x")
            .set("N", "30")
            .set("Quote", "a\"\\\n")
            .set("Self", "${Self}")
            .set("E", "");
        let check = |text: &str, expected: &str| {
            let limits = Limits::default();
            let (filled, _) = fill_json(text, &mut Filler::new(&substitutions), &limits);
            assert_eq!(filled, expected, "{text}");
        };
        check(r#"{"a":"${Arn}","b":${Arn}}"#, r#"{"a":"arn:x","b":"arn:x"}"#);
        check(r#"{"a":"${N}","b":${ N }}"#, r#"{"a":"30","b":30}"#);
        check(r#"["${Quote}\"${N}",${Quote}]"#, r#"["a\"\\\n\"30","a\"\\\n"]"#);
        check(r#"["${Self}${Other}${}$${N}",${Other}]"#, r#"["${Self}${Other}${}$30",${Other}]"#);
        check(r#"["{% ${N} %}","${E}",${E}]"#, r#"["{% 30 %}","",""]"#);
        check(r#"["\\",${N},"\"${N}"]"#, r#"["\\",30,"\"30"]"#);
        check("\"${N", "\"${N");
    }
}
