//! Arrays: `States.ArrayPartition`, `ArrayContains`, `ArrayRange`, `ArrayGetItem`, `ArrayLength`, `ArrayUnique`.

use hashbrown::HashTable;

use super::IntrinsicError;
use super::argument::Arguments;
use crate::value::{Value, View, deep_equal};

/// Most elements of a range (AWS: 1000).
const RANGE_ELEMENTS_MAX: i128 = 1000;

/// `States.ArrayPartition(array, size)`: the array in chunks, the last of which may be shorter.
pub(super) fn partition<'a>(arguments: Arguments<'_, '_, 'a>) -> Result<Value<'a>, IntrinsicError> {
    let items = arguments.items(0)?;
    let size = match usize::try_from(arguments.integer(1)?) {
        Ok(size) if size > 0 => size,
        _ => return Err(arguments.fail("needs a chunk size of at least 1")),
    };
    let heap = arguments.heap;
    let mut chunks = heap.list();
    chunks.extend(items.chunks(size).map(|chunk| heap.array_in_arena(chunk)));
    Ok(heap.array_in_arena(chunks.into_bump_slice()))
}

/// `States.ArrayContains(array, value)`: whether an element is equal, however deep.
pub(super) fn contains<'a>(arguments: Arguments<'_, '_, 'a>) -> Result<Value<'a>, IntrinsicError> {
    let docs = arguments.heap.docs;
    let wanted = arguments.value(1);
    let kind = std::mem::discriminant(&wanted.view(docs));
    let is_wanted =
        |item: Value<'a>| std::mem::discriminant(&item.view(docs)) == kind && deep_equal(item, wanted, docs);
    Ok(Value::Bool(arguments.array(0)?.iter().any(is_wanted)))
}

/// `States.ArrayRange(first, last, step)`: integers up to and including `last`.
pub(super) fn range<'a>(arguments: Arguments<'_, '_, 'a>) -> Result<Value<'a>, IntrinsicError> {
    let (first, last, step) = (arguments.integer(0)?, arguments.integer(1)?, arguments.integer(2)?);
    if step == 0 {
        return Err(arguments.fail("needs a step other than 0"));
    }
    let count = ((i128::from(last) - i128::from(first)) / i128::from(step) + 1).max(0);
    let reachable = if step > 0 { first <= last } else { first >= last };
    if reachable && count > RANGE_ELEMENTS_MAX {
        return Err(
            arguments.fail(format_args!("gives {RANGE_ELEMENTS_MAX} elements at most, given {count}"))
        );
    }
    let heap = arguments.heap;
    let mut items = heap.list();
    if reachable {
        // No overflow: the elements lie between `first` and `last`.
        items.extend((0..count as i64).map(|place| Value::Int(first.wrapping_add(place.wrapping_mul(step)))));
    }
    Ok(heap.array_in_arena(items.into_bump_slice()))
}

/// `States.ArrayGetItem(array, index)`, counted from 0.
pub(super) fn get_item<'a>(arguments: Arguments<'_, '_, 'a>) -> Result<Value<'a>, IntrinsicError> {
    let array = arguments.array(0)?;
    let index = arguments.integer(1)?;
    usize::try_from(index).ok().and_then(|index| array.get(index)).ok_or_else(|| {
        arguments.fail(format_args!("finds no element {index} in an array of {}", array.len()))
    })
}

/// `States.ArrayLength(array)`.
pub(super) fn length<'a>(arguments: Arguments<'_, '_, 'a>) -> Result<Value<'a>, IntrinsicError> {
    Ok(Value::Int(arguments.array(0)?.len() as i64))
}

/// `States.ArrayUnique(array)`: the first of each group of equal elements, in order.
pub(super) fn unique<'a>(arguments: Arguments<'_, '_, 'a>) -> Result<Value<'a>, IntrinsicError> {
    let heap = arguments.heap;
    let items = arguments.items(0)?;
    let mut kept = heap.list();
    let mut known: HashTable<Value<'a>> = HashTable::new();
    for &item in items {
        let hash = structural_hash(item, arguments);
        if known.find(hash, |other| deep_equal(*other, item, heap.docs)).is_none() {
            known.insert_unique(hash, item, |other| structural_hash(*other, arguments));
            kept.push(item);
        }
    }
    Ok(heap.array_in_arena(kept.into_bump_slice()))
}

/// A hash that is equal for values that [`deep_equal`] calls equal: the sum over all scalars and containers of a
/// hash of where they stand and what they are, so that the order of members does not matter.
fn structural_hash(value: Value<'_>, arguments: Arguments<'_, '_, '_>) -> u64 {
    use std::hash::BuildHasher;
    let docs = arguments.heap.docs;
    let hasher = foldhash::quality::FixedState::default();
    let mut sum = 0_u64;
    // An explicit stack: values may be nested more deeply than the Rust stack allows.
    let mut pending = vec![(0_u64, value)];
    while let Some((place, value)) = pending.pop() {
        sum = sum.wrapping_add(match value.view(docs) {
            View::Null => hasher.hash_one((place, 0)),
            View::Bool(bool) => hasher.hash_one((place, 1, bool)),
            // Adding zero makes -0 the 0 that it equals.
            View::Number(number) => hasher.hash_one((place, 2, (number.read().as_f64() + 0.0).to_bits())),
            View::String(string) => hasher.hash_one((place, 3, &*string.to_text())),
            View::Array(array) => {
                let items = array.iter().enumerate();
                pending.extend(items.map(|(index, item)| (hasher.hash_one((place, 4, index)), item)));
                hasher.hash_one((place, 4, array.len()))
            }
            View::Object(object) => {
                for (key, member) in object.iter(docs) {
                    pending.push((hasher.hash_one((place, 5, &*key.to_text())), member));
                }
                hasher.hash_one((place, 5))
            }
        });
    }
    sum
}
