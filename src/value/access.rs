//! Reading one thing of a value without looking at the rest: what tests and paths do all the time.

use super::view::{ArrayView, ObjectView, find};
use super::{Docs, Members, Value, View};
use crate::json::{Doc, JsonStr, NodeId, Num, Tag};

impl<'a> Value<'a> {
    /// The document and node of a value that is held as one.
    #[inline]
    pub fn as_node<'h>(self, docs: &Docs<'h>) -> Option<(Doc<'h>, NodeId)>
    where
        'a: 'h,
    {
        match self {
            Value::Node { doc, node } => Some((docs.get(doc), node)),
            Value::ArenaNode { node, doc } => Some((doc.doc(), node)),
            _ => None,
        }
    }

    /// A string's text, if this is one.
    #[inline]
    pub fn as_str<'h>(self, docs: &Docs<'h>) -> Option<JsonStr<'h>>
    where
        'a: 'h,
    {
        if let Value::Text(text) = self {
            return Some(JsonStr::plain(text.text));
        }
        let (doc, node) = self.as_node(docs)?;
        matches!(doc.tag(node), Tag::String | Tag::EscapedString).then(|| doc.string(node))
    }

    /// A number, if this is one.
    #[inline]
    pub fn as_num(self, docs: &Docs<'_>) -> Option<Num> {
        match self {
            Value::Int(int) => Some(Num::Int(int)),
            Value::Float(float) => Some(Num::Float(float)),
            _ => {
                let (doc, node) = self.as_node(docs)?;
                doc.node(node).is(Tag::Number).then(|| doc.number(node).read())
            }
        }
    }

    /// `true` or `false`, if this is one of them.
    #[inline]
    pub fn as_bool(self, docs: &Docs<'_>) -> Option<bool> {
        if let Value::Bool(bool) = self {
            return Some(bool);
        }
        let (doc, node) = self.as_node(docs)?;
        match doc.tag(node) {
            Tag::True => Some(true),
            Tag::False => Some(false),
            _ => None,
        }
    }

    /// An array's elements, if this is one.
    #[inline]
    pub fn as_array<'h>(self, docs: &Docs<'h>) -> Option<ArrayView<'h, 'a>>
    where
        'a: 'h,
    {
        match self.view(docs) {
            View::Array(array) => Some(array),
            _ => None,
        }
    }

    /// An object's members, if this is one.
    #[inline]
    pub fn as_object<'h>(self, docs: &Docs<'h>) -> Option<ObjectView<'h, 'a>>
    where
        'a: 'h,
    {
        match self.view(docs) {
            View::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The value of an object's member, if this is an object that has it; of a repeated key the last one wins.
    #[inline]
    pub fn member(self, key: &str, docs: &Docs<'_>) -> Option<Value<'a>> {
        let mut value = self;
        loop {
            return match value {
                Value::Node { doc, node } => {
                    let node = object_member(docs.get(doc), node, key)?;
                    Some(Value::Node { doc, node })
                }
                Value::ArenaNode { node, doc } => {
                    let node = object_member(doc.doc(), node, key)?;
                    Some(Value::ArenaNode { node, doc })
                }
                Value::Object(object) => match &object.members {
                    Members::Shaped { shape, values } => {
                        let index = docs.shapes[shape.0 as usize].position(key)?;
                        Some(values[index])
                    }
                    Members::Listed(members) => find(members, key),
                    Members::Overlay { base, changes } => {
                        if let Some(changed) = find(changes, key) {
                            return Some(changed);
                        }
                        value = *base;
                        continue;
                    }
                },
                _ => None,
            };
        }
    }
}

#[inline]
fn object_member(doc: Doc<'_>, node: NodeId, key: &str) -> Option<NodeId> {
    if doc.node(node).is(Tag::Object) { doc.member(node, key) } else { None }
}
