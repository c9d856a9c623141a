//! A path applied to a value.

use bumpalo::collections::Vec as BumpVec;

use super::select_error::{Reason, SelectError};
use super::selection::Selection;
use super::{Path, Segment};
use crate::value::{Docs, Heap, Value, View};

/// What the path leads to from `root`, the value that its `$`, `$$` or `$name` stands for.
///
/// A definite path gives the value itself, an indefinite one an array: `[]` where nothing matches, even if a
/// member before its first `*` is missing (recorded from AWS; Jayway alone would report that member). It fails only
/// where a function of it does.
#[inline]
pub fn select<'p, 'a>(
    path: &'p Path,
    root: Value<'a>,
    heap: Heap<'_, 'a>,
) -> Result<Value<'a>, SelectError<'p>> {
    if path.steps().is_walk() {
        return walk(path.segments(), root, heap)
            .map_err(|(step, reason)| SelectError::new(path, step, reason));
    }
    Selection::new(root, heap).run(path.steps(), root, false).or_else(|(step, reason)| {
        let nothing = !path.is_definite() && reason.is_absence();
        if nothing { Ok(heap.array_in_arena(&[])) } else { Err(SelectError::new(path, step, reason)) }
    })
}

/// What the path leads to, as [`select`], without a reason where it leads nowhere. A definite path of names is
/// followed without a detour through results: these are most of what a state machine evaluates.
#[inline]
pub fn find<'a>(path: &Path, root: Value<'a>, heap: Heap<'_, 'a>) -> Option<Value<'a>> {
    if let [Segment::Name(name)] = path.segments() {
        return root.member(name, heap.docs);
    }
    find_far(path, root, heap)
}

fn find_far<'a>(path: &Path, root: Value<'a>, heap: Heap<'_, 'a>) -> Option<Value<'a>> {
    if !path.steps().is_walk() {
        return select(path, root, heap).ok();
    }
    let mut value = root;
    for segment in path.segments() {
        value = step(segment, value, heap)?;
    }
    Some(value)
}

#[inline]
fn step<'a>(segment: &Segment, value: Value<'a>, heap: Heap<'_, 'a>) -> Option<Value<'a>> {
    match segment {
        Segment::Name(name) => value.member(name, heap.docs),
        _ => other_step(segment, value, heap).ok(),
    }
}

/// Follows names and single indexes. On failure: how many steps succeeded, and why the next did not.
#[inline]
pub(super) fn walk<'a>(
    segments: &[Segment],
    root: Value<'a>,
    heap: Heap<'_, 'a>,
) -> Result<Value<'a>, (usize, Reason)> {
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
pub(super) fn other_step<'a>(
    segment: &Segment,
    value: Value<'a>,
    heap: Heap<'_, 'a>,
) -> Result<Value<'a>, Reason> {
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
pub(super) fn no_member(value: Value<'_>, docs: &Docs<'_>) -> Reason {
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
pub(super) fn merged<'a>(
    names: &[Box<str>],
    value: Value<'a>,
    heap: Heap<'_, 'a>,
) -> Result<Value<'a>, &'static str> {
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
