//! Comments in JSON: `//` up to the end of the line, `/* */`.

use std::borrow::Cow;

use crate::diagnostic::Span;

/// The text with blanks in place of its comments, byte for byte as long, and where the comments stand.
///
/// Only what stands outside strings counts, and a string ends with its line at the latest. A `/*` that is never closed
/// stays, for the parser to stumble over.
pub(super) fn blank_comments(text: &str) -> (Cow<'_, str>, Vec<Span>) {
    let comments = find_comments(text.as_bytes());
    if comments.is_empty() {
        return (Cow::Borrowed(text), comments);
    }
    let mut blanked = String::with_capacity(text.len());
    let mut copied = 0;
    for comment in &comments {
        let (start, end) = (comment.start as usize, comment.end as usize);
        blanked.push_str(&text[copied..start]);
        blanked
            .extend(text.as_bytes()[start..end].iter().map(|byte| if *byte == b'\n' { '\n' } else { ' ' }));
        copied = end;
    }
    blanked.push_str(&text[copied..]);
    (Cow::Owned(blanked), comments)
}

fn find_comments(bytes: &[u8]) -> Vec<Span> {
    let mut comments = Vec::new();
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'"', b'/', &bytes[at..]) {
        at += found;
        if bytes[at] == b'"' {
            at = after_string(bytes, at);
            continue;
        }
        let end = match bytes.get(at + 1) {
            Some(b'/') => Some(memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length)),
            Some(b'*') => memchr::memmem::find(&bytes[at + 2..], b"*/").map(|length| at + length + 4),
            _ => None,
        };
        match end {
            Some(end) => {
                comments.push(Span::new(at as u32, end as u32));
                at = end;
            }
            // From here on nothing can be told apart.
            None if bytes.get(at + 1) == Some(&b'*') => break,
            None => at += 1,
        }
    }
    comments
}

/// One past the string whose quote stands at `open`.
pub(super) fn after_string(bytes: &[u8], open: usize) -> usize {
    let mut at = open + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\n' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::blank_comments;

    #[test]
    fn blanks_what_is_outside_strings() {
        let cases = [
            ("{\"a\": 1}", "{\"a\": 1}", 0),
            ("// \u{e9}\n{}", "     \n{}", 1),
            ("{\"a\": /* 1\n */ 2} // x", "{\"a\":     \n    2}     ", 2),
            ("{\"a\": \"http://x/*\\\"//\"}//", "{\"a\": \"http://x/*\\\"//\"}  ", 1),
            ("[1 / 2, /**/ 3]", "[1 / 2,      3]", 1),
            ("[1] /* open // x", "[1] /* open // x", 0),
            ("\"open // x\n// y", "\"open // x\n    ", 1),
            ("/*/ */", "      ", 1),
            ("\"\\", "\"\\", 0),
        ];
        for (text, expected, count) in cases {
            let (blanked, comments) = blank_comments(text);
            assert_eq!((&*blanked, comments.len()), (expected, count), "{text}");
            assert_eq!(blanked.len(), text.len());
        }
    }
}
