//! Object functions.

use smallvec::SmallVec;

use super::argument::Arguments;
use super::boolean::{is_truthy, truth};
use super::building::{List, MemberList, distinct_members};
use super::higher_order::call_with;
use crate::jsonata::error::Error;
use crate::jsonata::evaluation::Evaluation;
use crate::jsonata::item::{ArrayKind, Item, ItemsIter, Kind};
use crate::value::Docs;

/// The items of an array and of the arrays in it, at any depth; another item alone.
struct Flat<'h, 'a> {
    docs: &'h Docs<'h>,
    single: Option<Item<'a>>,
    open: SmallVec<[ItemsIter<'h, 'a>; 4]>,
}

impl<'h, 'a: 'h> Flat<'h, 'a> {
    fn new(item: Item<'a>, docs: &'h Docs<'h>) -> Self {
        Self { docs, single: Some(item), open: SmallVec::new() }
    }

    /// The next item that is no array. Every step is charged.
    fn next(&mut self, evaluation: &mut Evaluation<'_, 'a>) -> Result<Option<Item<'a>>, Error> {
        loop {
            let next = match self.single.take() {
                Some(item) => Some(item),
                None => match self.open.last_mut() {
                    Some(items) => items.next(),
                    None => return Ok(None),
                },
            };
            let Some(item) = next else {
                self.open.pop();
                continue;
            };
            evaluation.charge(1)?;
            match item.as_array(self.docs) {
                Some(items) => self.open.push(items.iter()),
                None => return Ok(Some(item)),
            }
        }
    }
}

/// `$keys(object)`: of an array, the keys of all objects in it.
pub(super) fn keys<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let docs = evaluation.heap.docs;
    let given = Arguments::new(arguments, docs).item(0);
    let mut flat = Flat::new(given, docs);
    let mut keys = MemberList::default();
    while let Some(item) = flat.next(evaluation)? {
        if let Some(members) = item.as_object(docs) {
            evaluation.charge(members.len(docs))?;
            for (key, _) in members.iter(docs) {
                keys.set(evaluation, &key.to_text(), Item::NULL)?;
            }
        }
    }
    let mut list = List::with_capacity(keys.as_slice().len());
    for (key, _) in keys.as_slice() {
        list.push(Item::Json(evaluation.heap.text_in_arena(key)))?;
    }
    list.finish(evaluation, ArrayKind::Sequence)
}

/// `$lookup(object, key)`
pub(super) fn lookup_builtin<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let arguments = Arguments::new(arguments, evaluation.heap.docs);
    match arguments.text(1)? {
        Some(key) => lookup(evaluation, arguments.item(0), &key),
        None => Ok(Item::Undefined),
    }
}

/// The member `key` of an object; of an array, those of all objects in it, as a sequence.
pub(crate) fn lookup<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    item: Item<'a>,
    key: &str,
) -> Result<Item<'a>, Error> {
    let docs = evaluation.heap.docs;
    if item.as_array(docs).is_none() {
        return Ok(member(item, key, docs));
    }
    let mut flat = Flat::new(item, docs);
    let mut list = List::default();
    while let Some(item) = flat.next(evaluation)? {
        let found = member(item, key, docs);
        match found.as_array(docs) {
            Some(items) => list.extend(items.iter(), items.len())?,
            None => list.push(found)?,
        }
    }
    list.finish(evaluation, ArrayKind::Sequence)
}

fn member<'a>(item: Item<'a>, key: &str, docs: &Docs<'_>) -> Item<'a> {
    item.as_object(docs).and_then(|members| members.get(key, docs)).unwrap_or(Item::Undefined)
}

