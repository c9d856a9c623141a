//! Values to JSON text.

use smallvec::SmallVec;

use super::container::{Array, Members, Object, Text};
use super::view::{ArrayIter, NumberView, ObjectIter};
use super::{Docs, Value, View};
use crate::json::{
    Doc, DocFlags, JsonStr, NodeId, Num, f64_len, format_f64, minified_len, minify, write_canonical_string,
    write_json_string,
};

/// Bytes the value takes as minified JSON: exactly, or where members were replaced at most.
#[inline]
pub fn rendered_len(value: Value<'_>, docs: &Docs<'_>) -> usize {
    if let Value::Node { doc, node } = value { node_len(docs.at(doc), node) } else { other_len(value, docs) }
}

fn other_len(value: Value<'_>, docs: &Docs<'_>) -> usize {
    match value {
        Value::Null | Value::Bool(true) => 4,
        Value::Bool(false) => 5,
        Value::Int(int) => int_len(int),
        Value::Float(float) => f64_len(float),
        Value::Node { doc, node } => node_len(docs.at(doc), node),
        Value::ArenaNode { node, doc } => node_len(&doc.doc(), node),
        Value::Text(Text { len_rendered, .. })
        | Value::Array(Array { len_rendered, .. })
        | Value::Object(Object { len_rendered, .. }) => *len_rendered as usize,
    }
}

#[inline]
fn node_len(doc: &Doc<'_>, id: NodeId) -> usize {
    if doc.flags().contains(DocFlags::WHITESPACE) {
        return minified_len(*doc, id);
    }
    let node = doc.node(id);
    (node.end - node.start) as usize
}

#[inline]
fn int_len(int: i64) -> usize {
    usize::from(int < 0) + int.unsigned_abs().checked_ilog10().unwrap_or(0) as usize + 1
}

/// Appends the value as minified JSON; what stands in a document keeps its text.
pub fn write_value<'h, 'a: 'h>(value: Value<'a>, docs: &'h Docs<'h>, out: &mut Vec<u8>) {
    // What stands in a document is one copy, for which no writer is set up.
    if write_span(value, docs, out) {
        return;
    }
    Writer { docs, out, canonical: false, open: SmallVec::new() }.write(value, usize::MAX);
}

/// Whether the value takes more bytes than this as minified JSON.
#[inline]
pub fn is_longer(value: Value<'_>, limit: usize, docs: &Docs<'_>) -> bool {
    // A span is never shorter than its minified text, and it is a field read.
    let bound = match value.as_node(docs) {
        Some((doc, node)) => doc.raw(node).len(),
        None => rendered_len(value, docs),
    };
    bound > limit && is_exactly_longer(value, limit, docs)
}

#[cold]
fn is_exactly_longer(value: Value<'_>, limit: usize, docs: &Docs<'_>) -> bool {
    if value.as_node(docs).is_some() {
        return rendered_len(value, docs) > limit;
    }
    let mut out = Vec::new();
    Writer { docs, out: &mut out, canonical: false, open: SmallVec::new() }.write(value, limit);
    out.len() > limit
}

/// Appends the value as canonical JSON: escapes resolved and written anew, numbers as they stand.
pub fn write_canonical<'h, 'a: 'h>(value: Value<'a>, docs: &'h Docs<'h>, out: &mut Vec<u8>) {
    Writer { docs, out, canonical: true, open: SmallVec::new() }.write(value, usize::MAX);
}

/// The value as minified JSON text.
pub fn to_json<'h, 'a: 'h>(value: Value<'a>, docs: &'h Docs<'h>) -> String {
    let mut out = Vec::new();
    write_value(value, docs, &mut out);
    String::from_utf8(out).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}

/// A container whose opening has been written.
enum Open<'h, 'a> {
    Array {
        items: ArrayIter<'h, 'a>,
        first: bool,
    },
    Shaped {
        shape: &'h super::Shape,
        values: &'a [Value<'a>],
        at: usize,
    },
    Object {
        members: ObjectIter<'h, 'a>,
        first: bool,
    },
    /// An overlay over a document's object, written by copying what lies between the changes.
    Splice(Splice<'h, 'a>),
}

