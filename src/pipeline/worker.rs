//! One worker of a run: claims chunks, runs their lines, resumes its suspended ones.

use std::sync::Arc;

use crossbeam_deque::Worker as Deque;

use super::commit::{Part, RangePlace, Segment};
use super::letter::{
    ENVELOPE_END, ENVELOPE_START, LetterInput, malformed, runtime, too_long, write_failed_envelope,
};
use super::line_range::{LineRange, cut, steal};
use super::replay::{DeadLetter, LetterReader, NoLetter, Recorded, recall};
use super::run::Run;
use crate::executor::{Ended, Permit, Resumed, Suspended, Ticket, Worker, derive_seed};
use crate::source::{Chunk, Claim, Line, LineText};
use crate::value::timestamp::Timestamp;
use crate::vm::ExecutionError;

/// Output after which a segment is handed over although its range goes on.
const SEGMENT_BYTES: u64 = 1 << 20;
/// Time after which it is, where lines take time.
const SEGMENT_MS: i64 = 100;
/// A chunk's buffer that had to grow beyond this for one long line is given back.
const BUFFER_BYTES_MAX: usize = 1 << 20;
/// Chunks claimed ahead of the oldest uncommitted one, per worker, from which on siblings are helped first: one
/// of them may be held up.
const CHUNKS_AHEAD: u64 = 4;

/// A worker and what it has at hand.
pub(super) struct LineWorker<'r> {
    run: &'r Run,
    number: usize,
    worker: Worker<Belongs>,
    /// Ranges of the chunk at hand, the next on top.
    ranges: Deque<LineRange>,
    /// A buffer for the next chunk.
    buffer: Vec<u8>,
    /// What the lines since the last hole gave.
    segment: Segment,
    /// Segments and holes before that, not handed over yet.
    parts: Vec<Part>,
    part_count: u32,
    /// The first of the consecutive ranges at hand, and the last that was begun.
    place: RangePlace,
    last: u16,
    is_open: bool,
    handed_over: Timestamp,
    /// Holes in the ranges at hand that are not filled.
    holes_open: u32,
    /// Reads the lines if they are dead letters.
    letters: Option<Box<LetterReader>>,
    /// How a letter about the line at hand begins, if the line is one itself.
    origin: Option<Box<[u8]>>,
}

/// Where a suspended line's result belongs.
#[derive(Debug)]
struct Belongs {
    place: RangePlace,
    part: u32,
    origin: Option<Box<[u8]>>,
    _permit: Permit,
}

impl<'r> LineWorker<'r> {
    pub(super) fn new(run: &'r Run, number: usize, ranges: Deque<LineRange>) -> Self {
        let setup = &run.setup;
        let mut worker = Worker::new(Arc::clone(setup), &run.signal, run.driver.clone(), run.children());
        if let Some(watchdog) = &run.watchdog {
            worker.watch(Arc::clone(watchdog), number);
        }
        Self {
            run,
            number,
            worker,
            ranges,
            buffer: Vec::new(),
            segment: Segment::default(),
            parts: Vec::new(),
            part_count: 0,
            place: RangePlace::default(),
            last: 0,
            is_open: false,
            handed_over: Timestamp::default(),
            holes_open: 0,
            letters: run.is_replay.then(|| Box::new(LetterReader::new(setup.limits.nesting_depth_max))),
            origin: None,
        }
    }

    /// Works until nothing is left to do.
    pub(super) fn work(&mut self) {
        let run = self.run;
        while !run.committer.is_stopped() {
            self.resume();
            if let Some(range) = self.ranges.pop() {
                self.run_range(range);
                continue;
            }
            self.end_ranges();
            let ticket = run.signal.ticket();
            if self.is_far_ahead()
                && let Some(range) = steal(&run.siblings, self.number)
            {
                drop(ticket);
                self.run_range(range);
                continue;
            }
            match self.claim() {
                Claim::Chunk(chunk) => {
                    drop(ticket);
                    run.committer.claimed();
                    cut(chunk, run.range_bytes, &self.ranges);
                    run.signal.notify(); // siblings that have nothing
                }
                Claim::Failed { sequence, error } => run.committer.close(sequence, error.into()),
                claim @ (Claim::Later | Claim::End) => {
                    if let Some(range) = steal(&run.siblings, self.number) {
                        drop(ticket);
                        self.run_range(range);
                    } else if matches!(claim, Claim::End) && self.is_done() {
                        return;
                    } else {
                        self.wait(ticket);
                    }
                }
            }
        }
    }

    fn claim(&mut self) -> Claim {
        let run = self.run;
        if run.committer.is_closed() || run.drain.is_requested() {
            return Claim::End;
        }
        run.feed.claim(run.committer.claim_end(), &mut self.buffer)
    }

    fn is_far_ahead(&self) -> bool {
        let siblings = self.run.siblings.len() as u64;
        siblings > 1 && self.run.feed.claimed() > self.run.committer.head() + CHUNKS_AHEAD * siblings
    }

