//! Strings: `States.StringSplit`.

use super::IntrinsicError;
use super::argument::Arguments;
use crate::value::Value;

/// `States.StringSplit(text, delimiters)`: the pieces between any of the delimiter's characters, empty ones left
/// out.
pub(super) fn split<'a>(arguments: Arguments<'_, '_, 'a>) -> Result<Value<'a>, IntrinsicError> {
    let heap = arguments.heap;
    let delimiters = arguments.text(1)?;
    // The pieces share one copy of the text.
    let text: &'a str = heap.arena.bump().alloc_str(arguments.text(0)?);
    let mut pieces = heap.list();
    let mut push = |piece: &'a str| {
        if !piece.is_empty() {
            pieces.push(heap.text_in_arena(piece));
        }
    };
    match delimiters.as_bytes() {
        &[delimiter] => {
            let mut start = 0;
            for end in memchr::memchr_iter(delimiter, text.as_bytes()) {
                push(&text[start..end]);
                start = end + 1;
            }
            push(&text[start..]);
        }
        _ => text.split(|c| delimiters.contains(c)).for_each(push),
    }
    Ok(heap.array_in_arena(pieces.into_bump_slice()))
}
