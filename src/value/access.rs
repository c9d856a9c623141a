//! Reading one thing of a value without looking at the rest: what tests and paths do all the time.

use super::view::{ArrayView, ObjectView, find};
use super::{Docs, Members, Object, Shape, Value, View};
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
        match self {
            Value::Text(text) => Some(JsonStr::plain(text.text)),
            Value::Node { doc, node } => node_str(docs.at(doc), node),
            Value::ArenaNode { node, doc } => node_str(&doc.doc(), node),
            _ => None,
        }
    }

    /// A number, if this is one.
    #[inline]
    pub fn as_num(self, docs: &Docs<'_>) -> Option<Num> {
        match self {
            Value::Int(int) => Some(Num::Int(int)),
            Value::Float(float) => Some(Num::Float(float)),
            Value::Node { doc, node } => node_num(docs.at(doc), node),
            Value::ArenaNode { node, doc } => node_num(&doc.doc(), node),
            _ => None,
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

    /// Whether this is an object.
    #[inline]
    pub fn is_object(self, docs: &Docs<'_>) -> bool {
        matches!(self, Value::Object(_))
            || self.as_node(docs).is_some_and(|(doc, node)| doc.node(node).is(Tag::Object))
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

    /// Calls `found` with the values of those members that a shape names, by their place in the shape: of a
    /// repeated key with each, the last one last. With none if this is no object.
    #[inline]
    pub fn pick(self, shape: &Shape, docs: &Docs<'_>, mut found: impl FnMut(usize, Value<'a>)) {
        match self {
            Value::Node { doc, node } => pick_from(docs.at(doc), node, shape, |index, node| {
                found(index, Value::Node { doc, node });
            }),
            Value::ArenaNode { node, doc } => pick_from(&doc.doc(), node, shape, |index, node| {
                found(index, Value::ArenaNode { node, doc });
            }),
            Value::Object(object) => pick_built(object, shape, docs, &mut found),
            _ => {}
        }
    }

    /// The value of an object's member, if this is an object that has it; of a repeated key the last one wins.
    #[inline]
    pub fn member(self, key: &str, docs: &Docs<'_>) -> Option<Value<'a>> {
        let mut value = self;
        loop {
            return match value {
                Value::Node { doc, node } => {
                    let node = object_member(docs.at(doc), node, key)?;
                    Some(Value::Node { doc, node })
                }
                Value::ArenaNode { node, doc } => {
                    let node = object_member(&doc.doc(), node, key)?;
                    Some(Value::ArenaNode { node, doc })
                }
                Value::Object(object) => match &object.members {
                    Members::Overlay { base, changes } => {
                        if let Some(changed) = find(changes, key) {
                            return Some(changed);
                        }
                        value = *base;
                        continue;
                    }
                    _ => Self::member_of(object, key, docs),
                },
                _ => None,
            };
        }
    }
}

impl<'a> Value<'a> {
    /// A member of an object that is no overlay.
    #[inline]
    fn member_of(object: &Object<'a>, key: &str, docs: &Docs<'_>) -> Option<Self> {
        match &object.members {
            Members::Shaped { shape, values } => {
                let index = docs.shapes[shape.0 as usize].position(key)?;
                Some(values[index])
            }
            Members::Listed(members) => find(members, key),
            Members::Overlay { .. } => None,
        }
    }
}

#[inline]
fn node_num(doc: &Doc<'_>, node: NodeId) -> Option<Num> {
    doc.node(node).is(Tag::Number).then(|| doc.number(node).read())
}

#[inline]
fn node_str<'h>(doc: &Doc<'h>, node: NodeId) -> Option<JsonStr<'h>> {
    let is_escaped = doc.node(node).is(Tag::EscapedString);
    (is_escaped || doc.node(node).is(Tag::String)).then(|| doc.string(node))
}

#[inline]
fn object_member(doc: &Doc<'_>, node: NodeId, key: &str) -> Option<NodeId> {
    if doc.node(node).is(Tag::Object) { doc.member(node, key) } else { None }
}

#[inline]
fn pick_from(doc: &Doc<'_>, node: NodeId, shape: &Shape, found: impl FnMut(usize, NodeId)) {
    if doc.node(node).is(Tag::Object) {
        doc.pick(node, shape.table(), |index| shape.key_bytes(index), found);
    }
}

fn pick_built<'a>(
    object: &Object<'a>,
    shape: &Shape,
    docs: &Docs<'_>,
    found: &mut impl FnMut(usize, Value<'a>),
) {
    let Members::Overlay { base, changes } = &object.members else {
        for index in 0..shape.len() {
            if let Some(value) = Value::member_of(object, shape.key(index), docs) {
                found(index, value);
            }
        }
        return;
    };
    match *base {
        Value::Node { doc, node } => pick_from(docs.at(doc), node, shape, |index, node| {
            found(index, Value::Node { doc, node });
        }),
        base => {
            for index in 0..shape.len() {
                if let Some(value) = base.member(shape.key(index), docs) {
                    found(index, value);
                }
            }
        }
    }
    for (key, value) in *changes {
        if let Some(index) = shape.position(key) {
            found(index, *value);
        }
    }
}
