//! Reading values without caring how they are held.

use super::docs::ArenaDoc;
use super::{Array, DocId, Docs, Members, Object, Value};
use crate::json::{Doc, JsonStr, NodeId, Num, Number, Tag};

/// What a value is, read through the documents in force.
#[derive(Debug, Clone, Copy)]
pub enum View<'h, 'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(NumberView<'h>),
    /// A string.
    String(JsonStr<'h>),
    /// An array.
    Array(ArrayView<'h, 'a>),
    /// An object.
    Object(ObjectView<'h, 'a>),
}

/// A number: its source text, or computed.
#[derive(Debug, Clone, Copy)]
pub enum NumberView<'h> {
    /// As it stands in a document.
    Text(Number<'h>),
    /// Computed.
    Num(Num),
}

impl NumberView<'_> {
    /// The number.
    #[inline]
    pub fn read(self) -> Num {
        match self {
            Self::Text(number) => number.read(),
            Self::Num(num) => num,
        }
    }

    /// Whether both are the same number; texts are compared exactly, however many digits they have.
    pub fn is_equal(self, other: Self) -> bool {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => a.compare(b).is_eq(),
            (a, b) => a.read().compare(b.read()).is_some_and(std::cmp::Ordering::is_eq),
        }
    }
}

/// Where a document's node came from, so that its children can be named as values.
#[derive(Debug, Clone, Copy)]
enum Home<'a> {
    Table(DocId),
    Arena(&'a ArenaDoc<'a>),
}

impl<'a> Home<'a> {
    #[inline]
    fn value(self, node: NodeId) -> Value<'a> {
        match self {
            Self::Table(doc) => Value::Node { doc, node },
            Self::Arena(doc) => Value::ArenaNode { node, doc },
        }
    }
}

/// An array's elements.
#[derive(Debug, Clone, Copy)]
pub struct ArrayView<'h, 'a>(ArrayRepr<'h, 'a>);

#[derive(Debug, Clone, Copy)]
enum ArrayRepr<'h, 'a> {
    Node(Doc<'h>, NodeId, Home<'a>),
    Items(&'a [Value<'a>]),
}

/// An object's members.
#[derive(Debug, Clone, Copy)]
pub struct ObjectView<'h, 'a>(ObjectRepr<'h, 'a>);

#[derive(Debug, Clone, Copy)]
enum ObjectRepr<'h, 'a> {
    Node(Doc<'h>, NodeId, Home<'a>),
    Built(&'a Object<'a>),
}

impl<'a> Value<'a> {
    /// What the value is.
    #[inline]
    pub fn view<'h>(self, docs: &Docs<'h>) -> View<'h, 'a>
    where
        'a: 'h,
    {
        match self {
            Value::Null => View::Null,
            Value::Bool(bool) => View::Bool(bool),
            Value::Int(int) => View::Number(NumberView::Num(Num::Int(int))),
            Value::Float(float) => View::Number(NumberView::Num(Num::Float(float))),
            Value::Node { doc, node } => view_node(docs.get(doc), node, Home::Table(doc)),
            Value::ArenaNode { node, doc } => view_node(doc.doc(), node, Home::Arena(doc)),
            Value::Text(text) => View::String(JsonStr::plain(text.text)),
            Value::Array(Array { items, .. }) => View::Array(ArrayView(ArrayRepr::Items(items))),
            Value::Object(object) => View::Object(ObjectView(ObjectRepr::Built(object))),
        }
    }
}

#[inline]
fn view_node<'h, 'a>(doc: Doc<'h>, node: NodeId, home: Home<'a>) -> View<'h, 'a> {
    match doc.tag(node) {
        Tag::Null => View::Null,
        Tag::False => View::Bool(false),
        Tag::True => View::Bool(true),
        Tag::Number => View::Number(NumberView::Text(doc.number(node))),
        Tag::String | Tag::EscapedString => View::String(doc.string(node)),
        Tag::Array => View::Array(ArrayView(ArrayRepr::Node(doc, node, home))),
        Tag::Object => View::Object(ObjectView(ObjectRepr::Node(doc, node, home))),
    }
}

impl<'h, 'a> ArrayView<'h, 'a> {
    /// Number of elements.
    #[inline]
    pub fn len(self) -> usize {
        match self.0 {
            ArrayRepr::Node(doc, node, _) => doc.count(node),
            ArrayRepr::Items(items) => items.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The element at `index`; on a document this walks from the front.
    pub fn get(self, index: usize) -> Option<Value<'a>> {
        match self.0 {
            ArrayRepr::Node(doc, node, home) => doc.element(node, index).map(|node| home.value(node)),
            ArrayRepr::Items(items) => items.get(index).copied(),
        }
    }

    /// The elements in order.
    pub fn iter(self) -> ArrayIter<'h, 'a> {
        match self.0 {
            ArrayRepr::Node(doc, node, home) => ArrayIter(ArrayIterRepr::Node(doc.elements(node), home)),
            ArrayRepr::Items(items) => ArrayIter(ArrayIterRepr::Items(items.iter())),
        }
    }
}

impl<'h, 'a> IntoIterator for ArrayView<'h, 'a> {
    type Item = Value<'a>;
    type IntoIter = ArrayIter<'h, 'a>;
    fn into_iter(self) -> ArrayIter<'h, 'a> {
        self.iter()
    }
}

/// Iterator over an array's elements.
#[derive(Debug, Clone)]
pub struct ArrayIter<'h, 'a>(ArrayIterRepr<'h, 'a>);

#[derive(Debug, Clone)]
enum ArrayIterRepr<'h, 'a> {
    Node(crate::json::Elements<'h>, Home<'a>),
    Items(std::slice::Iter<'a, Value<'a>>),
}

impl<'a> Iterator for ArrayIter<'_, 'a> {
    type Item = Value<'a>;

