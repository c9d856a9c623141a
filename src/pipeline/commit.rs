//! Order: what was computed in any order is written in the order of the inputs.
//!
//! One thread at a time has the writer's part: whoever finds something to write and nobody writing. It takes
//! what is ready under the lock and writes without it; others add to the state meanwhile and go on. When it
//! comes back it looks again, so nothing is left behind: what was added while it wrote is either seen then, or
//! its adder sees that nobody writes.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::checkpoint::Position;
use super::error::RunError;
use super::sinks::{Batch, Placed, Sinks, WriteFailure};
use super::summary::{Progress, Summary};
use crate::executor::{Mutex, MutexGuard, Signal, lock};
use crate::sink::SinkError;
use crate::source::Feed;
use crate::telemetry::PipelineMetrics;

pub(super) use super::segment::{Part, RangePlace, Segment};

/// Chunks that may be claimed behind the oldest uncommitted one.
const WINDOW_CHUNKS: u64 = 1024;
/// Uncommitted output over which only the oldest chunk goes on.
const UNCOMMITTED_BYTES_MAX: u64 = 32 << 20;
/// Segments kept for reuse, and the memory that each may keep.
const SPARE_MAX: usize = 32;
const SPARE_BYTES_MAX: usize = 1 << 20;

/// Called with the counts after every write.
pub(super) type OnProgress = Box<dyn Fn(&Progress) + Send + Sync>;

/// Takes parts of chunks, writes them in order.
pub(super) struct Committer {
    state: Mutex<State>,
    /// The rank of the oldest uncommitted range.
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
    /// The input of the oldest uncommitted part, and its lines before that part.
    source: u32,
    lines_before: u64,
    /// Where the last committed chunk of that input ends.
    offset: u64,
    /// Output that need not wait for its turn.
    loose: Vec<Vec<u8>>,
    /// `None` while somebody writes.
    sinks: Option<Sinks>,
    spare: Vec<Segment>,
    progress: Progress,
    error: Option<RunError>,
    output_closed: bool,
}

/// A chunk; without ranges as long as nothing of it has arrived.
#[derive(Default)]
struct Record {
    source: u32,
    bytes: u64,
    end: u64,
    ranges: Vec<RangeRecord>,
    /// The first range that is not committed.
    current: usize,
}

