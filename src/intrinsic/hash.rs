//! Hash calculation: `States.Hash`.

use sha2::Digest;

use super::IntrinsicError;
use super::argument::Arguments;
use crate::value::{Value, View, to_json};

/// The longest digest: that of SHA-512.
const DIGEST_BYTES_MAX: usize = 64;

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
    let mut digits = [0; 2 * DIGEST_BYTES_MAX];
    for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(digest) {
        *pair = [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
    }
    let digits = digits.get(..2 * digest.len()).unwrap_or_default();
    arguments.heap.text(std::str::from_utf8(digits).unwrap_or_default())
}
