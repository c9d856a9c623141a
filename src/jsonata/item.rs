//! What expressions work on: values of the execution, and what only exists while an expression is evaluated.

use std::cell::Cell;

use bumpalo::collections::Vec as BumpVec;

use super::code::LambdaId;
use super::functions::Builtin;
use crate::json::{JsonStr, Num, Number, Tag};
use crate::value::{ArrayIter, ArrayView, Docs, Heap, NumberView, ObjectIter, ObjectView, Value, View};

/// A value of an expression: 16 bytes, `Copy`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Item<'a> {
    /// Nothing.
    Undefined,
    /// A value of the execution, or one that could be: scalars and untouched JSON.
    Json(Value<'a>),
    /// A computed number; may be infinite.
    Number(f64),
    /// An array that an expression built.
    Array(&'a ItemArray<'a>),
    /// An object that an expression built.
    Object(&'a ItemObject<'a>),
    /// A function.
    Function(&'a Function<'a>),
    /// A variable that closures share; only in registers, never seen by an expression.
    Cell(&'a Cell<Item<'a>>),
    /// No value was bound to the variable yet; only in registers.
    Unbound,
}

const _: () = assert!(size_of::<Item<'_>>() == 16);

/// An array that an expression built.
#[derive(Debug)]
pub(crate) struct ItemArray<'a> {
    /// Its elements; never [`Item::Undefined`].
    pub items: &'a [Item<'a>],
    /// How it came about.
    pub kind: ArrayKind,
}

/// How an array came about, which decides whether it is flattened or unwrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ArrayKind {
    /// An array as JSON knows them.
    Plain,
    /// The result of a query: one of one element is that element, one of none is undefined.
    Sequence,
    /// A sequence that stays an array with one element (`[]`).
    KeptSequence,
    /// The result of an array constructor that is a step: paths do not flatten it.
    Constructed,
    /// What wraps an input that is an array, so that it counts as one item.
    Whole,
    /// Tuples of a path with bindings; each is an array of kind [`Self::Tuple`].
    TupleStream,
    /// One tuple: the context, then the bindings of its path.
    Tuple,
}

impl ArrayKind {
    /// Whether it is a sequence, of any kind.
    pub(crate) fn is_sequence(self) -> bool {
        matches!(self, Self::Sequence | Self::KeptSequence | Self::TupleStream)
    }
}

/// An object that an expression built.
#[derive(Debug)]
pub(crate) struct ItemObject<'a> {
    /// Its members, no key twice; a cell, because a transform changes the parts of its copy in place.
    pub members: Cell<&'a [(&'a str, Item<'a>)]>,
}

/// A function.
#[derive(Debug)]
pub(crate) enum Function<'a> {
    /// A function of the language.
    Builtin(Builtin),
    /// A lambda with what it has captured.
    Lambda {
        /// Which.
        lambda: LambdaId,
        /// The variables it uses from around it.
        captures: &'a [Item<'a>],
        /// The context where it was made.
        context: Item<'a>,
    },
    /// A function with some of its arguments given; `None` takes the next of the call.
    Partial {
        /// The function.
        function: Item<'a>,
        /// Its arguments.
        arguments: &'a [Option<Item<'a>>],
    },
    /// `first ~> second`.
    Chain {
        /// Applied first.
        first: Item<'a>,
        /// Applied to its result.
        second: Item<'a>,
    },
    /// A regular expression of the program.
    Regex(u32),
    /// The `next` member of a match: goes on matching.
    RegexNext {
        /// The expression.
        regex: u32,
        /// The whole text.
        text: &'a str,
        /// The byte to go on at.
        from: usize,
    },
}

/// What an item is, read through the documents in force.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind<'h, 'a> {
    /// Nothing.
    Undefined,
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string.
    String(JsonStr<'h>),
    /// An array.
    Array(Items<'h, 'a>),
    /// An object.
    Object(Members<'h, 'a>),
    /// A function.
    Function(&'a Function<'a>),
}

/// An array's elements.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Items<'h, 'a> {
    /// Of a JSON array.
    Json(ArrayView<'h, 'a>),
    /// Of an array that an expression built.
    Built(&'a ItemArray<'a>),
}

/// An object's members.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Members<'h, 'a> {
    /// Of a JSON object.
    Json(ObjectView<'h, 'a>),
    /// Of an object that an expression built.
    Built(&'a [(&'a str, Item<'a>)]),
}

impl<'a> Item<'a> {
    /// `null`
    pub(crate) const NULL: Self = Self::Json(Value::Null);

