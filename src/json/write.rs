//! Writing: splice, minify, quote.

use super::string::Piece;
use super::{Doc, DocFlags, JsonStr, NodeId, Tag};

/// Appends a sub-tree without white space: one copy of its span when the document has none.
#[inline]
pub fn minify(doc: Doc<'_>, id: NodeId, out: &mut Vec<u8>) {
    if is_minified(doc, id) {
        out.extend_from_slice(doc.raw(id));
    } else {
        minify_container(doc, id, out);
    }
}

/// Length in bytes of what [`minify`] would append.
#[inline]
pub fn minified_len(doc: Doc<'_>, id: NodeId) -> usize {
    if is_minified(doc, id) {
        let node = doc.node(id);
        return (node.end - node.start) as usize;
    }
    let subtree = &doc.nodes()[id.0 as usize..doc.node(id).next as usize];
    let len = |node: &super::Node| match node.tag() {
        // Brackets and commas; of an object colons too.
        Tag::Array => 2 + (node.count() as usize).saturating_sub(1),
        Tag::Object => 2 + (2 * node.count() as usize).saturating_sub(1),
        _ => (node.end - node.start) as usize,
    };
    subtree.iter().map(len).sum()
}

#[inline]
fn is_minified(doc: Doc<'_>, id: NodeId) -> bool {
    !doc.flags().contains(DocFlags::WHITESPACE) || !matches!(doc.tag(id), Tag::Array | Tag::Object)
}

/// Copies scalars whole; between them stand brackets, commas, colons and white space.
fn minify_container(doc: Doc<'_>, id: NodeId, out: &mut Vec<u8>) {
    let (bytes, root) = (doc.bytes(), doc.node(id));
    out.reserve((root.end - root.start) as usize);
    let mut written = root.start as usize;
    for node in &doc.nodes()[id.0 as usize..root.next as usize] {
        if !matches!(node.tag(), Tag::Array | Tag::Object) {
            let (start, end) = (node.start as usize, node.end as usize);
            push_without_whitespace(&bytes[written..start], out);
            out.extend_from_slice(&bytes[start..end]);
            written = end;
        }
    }
    push_without_whitespace(&bytes[written..root.end as usize], out);
}

/// `bytes`: brackets, commas, colons and white space only.
#[inline]
fn push_without_whitespace(bytes: &[u8], out: &mut Vec<u8>) {
    for byte in bytes {
        if *byte > b' ' {
            out.push(*byte);
        }
    }
}

/// What a byte becomes in a JSON string: itself (0), a backslash and this byte, or `\u00XX` ([`UNICODE`]).
static ESCAPES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = UNICODE;
        byte += 1;
    }
    table[b'"' as usize] = b'"';
    table[b'\\' as usize] = b'\\';
    table[0x08] = b'b';
    table[0x0c] = b'f';
    table[b'\n' as usize] = b'n';
    table[b'\r' as usize] = b'r';
    table[b'\t' as usize] = b't';
    table
};

const UNICODE: u8 = b'u';

/// Appends `text` as a JSON string with its quotes; escapes only what JSON requires.
pub fn write_json_string(text: &str, out: &mut Vec<u8>) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    push_escaped(text.as_bytes(), out);
    out.push(b'"');
}

/// Length in bytes of what [`write_json_string`] would append.
pub fn json_string_len(text: &str) -> usize {
    2 + escaped_len(text.as_bytes())
}

/// Appends a string as [`write_json_string`] would write its text: escapes that JSON does not require are resolved.
pub fn write_canonical_string(string: JsonStr<'_>, out: &mut Vec<u8>) {
    out.reserve(string.raw().len() + 2);
    out.push(b'"');
    let mut buffer = [0; 4];
    for piece in string.pieces() {
        match piece {
            Piece::Text(text) => push_escaped(text, out),
            Piece::Escape(character) => push_escaped(character.encode_utf8(&mut buffer).as_bytes(), out),
        }
    }
    out.push(b'"');
}

/// Length in bytes of what [`write_canonical_string`] would append.
pub fn canonical_string_len(string: JsonStr<'_>) -> usize {
    let mut buffer = [0; 4];
    let len = |piece| match piece {
        Piece::Text(text) => escaped_len(text),
        Piece::Escape(character) => escaped_len(character.encode_utf8(&mut buffer).as_bytes()),
    };
    2 + string.pieces().map(len).sum::<usize>()
}

fn push_escaped(mut text: &[u8], out: &mut Vec<u8>) {
    while let Some(at) = find_escaped(text) {
        let (clean, rest) = text.split_at(at);
        out.extend_from_slice(clean);
        let byte = rest[0];
        match ESCAPES[usize::from(byte)] {
            UNICODE => {
                const HEX: &[u8; 16] = b"0123456789abcdef";
                let digits = [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
                out.extend_from_slice(b"\\u00");
                out.extend_from_slice(&digits);
            }
            letter => out.extend_from_slice(&[b'\\', letter]),
        }
        text = &rest[1..];
    }
    out.extend_from_slice(text);
}

/// Where the first byte stands that must be escaped.
#[inline]
fn find_escaped(text: &[u8]) -> Option<usize> {
    let (words, rest) = text.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let found = escaped_bytes(u64::from_le_bytes(*word));
        if found != 0 {
            return Some(8 * at + found.trailing_zeros() as usize / 8);
        }
    }
    if rest.is_empty() {
        return None;
    }
    // The last eight bytes, or both halves of fewer: what they share with others has been searched or is found first.
    let word = if let Some(last) = text.last_chunk::<8>() {
        u64::from_le_bytes(*last)
    } else if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32
    } else {
        return rest.iter().position(|byte| ESCAPES[usize::from(*byte)] != 0);
    };
    let found = escaped_bytes(word);
    if found == 0 {
        return None;
    }
    let at = found.trailing_zeros() as usize / 8;
    Some(if text.len() < 8 && at < 4 { at } else { text.len() + at - 8 })
}

/// The highest bit of every byte that must be escaped; above the first such byte others may be set too.
#[inline]
fn escaped_bytes(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH_BITS: u64 = 0x80 * ONES;
    let quote = word ^ (u64::from(b'"') * ONES);
    let backslash = word ^ (u64::from(b'\\') * ONES);
    // A byte below the subtrahend borrows. Borrows reach only the bytes above one that was found.
    let below = word.wrapping_sub(0x20 * ONES) | quote.wrapping_sub(ONES) | backslash.wrapping_sub(ONES);
    below & !word & HIGH_BITS
}

fn escaped_len(mut text: &[u8]) -> usize {
    let mut len = text.len();
    while let Some(at) = find_escaped(text) {
        len += if ESCAPES[usize::from(text[at])] == UNICODE { 5 } else { 1 };
        text = &text[at + 1..];
    }
    len
}
