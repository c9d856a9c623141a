//! A path applied to a value.

use std::fmt;
use std::ops::Range;

use bumpalo::collections::Vec as BumpVec;

use super::ast::{Quoting, write_bracketed};
use super::{Path, Segment};
use crate::value::{Docs, Heap, Value, View};

/// The most values that one evaluation looks at and collects: paths such as `$..*..*` could otherwise run for
/// hours over one line of input.
const VALUES_MAX: usize = 1 << 22;

/// What the path leads to from `root`, the value that its `$`, `$$` or `$name` stands for.
///
/// A definite path gives the value itself, an indefinite one an array: `[]` where nothing matches, even if a
/// member before its first `*` is missing (recorded from AWS; Jayway alone would report that member).
#[inline]
pub fn select<'p, 'a>(
    path: &'p Path,
    root: Value<'a>,
    heap: Heap<'_, 'a>,
) -> Result<Value<'a>, SelectError<'p>> {
    if path.is_definite() {
        walk(path.segments(), root, heap).map_err(|(step, reason)| SelectError {
            path,
            step: step as u32,
            reason,
        })
    } else {
        Selection { heap, looked_at: 0 }.all(path.segments(), root).map_err(|reason| SelectError {
            path,
            step: 0,
            reason,
        })
    }
}

/// What the path leads to, as [`select`], without a reason where it leads nowhere. A definite path of names is
/// followed without a detour through results: these are most of what a state machine evaluates.
#[inline]
pub fn find<'a>(path: &Path, root: Value<'a>, heap: Heap<'_, 'a>) -> Option<Value<'a>> {
    if !path.is_definite() {
        return select(path, root, heap).ok();
    }
    let Some((last, before)) = path.segments().split_last() else { return Some(root) };
    let mut value = root;
    for segment in before {
        value = step(segment, value, heap)?;
    }
    step(last, value, heap)
}

#[inline]
fn step<'a>(segment: &Segment, value: Value<'a>, heap: Heap<'_, 'a>) -> Option<Value<'a>> {
    match segment {
        Segment::Name(name) => value.member(name, heap.docs),
        _ => other_step(segment, value, heap).ok(),
    }
}

/// Why a path leads nowhere. Making one costs nothing; the text is made by `Display`, as Jayway words it.
#[derive(Debug, Clone, Copy)]
pub struct SelectError<'p> {
    path: &'p Path,
    step: u32,
    reason: Reason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    /// The member or element is not there.
    Missing,
    /// A name was applied to this instead of an object.
    NotAnObject(&'static str),
    /// An index was applied to this instead of an array.
    NotAnArray(&'static str),
    /// Over [`VALUES_MAX`].
    TooMany,
}

impl std::error::Error for SelectError<'_> {}

impl fmt::Display for SelectError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let segments = self.path.segments();
        let step = self.step as usize;
        let up_to = |end: usize, f: &mut fmt::Formatter<'_>| {
            f.write_str("$")?;
            segments.iter().take(end).try_for_each(|segment| write_bracketed(segment, Quoting::Verbatim, f))
        };
        match (self.reason, segments.get(step)) {
            (Reason::Missing, Some(Segment::Name(_))) if step + 1 < segments.len() => {
                f.write_str("Missing property in path ")?;
                up_to(step + 1, f)
            }
            (Reason::NotAnObject(found), Some(segment)) => {
                f.write_str("Expected to find an object with property ")?;
                write_bracketed(segment, Quoting::Verbatim, f)?;
                f.write_str(" in path ")?;
                up_to(step, f)?;
                write!(f, " but found '{found}'")
            }
            (Reason::NotAnArray(found), Some(segment)) => {
                f.write_str("Filter: ")?;
                write_bracketed(segment, Quoting::Verbatim, f)?;
                f.write_str(" can only be applied to arrays; in path ")?;
                up_to(step, f)?;
                write!(f, " it found '{found}'")
            }
            (Reason::TooMany, _) => {
                f.write_str("More than ")?;
                write!(f, "{VALUES_MAX} values to look at for path: ")?;
                up_to(segments.len(), f)
            }
            _ => {
                f.write_str("No results for path: ")?;
                up_to(segments.len(), f)
            }
        }
    }
}

