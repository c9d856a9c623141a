//! Boolean functions.

use foldhash::quality::RandomState;
use hashbrown::HashSet;
use smallvec::SmallVec;

use super::argument::Arguments;
use crate::jsonata::error::Error;
use crate::jsonata::evaluation::Evaluation;
use crate::jsonata::item::{Item, Items, Kind};
use crate::value::Docs;

/// Whether a value counts as true, by the rules of `$boolean`; `None` if it is undefined.
pub(crate) fn truth(item: Item<'_>, docs: &Docs<'_>) -> Option<bool> {
    match item.kind(docs) {
        Kind::Undefined => None,
        Kind::Array(items) => Some(any_true(items, docs)),
        kind => Some(scalar_truth(kind, docs)),
    }
}

fn scalar_truth(kind: Kind<'_, '_>, docs: &Docs<'_>) -> bool {
    match kind {
        Kind::Bool(bool) => bool,
        Kind::Number(number) => number != 0.0 && !number.is_nan(),
        Kind::String(string) => !string.is_empty(),
        Kind::Object(members) => members.len(docs) > 0,
        Kind::Undefined | Kind::Null | Kind::Function(_) | Kind::Array(_) => false,
    }
}

/// An array is true if any of its elements is, at any depth.
fn any_true<'h, 'a: 'h>(items: Items<'h, 'a>, docs: &Docs<'h>) -> bool {
    let mut open = SmallVec::<[_; 4]>::new();
    open.push(items.iter());
    // A shared array is looked at once: without that, every `[$a, $a]` would double the work.
    let mut seen = HashSet::with_hasher(RandomState::default());
    while let Some(items) = open.last_mut() {
        match items.next() {
            None => {
                open.pop();
            }
            Some(item) => match item.kind(docs) {
                Kind::Array(Items::Built(array)) if !seen.insert(std::ptr::from_ref(array)) => {}
                Kind::Array(inner) => open.push(inner.iter()),
                kind if scalar_truth(kind, docs) => return true,
                _ => {}
            },
        }
    }
    false
}

/// Whether JavaScript's `if` takes a value for true: what comparators are asked for.
pub(super) fn is_truthy(item: Item<'_>, docs: &Docs<'_>) -> bool {
    match item.kind(docs) {
        Kind::Array(_) | Kind::Object(_) | Kind::Function(_) => true,
        kind => scalar_truth(kind, docs),
    }
}

/// `$boolean(value)`
pub(super) fn boolean<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    decided(evaluation, arguments, |truth| truth)
}

/// `$not(value)`
pub(super) fn not<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    decided(evaluation, arguments, |truth| !truth)
}

fn decided<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
    result: impl Fn(bool) -> bool,
) -> Result<Item<'a>, Error> {
    let docs = evaluation.heap.docs;
    let item = Arguments::new(arguments, docs).item(0);
    evaluation.charge(item.as_array(docs).map_or(1, Items::len))?;
    Ok(truth(item, docs).map_or(Item::Undefined, |truth| Item::bool(result(truth))))
}

/// `$exists(value)`
#[expect(clippy::unnecessary_wraps, reason = "all functions of the table have one signature")]
pub(super) fn exists<'a>(_: &mut Evaluation<'_, 'a>, arguments: &[Item<'a>]) -> Result<Item<'a>, Error> {
    Ok(Item::bool(arguments.first().is_some_and(|item| !item.is_undefined())))
}
