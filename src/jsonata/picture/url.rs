//! `encodeURI` and its relatives of ECMA-262, which `$encodeUrl` and its relatives are.

use super::error::Failure;

/// What `encodeURI` leaves alone besides letters, digits and [`MARKS`], and `decodeURI` does not produce.
const RESERVED: &[u8] = b";/?:@&=+$,#";
/// What both encoders leave alone besides letters and digits.
const MARKS: &[u8] = b"-_.!~*'()";

/// `$encodeUrl`: a whole URL.
pub(crate) fn encode_uri(text: &str) -> String {
    encode(text, RESERVED)
}

/// `$encodeUrlComponent`: text that is to stand between a URL's delimiters.
pub(crate) fn encode_uri_component(text: &str) -> String {
    encode(text, &[])
}

/// `$decodeUrl`: escapes of delimiters stay.
pub(crate) fn decode_uri(text: &str) -> Result<String, Failure> {
    decode(text, RESERVED).ok_or_else(|| malformed("decodeUrl", text))
}

/// `$decodeUrlComponent`: every escape is decoded.
pub(crate) fn decode_uri_component(text: &str) -> Result<String, Failure> {
    decode(text, &[]).ok_or_else(|| malformed("decodeUrlComponent", text))
}

fn malformed(function: &str, text: &str) -> Failure {
    Failure::of_text("D3140", text).with(function.to_owned())
}

fn encode(text: &str, kept: &[u8]) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || MARKS.contains(&byte) || kept.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out
}

/// `None` if an escape is incomplete or the escaped bytes are no UTF-8.
fn decode(text: &str, kept: &[u8]) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        if *first != b'%' {
            out.push(*first);
            rest = tail;
            continue;
        }
        let byte = escaped_byte(rest)?;
        if kept.contains(&byte) {
            out.extend_from_slice(&rest[..3]);
            rest = &rest[3..];
            continue;
        }
        // A character's bytes must be escaped together.
        let len = match byte.leading_ones() {
            0 => 1,
            len @ 2..=4 => len as usize,
            _ => return None,
        };
        let start = out.len();
        for _ in 0..len {
            out.push(escaped_byte(rest)?);
            rest = &rest[3..];
        }
        std::str::from_utf8(&out[start..]).ok()?;
    }
    String::from_utf8(out).ok()
}

/// The byte of the `%XX` that the text begins with.
fn escaped_byte(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    Some((digit(*high)? << 4 | digit(*low)?) as u8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn encoders_leave_their_characters() {
        let text = "a-Z_0.9!~*'() ;/?:@&=+$,#\"%<\u{e9}\u{1f600}";
        assert_eq!(encode_uri(text), "a-Z_0.9!~*'()%20;/?:@&=+$,#%22%25%3C%C3%A9%F0%9F%98%80");
        assert_eq!(
            encode_uri_component(text),
            "a-Z_0.9!~*'()%20%3B%2F%3F%3A%40%26%3D%2B%24%2C%23%22%25%3C%C3%A9%F0%9F%98%80"
        );
    }

    #[test]
    fn decoders() {
        let cases = [
            ("%3fx%3D%c3%a9", Some("%3fx%3D\u{e9}"), Some("?x=\u{e9}")),
            ("a+b%25", Some("a+b%"), Some("a+b%")),
            ("\u{e9}%41", Some("\u{e9}A"), Some("\u{e9}A")),
            ("%", None, None),
            ("%4", None, None),
            ("%g0", None, None),
            ("%+1", None, None),
            ("%80", None, None),
            ("%C3", None, None),
            ("%C3a", None, None),
            ("%C3%41", None, None),
            ("%C0%80", None, None),
            ("%ED%A0%80", None, None),
            ("%F4%90%80%80", None, None),
            ("%F8%88%80%80%80", None, None),
        ];
        for (text, whole, component) in cases {
            assert_eq!(decode_uri(text).ok().as_deref(), whole, "{text}");
            assert_eq!(decode_uri_component(text).ok().as_deref(), component, "{text}");
        }
        let failure = decode_uri("%E4%A").expect_err("incomplete");
        assert_eq!(failure.to_string(), "Malformed URL passed to $decodeUrl(): \"%E4%A\"");
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes(text in "\\PC*") {
            prop_assert_eq!(decode_uri_component(&encode_uri_component(&text)), Ok(text.clone()));
            prop_assert_eq!(decode_uri(&encode_uri(&text)), Ok(text));
        }
    }
}