    #[inline]
    fn next(&mut self) -> Option<Value<'a>> {
        match &mut self.0 {
            ArrayIterRepr::Node(nodes, home) => nodes.next().map(|node| home.value(node)),
            ArrayIterRepr::Items(items) => items.next().copied(),
        }
    }
}

impl<'h, 'a> ObjectView<'h, 'a>
where
    'a: 'h,
{
    /// The value of a member; of a key repeated in a document the last one wins.
    #[inline]
    pub fn get(self, key: &str, docs: &Docs<'h>) -> Option<Value<'a>> {
        match self.0 {
            ObjectRepr::Node(doc, node, home) => doc.member(node, key).map(|node| home.value(node)),
            ObjectRepr::Built(object) => match &object.members {
                Members::Shaped { shape, values } => {
                    docs.shapes[shape.0 as usize].position(key).map(|index| values[index])
                }
                Members::Listed(members) => find(members, key),
                Members::Overlay { base, changes } => {
                    find(changes, key).or_else(|| base.as_object(docs)?.get(key, docs))
                }
            },
        }
    }

    /// Number of members (a repeated key of a document counts each time).
    pub fn len(self, docs: &Docs<'h>) -> usize {
        match self.0 {
            ObjectRepr::Node(doc, node, _) => doc.count(node),
            ObjectRepr::Built(object) => match &object.members {
                Members::Shaped { values, .. } => values.len(),
                Members::Listed(members) => members.len(),
                Members::Overlay { base, changes } => base.as_object(docs).map_or(0, |below| {
                    below.len(docs) + changes.iter().filter(|(key, _)| below.get(key, docs).is_none()).count()
                }),
            },
        }
    }

    /// Whether there are no members.
    pub fn is_empty(self, docs: &Docs<'h>) -> bool {
        self.len(docs) == 0
    }

    /// The members in order; a key repeated in a document appears each time.
    pub fn iter(self, docs: &'h Docs<'h>) -> ObjectIter<'h, 'a> {
        let (below, changes): (Self, &'a [(&'a str, Value<'a>)]) = match self.0 {
            ObjectRepr::Built(Object { members: Members::Overlay { base, changes }, .. }) => {
                (base.as_object(docs).unwrap_or(self), changes)
            }
            _ => (self, &[]),
        };
        let base = match below.0 {
            ObjectRepr::Node(doc, node, home) => BaseIter::Node { doc, members: doc.members(node), home },
            ObjectRepr::Built(object) => match &object.members {
                Members::Shaped { shape, values } => {
                    BaseIter::Shaped { shape: &docs.shapes[shape.0 as usize], values, at: 0 }
                }
                Members::Listed(members) => BaseIter::Listed(members.iter()),
                Members::Overlay { .. } => BaseIter::Listed([].iter()),
            },
        };
        ObjectIter { base, below, docs, changes, appended: changes.iter() }
    }
}

pub(super) fn find<'a>(members: &[(&'a str, Value<'a>)], key: &str) -> Option<Value<'a>> {
    members.iter().find(|(k, _)| *k == key).map(|(_, value)| *value)
}

/// Iterator over an object's members: those of the base, replaced where there is a change, then the new ones.
#[derive(Debug, Clone)]
pub struct ObjectIter<'h, 'a> {
    base: BaseIter<'h, 'a>,
    below: ObjectView<'h, 'a>,
    docs: &'h Docs<'h>,
    changes: &'a [(&'a str, Value<'a>)],
    appended: std::slice::Iter<'a, (&'a str, Value<'a>)>,
}

#[derive(Debug, Clone)]
enum BaseIter<'h, 'a> {
    Node { doc: Doc<'h>, members: crate::json::Members<'h>, home: Home<'a> },
    Shaped { shape: &'h super::Shape, values: &'a [Value<'a>], at: usize },
    Listed(std::slice::Iter<'a, (&'a str, Value<'a>)>),
}

impl<'h, 'a> Iterator for BaseIter<'h, 'a>
where
    'a: 'h,
{
    type Item = (JsonStr<'h>, Value<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Node { doc, members, home } => {
                members.next().map(|(key, value)| (doc.string(key), home.value(value)))
            }
            Self::Shaped { shape, values, at } => {
                let value = *values.get(*at)?;
                *at += 1;
                Some((JsonStr::plain(shape.key(*at - 1)), value))
            }
            Self::Listed(members) => members.next().map(|(key, value)| (JsonStr::plain(key), *value)),
        }
    }
}

impl<'h, 'a> Iterator for ObjectIter<'h, 'a>
where
    'a: 'h,
{
    type Item = (JsonStr<'h>, Value<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if let Some((key, value)) = self.base.next() {
            let change = self.changes.iter().find(|(changed, _)| key == **changed);
            return Some((key, change.map_or(value, |(_, value)| *value)));
        }
        let (below, docs) = (self.below, self.docs);
        self.appended
            .find(|(key, _)| below.get(key, docs).is_none())
            .map(|(key, value)| (JsonStr::plain(key), *value))
    }
}