    /// Whether there is nothing left to do, not even to help with: all that was claimed is committed.
    fn is_done(&self) -> bool {
        let committer = &self.run.committer;
        committer.is_complete() || (!self.worker.is_waiting() && committer.head() >= self.run.feed.claimed())
    }

    /// Blocks until something changes or a suspended line's time has come.
    fn wait(&mut self, ticket: Ticket<'_>) {
        self.worker.flush();
        self.worker.publish();
        if !self.run.committer.is_stopped() && !self.worker.is_answered() {
            ticket.wait(self.worker.next_wake().map(|until| self.run.setup.time.block_for(until)));
        }
    }

    fn run_range(&mut self, range: LineRange) {
        let run = self.run;
        if self.is_open && range.follows(self.place, self.last) {
            self.last = range.place.index;
        } else {
            self.end_ranges();
            (self.place, self.last, self.is_open) = (range.place, range.place.index, true);
            (self.part_count, self.holes_open) = (0, 0);
        }
        let mut now = run.setup.time.now();
        if self.part_count == 0 {
            self.handed_over = now;
        }
        for line in range.chunk.lines(range.bytes(), run.line_bytes_max) {
            if run.committer.is_abandoned(self.place.sequence) {
                return self.abandon();
            }
            if run.needs_exact_time {
                now = run.setup.time.now();
                if self.is_resumable(now) {
                    self.resume();
                }
                if now.to_millis() - self.handed_over.to_millis() >= SEGMENT_MS {
                    self.hand_over();
                    self.worker.publish();
                    self.handed_over = now;
                }
            }
            self.line(line, range.chunk.source, now);
            if self.segment.bytes() >= SEGMENT_BYTES {
                self.hand_over();
                self.wait_for_room();
            }
        }
        self.worker.publish_if_due();
        if let Some(chunk) = Arc::into_inner(range.chunk) {
            self.recycle(chunk);
        }
    }

    /// Forgets the ranges at hand: they are of no use any more.
    fn abandon(&mut self) {
        self.is_open = false;
        self.parts.clear();
        self.segment = Segment::default();
    }

    fn recycle(&mut self, chunk: Chunk) {
        let buffer = chunk.into_buffer();
        if buffer.capacity() <= BUFFER_BYTES_MAX {
            self.buffer = buffer;
        }
    }

    #[inline]
    fn line(&mut self, line: Line<'_>, source: u32, now: Timestamp) {
        match line.text {
            LineText::Blank => self.segment.lines += 1,
            LineText::TooLong { length } => {
                self.too_long(line.offset, length);
            }
            LineText::Text { text, indent } => {
                let seed = derive_seed(self.run.seed, source, line.offset);
                match self.letters.take() {
                    None => self.execute(text, indent, seed, now),
                    Some(mut letters) => {
                        self.replay(letters.read(text), text, indent, seed, now);
                        self.letters = Some(letters);
                    }
                }
            }
        }
    }

    /// Executes what a dead letter says of its line.
    fn replay(
        &mut self,
        letter: Result<DeadLetter<'_>, NoLetter>,
        line: &[u8],
        indent: usize,
        seed: u64,
        now: Timestamp,
    ) {
        let DeadLetter { origin, input } = match letter {
            Ok(letter) => letter,
            Err(NoLetter::Malformed(error)) => {
                return self.fail(&malformed(&error, indent), LetterInput::Text(line));
            }
            Err(NoLetter::Lacks(what)) => {
                let cause = format!("the line is no dead letter: {what}");
                return self.fail(&runtime(cause), LetterInput::Json(line));
            }
        };
        self.origin = Some(origin);
        match input {
            Recorded::Json(json) => self.execute(json, 0, seed, now),
            Recorded::Text(text) => self.execute(text.as_bytes(), 0, seed, now),
            Recorded::Garbled { text, cause } => {
                self.fail(&runtime(cause.into_owned()), LetterInput::Text(text.as_bytes()));
            }
            Recorded::Absent { source, offset, length } => {
                if length > u64::from(self.run.setup.limits.line_bytes_max) {
                    self.too_long(offset, length);
                } else {
                    match recall(&source, offset, length) {
                        Ok(json) => self.execute(&json, 0, seed, now),
                        Err(cause) => self.fail(&runtime(cause), LetterInput::Absent { offset, length }),
                    }
                }
            }
        }
        self.origin = None;
    }

    /// Writes down a line that is longer than allowed.
    fn too_long(&mut self, offset: u64, length: u64) {
        let failure = too_long(length, self.run.setup.limits.line_bytes_max);
        self.fail(&failure, LetterInput::Absent { offset, length });
    }

    /// Writes down the line at hand, which failed.
    fn fail(&mut self, failure: &ExecutionError, input: LetterInput<'_>) {
        self.run.fail(&mut self.segment, failure, input, self.origin.as_deref());
    }