/// Follows names and single indexes. On failure: how many steps succeeded, and why the next did not.
#[inline]
fn walk<'a>(segments: &[Segment], root: Value<'a>, heap: Heap<'_, 'a>) -> Result<Value<'a>, (usize, Reason)> {
    let mut value = root;
    for (step, segment) in segments.iter().enumerate() {
        value = if let Segment::Name(name) = segment {
            value.member(name, heap.docs).ok_or_else(|| (step, no_member(value, heap.docs)))?
        } else {
            other_step(segment, value, heap).map_err(|reason| (step, reason))?
        };
    }
    Ok(value)
}

/// A single index, or `['a','b']` at the end of a path.
fn other_step<'a>(segment: &Segment, value: Value<'a>, heap: Heap<'_, 'a>) -> Result<Value<'a>, Reason> {
    match segment {
        Segment::Index(index) => match value.view(heap.docs) {
            View::Array(array) => {
                resolve(*index, array.len()).and_then(|index| array.get(index)).ok_or(Reason::Missing)
            }
            other => Err(Reason::NotAnArray(type_name(&other))),
        },
        Segment::Names(names) => merged(names, value, heap).map_err(Reason::NotAnObject),
        _ => Err(Reason::Missing),
    }
}

#[cold]
fn no_member(value: Value<'_>, docs: &Docs<'_>) -> Reason {
    match value.view(docs) {
        View::Object(_) => Reason::Missing,
        other => Reason::NotAnObject(type_name(&other)),
    }
}

/// The place that an index means in an array of `len` elements; negative ones count from the end.
pub(super) fn resolve(index: i64, len: usize) -> Option<usize> {
    let len = i64::try_from(len).ok()?;
    let index = if index < 0 { index.checked_add(len)? } else { index };
    (0..len).contains(&index).then_some(index as usize)
}

/// `['a','b']` at the end of a path: an object of those members that exist, in the path's order.
fn merged<'a>(names: &[Box<str>], value: Value<'a>, heap: Heap<'_, 'a>) -> Result<Value<'a>, &'static str> {
    let object = match value.view(heap.docs) {
        View::Object(object) => object,
        other => return Err(type_name(&other)),
    };
    let mut members: BumpVec<'a, (&'a str, Value<'a>)> = heap.list();
    for name in names {
        if let Some(value) = object.get(name, heap.docs)
            && members.iter().all(|(known, _)| **known != **name)
        {
            members.push((heap.arena.bump().alloc_str(name), value));
        }
    }
    Ok(heap.object(members.into_bump_slice()))
}

/// The JSON type, as a word for messages.
pub(super) fn type_name(view: &View<'_, '_>) -> &'static str {
    match view {
        View::Null => "null",
        View::Bool(_) => "boolean",
        View::Number(_) => "number",
        View::String(_) => "string",
        View::Array(_) => "array",
        View::Object(_) => "object",
    }
}

/// An evaluation that may find many values.
struct Selection<'h, 'a> {
    heap: Heap<'h, 'a>,
    looked_at: usize,
}

type Found<'a> = BumpVec<'a, Value<'a>>;

