//! A Map Run: which child may start, and what has become of those that did.
//!
//! # Order
//! Children are started in the order of the items and end in any. What they came to waits in a window until all
//! before them have ended, and is then taken in order; a child is started only where the window has room, so that
//! neither items nor results pile up behind a slow one.
//!
//! # Failures
//! Failures count items. As soon as more have failed than may, no child is started any more; the run is over, and
//! fails, when the last of those under way has stopped. A percentage is of all items: it is decided when their number
//! is known.
//!
//! # Time under a virtual clock
//! Child `n` starts when child `n - MaxConcurrency` ends, so that times do not depend on who ran when.

use std::collections::VecDeque;
use std::sync::Arc;

use super::feed::Feed;
use super::reader;
use super::results::{ChildResult, Results};
use super::{Child, MapRunError, ObjectStore};
use crate::bytecode::{GraphId, Program};
use crate::limits::Limits;
use crate::value::random::Random;
use crate::value::timestamp::Timestamp;
use crate::vm::{ExecutionError, MapRunName, MapRunRequest, Names};

/// Children in the window beyond those that may run at once.
const WINDOW_SPARE: usize = 256;
/// Bytes of inputs and results in the window after which no child is started until the oldest has ended.
const WINDOW_BYTES_MAX: usize = 64 << 20;

/// What a Map Run has around it.
#[derive(Debug, Clone)]
pub(crate) struct MapRunContext {
    pub(crate) program: Arc<Program>,
    /// The names of the execution that it belongs to.
    pub(crate) names: Arc<Names>,
    pub(crate) limits: Limits,
    pub(crate) store: Option<Arc<dyn ObjectStore>>,
    /// Whether each execution has a clock of its own.
    pub(crate) is_clock_virtual: bool,
    /// The state's name.
    pub(crate) state: String,
}

impl MapRunContext {
    pub(super) fn state(&self) -> &str {
        &self.state
    }
}

/// How a child execution ended.
#[derive(Debug)]
pub(crate) struct ChildEnd {
    /// Its output as JSON, or why it failed.
    pub(crate) output: Result<Vec<u8>, ExecutionError>,
    pub(crate) started_at: Timestamp,
    pub(crate) ended_at: Timestamp,
}

/// A Map Run under way.
pub(crate) struct MapRun {
    context: MapRunContext,
    request: Box<MapRunRequest>,
    child_names: Arc<Names>,
    state_machine_arn: String,
    feed: Option<Feed>,
    results: Option<Results>,
    /// The oldest child that has not been taken, and all after it.
    window: VecDeque<Entry>,
    window_bytes: usize,
    /// The number of the window's first child, and of the next one to be started.
    oldest: u64,
    next: u64,
    running: u32,
    items_failed: u64,
    failure: Option<MapRunError>,
    /// When the lanes of a virtual clock are free.
    lanes: Vec<Timestamp>,
    ended_at: Timestamp,
}

struct Entry {
    seed: u64,
    items: u32,
    /// Kept for the result where that is wanted.
    input: Vec<u8>,
    end: Option<ChildEnd>,
}

impl MapRun {
    /// Begins a run: opens what it reads.
    pub(crate) fn begin(context: MapRunContext, request: Box<MapRunRequest>) -> Self {
        let site = context.program.map_run(request.run);
        let MapRunName { id: map_run_id, label, arn: map_run_arn } =
            context.names.map_run(site.label.as_deref(), request.seed);
        let child_names = Arc::new(context.names.of_children(&label, site.execution_type));
        let mut run = Self {
            state_machine_arn: child_names.state_machine_id(),
            child_names,
            feed: None,
            results: None,
            window: VecDeque::new(),
            window_bytes: 0,
            oldest: 0,
            next: 0,
            running: 0,
            items_failed: 0,
            failure: None,
            lanes: Vec::new(),
            ended_at: request.started_at,
            context,
            request,
        };
        match reader::open(&run.context, &run.request) {
            Ok(source) => run.feed = Some(Feed::new(&run.context, &run.request, source)),
            Err(error) => run.failure = Some(error),
        }
        if run.failure.is_none() {
            match Results::new(&run.context, &run.request, &map_run_arn, &map_run_id) {
                Ok(results) => run.results = Some(results),
                Err(error) => run.failure = Some(error),
            }
        }
        run
    }

    /// Where child executions begin, and under which names.
    pub(crate) fn entry(&self) -> (GraphId, &Arc<Names>) {
        (self.context.program.map_run(self.request.run).processor, &self.child_names)
    }