/// Progress through an overlay's base.
struct Splice<'h, 'a> {
    doc: Doc<'h>,
    changes: &'a [(&'a str, Value<'a>)],
    /// The members that are replaced, in the order of the base: value nodes, and which change takes their place.
    places: SmallVec<[(NodeId, u32); 4]>,
    /// How many of them are written.
    replaced: usize,
    /// First byte of the base that is neither written nor replaced.
    from: usize,
    end: usize,
    /// How many changes have been looked at for members to append.
    appended: usize,
    first: bool,
}

struct Writer<'h, 'a, 'o> {
    docs: &'h Docs<'h>,
    out: &'o mut Vec<u8>,
    canonical: bool,
    // An explicit stack: values may be nested more deeply than the Rust stack allows.
    open: SmallVec<[Open<'h, 'a>; 4]>,
}

impl<'h, 'a: 'h> Writer<'h, 'a, '_> {
    /// Writes the value, and stops somewhere once more than `enough` bytes are there.
    fn write(mut self, value: Value<'a>, enough: usize) {
        self.begin(value);
        while !self.open.is_empty() && self.out.len() <= enough {
            if let Some(value) = self.step() {
                self.begin(value);
            }
        }
    }

    /// Writes a scalar or a whole span, or opens a container.
    fn begin(&mut self, value: Value<'a>) {
        if !self.canonical {
            match value {
                Value::Node { doc, node } => return minify(self.docs.get(doc), node, self.out),
                Value::ArenaNode { node, doc } => return minify(doc.doc(), node, self.out),
                Value::Object(Object { members: Members::Shaped { shape, values }, .. }) => {
                    self.out.push(b'{');
                    let shape = &self.docs.shapes[shape.0 as usize];
                    return self.open.push(Open::Shaped { shape, values, at: 0 });
                }
                Value::Object(Object { members: Members::Overlay { base, changes }, .. }) => {
                    if let Some(splice) = self.splice(*base, changes) {
                        return self.open.push(Open::Splice(splice));
                    }
                }
                _ => {}
            }
        }
        match value.view(self.docs) {
            View::Null => self.out.extend_from_slice(b"null"),
            View::Bool(true) => self.out.extend_from_slice(b"true"),
            View::Bool(false) => self.out.extend_from_slice(b"false"),
            View::Number(NumberView::Text(number)) => self.out.extend_from_slice(number.text()),
            View::Number(NumberView::Num(Num::Int(int))) => {
                self.out.extend_from_slice(itoa::Buffer::new().format(int).as_bytes());
            }
            View::Number(NumberView::Num(Num::Float(float))) => format_f64(float, self.out),
            View::String(string) => self.string(string),
            View::Array(array) => {
                self.out.push(b'[');
                self.open.push(Open::Array { items: array.iter(), first: true });
            }
            View::Object(object) => {
                self.out.push(b'{');
                self.open.push(Open::Object { members: object.iter(self.docs), first: true });
            }
        }
    }

