//! Names, wildcards, positions: what steps of paths look up.

use super::state::{Elements, Evaluation};
use crate::json::{Doc, DocFlags, NodeId, Tag};
use crate::jsonata::code::{Over, Selection};
use crate::jsonata::error::Error;
use crate::jsonata::functions;
use crate::jsonata::item::{ArrayKind, Item, Items, ItemsIter};
use crate::jsonata::name::{self, Name};
use crate::value::{DocId, Value};

impl<'h, 'a> Evaluation<'h, 'a> {
    #[inline]
    pub(super) fn is_true(&self, item: Item<'a>) -> bool {
        match item {
            Item::Json(Value::Bool(bool)) => bool,
            Item::Undefined | Item::Unbound => false,
            _ => functions::truth(item, self.heap.docs).unwrap_or(false),
        }
    }

    #[inline(never)]
    pub(super) fn start_loop(&mut self, src: Item<'a>, over: Over) {
        if let Item::Json(Value::Node { doc, node }) = src {
            let table = self.heap.docs.get(doc);
            let found = table.node(node);
            if found.is(Tag::Array) && found.count() > 0 {
                let elements = Elements::Nodes { doc, nodes: table.nodes(), at: node.0 + 1, end: found.next };
                return self.push_loop(elements, found.count() as usize);
            }
        }
        let (elements, len) = match src.as_array(self.heap.docs) {
            Some(_) if over == Over::Results && is_constructed(src) => (Elements::One(Some(src)), 1),
            Some(items) if over == Over::Group && items.is_empty() => {
                (Elements::One(Some(Item::Undefined)), 1)
            }
            Some(items) => (Elements::Many(items.iter()), items.len()),
            None if src.is_undefined() && matches!(over, Over::Elements | Over::Results) => {
                (Elements::One(None), 0)
            }
            None => (Elements::One(Some(src)), 1),
        };
        self.push_loop(elements, len);
    }