/// `$spread(object)`: an object for each member; other values stay.
pub(super) fn spread<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let docs = evaluation.heap.docs;
    let given = Arguments::new(arguments, docs).item(0);
    let kind = match given.kind(docs) {
        Kind::Object(_) => ArrayKind::Sequence,
        Kind::Array(items) if items.is_empty() => ArrayKind::Sequence,
        Kind::Array(_) => ArrayKind::Plain,
        _ => return Ok(given),
    };
    let mut flat = Flat::new(given, docs);
    let mut list = List::default();
    while let Some(item) = flat.next(evaluation)? {
        let Some(members) = item.as_object(docs) else {
            list.push(item)?;
            continue;
        };
        for (key, item) in distinct_members(members, docs) {
            let key = key.to_text();
            evaluation.charge(1)?;
            evaluation.reserve(key.len() + size_of::<(&str, Item<'_>)>())?;
            let key: &'a str = evaluation.heap.arena.bump().alloc_str(&key);
            list.push(Item::object(&[(key, item)], evaluation.heap))?;
        }
    }
    list.finish(evaluation, kind)
}

/// `$merge(objects)`: of a key that several have, the last one's value.
pub(super) fn merge<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let docs = evaluation.heap.docs;
    let Some(items) = Arguments::new(arguments, docs).array(0)? else { return Ok(Item::Undefined) };
    let mut merged = MemberList::default();
    for item in items.iter() {
        let Some(members) = item.as_object(docs) else { continue };
        evaluation.charge(1 + members.len(docs))?;
        for (key, item) in members.iter(docs) {
            merged.set(evaluation, &key.to_text(), item)?;
        }
    }
    Ok(Item::object(merged.as_slice(), evaluation.heap))
}

/// `$each(object, function)`: what the function returns for each member.
pub(super) fn each<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let docs = evaluation.heap.docs;
    let arguments = Arguments::new(arguments, docs);
    let (object, function) = (arguments.item(0), arguments.item(1));
    let arity = evaluation.arity(function);
    let mut list = List::default();
    for (key, item) in arguments.object(0)?.map(|members| distinct_members(members, docs)).unwrap_or_default()
    {
        evaluation.charge(1)?;
        let key = if arity >= 2 { Item::text(&key.to_text(), evaluation.heap) } else { Item::Undefined };
        let result = call_with(evaluation, function, arity, [item, key, object])?;
        list.push(result)?;
    }
    list.finish(evaluation, ArrayKind::Sequence)
}

/// `$sift(object, function)`: the members for which the function is true.
pub(super) fn sift<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let docs = evaluation.heap.docs;
    let arguments = Arguments::new(arguments, docs);
    let (object, function) = (arguments.item(0), arguments.item(1));
    let arity = evaluation.arity(function);
    let mut kept: Vec<(&'a str, Item<'a>)> = Vec::new();
    for (key, item) in arguments.object(0)?.map(|members| distinct_members(members, docs)).unwrap_or_default()
    {
        evaluation.charge(1)?;
        let key: &'a str = evaluation.heap.arena.bump().alloc_str(&key.to_text());
        let named = Item::Json(evaluation.heap.text_in_arena(key));
        let result = call_with(evaluation, function, arity, [item, named, object])?;
        if truth(result, docs) == Some(true) {
            kept.push((key, item));
        }
    }
    Ok(if kept.is_empty() { Item::Undefined } else { Item::object(&kept, evaluation.heap) })
}

/// `$error([message])`
pub(super) fn error<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let message =
        Arguments::new(arguments, evaluation.heap.docs).text(0)?.filter(|message| !message.is_empty());
    Err(Error::new("D3137").text(message.as_deref().unwrap_or("$error() function evaluated")))
}

/// `$assert(condition[, message])`
pub(super) fn assert<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let docs = evaluation.heap.docs;
    let arguments = Arguments::new(arguments, docs);
    if is_truthy(arguments.item(0), docs) {
        return Ok(Item::Undefined);
    }
    let message = arguments.text(1)?.filter(|message| !message.is_empty());
    Err(Error::new("D3141").text(message.as_deref().unwrap_or("$assert() statement failed")))
}

/// `$type(value)`
#[expect(clippy::unnecessary_wraps, reason = "all functions of the table have one signature")]
pub(super) fn type_of<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let docs = evaluation.heap.docs;
    let name = match Arguments::new(arguments, docs).item(0).kind(docs) {
        Kind::Undefined => return Ok(Item::Undefined),
        Kind::Null => "null",
        Kind::Bool(_) => "boolean",
        Kind::Number(_) => "number",
        Kind::String(_) => "string",
        Kind::Array(_) => "array",
        Kind::Object(_) => "object",
        Kind::Function(_) => "function",
    };
    Ok(Item::Json(evaluation.heap.text_in_arena(name)))
}