    /// `true` or `false`
    #[inline]
    pub(crate) fn bool(bool: bool) -> Self {
        Self::Json(Value::Bool(bool))
    }

    /// A string; `text` is copied into the arena.
    pub(crate) fn text(text: &str, heap: Heap<'_, 'a>) -> Self {
        Self::Json(heap.text(text))
    }

    /// An array; `items` are copied into the arena.
    pub(crate) fn array(items: &[Item<'a>], kind: ArrayKind, heap: Heap<'_, 'a>) -> Self {
        Self::array_in_arena(heap.arena.bump().alloc_slice_copy(items), kind, heap)
    }

    /// An array from a slice that lives in the arena already.
    pub(crate) fn array_in_arena(items: &'a [Item<'a>], kind: ArrayKind, heap: Heap<'_, 'a>) -> Self {
        Self::Array(heap.arena.bump().alloc(ItemArray { items, kind }))
    }

    /// An object; the caller sees to it that no key repeats and that no value is undefined.
    pub(crate) fn object(members: &[(&'a str, Item<'a>)], heap: Heap<'_, 'a>) -> Self {
        let bump = heap.arena.bump();
        let members: &'a [(&'a str, Item<'a>)] = bump.alloc_slice_copy(members);
        Self::Object(bump.alloc(ItemObject { members: Cell::new(members) }))
    }

    /// A function.
    pub(crate) fn function(function: Function<'a>, heap: Heap<'_, 'a>) -> Self {
        // Nothing of a function owns memory.
        Self::Function(heap.arena.bump().alloc(function))
    }

    /// What the item is.
    #[inline]
    pub(crate) fn kind<'h>(self, docs: &Docs<'h>) -> Kind<'h, 'a>
    where
        'a: 'h,
    {
        match self {
            Self::Json(value) => match value.view(docs) {
                View::Null => Kind::Null,
                View::Bool(bool) => Kind::Bool(bool),
                View::Number(number) => Kind::Number(to_f64(number)),
                View::String(string) => Kind::String(string),
                View::Array(array) => Kind::Array(Items::Json(array)),
                View::Object(object) => Kind::Object(Members::Json(object)),
            },
            Self::Number(number) => Kind::Number(number),
            Self::Array(array) => Kind::Array(Items::Built(array)),
            Self::Object(object) => Kind::Object(Members::Built(object.members.get())),
            Self::Function(function) => Kind::Function(function),
            Self::Cell(cell) => cell.get().kind(docs),
            Self::Undefined | Self::Unbound => Kind::Undefined,
        }
    }

    /// Whether there is nothing.
    #[inline]
    pub(crate) fn is_undefined(self) -> bool {
        matches!(self, Self::Undefined | Self::Unbound)
    }

    /// Whether this is a function.
    #[inline]
    pub(crate) fn is_function(self) -> bool {
        matches!(self, Self::Function(_))
    }

    /// A number, if this is one.
    #[inline]
    pub(crate) fn as_number(self, docs: &Docs<'_>) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Json(Value::Node { doc, node }) => {
                let doc = docs.at(doc);
                let node = doc.node(node);
                let read = || Number::f64_at(doc.bytes(), node.start as usize, node.end as usize);
                node.is(Tag::Number).then(read)
            }
            Self::Json(value) => value.as_num(docs).map(Num::as_f64),
            _ => None,
        }
    }

    /// A string's text, if this is one.
    #[inline]
    pub(crate) fn as_str<'h>(self, docs: &Docs<'h>) -> Option<JsonStr<'h>>
    where
        'a: 'h,
    {
        match self {
            Self::Json(value) => value.as_str(docs),
            _ => None,
        }
    }

    /// An array's elements, if this is one.
    #[inline]
    pub(crate) fn as_array<'h>(self, docs: &Docs<'h>) -> Option<Items<'h, 'a>>
    where
        'a: 'h,
    {
        match self {
            Self::Array(array) => Some(Items::Built(array)),
            Self::Json(value) => value.as_array(docs).map(Items::Json),
            _ => None,
        }
    }

    /// An object's members, if this is one.
    #[inline]
    pub(crate) fn as_object<'h>(self, docs: &Docs<'h>) -> Option<Members<'h, 'a>>
    where
        'a: 'h,
    {
        match self {
            Self::Object(object) => Some(Members::Built(object.members.get())),
            Self::Json(value) => value.as_object(docs).map(Members::Json),
            _ => None,
        }
    }

    /// The kind of array, if this is one.
    pub(crate) fn array_kind(self, docs: &Docs<'_>) -> Option<ArrayKind> {
        match self {
            Self::Array(array) => Some(array.kind),
            Self::Json(value) => value.as_array(docs).map(|_| ArrayKind::Plain),
            _ => None,
        }
    }

    /// A sequence of one element as that element, of none as nothing; everything else as it is.
    #[inline]
    #[must_use]
    pub(crate) fn unwrapped(self) -> Self {
        match self {
            Self::Array(ItemArray { items, kind: ArrayKind::Sequence }) => match items {
                [] => Self::Undefined,
                [only] => *only,
                _ => self,
            },
            Self::Array(ItemArray { items: [], kind: ArrayKind::KeptSequence }) => Self::Undefined,
            _ => self,
        }
    }
}

