//! Writing: splice, minify, quote.

use super::{Doc, DocFlags, NodeId, Tag};

/// Appends a sub-tree without white space: one copy of its span when the document has none.
pub fn minify(doc: Doc<'_>, id: NodeId, out: &mut Vec<u8>) {
    if !doc.flags().contains(DocFlags::WHITESPACE) {
        out.extend_from_slice(doc.raw(id));
        return;
    }
    let mut inside = false;
    let raw = doc.raw(id);
    let mut i = 0;
    while i < raw.len() {
        let c = raw[i];
        if inside {
            out.push(c);
            if c == b'\\' {
                i += 1;
                out.push(raw[i]);
            } else if c == b'"' {
                inside = false;
            }
        } else if !matches!(c, b' ' | b'\n' | b'\r' | b'\t') {
            out.push(c);
            inside = c == b'"';
        }
        i += 1;
    }
}

/// Length in bytes of what [`minify`] would append.
pub fn minified_len(doc: Doc<'_>, id: NodeId) -> usize {
    if !doc.flags().contains(DocFlags::WHITESPACE) || !matches!(doc.tag(id), Tag::Array | Tag::Object) {
        return doc.raw(id).len();
    }
    let mut out = Vec::new();
    minify(doc, id, &mut out);
    out.len()
}

/// Appends `text` as a JSON string with its quotes; escapes only what JSON requires.
pub fn write_json_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for c in text.bytes() {
        match c {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x8 => out.extend_from_slice(b"\\b"),
            0xc => out.extend_from_slice(b"\\f"),
            0..=31 => {
                const HEX: &[u8; 16] = b"0123456789abcdef";
                out.extend_from_slice(b"\\u00");
                out.push(HEX[usize::from(c >> 4)]);
                out.push(HEX[usize::from(c & 15)]);
            }
            _ => out.push(c),
        }
    }
    out.push(b'"');
}

/// Length in bytes of what [`write_json_string`] would append.
pub fn json_string_len(text: &str) -> usize {
    let escapes = text.bytes().map(|c| match c {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x8 | 0xc => 1,
        0..=31 => 5,
        _ => 0,
    });
    text.len() + 2 + escapes.sum::<usize>()
}
