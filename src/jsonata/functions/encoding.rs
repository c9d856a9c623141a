//! String functions that encode and decode: Base64 and URLs.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::argument::Arguments;
use super::building::text;
use crate::jsonata::error::Error;
use crate::jsonata::evaluation::Evaluation;
use crate::jsonata::item::Item;
use crate::jsonata::picture::{decode_uri, decode_uri_component, encode_uri, encode_uri_component};

/// `$base64encode(text)`: of each UTF-16 unit the low byte, as the reference implementation takes it.
pub(super) fn base64_encode<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    of_text(evaluation, arguments, |given| {
        let bytes: Vec<u8> = given.encode_utf16().map(|unit| unit as u8).collect();
        Ok(BASE64_STANDARD.encode(bytes))
    })
}

/// `$base64decode(text)`: each byte as the character with its number.
pub(super) fn base64_decode<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    of_text(evaluation, arguments, |given| Ok(decoded(given)))
}

/// Both alphabets are read, and what is in neither is passed over, as Node does it.
fn decoded(given: &str) -> String {
    let mut out = String::with_capacity(given.len());
    let (mut bits, mut count) = (0_u32, 0);
    for byte in given.bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => break,
            _ => continue,
        };
        bits = bits << 6 | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(char::from((bits >> count) as u8));
        }
    }
    out
}

/// `$encodeUrlComponent(text)`
pub(super) fn encode_url_component<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    of_text(evaluation, arguments, |given| Ok(encode_uri_component(given)))
}

/// `$encodeUrl(text)`
pub(super) fn encode_url<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    of_text(evaluation, arguments, |given| Ok(encode_uri(given)))
}

/// `$decodeUrlComponent(text)`
pub(super) fn decode_url_component<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    of_text(evaluation, arguments, |given| Ok(decode_uri_component(given)?))
}

/// `$decodeUrl(text)`
pub(super) fn decode_url<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    of_text(evaluation, arguments, |given| Ok(decode_uri(given)?))
}

fn of_text<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
    result: impl Fn(&str) -> Result<String, Error>,
) -> Result<Item<'a>, Error> {
    let Some(given) = Arguments::new(arguments, evaluation.heap.docs).text(0)? else {
        return Ok(Item::Undefined);
    };
    evaluation.charge(1 + given.len() / 16)?;
    text(evaluation, &result(&given)?)
}
