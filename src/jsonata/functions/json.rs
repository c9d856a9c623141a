//! Items as JSON text and as values of the execution.

use bumpalo::collections::Vec as BumpVec;
use smallvec::IntoIter;

use super::building::{distinct_members, text_too_long};
use crate::json::{JsonStr, format_f64, write_canonical_string};
use crate::jsonata::error::Error;
use crate::jsonata::item::{Item, ItemsIter, Kind};
use crate::jsonata::picture::round_to_15_digits;
use crate::limits::QUERY_TEXT_CHARACTERS_MAX;
use crate::value::{Docs, Heap, Value};

/// Most nodes of one item that are made a value: shared parts count each time.
const CONVERTED_NODES_MAX: usize = 1 << 24;

/// How an item becomes text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `$string(x)`: numbers with 15 significant digits, functions as empty strings.
    String,
    /// `$string(x, true)`: over several lines.
    Indented,
    /// Of error texts: `JSON.stringify(x)`.
    Shown,
}

/// Appends what `$string` makes of an item; nothing for an undefined one. Fails with D3001 and D1001.
pub(crate) fn write_string(
    item: Item<'_>,
    indent: bool,
    docs: &Docs<'_>,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    match item.kind(docs) {
        Kind::Undefined | Kind::Function(_) => Ok(()),
        Kind::String(string) if !string.is_escaped() => {
            out.extend_from_slice(string.raw());
            Ok(())
        }
        Kind::String(string) => {
            out.extend_from_slice(string.to_text().as_bytes());
            Ok(())
        }
        Kind::Number(number) if !number.is_finite() => Err(Error::new("D3001").value("null")),
        _ => write(item, if indent { Style::Indented } else { Style::String }, docs, out),
    }
}

/// The JSON text that an error shows of an item; `None` if it is undefined.
pub(crate) fn shown(item: Item<'_>, docs: &Docs<'_>) -> Option<String> {
    if item.is_undefined() {
        return None;
    }
    let mut out = Vec::new();
    match write(item, Style::Shown, docs, &mut out) {
        Ok(()) => String::from_utf8(out).ok(),
        // Too long to be shown.
        Err(_) => None,
    }
}

/// A container whose opening has been written.
enum Open<'h, 'a> {
    Array { items: ItemsIter<'h, 'a>, is_first: bool },
    Object { members: IntoIter<[(JsonStr<'h>, Item<'a>); 4]>, is_first: bool },
}

fn write<'h, 'a: 'h>(
    item: Item<'a>,
    style: Style,
    docs: &'h Docs<'h>,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    let bytes_max = out.len().saturating_add(QUERY_TEXT_CHARACTERS_MAX * 4);
    let mut open: Vec<Open<'h, 'a>> = Vec::new();
    let mut next = Some(item);
    loop {
        if let Some(item) = next.take() {
            open.extend(begin(item, style, docs, out)?);
            if out.len() > bytes_max {
                return Err(text_too_long());
            }
        }
        let depth = open.len();
        let Some(innermost) = open.last_mut() else { return Ok(()) };
        let (end, was_first) = match innermost {
            Open::Array { items, is_first } => {
                next = items.next();
                if next.is_some() {
                    separate(out, *is_first, style, depth);
                }
                (b']', std::mem::replace(is_first, false))
            }
            Open::Object { members, is_first } => {
                if let Some((key, item)) = members.next() {
                    separate(out, *is_first, style, depth);
                    write_canonical_string(key, out);
                    out.extend_from_slice(if style == Style::Indented { b": " } else { b":" });
                    next = Some(item);
                }
                (b'}', std::mem::replace(is_first, false))
            }
        };
        if next.is_none() {
            open.pop();
            if !was_first {
                break_line(out, style, depth - 1);
            }
            out.push(end);
        }
    }
}

/// Writes a scalar, or the opening of a container.
fn begin<'h, 'a: 'h>(
    item: Item<'a>,
    style: Style,
    docs: &'h Docs<'h>,
    out: &mut Vec<u8>,
) -> Result<Option<Open<'h, 'a>>, Error> {
    match item.kind(docs) {
        Kind::Undefined | Kind::Null => out.extend_from_slice(b"null"),
        Kind::Bool(bool) => out.extend_from_slice(if bool { b"true" } else { b"false" }),
        Kind::Number(number) if style == Style::Shown => format_f64(number, out),
        Kind::Number(number) if number.is_infinite() => return Err(Error::new("D1001").value("null")),
        Kind::Number(number) => format_f64(round_to_15_digits(number), out),
        Kind::String(string) => write_canonical_string(string, out),
        Kind::Function(_) => out.extend_from_slice(b"\"\""),
        Kind::Array(items) => {
            out.push(b'[');
            return Ok(Some(Open::Array { items: items.iter(), is_first: true }));
        }
        Kind::Object(members) => {
            out.push(b'{');
            let members = distinct_members(members, docs).into_iter();
            return Ok(Some(Open::Object { members, is_first: true }));
        }
    }
    Ok(None)
}

