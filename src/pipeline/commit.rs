//! Order: what was computed in any order is written in the order of the inputs.
//!
//! One thread at a time has the writer's part: whoever finds something to write and nobody writing. It takes
//! what is ready under the lock and writes without it; others add to the state meanwhile and go on. When it
//! comes back it looks again, so nothing is left behind: what was added while it wrote is either seen then, or
//! its adder sees that nobody writes.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::error::RunError;
use super::letter::Letters;
use super::summary::Progress;
use crate::executor::{Signal, lock};
use crate::sink::{Sink, SinkError};
use crate::telemetry::PipelineMetrics;

/// Chunks that may be claimed behind the oldest uncommitted one.
const WINDOW_CHUNKS: u64 = 1024;
/// Uncommitted output over which only the oldest chunk goes on.
const UNCOMMITTED_BYTES_MAX: u64 = 32 << 20;
/// Segments kept for reuse, and the memory that each may keep.
const SPARE_MAX: usize = 32;
const SPARE_BYTES_MAX: usize = 1 << 20;

/// What consecutive lines of a chunk gave.
#[derive(Debug, Default)]
pub(super) struct Segment {
    pub(super) output: Vec<u8>,
    pub(super) letters: Letters,
    pub(super) succeeded: u64,
    pub(super) failed: u64,
}

/// A segment, or the hole of a line that has not ended.
#[derive(Debug)]
pub(super) struct Part {
    /// Ascending within its chunk.
    pub(super) id: u32,
    pub(super) segment: Option<Segment>,
}

/// What is known at the end of a chunk.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChunkEnd {
    /// Its lines, blank ones included.
    pub(super) lines: u64,
    pub(super) bytes: u64,
}

/// Where a chunk stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChunkPlace {
    pub(super) sequence: u64,
    pub(super) source: u32,
}

/// Called with the counts after every write.
pub(super) type OnProgress = Box<dyn Fn(&Progress) + Send + Sync>;

/// Where results go.
pub(super) struct Sinks {
    pub(super) output: Sink,
    pub(super) failures: Option<Sink>,
}

/// Takes parts of chunks, writes them in order.
pub(super) struct Committer {
    state: Mutex<State>,
    /// The oldest uncommitted chunk.
    head: AtomicU64,
    uncommitted_bytes: AtomicU64,
    is_stopped: AtomicBool,
    /// The chunk that could not be read, if one could not: neither it nor any behind it will be committed.
    closed_at: AtomicU64,
    is_ordered: bool,
    signal: Arc<Signal>,
    /// The inputs' names as JSON strings.
    source_names: Vec<Vec<u8>>,
    on_progress: Option<OnProgress>,
    metrics: PipelineMetrics,
}

struct State {
    /// The chunks from the oldest uncommitted one on.
    records: VecDeque<Record>,
    head: u64,
    /// The input of the oldest uncommitted chunk, and its lines before that chunk.
    source: u32,
    lines_before: u64,
    /// Output that need not wait for its turn.
    loose: Vec<Vec<u8>>,
    /// `None` while somebody writes.
    sinks: Option<Sinks>,
    spare: Vec<Segment>,
    progress: Progress,
    error: Option<RunError>,
    output_closed: bool,
}

#[derive(Default)]
struct Record {
    source: u32,
    parts: VecDeque<Part>,
    end: Option<ChunkEnd>,
}

/// What is ready to be written.
#[derive(Default)]
struct Batch {
    segments: Vec<Placed>,
    loose: Vec<Vec<u8>>,
}

struct Placed {
    source: u32,
    lines_before: u64,
    segment: Segment,
}

/// How a run ended for the committer.
pub(super) struct Committed {
    pub(super) progress: Progress,
    pub(super) error: Option<RunError>,
    pub(super) output_closed: bool,
}

impl Committer {
    pub(super) fn new(
        sinks: Sinks,
        source_names: Vec<Vec<u8>>,
        is_ordered: bool,
        bytes_total: Option<u64>,
        signal: Arc<Signal>,
        on_progress: Option<OnProgress>,
        metrics: PipelineMetrics,
    ) -> Self {
        let state = State {
            records: VecDeque::new(),
            head: 0,
            source: 0,
            lines_before: 0,
            loose: Vec::new(),
            sinks: Some(sinks),
            spare: Vec::new(),
            progress: Progress { bytes_total, ..Progress::default() },
            error: None,
            output_closed: false,
        };
        Self {
            state: Mutex::new(state),
            head: AtomicU64::new(0),
            uncommitted_bytes: AtomicU64::new(0),
            is_stopped: AtomicBool::new(false),
            closed_at: AtomicU64::new(u64::MAX),
            is_ordered,
            signal,
            source_names,
            on_progress,
            metrics,
        }
    }

    /// Makes the outputs ready for the first line.
    pub(super) fn begin(&mut self) -> Result<(), SinkError> {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        let Some(sinks) = &mut state.sinks else { return Ok(()) };
        sinks.output.begin()?;
        sinks.failures.as_mut().map_or(Ok(()), Sink::begin)
    }

