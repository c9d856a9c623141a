//! Array functions.

use std::borrow::Cow;

use foldhash::quality::RandomState;
use hashbrown::HashSet;
use smallvec::SmallVec;

use super::argument::Arguments;
use super::building::{List, array, check_sequence};
use super::equality::deep_equal;
use crate::jsonata::error::Error;
use crate::jsonata::evaluation::Evaluation;
use crate::jsonata::item::{ArrayKind, Item, Items, Kind};

/// `$count(array)`
pub(super) fn count<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let items = Arguments::new(arguments, evaluation.heap.docs).array(0)?;
    Ok(Item::Number(items.map_or(0, Items::len) as f64))
}

/// `$append(first, second)`
pub(super) fn append_builtin<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let arguments = Arguments::new(arguments, evaluation.heap.docs);
    append(evaluation, arguments.item(0), arguments.item(1))
}

/// The elements of both; what is no array counts as one element.
pub(crate) fn append<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    a: Item<'a>,
    b: Item<'a>,
) -> Result<Item<'a>, Error> {
    if a.is_undefined() {
        return Ok(b);
    }
    if b.is_undefined() {
        return Ok(a);
    }
    let docs = evaluation.heap.docs;
    let len = |item: Item<'a>| item.as_array(docs).map_or(1, Items::len);
    let len = len(a) + len(b);
    check_sequence(len)?;
    let mut list = List::with_capacity(len);
    for item in [a, b] {
        match item.as_array(docs) {
            Some(items) => list.extend(items.iter(), items.len())?,
            None => list.push(item)?,
        }
    }
    list.finish(evaluation, ArrayKind::Plain)
}

/// `$reverse(array)`
pub(super) fn reverse<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let arguments = Arguments::new(arguments, evaluation.heap.docs);
    let Some(items) = arguments.array(0)?.filter(|items| items.len() > 1) else {
        return Ok(arguments.item(0));
    };
    let mut list: Vec<Item<'a>> = items.iter().collect();
    list.reverse();
    array(evaluation, &list, ArrayKind::Plain)
}

/// `$shuffle(array)`: every order is as likely.
pub(super) fn shuffle<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let arguments = Arguments::new(arguments, evaluation.heap.docs);
    let Some(items) = arguments.array(0)?.filter(|items| items.len() > 1) else {
        return Ok(arguments.item(0));
    };
    let mut list: Vec<Item<'a>> = items.iter().collect();
    for last in (1..list.len()).rev() {
        let chosen = evaluation.random.range(0, last as i64 + 1) as usize;
        list.swap(last, chosen);
    }
    array(evaluation, &list, ArrayKind::Plain)
}

/// A scalar by which it is found again.
#[derive(PartialEq, Eq, Hash)]
enum Scalar<'h> {
    Null,
    Bool(bool),
    Number(u64),
    String(Cow<'h, str>),
}

/// `$distinct(array)`
pub(super) fn distinct<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let docs = evaluation.heap.docs;
    let given = Arguments::new(arguments, docs).item(0);
    let Some(items) = given.as_array(docs).filter(|items| items.len() > 1) else { return Ok(given) };
    evaluation.charge(items.len())?;
    let mut known = HashSet::with_hasher(RandomState::default());
    // Containers are compared with each other.
    let mut containers: Vec<Item<'a>> = Vec::new();
    let mut list = List::default();
    'items: for item in items.iter() {
        let scalar = match item.kind(docs) {
            Kind::Null => Scalar::Null,
            Kind::Bool(bool) => Scalar::Bool(bool),
            // Adding zero makes one of both zeros. NaN is equal to nothing.
            Kind::Number(number) if !number.is_nan() => Scalar::Number((number + 0.0).to_bits()),
            Kind::String(string) => Scalar::String(string.to_text()),
            _ => {
                for container in &containers {
                    if deep_equal(evaluation, item, *container)? {
                        continue 'items;
                    }
                }
                containers.push(item);
                list.push(item)?;
                continue;
            }
        };
        if known.insert(scalar) {
            list.push(item)?;
        }
    }
    let is_sequence = given.array_kind(docs).is_some_and(ArrayKind::is_sequence);
    list.finish(evaluation, if is_sequence { ArrayKind::Sequence } else { ArrayKind::Plain })
}

/// `$zip(array, …)`
pub(super) fn zip<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let docs = evaluation.heap.docs;
    let arrays: Option<SmallVec<[_; 4]>> =
        arguments.iter().map(|item| item.as_array(docs).map(Items::iter)).collect();
    let mut arrays = arrays.unwrap_or_default();
    let mut list = List::default();
    let mut tuple: SmallVec<[Item<'a>; 4]> = SmallVec::new();
    // Without arrays, or if something is none, there is no tuple.
    while !arrays.is_empty() {
        tuple.clear();
        tuple.extend(arrays.iter_mut().filter_map(Iterator::next));
        if tuple.len() < arrays.len() {
            break;
        }
        let tuple = array(evaluation, &tuple, ArrayKind::Plain)?;
        list.push(tuple)?;
    }
    list.finish(evaluation, ArrayKind::Plain)
}
