//! Steps, and the way in which they are followed.

use super::Segment;

/// The steps of a path, or of an operand of a filter.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Steps {
    segments: Box<[Segment]>,
    route: Route,
    definite: bool,
}

/// How steps are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Route {
    /// Names and single indexes: a walk to one value.
    Walk,
    /// The same with functions among them.
    Calls,
    /// A descent up to the function at this step. Jayway turns `$..price.sum()` into `$.sum($..price)`: all that is
    /// found becomes the function's only argument.
    Gather(usize),
    /// Anything else: all that is found.
    All,
}

impl Steps {
    pub(super) fn new(segments: Vec<Segment>) -> Self {
        let is_call = |segment: &Segment| matches!(segment, Segment::Function(_));
        let gathered = match segments.first() {
            Some(Segment::Descend) => segments.iter().position(is_call),
            _ => None,
        };
        let single = |segment: &Segment| segment.is_single() || is_call(segment);
        let definite = match segments[gathered.unwrap_or(0)..].split_last() {
            None => true,
            Some((last, before)) => {
                before.iter().all(single) && (single(last) || matches!(last, Segment::Names(_)))
            }
        };
        let route = match gathered {
            Some(call) => Route::Gather(call),
            None if !definite => Route::All,
            None if segments.iter().any(is_call) => Route::Calls,
            None => Route::Walk,
        };
        Self { segments: segments.into(), route, definite }
    }

    #[inline]
    pub(super) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    #[inline]
    pub(super) fn route(&self) -> Route {
        self.route
    }

    #[inline]
    pub(super) fn is_walk(&self) -> bool {
        matches!(self.route, Route::Walk)
    }

    #[inline]
    pub(super) fn is_definite(&self) -> bool {
        self.definite
    }

    /// The steps less the first `count`. What is one value from the root is one value from there, and a descent that
    /// does not begin at the root gathers nothing.
    pub(super) fn below(&self, count: usize) -> Self {
        let route = match self.route {
            Route::Gather(_) if count > 0 => Route::All,
            Route::Gather(_) | Route::Walk | Route::Calls | Route::All => self.route,
        };
        let segments = self.segments.get(count..).unwrap_or_default().into();
        Self { segments, route, definite: self.definite }
    }
}