    /// Whether to leave everything as it is.
    #[inline]
    pub(super) fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed) // a late look costs one more line
    }

    /// Whether nothing more is to be claimed.
    pub(super) fn is_closed(&self) -> bool {
        self.closed_at.load(Ordering::SeqCst) != u64::MAX // pairs with `close`
    }

    /// Whether everything is committed that can be.
    pub(super) fn is_complete(&self) -> bool {
        self.head.load(Ordering::SeqCst) >= self.closed_at.load(Ordering::SeqCst)
    }

    /// Whether a chunk's results are of no use any more.
    #[inline]
    pub(super) fn is_abandoned(&self, sequence: u64) -> bool {
        // A late look costs one more line.
        self.is_stopped() || sequence > self.closed_at.load(Ordering::Relaxed)
    }

    /// Chunks with a number below this may be claimed.
    pub(super) fn claim_end(&self) -> u64 {
        let window = if self.is_over_bound() { 1 } else { WINDOW_CHUNKS };
        self.head.load(Ordering::SeqCst).saturating_add(window) // pairs with the store in `take_ready`
    }

    /// Notes that a chunk was claimed.
    pub(super) fn claimed(&self) {
        self.metrics.chunk_claimed();
    }

    /// Whether this is the oldest uncommitted chunk.
    pub(super) fn is_oldest(&self, sequence: u64) -> bool {
        self.head.load(Ordering::SeqCst) == sequence
    }

    /// Whether a chunk's worker may go on producing output.
    pub(super) fn may_go_on(&self, sequence: u64) -> bool {
        !self.is_over_bound() || self.is_oldest(sequence)
    }

    fn is_over_bound(&self) -> bool {
        self.uncommitted_bytes.load(Ordering::SeqCst) > UNCOMMITTED_BYTES_MAX
    }

    /// Hands over parts of a chunk, in order; with `end` they were the last. Returns an empty segment.
    pub(super) fn submit(&self, place: ChunkPlace, parts: &mut Vec<Part>, end: Option<ChunkEnd>) -> Segment {
        let mut state = lock(&self.state);
        for part in parts.iter_mut() {
            self.arrive(&mut state, part.segment.as_mut());
        }
        let record = state.record(place);
        record.parts.extend(parts.drain(..));
        record.end = end;
        let spare = state.spare.pop().unwrap_or_default();
        self.write_ready(state);
        spare
    }

    /// Fills the hole of a line that has ended.
    pub(super) fn fill(&self, place: ChunkPlace, id: u32, mut segment: Segment) {
        let mut state = lock(&self.state);
        self.arrive(&mut state, Some(&mut segment));
        let record = state.record(place);
        if let Ok(at) = record.parts.binary_search_by_key(&id, |part| part.id) {
            record.parts[at].segment = Some(segment);
        }
        self.write_ready(state);
    }

    /// Ends the run because a chunk could not be read: those before it are still finished.
    pub(super) fn close(&self, sequence: u64, error: RunError) {
        lock(&self.state).error.get_or_insert(error);
        self.closed_at.fetch_min(sequence, Ordering::SeqCst);
        self.signal.notify();
    }

    /// Ends the run at once.
    pub(super) fn stop(&self, error: Option<RunError>) {
        if let Some(error) = error {
            lock(&self.state).error.get_or_insert(error);
        }
        self.is_stopped.store(true, Ordering::Relaxed);
        self.signal.notify();
    }

    /// The counts and the first error, when all workers are done.
    pub(super) fn finish(self) -> Committed {
        let mut state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        let failures = state.sinks.as_mut().map(Sinks::flush);
        if let Some(Err(failure)) = failures {
            state.note(failure);
        }
        Committed { progress: state.progress, error: state.error, output_closed: state.output_closed }
    }

    /// Counts what comes in; without order, output need not wait.
    fn arrive(&self, state: &mut State, segment: Option<&mut Segment>) {
        let Some(segment) = segment else { return };
        self.uncommitted_bytes.fetch_add(segment.bytes(), Ordering::SeqCst);
        if !self.is_ordered && !segment.output.is_empty() {
            state.loose.push(std::mem::take(&mut segment.output));
        }
    }

    fn write_ready<'s>(&'s self, mut state: MutexGuard<'s, State>) {
        while !self.is_stopped() {
            let Some(mut sinks) = state.sinks.take() else { return }; // whoever writes will look again
            let head = state.head;
            let batch = self.take_ready(&mut state);
            if batch.is_empty() {
                let is_ahead = state.head != head;
                state.sinks = Some(sinks);
                drop(state);
                if is_ahead {
                    self.signal.notify();
                }
                return;
            }
            drop(state);
            let result = sinks.write(&batch, &self.source_names);
            self.uncommitted_bytes.fetch_sub(batch.bytes(), Ordering::SeqCst);
            state = lock(&self.state);
            match result {
                Ok(()) => {
                    let before = state.progress;
                    state.account(batch);
                    let Progress { bytes_out, failed, .. } = state.progress;
                    self.metrics.written(bytes_out - before.bytes_out, failed - before.failed);
                }
                Err(failure) => {
                    state.note(failure);
                    self.is_stopped.store(true, Ordering::Relaxed);
                }
            }
            if let Some(on_progress) = &self.on_progress {
                let progress = state.progress;
                drop(state);
                on_progress(&progress);
                state = lock(&self.state);
            }
            state.sinks = Some(sinks);
            self.signal.notify();
        }
    }

    /// Takes the parts up to the first hole, and counts the chunks that are thereby committed.
    fn take_ready(&self, state: &mut State) -> Batch {
        let mut batch = Batch { segments: Vec::new(), loose: std::mem::take(&mut state.loose) };
        while let Some(record) = state.records.front_mut() {
            let is_known = !record.parts.is_empty() || record.end.is_some();
            if is_known && record.source != state.source {
                (state.source, state.lines_before) = (record.source, 0);
            }
            let (source, lines_before) = (state.source, state.lines_before);
            while record.parts.front().is_some_and(|part| part.segment.is_some()) {
                let segment = record.parts.pop_front().and_then(|part| part.segment);
                batch.segments.extend(segment.map(|segment| Placed { source, lines_before, segment }));
            }
            let Some(end) = record.end.filter(|_| record.parts.is_empty()) else { break };
            state.lines_before += end.lines;
            state.progress.bytes_in += end.bytes;
            self.metrics.chunk_committed(end.bytes);
            state.records.pop_front();
            state.head += 1;
            self.head.store(state.head, Ordering::SeqCst);
        }
        batch
    }
}