fn separate(out: &mut Vec<u8>, is_first: bool, style: Style, depth: usize) {
    if !is_first {
        out.push(b',');
    }
    break_line(out, style, depth);
}

fn break_line(out: &mut Vec<u8>, style: Style, depth: usize) {
    if style == Style::Indented {
        out.push(b'\n');
        out.resize(out.len() + 2 * depth, b' ');
    }
}

/// Why an item is no value of the execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoValue {
    /// It is a function or holds one.
    Function,
    /// It is larger than any value may be.
    TooLarge,
}

/// A container being converted.
enum Converting<'a> {
    Array { rest: std::slice::Iter<'a, Item<'a>>, done: BumpVec<'a, Value<'a>> },
    Object { rest: std::slice::Iter<'a, (&'a str, Item<'a>)>, done: BumpVec<'a, (&'a str, Value<'a>)> },
}

/// An item as a value of the execution: what is one already is not touched; infinities and NaN become strings, as
/// AWS has it. An undefined item is null.
pub(crate) fn to_value<'a>(item: Item<'a>, heap: Heap<'_, 'a>) -> Result<Value<'a>, NoValue> {
    let bump = heap.arena.bump();
    let mut open: Vec<Converting<'a>> = Vec::new();
    let mut next = Some(item);
    let mut nodes = 0_usize;
    loop {
        // A value that is finished, or nothing if a container was opened.
        let mut value = None;
        if let Some(item) = next.take() {
            nodes += 1;
            if nodes > CONVERTED_NODES_MAX {
                return Err(NoValue::TooLarge);
            }
            match item {
                Item::Array(array) => open.push(Converting::Array {
                    rest: array.items.iter(),
                    done: BumpVec::with_capacity_in(array.items.len(), bump),
                }),
                Item::Object(object) => {
                    let members = object.members.get();
                    let done = BumpVec::with_capacity_in(members.len(), bump);
                    open.push(Converting::Object { rest: members.iter(), done });
                }
                Item::Cell(cell) => {
                    next = Some(cell.get());
                    continue;
                }
                _ => value = Some(scalar_value(item, heap)?),
            }
        }
        loop {
            let Some(innermost) = open.last_mut() else { return Ok(value.unwrap_or(Value::Null)) };
            next = innermost.step(value.take());
            if next.is_some() {
                break;
            }
            value = open.pop().map(|finished| finished.finish(heap));
        }
    }
}

/// A number as a value, if it is finite.
#[inline]
pub(crate) fn number_value<'a>(number: f64) -> Option<Value<'a>> {
    const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53
    // Not `fract`, which is a call where there is no instruction for it.
    #[expect(clippy::float_cmp, reason = "it is about being the same")]
    let is_whole = number as i64 as f64 == number;
    if is_whole && number.abs() <= EXACT {
        Some(Value::Int(number as i64))
    } else if number.is_finite() {
        Some(Value::Float(number))
    } else {
        None
    }
}

fn scalar_value<'a>(item: Item<'a>, heap: Heap<'_, 'a>) -> Result<Value<'a>, NoValue> {
    match item {
        Item::Json(value) => Ok(value),
        Item::Number(number) if number.is_nan() => Ok(heap.text_in_arena("NaN")),
        Item::Number(f64::INFINITY) => Ok(heap.text_in_arena("Infinity")),
        Item::Number(f64::NEG_INFINITY) => Ok(heap.text_in_arena("-Infinity")),
        Item::Number(number) => Ok(number_value(number).unwrap_or(Value::Null)),
        Item::Function(_) => Err(NoValue::Function),
        _ => Ok(Value::Null),
    }
}

impl<'a> Converting<'a> {
    /// Takes a finished child, and says which comes next.
    fn step(&mut self, child: Option<Value<'a>>) -> Option<Item<'a>> {
        match self {
            Self::Array { rest, done } => {
                done.extend(child);
                rest.next().copied()
            }
            Self::Object { rest, done } => {
                if let Some(child) = child {
                    // The last key handed out is the one whose value is due.
                    if let Some(member) = done.last_mut() {
                        member.1 = child;
                    }
                }
                let (key, item) = rest.next()?;
                done.push((key, Value::Null));
                Some(*item)
            }
        }
    }

    fn finish(self, heap: Heap<'_, 'a>) -> Value<'a> {
        match self {
            Self::Array { done, .. } => heap.array_in_arena(done.into_bump_slice()),
            Self::Object { done, .. } => heap.object(done.into_bump_slice()),
        }
    }
}
