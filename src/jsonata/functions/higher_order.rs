//! Higher-order functions: the forms for functions that are known only at run time.

use super::argument::Arguments;
use super::boolean::truth;
use super::building::List;
use crate::jsonata::error::Error;
use crate::jsonata::evaluation::Evaluation;
use crate::jsonata::item::{ArrayKind, Item};

/// Calls a function with as many arguments as it takes, at least one.
pub(super) fn call_with<'a, const N: usize>(
    evaluation: &mut Evaluation<'_, 'a>,
    function: Item<'a>,
    arity: usize,
    arguments: [Item<'a>; N],
) -> Result<Item<'a>, Error> {
    evaluation.call(function, &arguments[..arity.clamp(1, N)])
}

/// `$map(array, function)`
pub(super) fn map<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let arguments = Arguments::new(arguments, evaluation.heap.docs);
    let Some(items) = arguments.array(0)? else { return Ok(Item::Undefined) };
    let (array, function) = (arguments.item(0), arguments.item(1));
    let arity = evaluation.arity(function);
    let mut list = List::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        evaluation.charge(1)?;
        let result = call_with(evaluation, function, arity, [item, Item::Number(index as f64), array])?;
        list.push(result)?;
    }
    list.finish(evaluation, ArrayKind::Sequence)
}

/// `$filter(array, function)`
pub(super) fn filter<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let docs = evaluation.heap.docs;
    let arguments = Arguments::new(arguments, docs);
    let Some(items) = arguments.array(0)? else { return Ok(Item::Undefined) };
    let (array, function) = (arguments.item(0), arguments.item(1));
    let arity = evaluation.arity(function);
    let mut list = List::default();
    for (index, item) in items.iter().enumerate() {
        evaluation.charge(1)?;
        let result = call_with(evaluation, function, arity, [item, Item::Number(index as f64), array])?;
        if truth(result, docs) == Some(true) {
            list.push(item)?;
        }
    }
    list.finish(evaluation, ArrayKind::Sequence)
}

/// `$single(array[, function])`: the only element for which the function is true.
pub(super) fn single<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let docs = evaluation.heap.docs;
    let arguments = Arguments::new(arguments, docs);
    let Some(items) = arguments.array(0)? else { return Ok(Item::Undefined) };
    let (array, function) = (arguments.item(0), arguments.item(1));
    let arity = if function.is_undefined() { 0 } else { evaluation.arity(function) };
    let mut found = None;
    for (index, item) in items.iter().enumerate() {
        evaluation.charge(1)?;
        let is_match = function.is_undefined() || {
            let result = call_with(evaluation, function, arity, [item, Item::Number(index as f64), array])?;
            truth(result, docs) == Some(true)
        };
        if is_match && found.replace(item).is_some() {
            return Err(Error::new("D3138").index(index));
        }
    }
    found.ok_or_else(|| Error::new("D3139"))
}

/// `$reduce(array, function[, first])`
pub(super) fn reduce<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let arguments = Arguments::new(arguments, evaluation.heap.docs);
    let Some(items) = arguments.array(0)? else { return Ok(Item::Undefined) };
    let (array, function) = (arguments.item(0), arguments.item(1));
    let arity = evaluation.arity(function);
    if arity < 2 {
        return Err(Error::new("D3050").index(1));
    }
    let mut rest = items.iter().enumerate();
    let mut result = arguments.item(2);
    if result.is_undefined() {
        result = rest.next().map_or(Item::Undefined, |(_, first)| first);
    }
    for (index, item) in rest {
        evaluation.charge(1)?;
        result = call_with(evaluation, function, arity, [result, item, Item::Number(index as f64), array])?;
    }
    Ok(result)
}
