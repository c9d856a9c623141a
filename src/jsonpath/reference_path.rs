//! `ResultPath`: putting a value where a Reference Path points.

use std::fmt;

use smallvec::SmallVec;

use super::ast::{Quoting, write_bracketed};
use super::select::{resolve, type_name};
use super::{Path, Segment};
use crate::value::{Heap, Value, View};

/// `base` with `value` at `path` (ASL spec, "ResultPath"): objects that are missing on the way are made, an
/// element of an array is replaced at an existing index only, and nothing is put through a scalar.
///
/// The result shares everything with `base` that the path does not touch.
pub fn set<'p, 'a>(
    path: &'p Path,
    base: Value<'a>,
    value: Value<'a>,
    heap: Heap<'_, 'a>,
) -> Result<Value<'a>, SetError<'p>> {
    if let [Segment::Name(name)] = path.segments()
        && base.is_object(heap.docs)
    {
        return Ok(heap.with_member(base, name, value));
    }
    // What stands at each step before the change; `None` below the first missing member.
    let mut above: SmallVec<[Option<Value<'a>>; 8]> = SmallVec::new();
    let mut current = Some(base);
    for (step, segment) in path.segments().iter().enumerate() {
        let fail = |found| SetError { path, step: step as u32, found };
        above.push(current);
        current = match (segment, current.map(|value| value.view(heap.docs))) {
            (Segment::Name(_), None) => None,
            (Segment::Name(name), Some(View::Object(object))) => object.get(name, heap.docs),
            (Segment::Index(index), Some(View::Array(array))) => {
                let place = resolve(*index, array.len()).ok_or(fail(Found::Short(array.len())))?;
                array.get(place)
            }
            (Segment::Name(_) | Segment::Index(_), Some(other)) => {
                return Err(fail(Found::Type(type_name(&other))));
            }
            (Segment::Index(_), None) => return Err(fail(Found::Nothing)),
            _ => return Err(fail(Found::ManyTargets)),
        };
    }
    let mut result = value;
    for (segment, parent) in path.segments().iter().zip(above).rev() {
        result = match segment {
            Segment::Name(name) => heap.with_member(parent.unwrap_or(Value::Null), name, result),
            Segment::Index(index) => replaced(parent, *index, result, heap),
            _ => result,
        };
    }
    Ok(result)
}

/// An array with one element replaced.
fn replaced<'a>(array: Option<Value<'a>>, index: i64, value: Value<'a>, heap: Heap<'_, 'a>) -> Value<'a> {
    let mut items = heap.list();
    items.extend(array.and_then(|array| array.as_array(heap.docs)).into_iter().flatten());
    if let Some(place) = resolve(index, items.len()) {
        items[place] = value;
    }
    heap.array_in_arena(items.into_bump_slice())
}

/// Why a value cannot be put where the path points. The text is made by `Display`.
#[derive(Debug, Clone, Copy)]
pub struct SetError<'p> {
    path: &'p Path,
    step: u32,
    found: Found,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// A value of this type where the step needs another.
    Type(&'static str),
    /// An array of this length, too short for the index.
    Short(usize),
    /// Nothing, and an array cannot be made up.
    Nothing,
    /// The path is no Reference Path.
    ManyTargets,
}

impl std::error::Error for SetError<'_> {}

impl fmt::Display for SetError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unable to apply ReferencePath {}: ", self.path.text())?;
        let Some(segment) = self.path.segments().get(self.step as usize) else { return Ok(()) };
        write_bracketed(segment, Quoting::Verbatim, f)?;
        let needed = if matches!(segment, Segment::Index(_)) { "array" } else { "object" };
        match self.found {
            Found::Type(found) => write!(f, " needs an {needed} but found '{found}'"),
            Found::Short(len) => write!(f, " is past the end of an array of {len}"),
            Found::Nothing => write!(f, " needs an {needed} but found nothing"),
            Found::ManyTargets => write!(f, " does not identify a single node"),
        }
    }
}