impl<'h, 'a: 'h> Selection<'h, 'a> {
    fn all(&mut self, segments: &[Segment], root: Value<'a>) -> Result<Value<'a>, Reason> {
        let single = |segment: &&Segment| matches!(segment, Segment::Name(_) | Segment::Index(_));
        let prefix = segments.iter().take_while(single).count();
        let Ok(value) = walk(&segments[..prefix], root, self.heap) else {
            return Ok(self.heap.array_in_arena(&[]));
        };
        // `$.items[*]` is the array that is already there.
        if matches!(segments[prefix..], [Segment::Wildcard]) && value.as_array(self.heap.docs).is_some() {
            return Ok(value);
        }
        let mut found: Found<'a> = self.heap.list();
        found.push(value);
        let mut rest = &segments[prefix..];
        while let [segment, tail @ ..] = rest {
            let mut next: Found<'a> = self.heap.list();
            rest = if let (Segment::Descend, [target, tail @ ..]) = (segment, tail) {
                self.descend(&found, target, tail.is_empty(), &mut next)?;
                tail
            } else {
                for value in &found {
                    self.apply(segment, tail.is_empty(), *value, &mut next)?;
                }
                tail
            };
            found = next;
        }
        Ok(self.heap.array_in_arena(found.into_bump_slice()))
    }

    /// Applies `target` to every value in `from` and everything below, in document order.
    fn descend(
        &mut self,
        from: &[Value<'a>],
        target: &Segment,
        last: bool,
        found: &mut Found<'a>,
    ) -> Result<(), Reason> {
        // An explicit stack: data may be nested more deeply than the Rust stack allows.
        let mut pending: Vec<Value<'a>> = from.iter().rev().copied().collect();
        while let Some(value) = pending.pop() {
            // Jayway's scan gives several members as one object only where all of them are.
            let fits = match target {
                Segment::Names(names) if last => has_all(names, value, self.heap.docs),
                _ => true,
            };
            if fits {
                self.apply(target, last, value, found)?;
            }
            let start = pending.len();
            match value.view(self.heap.docs) {
                View::Array(array) => pending.extend(array.iter()),
                View::Object(object) => {
                    pending.extend(object.iter(self.heap.docs).map(|(_, value)| value));
                }
                _ => {}
            }
            pending[start..].reverse();
            self.look(1)?;
        }
        Ok(())
    }

    /// Appends what one step finds in one value; a step that does not fit the value finds nothing.
    fn apply(
        &mut self,
        segment: &Segment,
        last: bool,
        value: Value<'a>,
        found: &mut Found<'a>,
    ) -> Result<(), Reason> {
        let docs = self.heap.docs;
        let before = found.len();
        match (segment, value.view(docs)) {
            (Segment::Name(name), View::Object(object)) => found.extend(object.get(name, docs)),
            (Segment::Names(names), View::Object(_)) if last => {
                found.extend(merged(names, value, self.heap).ok());
            }
            (Segment::Names(names), View::Object(object)) => {
                found.extend(names.iter().filter_map(|name| object.get(name, docs)));
            }
            (Segment::Index(index), View::Array(array)) => {
                found.extend(resolve(*index, array.len()).and_then(|index| array.get(index)));
            }
            (Segment::Indexes(indexes), View::Array(array)) => {
                let mut items = self.heap.list();
                items.extend(array.iter());
                self.look(items.len())?;
                found.extend(indexes.iter().filter_map(|index| Some(items[resolve(*index, items.len())?])));
            }
            (Segment::Slice { from, to }, View::Array(array)) => {
                for range in slice(*from, *to, array.len()) {
                    found.extend(array.iter().skip(range.start).take(range.len()));
                }
                self.look(array.len())?;
            }
            (Segment::Wildcard, View::Array(array)) => found.extend(array.iter()),
            (Segment::Wildcard, View::Object(object)) => {
                found.extend(object.iter(docs).map(|(_, value)| value));
            }
            _ => {}
        }
        self.look(1 + found.len() - before)
    }

    fn look(&mut self, values: usize) -> Result<(), Reason> {
        self.looked_at += values;
        if self.looked_at > VALUES_MAX { Err(Reason::TooMany) } else { Ok(()) }
    }
}

fn has_all(names: &[Box<str>], value: Value<'_>, docs: &Docs<'_>) -> bool {
    value.as_object(docs).is_some_and(|object| names.iter().all(|name| object.get(name, docs).is_some()))
}

/// A slice of `len` elements as Jayway takes it: `from` without `to` may count from the end, and so may `to`
/// without `from`; with both, every number from one to the other is an index of its own. So `[-2:-1]` works,
/// `[1:-1]` is empty, and `[-2:2]` is the last two elements and then the first two.
fn slice(from: Option<i64>, to: Option<i64>, len: usize) -> [Range<usize>; 2] {
    let len = i64::try_from(len).unwrap_or(i64::MAX);
    let from_end = |index: i64| if index < 0 { index.saturating_add(len) } else { index };
    let (first, end) = match (from, to) {
        (Some(from), Some(to)) => (from.max(-len), to.min(len)),
        (Some(from), None) => (from_end(from).max(0), len),
        (None, to) => (0, from_end(to.unwrap_or(len)).min(len)),
    };
    let range = |first: i64, end: i64| first as usize..end.max(first) as usize;
    if first < 0 { [range(first + len, len + end.min(0)), range(0, end)] } else { [range(first, end), 0..0] }
}
