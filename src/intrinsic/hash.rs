//! Hash calculation: `States.Hash`.

use sha2::Digest;

use super::IntrinsicError;
use super::argument::Arguments;
use crate::value::{Value, View, to_json};

/// `States.Hash(data, algorithm)`: in lower-case hexadecimal. Data other than a string is hashed as its JSON text.
pub(super) fn hash<'a>(arguments: Arguments<'_, '_, 'a>) -> Result<Value<'a>, IntrinsicError> {
    let data = arguments.value(0);
    if matches!(data.view(arguments.heap.docs), View::String(_)) {
        return digest(arguments.short_text(0)?, arguments);
    }
    let text = to_json(data, arguments.heap.docs);
    arguments.check_len(&text)?;
    digest(&text, arguments)
}

fn digest<'a>(data: &str, arguments: Arguments<'_, '_, 'a>) -> Result<Value<'a>, IntrinsicError> {
    match arguments.text(1)? {
        "MD5" => Ok(hexadecimal(&md5::Md5::digest(data), arguments)),
        "SHA-1" => Ok(hexadecimal(&sha1::Sha1::digest(data), arguments)),
        "SHA-256" => Ok(hexadecimal(&sha2::Sha256::digest(data), arguments)),
        "SHA-384" => Ok(hexadecimal(&sha2::Sha384::digest(data), arguments)),
        "SHA-512" => Ok(hexadecimal(&sha2::Sha512::digest(data), arguments)),
        other => Err(arguments.fail(format_args!(
            "knows MD5, SHA-1, SHA-256, SHA-384 and SHA-512, not the algorithm {other:?}"
        ))),
    }
}

fn hexadecimal<'a>(digest: &[u8], arguments: Arguments<'_, '_, 'a>) -> Value<'a> {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let bump = arguments.heap.arena.bump();
    let mut text = bumpalo::collections::String::with_capacity_in(digest.len() * 2, bump);
    for byte in digest {
        text.push(char::from(HEX[usize::from(byte >> 4)]));
        text.push(char::from(HEX[usize::from(byte & 15)]));
    }
    arguments.heap.text_in_arena(text.into_bump_str())
}
