//! `$sort`, and the merge sort below it and below `^(…)`.

use std::cmp::Ordering;

use super::argument::Arguments;
use super::boolean::is_truthy;
use super::building::array;
use crate::jsonata::error::Error;
use crate::jsonata::evaluation::Evaluation;
use crate::jsonata::item::{ArrayKind, Item, Items, Kind};
use crate::value::Docs;

/// `$sort(array[, comparator])`: the comparator says whether its arguments must be swapped.
pub(super) fn sort<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let docs = evaluation.heap.docs;
    let arguments = Arguments::new(arguments, docs);
    let Some(items) = arguments.array(0)?.filter(|items| items.len() > 1) else {
        return Ok(arguments.item(0));
    };
    evaluation.charge(items.len().saturating_mul(items.len().ilog2() as usize + 1))?;
    evaluation.reserve(items.len().saturating_mul(3 * size_of::<Item<'_>>()))?;
    let mut list: Vec<Item<'a>> = items.iter().collect();
    let comparator = arguments.item(1);
    if comparator.is_undefined() {
        sort_scalars(&mut list, items, docs).ok_or_else(|| Error::new("D3070").index(1))?;
    } else {
        merge_sort(&mut list, |a, b| {
            let swaps = evaluation.call(comparator, &[a, b])?;
            Ok(is_truthy(swaps, evaluation.heap.docs))
        })?;
    }
    array(evaluation, &list, ArrayKind::Plain)
}

/// Sorts numbers or strings; `None` if the items are neither or both.
fn sort_scalars<'h, 'a: 'h>(list: &mut [Item<'a>], items: Items<'h, 'a>, docs: &Docs<'h>) -> Option<()> {
    let numbers: Option<Vec<f64>> = items.iter().map(|item| item.as_number(docs)).collect();
    if let Some(numbers) = numbers.filter(|numbers| !numbers.iter().any(|number| number.is_nan())) {
        sort_by_keys(list, &numbers, |a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal));
        return Some(());
    }
    let strings: Option<Vec<_>> = items
        .iter()
        .map(|item| match item.kind(docs) {
            Kind::String(string) => Some(string),
            _ => None,
        })
        .collect();
    sort_by_keys(list, &strings?, |a, b| a.cmp_utf16(*b));
    Some(())
}

fn sort_by_keys<'a, K>(list: &mut [Item<'a>], keys: &[K], order: impl Fn(&K, &K) -> Ordering) {
    let mut sorted: Vec<(&K, Item<'a>)> = keys.iter().zip(list.iter().copied()).collect();
    sorted.sort_by(|(a, _), (b, _)| order(a, b));
    for (place, (_, item)) in list.iter_mut().zip(sorted) {
        *place = item;
    }
}

/// What is left to do of a merge sort: halves first, then their merge.
enum Task {
    Sort { start: usize, end: usize },
    Merge { start: usize, middle: usize, end: usize },
}

/// A stable merge sort that asks `swaps(left, right)` in the order in which the reference implementation asks.
pub(crate) fn merge_sort<T: Copy>(
    list: &mut [T],
    mut swaps: impl FnMut(T, T) -> Result<bool, Error>,
) -> Result<(), Error> {
    let mut tasks = vec![Task::Sort { start: 0, end: list.len() }];
    let mut merged: Vec<T> = Vec::with_capacity(list.len());
    while let Some(task) = tasks.pop() {
        match task {
            Task::Sort { start, end } if end - start > 1 => {
                let middle = start + (end - start) / 2;
                tasks.push(Task::Merge { start, middle, end });
                tasks.push(Task::Sort { start: middle, end });
                tasks.push(Task::Sort { start, end: middle });
            }
            Task::Sort { .. } => {}
            Task::Merge { start, middle, end } => {
                merged.clear();
                let (mut left, mut right) = (start, middle);
                while left < middle && right < end {
                    let from = if swaps(list[left], list[right])? { &mut right } else { &mut left };
                    merged.push(list[*from]);
                    *from += 1;
                }
                merged.extend_from_slice(&list[left..middle]);
                merged.extend_from_slice(&list[right..end]);
                list[start..end].copy_from_slice(&merged);
            }
        }
    }
    Ok(())
}