    /// The next element of the innermost loop, which ends where there is none.
    #[inline(never)]
    pub(super) fn next_element(&mut self) -> Option<Item<'a>> {
        let found = self.innermost.elements.next();
        match found {
            Some(_) => self.innermost.taken += 1,
            None => self.pop_loop(),
        }
        found
    }

    /// `src.name`, as a path of one step: arrays are gone through, the result is unwrapped.
    #[inline(never)]
    pub(super) fn field(&mut self, src: Item<'a>, name: &Name) -> Result<Item<'a>, Error> {
        if let Item::Json(Value::Node { doc, node }) = src {
            let table = self.heap.docs.at(doc);
            if table.node(node).is(Tag::Object) {
                let found = name.member(table, node);
                return Ok(found.map_or(Item::Undefined, |node| Item::Json(Value::Node { doc, node })));
            }
        }
        self.field_of_any(src, name.text())
    }

    /// The same for what is no object of a document.
    #[inline(never)]
    fn field_of_any(&mut self, src: Item<'a>, name: &str) -> Result<Item<'a>, Error> {
        match src {
            Item::Json(value) => match value.member(name, self.heap.docs) {
                Some(found) => Ok(Item::Json(found)),
                None => match value.as_array(self.heap.docs) {
                    Some(array) => self.field_of_elements(Items::Json(array), name),
                    None => Ok(Item::Undefined),
                },
            },
            Item::Object(object) => {
                let members = object.members.get();
                let found = members.iter().find(|(key, _)| *key == name);
                Ok(found.map_or(Item::Undefined, |(_, item)| item.unwrapped()))
            }
            Item::Array(array) => Ok(self.field_of_elements(Items::Built(array), name)?.unwrapped()),
            _ => Ok(Item::Undefined),
        }
    }

    /// Several members, into registers.
    #[inline(never)]
    pub(super) fn fields(
        &mut self,
        src: Item<'a>,
        selection: &Selection,
        into: &mut [Item<'a>],
    ) -> Result<(), Error> {
        if let Item::Json(Value::Node { doc, node }) = src {
            let table = self.heap.docs.at(doc);
            if table.node(node).is(Tag::Object) {
                if table.flags().contains(DocFlags::BACKSLASH) {
                    select::<true>(table, doc, node, selection, into);
                } else {
                    select::<false>(table, doc, node, selection, into);
                }
                return Ok(());
            }
        }
        for (place, name) in into.iter_mut().zip(&selection.names) {
            *place = self.field_of_any(src, name.text())?;
        }
        Ok(())
    }

    /// A member of every element, flattened.
    fn field_of_elements(&mut self, elements: Items<'h, 'a>, name: &str) -> Result<Item<'a>, Error> {
        self.charge(elements.len())?;
        let mark = self.list.len();
        let mut results = 0_usize;
        for element in elements.iter() {
            let found = match element {
                Item::Json(value) => match value.member(name, self.heap.docs) {
                    Some(found) => Item::Json(found),
                    None if value.as_array(self.heap.docs).is_some() => self.field_below(element, name)?,
                    None => continue,
                },
                _ => self.field_below(element, name)?,
            };
            if !found.is_undefined() {
                self.list.push(found);
                results += 1;
            }
        }
        Ok(match results {
            0 => Item::Undefined,
            1 => self.list.pop().unwrap_or(Item::Undefined),
            _ => self.take_flattened(mark, ArrayKind::Sequence)?.unwrapped(),
        })
    }

    /// A member of what an element is; an array in an array is gone through whatever its depth.
    fn field_below(&mut self, element: Item<'a>, name: &str) -> Result<Item<'a>, Error> {
        let docs = self.heap.docs;
        let Some(items) = element.as_array(docs) else {
            return Ok(element
                .as_object(docs)
                .and_then(|object| object.get(name, docs))
                .unwrap_or(Item::Undefined));
        };
        let mark = self.list.len();
        let mut pending = vec![items.iter()];
        while let Some(innermost) = pending.last_mut() {
            let Some(item) = innermost.next() else {
                pending.pop();
                continue;
            };
            self.charge(1)?;
            if let Some(inner) = item.as_array(docs) {
                pending.push(inner.iter());
            } else if let Some(found) = item.as_object(docs).and_then(|object| object.get(name, docs)) {
                match found.as_array(docs) {
                    Some(values) => self.list.extend(values.iter()),
                    None => self.list.push(found),
                }
            }
        }
        Ok(self.take(mark, ArrayKind::Sequence)?.unwrapped())
    }

    /// `*`
    pub(super) fn wildcard(&mut self, src: Item<'a>) -> Result<Item<'a>, Error> {
        let docs = self.heap.docs;
        let src = inner_of_whole(src);
        let mark = self.list.len();
        if let Some(items) = src.as_array(docs) {
            for item in items.iter() {
                self.push_deep(item)?;
            }
        } else if let Some(members) = src.as_object(docs) {
            for (_, item) in members.iter(docs) {
                self.push_deep(item)?;
            }
        }
        Ok(self.take(mark, ArrayKind::Sequence)?.unwrapped())
    }

    /// Adds an item to the list; of an array, what it holds at any depth.
    fn push_deep(&mut self, item: Item<'a>) -> Result<(), Error> {
        let docs = self.heap.docs;
        let Some(items) = item.as_array(docs) else {
            self.list.push(item);
            return Ok(());
        };
        let mut pending = vec![items.iter()];
        while let Some(innermost) = pending.last_mut() {
            let Some(item) = innermost.next() else {
                pending.pop();
                continue;
            };
            self.charge(1)?;
            match item.as_array(docs) {
                Some(inner) => pending.push(inner.iter()),
                None => self.list.push(item),
            }
        }
        Ok(())
    }

    /// `**`
    pub(super) fn descendants(&mut self, src: Item<'a>) -> Result<Item<'a>, Error> {
        enum Pending<'h, 'a> {
            Items(ItemsIter<'h, 'a>),
            Members(crate::jsonata::item::MembersIter<'h, 'a>),
        }
        if src.is_undefined() {
            return Ok(Item::Undefined);
        }
        let docs = self.heap.docs;
        let mark = self.list.len();
        let mut pending: Vec<Pending<'h, 'a>> = Vec::new();
        let mut next = Some(src);
        loop {
            if let Some(item) = next.take() {
                self.charge(1)?;
                if let Some(items) = item.as_array(docs) {
                    pending.push(Pending::Items(items.iter()));
                } else {
                    self.list.push(item);
                    if let Some(members) = item.as_object(docs) {
                        pending.push(Pending::Members(members.iter(docs)));
                    }
                }
            }
            let Some(innermost) = pending.last_mut() else { break };
            next = match innermost {
                Pending::Items(items) => items.next(),
                Pending::Members(members) => members.next().map(|(_, item)| item),
            };
            if next.is_none() {
                pending.pop();
            }
        }
        Ok(self.take(mark, ArrayKind::Sequence)?.unwrapped())
    }

    /// `src[n]`: an element, counted from the end if `n` is negative.
    pub(super) fn index(&mut self, src: Item<'a>, number: f64) -> Item<'a> {
        let position = number.floor();
        let Some(items) = src.as_array(self.heap.docs) else {
            let is_only = (-1.0..=0.0).contains(&position);
            return if is_only { src } else { Item::Undefined };
        };
        let position = if position < 0.0 { items.len() as f64 + position } else { position };
        if !(0.0..items.len() as f64).contains(&position) {
            return Item::Undefined;
        }
        let found = items.get(position as usize).unwrap_or(Item::Undefined);
        if src.array_kind(self.heap.docs) == Some(ArrayKind::TupleStream) {
            return Item::array(&[found], ArrayKind::TupleStream, self.heap);
        }
        // A sequence of one: an array in it is not taken apart.
        found
    }
}

/// Several members of an object of a document, in one walk; of a repeated name the last one wins.
#[inline]
fn select<const ESCAPES: bool>(
    table: &Doc<'_>,
    doc: DocId,
    object: NodeId,
    selection: &Selection,
    into: &mut [Item<'_>],
) {
    for place in &mut *into {
        *place = Item::Undefined;
    }
    let nodes = &table.nodes()[..table.node(object).next as usize];
    let mut at = object.0 as usize + 1;
    while let Some([key, value]) = nodes.get(at..at + 2) {
        let is_escaped = ESCAPES && key.is(Tag::EscapedString);
        if selection.may_have(key) || is_escaped {
            let (len, head) = (key.end - key.start, name::head(table, key));
            for (index, name) in selection.names.iter().enumerate() {
                let is_same_len = name.key_len() == len;
                if is_same_len && !is_escaped && name.is_key(head, table, key)
                    || is_escaped && name.is_any_key(table, key)
                {
                    if let Some(place) = into.get_mut(index) {
                        *place = Item::Json(Value::Node { doc, node: NodeId(at as u32 + 1) });
                    }
                    break;
                }
            }
        }
        at = value.next as usize;
    }
}

fn is_constructed(item: Item<'_>) -> bool {
    matches!(item, Item::Array(array) if array.kind == ArrayKind::Constructed)
}

/// The input itself, where an array was wrapped.
#[inline]
pub(super) fn inner_of_whole(item: Item<'_>) -> Item<'_> {
    match item {
        Item::Array(array) if array.kind == ArrayKind::Whole => {
            array.items.first().copied().unwrap_or(Item::Undefined)
        }
        _ => item,
    }
}
