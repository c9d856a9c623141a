//! JSON data manipulation: `States.JsonMerge`, `States.StringToJson`, `States.JsonToString`.

use super::IntrinsicError;
use super::argument::Arguments;
use crate::json::Tag;
use crate::value::java_hash_map::hash_map_entries;
use crate::value::{Heap, Value, View, write_canonical};

/// `States.JsonMerge(first, second, false)`: the members of both, the second's where both have one; in the order
/// of a Java `HashMap`, as AWS's results show.
pub(super) fn merge<'a>(arguments: Arguments<'_, '_, 'a>) -> Result<Value<'a>, IntrinsicError> {
    let (first, second) = (arguments.object(0)?, arguments.object(1)?);
    let heap = arguments.heap;
    if !matches!(arguments.value(2).view(heap.docs), View::Bool(false)) {
        return Err(arguments.fail("merges on the first level only: its third argument must be false"));
    }
    let mut all = heap.list();
    for (key, value) in first.iter(heap.docs).chain(second.iter(heap.docs)) {
        let key: &'a str = heap.arena.bump().alloc_str(&key.to_text());
        all.push((key, value));
    }
    let entries = hash_map_entries(all.len(), |index| all[index].0);
    let mut members = bumpalo::collections::Vec::with_capacity_in(entries.len(), heap.arena.bump());
    members.extend(entries.iter().map(|entry| (all[entry.first as usize].0, all[entry.last as usize].1)));
    Ok(heap.object(members.into_bump_slice()))
}

/// `States.StringToJson(text)`: the value that the text denotes; blank text is `null`.
pub(super) fn from_string<'a>(arguments: Arguments<'_, '_, 'a>) -> Result<Value<'a>, IntrinsicError> {
    let text = arguments.text(0)?;
    if text.bytes().all(|b| b.is_ascii_whitespace()) {
        return Ok(Value::Null);
    }
    let parsed = arguments.heap.parse(text.as_bytes());
    let value = parsed.map_err(|error| arguments.fail(format_args!("cannot parse its argument: {error}")))?;
    Ok(if text.contains("-0") { without_negative_zeros(value, text, arguments.heap) } else { value })
}

/// AWS reads integers as such, which have no negative zero: `-0` becomes `0`. Other numbers keep their text.
pub(crate) fn without_negative_zeros<'a>(value: Value<'a>, text: &str, heap: Heap<'_, 'a>) -> Value<'a> {
    let Some((doc, _)) = value.as_node(heap.docs) else { return value };
    let mut kept = Vec::with_capacity(text.len());
    let mut copied = 0;
    for node in doc.nodes() {
        let (start, end) = (node.start as usize, node.end as usize);
        if node.tag() == Tag::Number && &doc.bytes()[start..end] == b"-0" {
            kept.extend_from_slice(&doc.bytes()[copied..start]);
            copied = start + 1;
        }
    }
    kept.extend_from_slice(&doc.bytes()[copied..]);
    heap.parse(&kept).unwrap_or(value)
}

/// `States.JsonToString(value)`: the value's JSON text without blanks.
pub(super) fn to_string<'a>(arguments: Arguments<'_, '_, 'a>) -> Result<Value<'a>, IntrinsicError> {
    let heap = arguments.heap;
    let mut out = Vec::new();
    write_canonical(arguments.value(0), heap.docs, &mut out);
    match String::from_utf8(out) {
        Ok(text) => Ok(heap.text(&text)),
        Err(_) => Err(arguments.fail("cannot render text that is not UTF-8")),
    }
}
