//! `States.Format`, the generic operation.

use bumpalo::collections::String as BumpString;

use super::IntrinsicError;
use super::argument::Arguments;
use crate::json::{JsonStr, Num, format_f64};
use crate::value::{Heap, NumberView, Value, View};

/// `States.Format(template, value, …)`: the template with each `{}` replaced by the next value.
///
/// `\{`, `\}` and `\\` stand for the second character. Strings are inserted bare and numbers as written; arrays
/// and objects, which the ASL spec forbids, as AWS prints them: the way Java prints its lists and maps.
pub(super) fn format<'a>(arguments: Arguments<'_, '_, 'a>) -> Result<Value<'a>, IntrinsicError> {
    let heap = arguments.heap;
    let mut rest = arguments.text(0)?;
    let mut values = arguments.values()[1..].iter();
    let mut out = BumpString::with_capacity_in(rest.len() + 16, heap.arena.bump());
    while let Some(place) = memchr::memchr2(b'{', b'\\', rest.as_bytes()) {
        out.push_str(&rest[..place]);
        rest = &rest[place..];
        let mut chars = rest.chars();
        match (chars.next(), chars.next()) {
            (Some('{'), Some('}')) => match values.next() {
                Some(value) => push_value(*value, heap, &mut out),
                None => return Err(mismatch(arguments)),
            },
            (Some('\\'), Some(escaped @ ('{' | '}' | '\\'))) => out.push(escaped),
            (Some(plain), _) => {
                out.push(plain);
                rest = &rest[1..];
                continue;
            }
            (None, _) => break,
        }
        rest = &rest[2..];
    }
    out.push_str(rest);
    if values.next().is_some() {
        return Err(mismatch(arguments));
    }
    Ok(heap.text_in_arena(out.into_bump_str()))
}

#[cold]
fn mismatch(arguments: Arguments<'_, '_, '_>) -> IntrinsicError {
    let given = arguments.values().len() - 1;
    arguments.fail(format_args!("needs as many values as its template has {{}}, given {given}"))
}

enum Open<'h, 'a> {
    Array(crate::value::ArrayIter<'h, 'a>),
    Object(crate::value::ObjectIter<'h, 'a>),
}

/// Appends a value as Java's `String.valueOf` prints it: `text`, `1.10`, `[a, b]`, `{key=value, other=[]}`.
fn push_value<'h, 'a: 'h>(value: Value<'a>, heap: Heap<'h, 'a>, out: &mut BumpString<'a>) {
    // An explicit stack: values may be nested more deeply than the Rust stack allows.
    let mut open: Vec<(Open<'h, 'a>, &'static str)> = Vec::new();
    let mut next = Some(value);
    loop {
        if let Some(value) = next.take() {
            match value.view(heap.docs) {
                View::Array(array) => {
                    out.push('[');
                    open.push((Open::Array(array.iter()), ""));
                }
                View::Object(object) => {
                    out.push('{');
                    open.push((Open::Object(object.iter(heap.docs)), ""));
                }
                scalar => push_scalar(&scalar, out),
            }
        }
        let Some((top, separator)) = open.last_mut() else { return };
        let member = match top {
            Open::Array(items) => items.next().map(|item| (None, item)),
            Open::Object(members) => members.next().map(|(key, item)| (Some(key), item)),
        };
        if let Some((key, item)) = member {
            out.push_str(separator);
            *separator = ", ";
            if let Some(key) = key {
                push_text(key, out);
                out.push('=');
            }
            next = Some(item);
        } else {
            out.push(if matches!(top, Open::Array(_)) { ']' } else { '}' });
            open.pop();
        }
    }
}

fn push_scalar(scalar: &View<'_, '_>, out: &mut BumpString<'_>) {
    match scalar {
        View::Bool(bool) => out.push_str(if *bool { "true" } else { "false" }),
        View::String(string) => push_text(*string, out),
        View::Number(NumberView::Text(number)) => {
            push_ascii(number.text(), out);
        }
        View::Number(NumberView::Num(Num::Int(int))) => out.push_str(itoa::Buffer::new().format(*int)),
        View::Number(NumberView::Num(Num::Float(float))) => {
            let mut digits = Vec::new();
            format_f64(*float, &mut digits);
            push_ascii(&digits, out);
        }
        View::Null | View::Array(_) | View::Object(_) => out.push_str("null"),
    }
}

fn push_ascii(text: &[u8], out: &mut BumpString<'_>) {
    out.push_str(std::str::from_utf8(text).unwrap_or_default());
}

fn push_text(string: JsonStr<'_>, out: &mut BumpString<'_>) {
    if string.is_escaped() {
        string.unescape(|c| out.push(c));
    } else {
        out.push_str(&string.to_text());
    }
}
