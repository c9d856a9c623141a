//! Object constructors and grouping.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::dispatch::Cursor;
use super::state::Evaluation;
use crate::jsonata::code::Op;
use crate::jsonata::error::Error;
use crate::jsonata::functions::{error_value, number_value};
use crate::jsonata::item::{ArrayKind, Item};
use crate::value::{Array, ShapeId, Value};

/// Groups while they are gathered and turned into values.
#[derive(Debug)]
pub(super) struct Groups<'a> {
    by_key: HashMap<&'a str, usize, RandomState>,
    list: Vec<Group<'a>>,
    /// The pair whose groups are being gone through, and the next of them to look at.
    pair: Option<u16>,
    next: usize,
}

#[derive(Debug)]
struct Group<'a> {
    key: &'a str,
    pair: u16,
    items: Vec<Item<'a>>,
    value: Item<'a>,
}

impl<'a> Groups<'a> {
    fn new() -> Self {
        Self { by_key: HashMap::default(), list: Vec::new(), pair: None, next: 0 }
    }

    /// The next group of a pair.
    fn advance(&mut self, pair: u16) -> Option<&Group<'a>> {
        if self.pair != Some(pair) {
            self.pair = Some(pair);
            self.next = 0;
        }
        let found = self.list[self.next..].iter().position(|group| group.pair == pair);
        if let Some(offset) = found {
            self.next += offset + 1;
            self.list.get(self.next - 1)
        } else {
            self.pair = None;
            None
        }
    }
}

