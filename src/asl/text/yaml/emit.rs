//! The tree as JSON, every piece with its place.

use super::align::{Aligner, inside};
use super::tree::{Kind, NodeIndex, Style, Text, Tree};
use crate::asl::text::place_map::DerivedText;
use crate::asl::text::placeholder::{is_whole, name_at};
use crate::asl::text::substitution::{Filler, json_string};
use crate::diagnostic::Span;
use crate::limits::Limits;

/// Why there is no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EmitError {
    /// It has more bytes than a definition may have.
    TooLarge,
    /// The node is nested too deeply, by way of aliases.
    TooDeep(NodeIndex),
}

/// One collection that is being written.
#[derive(Debug)]
struct Open {
    node: NodeIndex,
    next: u32,
    end: u32,
    is_mapping: bool,
}

/// Writes JSON; `text` is what the tree was made from.
pub(super) struct Emitter<'t, 'f, 's> {
    pub(super) tree: &'t Tree<'t>,
    pub(super) text: &'t str,
    pub(super) filler: &'f mut Filler<'s>,
    pub(super) limits: &'t Limits,
    pub(super) out: DerivedText,
}

impl Emitter<'_, '_, '_> {
    /// Writes a node and all below it.
    pub(super) fn emit(&mut self, root: NodeIndex) -> Result<(), EmitError> {
        let mut open: Vec<Open> = Vec::new();
        let mut next = Some((root, false));
        loop {
            if self.out.text.len() > self.limits.definition_bytes_max as usize {
                return Err(EmitError::TooLarge);
            }
            if let Some((node, is_key)) = next.take()
                && let Some(collection) = self.begin(node, is_key)
            {
                if open.len() >= self.limits.nesting_depth_max as usize {
                    return Err(EmitError::TooDeep(node));
                }
                open.push(collection);
            }
            let Some(collection) = open.last_mut() else { return Ok(()) };
            let span = self.tree.node(collection.node).span;
            if collection.next == collection.end {
                self.out
                    .replace(if collection.is_mapping { "}" } else { "]" }, Span::new(span.end, span.end));
                open.pop();
                continue;
            }
            let children = match &self.tree.node(collection.node).kind {
                Kind::Sequence(range) | Kind::Mapping(range) => self.tree.children(range),
                _ => &[],
            };
            let count = collection.next;
            collection.next += 1;
            let child = children[count as usize];
            let is_key = collection.is_mapping && count.is_multiple_of(2);
            let at = self.tree.node(child).span.start;
            if count > 0 {
                let separator = if collection.is_mapping && !is_key { ":" } else { "," };
                self.out.replace(separator, Span::new(at, at));
            }
            next = Some((child, is_key));
        }
    }

    /// Writes a scalar, or the beginning of a collection.
    fn begin(&mut self, index: NodeIndex, is_key: bool) -> Option<Open> {
        let node = self.tree.node(index);
        let (range, is_mapping) = match &node.kind {
            Kind::Literal(json) if is_key => {
                self.out.replace(&json_string(node.span.text(self.text)), node.span);
                return None;
            }
            Kind::Literal(json) => {
                self.literal(json, node.span);
                return None;
            }
            Kind::Text(text) => {
                self.string(text, node.span, is_key);
                return None;
            }
            Kind::Sequence(range) => (range, false),
            Kind::Mapping(range) => (range, true),
        };
        let first = self.text[node.span.start as usize..].chars().next().map_or(0, char::len_utf8) as u32;
        let opening = Span::new(node.span.start, node.span.start + first);
        self.out.replace(if is_mapping { "{" } else { "[" }, opening);
        Some(Open { node: index, next: 0, end: range.end - range.start, is_mapping })
    }

    fn literal(&mut self, json: &str, span: Span) {
        if span.text(self.text) == json {
            self.out.copy(json, span.start);
        } else {
            self.out.replace(json, span);
        }
    }

    fn string(&mut self, text: &Text<'_>, span: Span, is_key: bool) {
        if text.is_plain
            && !is_key
            && is_whole(&text.value)
            && let Some(name) = name_at(text.value.trim())
            && let Some(json) = self.filler.json(name, self.limits)
        {
            self.out.replace(&json, span);
            return;
        }
        let written = span.text(self.text);
        let (start, end) = inside(written, text.style);
        let place = |from: usize, to: usize| Span::new(span.start + from as u32, span.start + to as u32);
        let (quote_start, quote_end) = match text.style {
            Style::SingleQuoted | Style::DoubleQuoted => {
                (start.saturating_sub(1), (end + 1).min(written.len()))
            }
            _ => (start, end),
        };
        self.out.replace("\"", place(quote_start, start));
        let mut aligner = Aligner::new(&written[start..end], text.style);
        let value = &*text.value;
        let mut at = 0;
        while let Some(character) = value[at..].chars().next() {
            if self.out.text.len() > self.limits.definition_bytes_max as usize {
                return;
            }
            if let Some(name) = name_at(&value[at..])
                && let Some(filled) = self.filler.text(name)
            {
                let length = "${}".len() + name.len();
                let stretch = value[at..at + length].chars().map(|c| aligner.next(c));
                let stretch = stretch.reduce(|first, last| (first.0, last.1)).unwrap_or_default();
                let json = json_string(filled);
                self.out.replace(&json[1..json.len() - 1], place(start + stretch.0, start + stretch.1));
                at += length;
                continue;
            }
            let (from, to) = aligner.next(character);
            self.character(character, &written[start + from..start + to], place(start + from, start + to));
            at += character.len_utf8();
        }
        self.out.replace("\"", place(end, quote_end));
    }

    fn character(&mut self, character: char, written: &str, place: Span) {
        let mut buffer = [0; 4];
        let encoded = &*character.encode_utf8(&mut buffer);
        if matches!(character, '"' | '\\' | '\0'..=' ') && character != ' ' {
            let json = json_string(encoded);
            self.out.replace(&json[1..json.len() - 1], place);
        } else if written == encoded {
            self.out.copy(encoded, place.start);
        } else {
            self.out.replace(encoded, place);
        }
    }
}
