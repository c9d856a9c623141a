//! Deep equality.

use foldhash::quality::RandomState;
use hashbrown::HashMap;
use smallvec::SmallVec;

use super::building::distinct_members;
use crate::jsonata::error::Error;
use crate::jsonata::evaluation::Evaluation;
use crate::jsonata::item::{Item, Kind, Members};
use crate::value::Docs;

/// Members from here on are found by their hash.
const HASHED_MEMBERS_MIN: usize = 16;

/// Pairs that are still to be compared.
type Pairs<'a> = SmallVec<[(Item<'a>, Item<'a>); 8]>;

/// Whether two items are equal: numbers as doubles, arrays element by element, objects without regard to the order of
/// their members, functions by identity.
pub(crate) fn deep_equal<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    a: Item<'a>,
    b: Item<'a>,
) -> Result<bool, Error> {
    let docs = evaluation.heap.docs;
    let mut pairs = Pairs::new();
    pairs.push((a, b));
    while let Some((a, b)) = pairs.pop() {
        evaluation.charge(1)?;
        let are_equal = match (a.kind(docs), b.kind(docs)) {
            (Kind::Undefined, Kind::Undefined) | (Kind::Null, Kind::Null) => true,
            (Kind::Bool(a), Kind::Bool(b)) => a == b,
            (Kind::Number(a), Kind::Number(b)) => is_same_number(a, b),
            (Kind::String(a), Kind::String(b)) => a == b,
            (Kind::Function(a), Kind::Function(b)) => std::ptr::eq(a, b),
            (Kind::Array(_), Kind::Array(_)) | (Kind::Object(_), Kind::Object(_)) if is_shared(a, b) => true,
            (Kind::Array(a), Kind::Array(b)) => {
                let is_possible = a.len() == b.len();
                if is_possible {
                    evaluation.charge(a.len())?;
                    // From the back, so that the front is compared first.
                    pairs.extend(a.iter().zip(b.iter()));
                    let new = pairs.len() - a.len();
                    pairs[new..].reverse();
                }
                is_possible
            }
            (Kind::Object(a), Kind::Object(b)) => {
                evaluation.charge(a.len(docs) + b.len(docs))?;
                push_members(a, b, docs, &mut pairs)
            }
            _ => false,
        };
        if !are_equal {
            return Ok(false);
        }
    }
    Ok(true)
}

#[expect(clippy::float_cmp, reason = "JavaScript's === of numbers")]
fn is_same_number(a: f64, b: f64) -> bool {
    a == b
}

/// Whether both are the same container that an expression built.
fn is_shared<'a>(a: Item<'a>, b: Item<'a>) -> bool {
    match (a, b) {
        (Item::Array(a), Item::Array(b)) => std::ptr::eq(a, b),
        (Item::Object(a), Item::Object(b)) => std::ptr::eq(a, b),
        _ => false,
    }
}

/// Adds the values of the members of two objects; `false` if their keys are not the same.
fn push_members<'h, 'a: 'h>(
    a: Members<'h, 'a>,
    b: Members<'h, 'a>,
    docs: &'h Docs<'h>,
    pairs: &mut Pairs<'a>,
) -> bool {
    let (a, b) = (distinct_members(a, docs), distinct_members(b, docs));
    if a.len() != b.len() {
        return false;
    }
    if a.len() < HASHED_MEMBERS_MIN {
        for (place, (key, item)) in a.iter().enumerate() {
            // Most often the members stand in the same order.
            let same = Some(&b[place]).filter(|(known, _)| known == key);
            let Some((_, other)) = same.or_else(|| b.iter().find(|(known, _)| known == key)) else {
                return false;
            };
            pairs.push((*item, *other));
        }
        return true;
    }
    let mut known = HashMap::with_capacity_and_hasher(b.len(), RandomState::default());
    known.extend(b.iter().map(|(key, item)| (key.to_text(), *item)));
    for (key, item) in &a {
        let Some(other) = known.get(&key.to_text()) else { return false };
        pairs.push((*item, *other));
    }
    true
}