impl<'a> Evaluation<'_, 'a> {
    /// The instructions of this file.
    pub(super) fn grouping(&mut self, cursor: &mut Cursor<'a>, op: Op) -> Result<(), Error> {
        match op {
            Op::GroupOpen => self.groups.push(Groups::new()),
            Op::GroupAdd { key, item, pair } => {
                self.group_add(cursor.get(key), cursor.get(item), pair)?;
            }
            Op::GroupNext { dst, pair, exit } => match self.next_group(pair)? {
                Some(items) => {
                    let item = self.merged(&items)?;
                    cursor.set(dst, item);
                }
                None => cursor.pc = usize::from(exit.0),
            },
            Op::GroupNextTuple { first, pair, exit } => match self.next_group(pair)? {
                Some(tuples) => self.merge_tuples(cursor, first, &tuples)?,
                None => cursor.pc = usize::from(exit.0),
            },
            Op::GroupValue { src } => {
                let value = cursor.get(src);
                if let Some(groups) = self.groups.last_mut()
                    && let Some(group) = groups.list.get_mut(groups.next.wrapping_sub(1))
                {
                    group.value = value;
                }
            }
            Op::GroupClose { dst } => {
                let groups = self.groups.pop().map(|groups| groups.list).unwrap_or_default();
                let members: Vec<(&'a str, Item<'a>)> = groups
                    .into_iter()
                    .filter(|group| !group.value.is_undefined())
                    .map(|group| (group.key, group.value))
                    .collect();
                self.reserve(size_of_val(&*members))?;
                let object = Item::object(&members, self.heap);
                cursor.set(dst, object);
            }
            // Everything else is dispatched before.
            _ => {}
        }
        Ok(())
    }

    /// The context of an object constructor's values.
    #[inline(never)]
    pub(super) fn group_context(&mut self, item: Item<'a>) -> Result<Item<'a>, Error> {
        match item.as_array(self.heap.docs) {
            None => Ok(item),
            Some(items) if items.is_empty() => Ok(Item::Undefined),
            Some(items) if items.len() == 1 => Ok(items.get(0).unwrap_or(Item::Undefined)),
            Some(items) => {
                let items = items.to_list(self.heap);
                self.merged(&items)
            }
        }
    }

    fn next_group(&mut self, pair: u16) -> Result<Option<Vec<Item<'a>>>, Error> {
        self.charge(1)?;
        let Some(groups) = self.groups.last_mut() else { return Ok(None) };
        Ok(groups.advance(pair).map(|group| group.items.clone()))
    }

    fn group_add(&mut self, key: Item<'a>, item: Item<'a>, pair: u16) -> Result<(), Error> {
        let docs = self.heap.docs;
        if key.is_undefined() {
            return Ok(());
        }
        let Some(text) = key.as_str(docs) else { return Err(error_value(Error::new("T1003"), key, docs)) };
        let text = text.to_text();
        let bump = self.heap.arena.bump();
        let Some(groups) = self.groups.last_mut() else { return Ok(()) };
        if let Some(index) = groups.by_key.get(&*text) {
            let group = &mut groups.list[*index];
            if group.pair != pair {
                return Err(Error::new("D1009").string_value(&text));
            }
            group.items.push(item);
        } else {
            let key: &'a str = bump.alloc_str(&text);
            groups.by_key.insert(key, groups.list.len());
            groups.list.push(Group { key, pair, items: vec![item], value: Item::Undefined });
        }
        Ok(())
    }

    /// Several items as one value, the elements of arrays in their place; one as it is.
    pub(super) fn merged(&mut self, items: &[Item<'a>]) -> Result<Item<'a>, Error> {
        match items {
            [] => Ok(Item::Undefined),
            [only] => Ok(*only),
            _ => {
                let mark = self.list.len();
                for item in items {
                    match item.as_array(self.heap.docs) {
                        Some(elements) => {
                            self.charge(elements.len())?;
                            self.list.extend(elements.iter());
                        }
                        None if item.is_undefined() => {}
                        None => self.list.push(*item),
                    }
                }
                self.take(mark, ArrayKind::Plain)
            }
        }
    }

    /// An object with the keys of a shape, its values in the registers from `start`. Where all values are there and are JSON it is a value of the execution
    /// at once, with the keys rendered in advance.
    #[inline(never)]
    pub(super) fn object(&mut self, items: &[Item<'a>], shape: u16) -> Result<Item<'a>, Error> {
        let keys = &self.code.shape_keys[usize::from(shape)];
        let bump = self.heap.arena.bump();
        let mut are_values = true;
        let values = bump.alloc_slice_fill_with(items.len(), |index| {
            if let Item::Json(value) = items[index] {
                return value;
            }
            let value = self.json_value(items[index]);
            are_values &= value.is_some();
            value.unwrap_or(Value::Null)
        });
        if are_values {
            let shape = ShapeId(self.code.shape_ids[usize::from(shape)]);
            return Ok(Item::Json(self.heap.shaped(shape, values)));
        }
        let mut members: Vec<(&'a str, Item<'a>)> = Vec::with_capacity(items.len());
        for (key, item) in keys.iter().zip(items) {
            if !item.is_undefined() {
                members.push((bump.alloc_str(key), *item));
            }
        }
        self.reserve(size_of_val(&*members))?;
        Ok(Item::object(&members, self.heap))
    }

    /// The value that an item is, or that it can be made without looking deep.
    fn json_value(&self, item: Item<'a>) -> Option<Value<'a>> {
        match item {
            Item::Json(value) => Some(value),
            Item::Number(number) => number_value(number),
            Item::Array(array) if matches!(array.kind, ArrayKind::Plain | ArrayKind::Sequence) => {
                let value = |item: &Item<'a>| match item {
                    Item::Json(value) => Some(*value),
                    Item::Number(number) => number_value(*number),
                    _ => None,
                };
                let mut are_values = true;
                let values = self.heap.arena.bump().alloc_slice_fill_with(array.items.len(), |index| {
                    let value = value(&array.items[index]);
                    are_values &= value.is_some();
                    value.unwrap_or(Value::Null)
                });
                if !are_values {
                    return None;
                }
                let Value::Array(array) = self.heap.array_in_arena(values) else { return None };
                let array: &'a Array<'a> = array;
                Some(Value::Array(array))
            }
            _ => None,
        }
    }
}
