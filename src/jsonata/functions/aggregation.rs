//! Numeric aggregation functions.

use super::argument::Arguments;
use crate::jsonata::error::Error;
use crate::jsonata::evaluation::Evaluation;
use crate::jsonata::item::{Item, Items};
use crate::value::Docs;

/// `$sum(numbers)`
pub(super) fn sum<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let docs = evaluation.heap.docs;
    let Some(items) = charged(evaluation, Arguments::new(arguments, docs))? else {
        return Ok(Item::Undefined);
    };
    Ok(Item::Number(total(items, docs)))
}

/// `$average(numbers)`
pub(super) fn average<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let docs = evaluation.heap.docs;
    match charged(evaluation, Arguments::new(arguments, docs))? {
        Some(items) if !items.is_empty() => Ok(Item::Number(total(items, docs) / items.len() as f64)),
        _ => Ok(Item::Undefined),
    }
}

/// `$max(numbers)`
pub(super) fn max<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    extreme(evaluation, arguments, |new, best| new > best)
}

/// `$min(numbers)`
pub(super) fn min<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    extreme(evaluation, arguments, |new, best| new < best)
}

fn charged<'h, 'a: 'h>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: Arguments<'_, 'h, 'a>,
) -> Result<Option<Items<'h, 'a>>, Error> {
    let items = arguments.array(0)?;
    evaluation.charge(items.map_or(1, Items::len))?;
    Ok(items)
}

/// What is no number counts as JavaScript's NaN; signatures keep it away.
fn numbers(items: Items<'_, '_>, docs: &Docs<'_>) -> impl Iterator<Item = f64> {
    items.iter().map(|item| item.as_number(docs).unwrap_or(f64::NAN))
}

fn total(items: Items<'_, '_>, docs: &Docs<'_>) -> f64 {
    // Not `Iterator::sum`, which starts at -0.
    numbers(items, docs).fold(0.0, |total, number| total + number)
}

fn extreme<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
    is_better: impl Fn(f64, f64) -> bool,
) -> Result<Item<'a>, Error> {
    let docs = evaluation.heap.docs;
    let Some(items) = charged(evaluation, Arguments::new(arguments, docs))? else {
        return Ok(Item::Undefined);
    };
    let best = numbers(items, docs)
        .reduce(|best, new| if new.is_nan() || is_better(new, best) { new } else { best });
    Ok(best.map_or(Item::Undefined, Item::Number))
}