/// A number as JavaScript holds it.
#[inline]
pub(super) fn to_f64(number: NumberView<'_>) -> f64 {
    number.read().as_f64()
}

impl<'h, 'a> Items<'h, 'a> {
    /// Number of elements.
    #[inline]
    pub(crate) fn len(self) -> usize {
        match self {
            Self::Json(array) => array.len(),
            Self::Built(array) => array.items.len(),
        }
    }

    /// Whether there are none.
    pub(crate) fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The element at `index`.
    pub(crate) fn get(self, index: usize) -> Option<Item<'a>> {
        match self {
            Self::Json(array) => array.get(index).map(Item::Json),
            Self::Built(array) => array.items.get(index).copied(),
        }
    }

    /// The elements in order.
    #[inline]
    pub(crate) fn iter(self) -> ItemsIter<'h, 'a> {
        match self {
            Self::Json(array) => ItemsIter::Json(array.iter()),
            Self::Built(array) => ItemsIter::Built(array.items.iter()),
        }
    }

    /// The elements as a list of the arena.
    pub(crate) fn to_list(self, heap: Heap<'_, 'a>) -> BumpVec<'a, Item<'a>> {
        let mut list = BumpVec::with_capacity_in(self.len(), heap.arena.bump());
        list.extend(self.iter());
        list
    }
}

/// Iterator over an array's elements.
#[derive(Debug, Clone)]
pub(crate) enum ItemsIter<'h, 'a> {
    /// Of a JSON array.
    Json(ArrayIter<'h, 'a>),
    /// Of an array that an expression built.
    Built(std::slice::Iter<'a, Item<'a>>),
}

impl<'a> Iterator for ItemsIter<'_, 'a> {
    type Item = Item<'a>;

    #[inline]
    fn next(&mut self) -> Option<Item<'a>> {
        match self {
            Self::Json(items) => items.next().map(Item::Json),
            Self::Built(items) => items.next().copied(),
        }
    }
}

impl<'h, 'a> Members<'h, 'a>
where
    'a: 'h,
{
    /// Number of members.
    pub(crate) fn len(self, docs: &Docs<'h>) -> usize {
        match self {
            Self::Json(object) => object.len(docs),
            Self::Built(members) => members.len(),
        }
    }

    /// The value of a member.
    #[inline]
    pub(crate) fn get(self, key: &str, docs: &Docs<'h>) -> Option<Item<'a>> {
        match self {
            Self::Json(object) => object.get(key, docs).map(Item::Json),
            Self::Built(members) => members.iter().find(|(known, _)| *known == key).map(|(_, item)| *item),
        }
    }

    /// The members in order; a key repeated in a document appears each time.
    pub(crate) fn iter(self, docs: &'h Docs<'h>) -> MembersIter<'h, 'a> {
        match self {
            Self::Json(object) => MembersIter::Json(object.iter(docs)),
            Self::Built(members) => MembersIter::Built(members.iter()),
        }
    }
}

/// Iterator over an object's members.
#[derive(Debug, Clone)]
pub(crate) enum MembersIter<'h, 'a> {
    /// Of a JSON object.
    Json(ObjectIter<'h, 'a>),
    /// Of an object that an expression built.
    Built(std::slice::Iter<'a, (&'a str, Item<'a>)>),
}

impl<'h, 'a> Iterator for MembersIter<'h, 'a>
where
    'a: 'h,
{
    type Item = (JsonStr<'h>, Item<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Json(members) => members.next().map(|(key, value)| (key, Item::Json(value))),
            Self::Built(members) => members.next().map(|(key, item)| (JsonStr::plain(key), *item)),
        }
    }
}