    #[inline]
    fn execute(&mut self, json: &[u8], indent: usize, seed: u64, now: Timestamp) {
        let out = &mut self.segment.output;
        let mark = out.len();
        if self.run.is_enveloped {
            out.extend_from_slice(ENVELOPE_START);
        }
        match self.worker.start(&self.run.setup, json, seed, now, out) {
            Ended::Succeeded => {
                out.extend_from_slice(if self.run.is_enveloped { ENVELOPE_END } else { b"\n" });
                self.segment.lines += 1;
                self.segment.succeeded += 1;
            }
            Ended::Failed(failure) => {
                out.truncate(mark);
                self.fail(&failure, LetterInput::Json(json));
            }
            Ended::Malformed(error) => {
                out.truncate(mark);
                let failure = malformed(&error, indent);
                self.fail(&failure, LetterInput::Text(json));
            }
            Ended::Suspended(suspended) => {
                out.truncate(mark);
                self.suspend(json.len() as u64, suspended);
            }
        }
    }

    /// Leaves a hole for a line that waits, and waits itself while there is no permit for it.
    fn suspend(&mut self, line_bytes: u64, suspended: Suspended) {
        let run = self.run;
        let origin = self.origin.take();
        self.close_segment();
        let part = self.next_part();
        self.parts.push(Part { id: part, segment: None });
        let permit = loop {
            let ticket = run.signal.ticket();
            let is_oldest = self.holes_open == 0 && run.committer.is_oldest(self.place);
            match run.admission.admit(line_bytes, is_oldest) {
                Some(permit) => break permit,
                None if run.committer.is_abandoned(self.place.sequence) => return,
                None => {
                    self.hand_over();
                    self.wait(ticket);
                    self.resume();
                }
            }
        };
        self.holes_open += 1;
        self.worker.keep(suspended, Belongs { place: self.place, part, origin, _permit: permit });
    }

    /// Whether a suspended line was answered or its time has come.
    #[inline]
    fn is_resumable(&self, now: Timestamp) -> bool {
        self.worker.is_answered() || self.worker.next_wake().is_some_and(|wake| wake <= now)
    }

    /// Goes on with the suspended lines that were answered or whose time has come.
    fn resume(&mut self) {
        if !self.worker.is_waiting() {
            return;
        }
        let now = self.run.setup.time.now();
        if !self.is_resumable(now) {
            return;
        }
        self.hand_over(); // the committer must know a hole before it can be filled
        let Self { run, worker, place, holes_open, .. } = self;
        worker.resume(now, |resumed| {
            let filled = resumed.belongs.place;
            if (filled.sequence, filled.index) == (place.sequence, place.index) {
                *holes_open = holes_open.saturating_sub(1);
            }
            run.fill(resumed);
        });
    }

    /// Waits while there is too much uncommitted output and this range is not the oldest.
    fn wait_for_room(&mut self) {
        let run = self.run;
        loop {
            let ticket = run.signal.ticket();
            if run.committer.may_go_on(self.place) || run.committer.is_abandoned(self.place.sequence) {
                return;
            }
            self.wait(ticket);
            self.resume();
        }
    }

    /// Hands over what there is of the ranges at hand.
    fn hand_over(&mut self) {
        self.close_segment();
        if !self.parts.is_empty() {
            self.submit(None);
        }
    }

    /// Hands over the rest of the ranges at hand: other lines come next.
    fn end_ranges(&mut self) {
        if std::mem::take(&mut self.is_open) {
            self.close_segment();
            self.submit(Some(self.last));
        }
    }

    fn submit(&mut self, last: Option<u16>) {
        let Self { run, worker, place, parts, .. } = self;
        self.segment = worker.delivering(|| run.committer.submit(*place, parts, last));
    }

    fn close_segment(&mut self) {
        if !self.segment.is_empty() {
            let id = self.next_part();
            let segment = Some(std::mem::take(&mut self.segment));
            self.parts.push(Part { id, segment });
        }
    }

    fn next_part(&mut self) -> u32 {
        self.part_count += 1;
        self.part_count
    }
}

impl Run {
    /// Writes down a line that failed.
    fn fail(
        &self,
        segment: &mut Segment,
        failure: &ExecutionError,
        input: LetterInput<'_>,
        origin: Option<&[u8]>,
    ) {
        if self.is_enveloped {
            write_failed_envelope(failure, &mut segment.output);
        }
        if self.has_failures {
            segment.letters.push(segment.lines, failure, input, origin);
        }
        segment.lines += 1;
        segment.failed += 1;
    }

    /// Fills the hole of a suspended line that has ended.
    fn fill(&self, resumed: Resumed<'_, Belongs>) {
        let Resumed { belongs, ended, output, input, .. } = resumed;
        let mut segment = Segment::default();
        if let Ended::Failed(failure) = &ended {
            self.fail(&mut segment, failure, LetterInput::Json(input), belongs.origin.as_deref());
        } else {
            let (start, end) =
                if self.is_enveloped { (ENVELOPE_START, ENVELOPE_END) } else { (&b""[..], &b"\n"[..]) };
            segment.output.reserve_exact(start.len() + output.len() + end.len());
            for piece in [start, output, end] {
                segment.output.extend_from_slice(piece);
            }
            (segment.lines, segment.succeeded) = (1, 1);
        }
        self.committer.fill(belongs.place, belongs.part, segment);
    }
}