    /// Goes on with the innermost container: the next child to write, or its end.
    fn step(&mut self) -> Option<Value<'a>> {
        match self.open.last_mut()? {
            Open::Array { items, first } => {
                if let Some(item) = items.next() {
                    separate(self.out, first);
                    return Some(item);
                }
                self.out.push(b']');
            }
            Open::Shaped { shape, values, at } => {
                while let Some(value) = values.get(*at) {
                    let (text, start, end) = shape.rendered_in(*at);
                    push_span(text, start, end, self.out);
                    *at += 1;
                    if !write_span(*value, self.docs, self.out) {
                        return Some(*value);
                    }
                }
                self.out.push(b'}');
            }
            Open::Object { members, first } => {
                if let Some((key, value)) = members.next() {
                    separate(self.out, first);
                    self.string(key);
                    self.out.push(b':');
                    return Some(value);
                }
                self.out.push(b'}');
            }
            Open::Splice(splice) => {
                if let Some(value) = splice.step(self.out) {
                    return Some(value);
                }
                self.out.push(b'}');
            }
        }
        self.open.pop();
        None
    }

    fn string(&mut self, string: JsonStr<'_>) {
        if string.is_escaped() && !self.canonical {
            // Escapes that stand in a document are valid JSON already.
            self.out.push(b'"');
            self.out.extend_from_slice(string.raw());
            self.out.push(b'"');
        } else {
            write_canonical_string(string, self.out);
        }
    }

    /// An overlay whose base can be copied: an object of a document without white space.
    fn splice(&mut self, base: Value<'a>, changes: &'a [(&'a str, Value<'a>)]) -> Option<Splice<'h, 'a>> {
        let (doc, node) = base.as_node(self.docs)?;
        if doc.flags().contains(DocFlags::WHITESPACE) {
            return None;
        }
        let mut places = SmallVec::new();
        for (at, (key, _)) in changes.iter().enumerate() {
            match doc.seek(node, key) {
                (_, true) => return None, // each of the repeated members is replaced
                (Some(value), false) => places.push((value, at as u32)),
                (None, false) => {}
            }
        }
        places.sort_unstable();
        let span = doc.node(node);
        self.out.push(b'{');
        Some(Splice {
            doc,
            changes,
            places,
            replaced: 0,
            from: span.start as usize + 1,
            end: span.end as usize - 1,
            appended: 0,
            first: span.count() == 0,
        })
    }
}

impl<'a> Splice<'_, 'a> {
    /// Copies up to the next changed value and returns it; `None` at the end of the object.
    fn step(&mut self, out: &mut Vec<u8>) -> Option<Value<'a>> {
        if let Some((value, change)) = self.places.get(self.replaced) {
            self.replaced += 1;
            let node = self.doc.node(*value);
            out.extend_from_slice(&self.doc.bytes()[self.from..node.start as usize]);
            self.from = node.end as usize;
            return Some(self.changes[*change as usize].1);
        }
        out.extend_from_slice(&self.doc.bytes()[self.from..self.end]);
        self.from = self.end;
        while let Some((key, value)) = self.changes.get(self.appended) {
            let at = self.appended as u32;
            self.appended += 1;
            if self.places.iter().all(|(_, placed)| *placed != at) {
                separate(out, &mut self.first);
                write_json_string(key, out);
                out.push(b':');
                return Some(*value);
            }
        }
        None
    }
}

/// Appends part of a text. A short one is a copy of a fixed size, of which the end is dropped again: that takes a
/// third of a call to the library's routine.
#[inline]
fn push_span(text: &[u8], start: usize, end: usize, out: &mut Vec<u8>) {
    const SHORT: usize = 32;
    let len = end - start;
    if len <= SHORT
        && let Some(chunk) = text.get(start..).and_then(|text| text.first_chunk::<SHORT>())
    {
        let end = out.len() + len;
        out.extend_from_slice(chunk);
        out.truncate(end);
    } else {
        out.extend_from_slice(&text[start..end]);
    }
}

/// Writes a value that is one copy of its source; whether it is one.
#[inline]
fn write_span(value: Value<'_>, docs: &Docs<'_>, out: &mut Vec<u8>) -> bool {
    if let Value::Node { doc, node } = value {
        let doc = docs.at(doc);
        if doc.flags().contains(DocFlags::WHITESPACE) {
            minify(*doc, node, out);
        } else {
            let node = doc.node(node);
            push_span(doc.bytes(), node.start as usize, node.end as usize, out);
        }
        return true;
    }
    match value {
        Value::Int(int) => out.extend_from_slice(itoa::Buffer::new().format(int).as_bytes()),
        // Nothing in it needs an escape.
        Value::Text(Text { text, len_rendered }) if *len_rendered as usize == text.len() + 2 => {
            out.reserve(text.len() + 2);
            out.push(b'"');
            out.extend_from_slice(text.as_bytes());
            out.push(b'"');
        }
        _ => return false,
    }
    true
}

fn separate(out: &mut Vec<u8>, first: &mut bool) {
    if !std::mem::replace(first, false) {
        out.push(b',');
    }
}
