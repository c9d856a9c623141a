//! Short cuts of functions: what they come to for the kinds of arguments that they are mostly given, without a look at
//! their signatures. They give the result that the function itself would give, or none.

use crate::jsonata::item::{Item, Items};
use crate::jsonata::picture;
use crate::value::{Docs, Value};

/// `$abs(number)`
pub(super) fn abs<'a>(arguments: &[Item<'a>], docs: &Docs<'_>) -> Option<(Item<'a>, usize)> {
    let [number] = *arguments else { return None };
    Some((Item::Number(number.as_number(docs)?.abs()), 0))
}

/// `$floor(number)`
pub(super) fn floor<'a>(arguments: &[Item<'a>], docs: &Docs<'_>) -> Option<(Item<'a>, usize)> {
    let [number] = *arguments else { return None };
    Some((Item::Number(number.as_number(docs)?.floor()), 0))
}

/// `$ceil(number)`
pub(super) fn ceil<'a>(arguments: &[Item<'a>], docs: &Docs<'_>) -> Option<(Item<'a>, usize)> {
    let [number] = *arguments else { return None };
    Some((Item::Number(number.as_number(docs)?.ceil()), 0))
}

/// `$round(number[, precision])`
pub(super) fn round<'a>(arguments: &[Item<'a>], docs: &Docs<'_>) -> Option<(Item<'a>, usize)> {
    let (number, precision) = match *arguments {
        [number] => (number, 0.0),
        [number, precision] => (number, precision.as_number(docs)?),
        _ => return None,
    };
    Some((Item::Number(picture::round(number.as_number(docs)?, precision)), 0))
}

/// `$sum(numbers)`
pub(super) fn sum<'a>(arguments: &[Item<'a>], docs: &Docs<'_>) -> Option<(Item<'a>, usize)> {
    // Not `Iterator::sum`, which starts at -0.
    folded(arguments, docs, 0.0, |total, number| total + number)
        .map(|(total, len)| (Item::Number(total), len))
}

/// `$average(numbers)`
pub(super) fn average<'a>(arguments: &[Item<'a>], docs: &Docs<'_>) -> Option<(Item<'a>, usize)> {
    let (total, len) = folded(arguments, docs, 0.0, |total, number| total + number)?;
    Some((Item::Number(total / len as f64), len))
}

/// `$max(numbers)`
pub(super) fn max<'a>(arguments: &[Item<'a>], docs: &Docs<'_>) -> Option<(Item<'a>, usize)> {
    let better = |best: f64, number: f64| if number > best || best.is_nan() { number } else { best };
    folded(arguments, docs, f64::NAN, better).map(|(best, len)| (Item::Number(best), len))
}

/// `$min(numbers)`
pub(super) fn min<'a>(arguments: &[Item<'a>], docs: &Docs<'_>) -> Option<(Item<'a>, usize)> {
    let better = |best: f64, number: f64| if number < best || best.is_nan() { number } else { best };
    folded(arguments, docs, f64::NAN, better).map(|(best, len)| (Item::Number(best), len))
}

/// Of an array with elements, all of which are numbers, something over all of them, and how many there are.
#[inline]
fn folded(
    arguments: &[Item<'_>],
    docs: &Docs<'_>,
    initial: f64,
    step: impl Fn(f64, f64) -> f64,
) -> Option<(f64, usize)> {
    let [items] = *arguments else { return None };
    let items = items.as_array(docs)?;
    let mut folded = initial;
    match items {
        Items::Built(array) => {
            for item in array.items {
                folded = step(folded, number(*item, docs)?);
            }
        }
        Items::Json(_) => {
            for item in items.iter() {
                folded = step(folded, number(item, docs)?);
            }
        }
    }
    (!items.is_empty()).then_some((folded, items.len()))
}

/// NaN is left to the function itself.
#[inline]
fn number(item: Item<'_>, docs: &Docs<'_>) -> Option<f64> {
    item.as_number(docs).filter(|number| !number.is_nan())
}

/// `$count(array)`
pub(super) fn count<'a>(arguments: &[Item<'a>], docs: &Docs<'_>) -> Option<(Item<'a>, usize)> {
    let [item] = *arguments else { return None };
    let items = item.as_array(docs)?;
    Some((Item::Number(items.len() as f64), 0))
}

/// `$exists(value)`
pub(super) fn exists<'a>(arguments: &[Item<'a>], _: &Docs<'_>) -> Option<(Item<'a>, usize)> {
    match *arguments {
        [Item::Json(_) | Item::Number(_) | Item::Array(_) | Item::Object(_)] => Some((Item::bool(true), 0)),
        [Item::Undefined] => Some((Item::bool(false), 0)),
        _ => None,
    }
}

/// `$boolean(value)`
pub(super) fn boolean<'a>(arguments: &[Item<'a>], _: &Docs<'_>) -> Option<(Item<'a>, usize)> {
    match *arguments {
        [Item::Json(Value::Bool(bool))] => Some((Item::bool(bool), 0)),
        _ => None,
    }
}

/// `$not(value)`
pub(super) fn not<'a>(arguments: &[Item<'a>], _: &Docs<'_>) -> Option<(Item<'a>, usize)> {
    match *arguments {
        [Item::Json(Value::Bool(bool))] => Some((Item::bool(!bool), 0)),
        _ => None,
    }
}
