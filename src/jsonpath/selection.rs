//! Steps that may find many values, with filters and functions.

use std::ops::Range;

use bumpalo::collections::Vec as BumpVec;

use super::Segment;
use super::filter::Cache;
use super::function::Function;
use super::select::{merged, no_member, other_step, resolve, type_name, walk};
use super::select_error::Reason;
use super::steps::{Route, Steps};
use crate::value::{Docs, Heap, Value, View};

/// The most values that one evaluation looks at and collects: paths such as `$..*..*` could otherwise run for
/// hours over one line of input. Filters and functions count what they compare.
pub(super) const VALUES_MAX: usize = 1 << 22;

/// One evaluation of a path that is more than a walk.
pub(super) struct Selection<'h, 'a> {
    pub(super) heap: Heap<'h, 'a>,
    /// What `$` stands for in filters and arguments.
    pub(super) document: Value<'a>,
    /// Whether every name must be there, as in a filter that asks whether a path exists.
    is_strict: bool,
    looked_at: usize,
}

pub(super) type Found<'a> = BumpVec<'a, Value<'a>>;

/// Where and why steps lead nowhere.
type Failure = (usize, Reason);

impl<'h, 'a: 'h> Selection<'h, 'a> {
    pub(super) fn new(document: Value<'a>, heap: Heap<'h, 'a>) -> Self {
        Self { heap, document, is_strict: false, looked_at: 0 }
    }

    /// What the steps lead to: one value if they are definite, otherwise an array.
    pub(super) fn run(
        &mut self,
        steps: &Steps,
        from: Value<'a>,
        is_strict: bool,
    ) -> Result<Value<'a>, Failure> {
        let outer = std::mem::replace(&mut self.is_strict, is_strict);
        let result = self.follow(steps, from);
        self.is_strict = outer;
        result
    }

    fn follow(&mut self, steps: &Steps, from: Value<'a>) -> Result<Value<'a>, Failure> {
        let segments = steps.segments();
        match steps.route() {
            Route::Walk => self.walk_strictly(segments, from),
            Route::Calls => self.one(segments, 0, from),
            Route::All => self.many(segments, from).map_err(|reason| (0, reason)),
            Route::Gather(call) => {
                let value = self.gather(segments, call, from).map_err(|reason| (call, reason))?;
                if steps.is_definite() {
                    self.one(segments, call + 1, value)
                } else {
                    self.many(&segments[call + 1..], value).map_err(|reason| (0, reason))
                }
            }
        }
    }

    fn walk_strictly(&mut self, segments: &[Segment], from: Value<'a>) -> Result<Value<'a>, Failure> {
        let value = walk(segments, from, self.heap)?;
        match segments.last() {
            Some(Segment::Names(names)) if self.is_strict && !has_all(names, value, self.heap.docs) => {
                Err((segments.len() - 1, Reason::Missing))
            }
            _ => Ok(value),
        }
    }

    /// Follows definite steps, functions among them, from the step numbered `first`.
    fn one(&mut self, segments: &[Segment], first: usize, from: Value<'a>) -> Result<Value<'a>, Failure> {
        let mut value = from;
        for (step, segment) in segments.iter().enumerate().skip(first) {
            value = match segment {
                Segment::Name(name) => {
                    value.member(name, self.heap.docs).ok_or_else(|| no_member(value, self.heap.docs))
                }
                Segment::Function(call) => self.call(call, value),
                _ => other_step(segment, value, self.heap),
            }
            .map_err(|reason| (step, reason))?;
        }
        Ok(value)
    }

    /// `$..price.sum()`: the function at the step numbered `call`, of all that the steps before it find.
    fn gather(&mut self, segments: &[Segment], call: usize, from: Value<'a>) -> Result<Value<'a>, Reason> {
        let Some(Segment::Function(function_call)) = segments.get(call) else { return Err(Reason::Missing) };
        let mut found = self.found(&segments[..call], from)?;
        if matches!(function_call.function(), Function::Length | Function::Size) {
            // Jayway counts the members of what it finds, as if `.*` stood before the function.
            let mut members: Found<'a> = self.heap.list();
            for value in &found {
                self.apply(&Segment::Wildcard, true, *value, &mut members)?;
            }
            found = members;
        }
        let all = self.heap.array_in_arena(found.into_bump_slice());
        self.call_with(function_call.function(), from, &[all])
    }

    /// An array of all that the steps find.
    fn many(&mut self, segments: &[Segment], from: Value<'a>) -> Result<Value<'a>, Reason> {
        // `$.items[*]` is the array that is already there.
        if let [before @ .., Segment::Wildcard] = segments
            && before.iter().all(Segment::is_single)
            && let Ok(value) = walk(before, from, self.heap)
            && value.as_array(self.heap.docs).is_some()
        {
            return Ok(value);
        }
        let found = self.found(segments, from)?;
        self.look(1)?;
        Ok(self.heap.array_in_arena(found.into_bump_slice()))
    }

    fn found(&mut self, segments: &[Segment], from: Value<'a>) -> Result<Found<'a>, Reason> {
        let prefix = segments.iter().take_while(|segment| segment.is_single()).count();
        let value = walk(&segments[..prefix], from, self.heap).map_err(|(_, reason)| reason)?;
        let mut rest = &segments[prefix..];
        if let Some(segment) = rest.first() {
            check_fit(segment, value, self.heap.docs)?;
        }
        let mut found: Found<'a> = self.heap.list();
        found.push(value);
        while let [segment, tail @ ..] = rest {
            let mut next: Found<'a> = self.heap.list();
            rest = tail;
            match (segment, tail) {
                (Segment::Descend, [target, tail @ ..]) => {
                    self.descend(&found, target, tail.is_empty(), &mut next)?;
                    rest = tail;
                }
                (Segment::Filter(filter), _) => {
                    let mut cache = Cache::default();
                    for value in &found {
                        self.filtered(filter, &mut cache, *value, &mut next)?;
                    }
                }
                (Segment::Function(call), _) => {
                    for value in &found {
                        next.push(self.call(call, *value)?);
                    }
                }
                _ => {
                    for value in &found {
                        self.apply(segment, tail.is_empty(), *value, &mut next)?;
                    }
                }
            }
            found = next;
        }
        Ok(found)
    }

    /// Applies `target` to every value in `from` and everything below, in document order.
    fn descend(
        &mut self,
        from: &[Value<'a>],
        target: &Segment,
        last: bool,
        found: &mut Found<'a>,
    ) -> Result<(), Reason> {
        let mut filter_cache = Cache::default();
        // An explicit stack: data may be nested more deeply than the Rust stack allows.
        let mut pending: Vec<Value<'a>> = from.iter().rev().copied().collect();
        while let Some(value) = pending.pop() {
            // Jayway's scan gives several members as one object only where all of them are.
            let fits = match target {
                Segment::Names(names) if last => has_all(names, value, self.heap.docs),
                _ => true,
            };
            match target {
                Segment::Filter(filter) => {
                    self.filter_found(filter, &mut filter_cache, last, value, found)?;
                }
                _ if fits => self.apply(target, last, value, found)?,
                _ => {}
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
            (Segment::Name(name), View::Object(object)) => match object.get(name, docs) {
                Some(member) => found.push(member),
                None if self.is_strict => return Err(Reason::Missing),
                None => {}
            },
            (Segment::Names(names), View::Object(_)) if last => {
                if self.is_strict && !has_all(names, value, docs) {
                    return Err(Reason::Missing);
                }
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

    /// Counts what is looked at.
    pub(super) fn look(&mut self, values: usize) -> Result<(), Reason> {
        self.looked_at = self.looked_at.saturating_add(values);
        if self.looked_at > VALUES_MAX { Err(Reason::TooMany) } else { Ok(()) }
    }
}
/// Whether a step fits a value that single steps have led to; Jayway complains only there.
fn check_fit(segment: &Segment, value: Value<'_>, docs: &Docs<'_>) -> Result<(), Reason> {
    match (segment, value.view(docs)) {
        (Segment::Indexes(_) | Segment::Slice { .. }, View::Array(_))
        | (Segment::Filter(_), View::Array(_) | View::Object(_))
        | (Segment::Names(_), View::Object(_)) => Ok(()),
        (Segment::Indexes(_) | Segment::Slice { .. }, other) => Err(Reason::NotAnArray(type_name(&other))),
        (Segment::Filter(_), other) => Err(Reason::NotFilterable(type_name(&other))),
        (Segment::Names(_), other) => Err(Reason::NotAnObject(type_name(&other))),
        _ => Ok(()),
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