impl State {
    fn record(&mut self, place: ChunkPlace) -> &mut Record {
        // A chunk is committed only after its last part came, so no part comes for an earlier one.
        let at = place.sequence.saturating_sub(self.head) as usize;
        while self.records.len() <= at {
            self.records.push_back(Record::default());
        }
        self.records[at].source = place.source;
        &mut self.records[at]
    }

    fn account(&mut self, batch: Batch) {
        let Batch { segments, loose } = batch;
        self.progress.bytes_out += loose.iter().map(|output| output.len() as u64).sum::<u64>();
        for Placed { mut segment, .. } in segments {
            self.progress.succeeded += segment.succeeded;
            self.progress.failed += segment.failed;
            self.progress.bytes_out += segment.output.len() as u64;
            if self.spare.len() < SPARE_MAX && segment.output.capacity() <= SPARE_BYTES_MAX {
                segment.clear();
                self.spare.push(segment);
            }
        }
    }

    /// A closed output ends the run, but is no error: whoever read it has seen enough.
    fn note(&mut self, failure: WriteFailure) {
        match failure {
            WriteFailure::Output(error) if error.is_closed_pipe() => self.output_closed = true,
            WriteFailure::Output(error) | WriteFailure::Failures(error) => {
                self.error.get_or_insert(error.into());
            }
        }
    }
}

enum WriteFailure {
    Output(SinkError),
    Failures(SinkError),
}

impl Sinks {
    fn write(&mut self, batch: &Batch, source_names: &[Vec<u8>]) -> Result<(), WriteFailure> {
        let outputs = batch.segments.iter().map(|placed| &placed.segment.output);
        for output in batch.loose.iter().chain(outputs) {
            if !output.is_empty() {
                self.output.write_lines(output).map_err(WriteFailure::Output)?;
            }
        }
        let Some(failures) = &mut self.failures else { return Ok(()) };
        let mut text = Vec::new();
        for Placed { source, lines_before, segment } in &batch.segments {
            segment.letters.write(&source_names[*source as usize], *lines_before, &mut text);
        }
        if text.is_empty() { Ok(()) } else { failures.write_lines(&text).map_err(WriteFailure::Failures) }
    }

    fn flush(&mut self) -> Result<(), WriteFailure> {
        self.output.flush().map_err(WriteFailure::Output)?;
        match &mut self.failures {
            Some(failures) => failures.flush().map_err(WriteFailure::Failures),
            None => Ok(()),
        }
    }
}

impl Segment {
    pub(super) fn is_empty(&self) -> bool {
        self.output.is_empty() && self.letters.is_empty() && self.succeeded + self.failed == 0
    }

    pub(super) fn bytes(&self) -> u64 {
        (self.output.len() + self.letters.len()) as u64
    }

    fn clear(&mut self) {
        self.output.clear();
        self.letters.clear();
        (self.succeeded, self.failed) = (0, 0);
    }
}

impl Batch {
    fn is_empty(&self) -> bool {
        self.segments.is_empty() && self.loose.is_empty()
    }

    fn bytes(&self) -> u64 {
        let loose: u64 = self.loose.iter().map(|output| output.len() as u64).sum();
        loose + self.segments.iter().map(|placed| placed.segment.bytes()).sum::<u64>()
    }
}

impl fmt::Debug for Committer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Committer").field("head", &self.head).finish_non_exhaustive()
    }
}