#[derive(Default)]
struct RangeRecord {
    parts: VecDeque<Part>,
    /// Whether no more parts will come.
    is_ended: bool,
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
        let begun = sinks
            .journal
            .as_ref()
            .map_or_else(Default::default, |journal| (journal.position(), journal.totals()));
        let state = State {
            records: VecDeque::new(),
            head: 0,
            source: begun.0.input,
            lines_before: begun.0.lines,
            offset: begun.0.offset,
            loose: Vec::new(),
            sinks: Some(sinks),
            spare: Vec::new(),
            progress: Progress::begin(begun, bytes_total),
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

    /// What was done before: by the run that this one goes on from.
    pub(super) fn summary(self) -> Summary {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        Summary::new(&state.progress, Duration::ZERO, false)
    }

    /// Makes the outputs ready for the first line.
    pub(super) fn begin(&mut self) -> Result<(), SinkError> {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        state.sinks.as_mut().map_or(Ok(()), Sinks::begin)
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
        self.head() >= self.closed_at.load(Ordering::SeqCst)
    }

    /// The oldest uncommitted chunk.
    pub(super) fn head(&self) -> u64 {
        self.head.load(Ordering::SeqCst) >> 16
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
        self.head().saturating_add(window) // pairs with the store in `take_ready`
    }

    /// Notes that a chunk was claimed.
    pub(super) fn claimed(&self) {
        self.metrics.chunk_claimed();
    }

    /// Whether this is the oldest uncommitted range.
    pub(super) fn is_oldest(&self, place: RangePlace) -> bool {
        self.head.load(Ordering::SeqCst) == place.rank()
    }

    /// Whether a range's worker may go on producing output.
    pub(super) fn may_go_on(&self, place: RangePlace) -> bool {
        !self.is_over_bound() || self.is_oldest(place)
    }

    fn is_over_bound(&self) -> bool {
        self.uncommitted_bytes.load(Ordering::SeqCst) > UNCOMMITTED_BYTES_MAX
    }

    /// Hands over parts of a range, in order. With `ended_up_to` they were the last, and those of the ranges
    /// behind it up to this one are among them. Returns an empty segment.
    pub(super) fn submit(
        &self,
        place: RangePlace,
        parts: &mut Vec<Part>,
        ended_up_to: Option<u16>,
    ) -> Segment {
        let mut state = lock(&self.state);
        for part in parts.iter_mut() {
            self.arrive(&mut state, part.segment.as_mut());
        }
        let record = state.record(place);
        record.ranges[usize::from(place.index)].parts.extend(parts.drain(..));
        if let Some(last) = ended_up_to {
            for range in &mut record.ranges[usize::from(place.index)..=usize::from(last)] {
                range.is_ended = true;
            }
        }
        let spare = state.spare.pop().unwrap_or_default();
        self.write_ready(state);
        spare
    }

    /// Fills the hole of a line that has ended.
    pub(super) fn fill(&self, place: RangePlace, id: u32, mut segment: Segment) {
        let mut state = lock(&self.state);
        self.arrive(&mut state, Some(&mut segment));
        let parts = &mut state.record(place).ranges[usize::from(place.index)].parts;
        if let Ok(at) = parts.binary_search_by_key(&id, |part| part.id) {
            parts[at].segment = Some(segment);
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
    ///
    /// What is committed is in the last checkpoint, also after an error.
    pub(super) fn finish(self, feed: &Feed) -> Committed {
        let is_stopped = self.is_stopped();
        let mut state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        let end = feed.end().filter(|_| !is_stopped && state.error.is_none() && state.head == feed.claimed());
        let end = end.map(|(input, offset)| {
            let lines = if input == state.source { state.lines_before } else { 0 };
            Position { input, offset, lines, bytes_in: state.progress.bytes_in }
        });
        if let Some(mut sinks) = state.sinks.take() {
            for result in [sinks.flush(), sinks.finish(end)] {
                result.unwrap_or_else(|failure| state.note(failure));
            }
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
            let head = self.head.load(Ordering::SeqCst);
            let batch = self.take_ready(&mut state);
            if batch.is_empty() {
                let is_ahead = self.head.load(Ordering::SeqCst) != head;
                sinks.note(&batch, [0, 0]);
                state.sinks = Some(sinks);
                drop(state);
                if is_ahead {
                    self.signal.notify();
                }
                return;
            }
            drop(state);
            let mut result = sinks.write(&batch, &self.source_names);
            self.uncommitted_bytes.fetch_sub(batch.bytes(), Ordering::SeqCst);
            if result.is_ok() && sinks.is_checkpoint_due() {
                self.signal.notify(); // there is room again, and syncing takes time
                result = sinks.checkpoint();
            }
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
        let mut batch = Batch { loose: std::mem::take(&mut state.loose), ..Batch::default() };
        while let Some(record) = state.records.front_mut().filter(|record| !record.ranges.is_empty()) {
            if record.source != state.source {
                (state.source, state.lines_before, state.offset) = (record.source, 0, 0);
            }
            while let Some(range) = record.ranges.get_mut(record.current) {
                while let Some(segment) = range.parts.front_mut().and_then(|part| part.segment.take()) {
                    range.parts.pop_front();
                    let lines_before = state.lines_before;
                    state.lines_before += segment.lines;
                    batch.segments.push(Placed { source: state.source, lines_before, segment });
                }
                if !range.is_ended || !range.parts.is_empty() {
                    self.head.store(state.head << 16 | record.current as u64, Ordering::SeqCst);
                    return batch;
                }
                record.current += 1;
            }
            state.progress.bytes_in += record.bytes;
            // Of a line over the bound the length counts, and pieces that it goes on in end before it does.
            state.offset = state.offset.max(record.end);
            self.metrics.chunk_committed(record.bytes);
            state.records.pop_front();
            batch.chunk_end = Some((batch.segments.len(), state.position()));
            state.head += 1;
            self.head.store(state.head << 16, Ordering::SeqCst);
        }
        batch
    }
}

impl State {
    /// The end of the last committed chunk, if what is behind it has not begun.
    fn position(&self) -> Position {
        Position {
            input: self.source,
            offset: self.offset,
            lines: self.lines_before,
            bytes_in: self.progress.bytes_in,
        }
    }

    fn record(&mut self, place: RangePlace) -> &mut Record {
        // A chunk is committed only after its last part came, so no part comes for an earlier one.
        let at = place.sequence.saturating_sub(self.head) as usize;
        while self.records.len() <= at {
            self.records.push_back(Record::default());
        }
        let record = &mut self.records[at];
        if record.ranges.is_empty() {
            (record.source, record.bytes, record.end) = (place.source, place.bytes, place.end);
            record.ranges.resize_with(usize::from(place.count), RangeRecord::default);
        }
        record
    }

    fn account(&mut self, batch: Batch) {
        let Batch { segments, loose, .. } = batch;
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
            WriteFailure::Output(error) | WriteFailure::Other(error) => {
                self.error.get_or_insert(error.into());
            }
        }
    }
}

impl fmt::Debug for Committer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Committer").field("head", &self.head).finish_non_exhaustive()
    }
}
