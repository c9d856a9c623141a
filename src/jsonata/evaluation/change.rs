//! Transforms: a deep copy, parts of which are changed in place.

use std::cell::Cell;

use super::state::Evaluation;
use crate::jsonata::error::Error;
use crate::jsonata::functions::error_value;
use crate::jsonata::item::{ArrayKind, Item, ItemObject, ItemsIter, Kind, MembersIter};

/// A container that is being copied.
enum Copying<'h, 'a> {
    Array { rest: ItemsIter<'h, 'a>, done: Vec<Item<'a>> },
    Object { rest: MembersIter<'h, 'a>, done: Vec<(&'a str, Item<'a>)>, key: Option<&'a str> },
}

impl<'a> Evaluation<'_, 'a> {
    /// A copy that shares nothing that could be changed.
    pub(super) fn deep_copy(&mut self, item: Item<'a>) -> Result<Item<'a>, Error> {
        let docs = self.heap.docs;
        let bump = self.heap.arena.bump();
        let mut open: Vec<Copying<'_, 'a>> = Vec::new();
        let mut next = Some(item);
        loop {
            let mut finished = None;
            if let Some(item) = next.take() {
                self.charge(1)?;
                self.reserve(64)?;
                match item.kind(docs) {
                    Kind::Array(items) => open.push(Copying::Array { rest: items.iter(), done: Vec::new() }),
                    Kind::Object(members) => {
                        open.push(Copying::Object { rest: members.iter(docs), done: Vec::new(), key: None });
                    }
                    Kind::Function(_) => finished = Some(Item::text("", self.heap)),
                    _ => finished = Some(item),
                }
            }
            loop {
                let Some(innermost) = open.last_mut() else { return Ok(finished.unwrap_or(Item::Undefined)) };
                match innermost {
                    Copying::Array { rest, done } => {
                        done.extend(finished.take());
                        next = rest.next();
                    }
                    Copying::Object { rest, done, key } => {
                        if let (Some(key), Some(item)) = (key.take(), finished.take()) {
                            // Of a key that is repeated in a document the last one counts.
                            match done.iter_mut().find(|(known, _)| *known == key) {
                                Some(member) => member.1 = item,
                                None => done.push((key, item)),
                            }
                        }
                        next = rest.next().map(|(name, item)| {
                            *key = Some(bump.alloc_str(&name.to_text()));
                            item
                        });
                    }
                }
                if next.is_some() {
                    break;
                }
                finished = open.pop().map(|copying| match copying {
                    Copying::Array { done, .. } => Item::array(&done, ArrayKind::Plain, self.heap),
                    Copying::Object { done, .. } => {
                        let members: &'a [(&'a str, Item<'a>)] = bump.alloc_slice_copy(&done);
                        Item::Object(bump.alloc(ItemObject { members: Cell::new(members) }))
                    }
                });
            }
        }
    }

    /// Merges an update into a part of a copy.
    pub(super) fn update(&mut self, target: Item<'a>, update: Item<'a>) -> Result<(), Error> {
        if update.is_undefined() {
            return Ok(());
        }
        let docs = self.heap.docs;
        let bump = self.heap.arena.bump();
        let Some(changes) = update.as_object(docs) else {
            return Err(error_value(Error::new("T2011"), update, docs));
        };
        let Item::Object(object) = target else { return Ok(()) };
        let mut members = object.members.get().to_vec();
        for (key, item) in changes.iter(docs) {
            match members.iter_mut().find(|(known, _)| key == **known) {
                Some(member) => member.1 = item,
                None => members.push((bump.alloc_str(&key.to_text()), item)),
            }
        }
        self.charge(members.len())?;
        self.reserve(size_of_val(&*members))?;
        object.members.set(bump.alloc_slice_copy(&members));
        Ok(())
    }

    /// Deletes members of a part of a copy.
    pub(super) fn delete(&mut self, target: Item<'a>, names: Item<'a>) -> Result<(), Error> {
        if names.is_undefined() {
            return Ok(());
        }
        let docs = self.heap.docs;
        let list = if let Some(list) = names.as_array(docs) {
            list.to_list(self.heap)
        } else {
            bumpalo::vec![in self.heap.arena.bump(); names]
        };
        if list.iter().any(|name| name.as_str(docs).is_none()) {
            return Err(error_value(Error::new("T2012"), names, docs));
        }
        let Item::Object(object) = target else { return Ok(()) };
        let mut members = object.members.get().to_vec();
        self.charge(members.len() + list.len())?;
        members
            .retain(|(key, _)| !list.iter().any(|name| name.as_str(docs).is_some_and(|name| name == **key)));
        object.members.set(self.heap.arena.bump().alloc_slice_copy(&members));
        Ok(())
    }
}
