//! Building values: the documents in force together with the arena.

use std::cell::RefCell;

use bumpalo::collections::Vec as BumpVec;

use super::{Arena, ArenaDoc, Array, Docs, Members, Object, ShapeId, Text, Value, rendered_len};
use crate::json::{NodeId, ParseError, Parser, Tape};

/// Everything an evaluator needs to read and to build values. `Copy`: pass it on.
#[derive(Debug, Clone, Copy)]
pub struct Heap<'h, 'a> {
    /// The documents in force.
    pub docs: &'h Docs<'h>,
    /// Where new values live.
    pub arena: &'a Arena,
    /// Buffers for parsing JSON text that appears during the execution.
    pub scratch: &'h ParseScratch,
}

/// Buffers for parsing, reused from document to document.
#[derive(Debug, Default)]
pub struct ParseScratch {
    buffers: RefCell<(Parser, Tape)>,
}

impl ParseScratch {
    /// Buffers of a parser with this nesting bound.
    pub fn new(nesting_depth_max: u32) -> Self {
        Self { buffers: RefCell::new((Parser::new(nesting_depth_max), Tape::default())) }
    }
}

fn saturate(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

impl<'a> Heap<'_, 'a> {
    /// A string value; `text` is copied into the arena.
    pub fn text(self, text: &str) -> Value<'a> {
        self.text_in_arena(self.arena.bump().alloc_str(text))
    }

    /// A string value from text that already lives in the arena.
    pub fn text_in_arena(self, text: &'a str) -> Value<'a> {
        let len_rendered = saturate(crate::json::json_string_len(text));
        Value::Text(self.arena.bump().alloc(Text { text, len_rendered }))
    }

    /// An array; `items` are copied into the arena.
    pub fn array(self, items: &[Value<'a>]) -> Value<'a> {
        self.array_in_arena(self.arena.bump().alloc_slice_copy(items))
    }

    /// An array from a slice that already lives in the arena.
    pub fn array_in_arena(self, items: &'a [Value<'a>]) -> Value<'a> {
        let mut len = 1 + items.len().max(1);
        for item in items {
            len = len.saturating_add(rendered_len(*item, self.docs));
        }
        Value::Array(self.arena.bump().alloc(Array { items, len_rendered: saturate(len) }))
    }

    /// An empty growable list in the arena.
    pub fn list<T: 'a>(self) -> BumpVec<'a, T> {
        BumpVec::new_in(self.arena.bump())
    }

    /// An object of listed members; the caller sees to it that no key repeats.
    pub fn object(self, members: &'a [(&'a str, Value<'a>)]) -> Value<'a> {
        let mut len = 1 + members.len().max(1);
        for (key, value) in members {
            len = len.saturating_add(crate::json::json_string_len(key) + 1 + rendered_len(*value, self.docs));
        }
        self.alloc_object(Members::Listed(members), len)
    }

    /// An object with a template's keys; `values`, in the shape's order, live in the arena.
    #[inline]
    pub fn shaped(self, shape: ShapeId, values: &'a [Value<'a>]) -> Value<'a> {
        let mut len = 2 + self.docs.shapes[shape.0 as usize].len_rendered();
        for value in values {
            len = len.saturating_add(rendered_len(*value, self.docs));
        }
        self.shaped_within(shape, values, len)
    }

    /// The same where it is known how many bytes it takes as JSON at most.
    #[inline]
    pub fn shaped_within(self, shape: ShapeId, values: &'a [Value<'a>], len: usize) -> Value<'a> {
        self.alloc_object(Members::Shaped { shape, values }, len)
    }

    /// `base` with the member `key` replaced in place, or appended. A base that is no object counts as `{}`.
    pub fn with_member(self, base: Value<'a>, key: &str, value: Value<'a>) -> Value<'a> {
        let (below, before): (Value<'a>, &[(&'a str, Value<'a>)]) = match base {
            Value::Object(Object { members: Members::Overlay { base, changes }, .. }) => (*base, changes),
            Value::Object(_) => (base, &[]),
            _ if base.is_object(self.docs) => (base, &[]),
            _ => {
                let key: &'a str = self.arena.bump().alloc_str(key);
                return self.object(self.arena.bump().alloc_slice_copy(&[(key, value)]));
            }
        };
        let base_len = rendered_len(base, self.docs);
        let mut len = base_len.saturating_add(rendered_len(value, self.docs));
        let mut changes = BumpVec::with_capacity_in(before.len() + 1, self.arena.bump());
        changes.extend_from_slice(before);
        if let Some(change) = changes.iter_mut().find(|(known, _)| *known == key) {
            // A sum that was cut off is not taken apart again.
            if base_len < u32::MAX as usize {
                len = len.saturating_sub(rendered_len(change.1, self.docs));
            }
            change.1 = value;
        } else {
            len = len.saturating_add(crate::json::json_string_len(key) + 2);
            changes.push((self.arena.bump().alloc_str(key), value));
        }
        self.alloc_object(Members::Overlay { base: below, changes: changes.into_bump_slice() }, len)
    }

    /// Parses JSON text into a document of the arena; `text` is copied.
    pub fn parse(self, text: &[u8]) -> Result<Value<'a>, ParseError> {
        let (parser, tape) = &mut *self.scratch.buffers.borrow_mut();
        let bytes: &'a [u8] = self.arena.bump().alloc_slice_copy(text);
        parser.parse(bytes, tape)?;
        let nodes = self.arena.bump().alloc_slice_copy(tape.nodes());
        let doc = self.arena.bump().alloc(ArenaDoc { bytes, nodes, flags: tape.flags() });
        Ok(Value::ArenaNode { node: NodeId::ROOT, doc })
    }

    fn alloc_object(self, members: Members<'a>, len: usize) -> Value<'a> {
        Value::Object(self.arena.bump().alloc(Object { members, len_rendered: saturate(len) }))
    }
}