    /// The next child, if one may start now.
    pub(crate) fn next(&mut self) -> Option<Child> {
        let window_max = self.request.concurrency_max as usize + WINDOW_SPARE;
        let is_full = self.window.len() >= window_max || self.window_bytes >= WINDOW_BYTES_MAX;
        if self.failure.is_some() || self.running >= self.request.concurrency_max || is_full {
            return None;
        }
        let started_at = self.free_lane()?;
        let fed = self.feed.as_mut().map(Feed::next)?;
        let (input, items) = match fed {
            Ok(Some(fed)) => fed,
            Ok(None) => {
                self.check_tolerance();
                return None;
            }
            Err(error) => {
                self.failure = Some(error);
                return None;
            }
        };
        let number = self.next;
        let seed = Random::new(self.request.seed.wrapping_add(number.wrapping_add(1) << 1)).next_u64();
        let keeps_input = self.results.as_ref().is_some_and(Results::keeps_inputs);
        let kept = if keeps_input { input.clone() } else { Vec::new() };
        self.window_bytes += kept.len();
        self.window.push_back(Entry { seed, items, input: kept, end: None });
        self.next += 1;
        self.running += 1;
        Some(Child { number, items, seed, started_at, input })
    }

    /// Takes how a child ended.
    pub(crate) fn ended(&mut self, number: u64, end: ChildEnd) {
        let Some(entry) = number.checked_sub(self.oldest).and_then(|at| self.window.get_mut(at as usize))
        else {
            return;
        };
        self.running -= 1;
        self.ended_at = self.ended_at.max(end.ended_at);
        let lanes = u64::from(self.request.concurrency_max);
        if let Some(lane) = self.lanes.get_mut((number % lanes) as usize) {
            *lane = end.ended_at;
        }
        if end.output.is_err() {
            self.items_failed += u64::from(entry.items);
        }
        self.window_bytes += end.output.as_ref().map_or(0, Vec::len);
        entry.end = Some(end);
        self.check_tolerance();
        self.take_ended();
    }

    /// Whether nothing more is to be started: those under way should be stopped.
    pub(crate) fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// When the last child ended.
    pub(crate) fn ended_at(&self) -> Timestamp {
        self.ended_at
    }

    /// The state's result, as JSON. Only when no child is under way and no other starts.
    pub(crate) fn finish(mut self: Box<Self>) -> Result<Vec<u8>, MapRunError> {
        let state = self.context.state.clone();
        let result = self.results.take().map(|results| results.finish(&state));
        match (self.failure.take(), result) {
            (Some(failure), _) => Err(failure),
            (None, Some(result)) => result,
            (None, None) => Err(MapRunError::reader("There is nothing to read.")),
        }
    }

    /// When the next child starts: under a virtual clock, when the child that many before it has ended.
    fn free_lane(&mut self) -> Option<Timestamp> {
        let lanes = u64::from(self.request.concurrency_max);
        if !self.context.is_clock_virtual {
            return Some(self.request.started_at);
        }
        if self.next < lanes {
            self.lanes.push(self.request.started_at);
            return Some(self.request.started_at);
        }
        let before = self.next - lanes;
        let has_ended = before
            .checked_sub(self.oldest)
            .is_none_or(|at| self.window.get(at as usize).is_some_and(|entry| entry.end.is_some()));
        has_ended.then(|| self.lanes[(self.next % lanes) as usize])
    }

    fn check_tolerance(&mut self) {
        if self.failure.is_some() || self.items_failed == 0 {
            return;
        }
        let MapRunRequest { tolerated_failure_count, tolerated_failure_percentage, .. } = &*self.request;
        let failed = self.items_failed as f64;
        let total = self.feed.as_ref().and_then(Feed::total);
        let is_exceeded = match (tolerated_failure_count, tolerated_failure_percentage) {
            (None, None) => true,
            (count, percentage) => {
                let is_above = |percentage: f64| match total {
                    Some(total) => failed > percentage / 100.0 * total as f64,
                    None => percentage <= 0.0,
                };
                count.is_some_and(|count| failed > count) || percentage.is_some_and(is_above)
            }
        };
        if is_exceeded {
            self.failure = Some(MapRunError::tolerance());
        }
    }

    /// Takes the results of the oldest children, as far as they have ended.
    fn take_ended(&mut self) {
        while let Some(end) = self.window.front().and_then(|entry| entry.end.as_ref()) {
            let entry = &self.window[0];
            self.window_bytes -= entry.input.len() + end.output.as_ref().map_or(0, Vec::len);
            if let Some(results) = &mut self.results {
                let names = &self.child_names;
                let result = ChildResult {
                    input: &entry.input,
                    arn: names.execution_id(entry.seed),
                    name: names.execution_name(entry.seed),
                    state_machine_arn: &self.state_machine_arn,
                    end,
                };
                if let Err(error) = results.take(&result) {
                    self.failure.get_or_insert(error);
                }
            }
            self.window.pop_front();
            self.oldest += 1;
        }
    }
}
