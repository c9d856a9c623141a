//! Data encoding: `States.Base64Encode` and `States.Base64Decode`.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::IntrinsicError;
use super::argument::Arguments;
use crate::value::Value;

/// As Java's basic decoder: padding may be missing, stray bits of the last character do not matter.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// `States.Base64Encode(text)`: the text's UTF-8 in Base64.
pub(super) fn base64_encode<'a>(arguments: Arguments<'_, '_, 'a>) -> Result<Value<'a>, IntrinsicError> {
    let text = arguments.short_text(0)?;
    Ok(arguments.heap.text(&BASE64.encode(text)))
}

/// `States.Base64Decode(text)`: as UTF-8, what is not UTF-8 replaced by U+FFFD.
pub(super) fn base64_decode<'a>(arguments: Arguments<'_, '_, 'a>) -> Result<Value<'a>, IntrinsicError> {
    let text = arguments.short_text(0)?;
    match BASE64.decode(text) {
        Ok(bytes) => Ok(arguments.heap.text(&String::from_utf8_lossy(&bytes))),
        Err(error) => Err(arguments.fail(format_args!("cannot decode its argument: {error}"))),
    }
}
