//! Values to JSON text.

use super::container::{Array, Object, Text};
use super::view::{ArrayIter, ObjectIter};
use super::{Docs, Value, View};
use crate::json::{format_f64, minified_len, minify, write_json_string};

/// Bytes the value takes as minified JSON.
#[inline]
pub fn rendered_len(value: Value<'_>, docs: &Docs<'_>) -> usize {
    match value {
        Value::Null | Value::Bool(true) => 4,
        Value::Bool(false) => 5,
        Value::Int(int) => itoa::Buffer::new().format(int).len(),
        Value::Float(float) => {
            let mut out = Vec::new();
            format_f64(float, &mut out);
            out.len()
        }
        Value::Node { doc, node } => minified_len(docs.get(doc), node),
        Value::ArenaNode { node, doc } => minified_len(doc.doc(), node),
        Value::Text(Text { len_rendered, .. })
        | Value::Array(Array { len_rendered, .. })
        | Value::Object(Object { len_rendered, .. }) => *len_rendered as usize,
    }
}

/// Appends the value as minified JSON; what stands in a document keeps its text.
pub fn write_value<'h, 'a: 'h>(value: Value<'a>, docs: &'h Docs<'h>, out: &mut Vec<u8>) {
    write(value, docs, out, false);
}

/// Appends the value as canonical JSON: escapes resolved and written anew, numbers as they stand.
pub fn write_canonical<'h, 'a: 'h>(value: Value<'a>, docs: &'h Docs<'h>, out: &mut Vec<u8>) {
    write(value, docs, out, true);
}

/// The value as minified JSON text.
pub fn to_json<'h, 'a: 'h>(value: Value<'a>, docs: &'h Docs<'h>) -> String {
    let mut out = Vec::new();
    write_value(value, docs, &mut out);
    String::from_utf8(out).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}

enum Open<'h, 'a> {
    Array(ArrayIter<'h, 'a>),
    Object(ObjectIter<'h, 'a>),
}

fn write<'h, 'a: 'h>(value: Value<'a>, docs: &'h Docs<'h>, out: &mut Vec<u8>, canonical: bool) {
    // An explicit stack: values may be nested more deeply than the Rust stack allows.
    let mut open: Vec<(Open<'h, 'a>, bool)> = Vec::new();
    let mut next = Some(value);
    loop {
        if let Some(value) = next.take() {
            if !canonical && let Some((doc, node)) = value.as_node(docs) {
                minify(doc, node, out);
            } else {
                match value.view(docs) {
                    View::Null => out.extend_from_slice(b"null"),
                    View::Bool(true) => out.extend_from_slice(b"true"),
                    View::Bool(false) => out.extend_from_slice(b"false"),
                    View::Number(super::NumberView::Text(number)) => out.extend_from_slice(number.text()),
                    View::Number(super::NumberView::Num(num)) => match num {
                        crate::json::Num::Int(int) => {
                            out.extend_from_slice(itoa::Buffer::new().format(int).as_bytes());
                        }
                        crate::json::Num::Float(float) => format_f64(float, out),
                    },
                    View::String(string) => write_json_string(&string.to_text(), out),
                    View::Array(array) => {
                        out.push(b'[');
                        open.push((Open::Array(array.iter()), true));
                    }
                    View::Object(object) => {
                        out.push(b'{');
                        open.push((Open::Object(object.iter(docs)), true));
                    }
                }
            }
        }
        let Some((top, first)) = open.last_mut() else { return };
        match top {
            Open::Array(items) => match items.next() {
                Some(item) => {
                    if !*first {
                        out.push(b',');
                    }
                    *first = false;
                    next = Some(item);
                }
                None => {
                    out.push(b']');
                    open.pop();
                }
            },
            Open::Object(members) => match members.next() {
                Some((key, item)) => {
                    if !*first {
                        out.push(b',');
                    }
                    *first = false;
                    if canonical || !key.is_escaped() && key.raw().is_empty() {
                        write_json_string(&key.to_text(), out);
                    } else if key.is_escaped() {
                        out.push(b'"');
                        out.extend_from_slice(key.raw());
                        out.push(b'"');
                    } else {
                        write_json_string(&key.to_text(), out);
                    }
                    out.push(b':');
                    next = Some(item);
                }
                None => {
                    out.push(b'}');
                    open.pop();
                }
            },
        }
    }
}
