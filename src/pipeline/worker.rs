//! One worker of a run: claims chunks, runs their lines, resumes its suspended ones.

use std::sync::Arc;

use super::commit::{ChunkEnd, ChunkPlace, Part, Segment};
use super::letter::{ENVELOPE_END, ENVELOPE_START, LetterInput, malformed, too_long, write_failed_envelope};
use super::run::Run;
use crate::executor::{Ended, Permit, Resumed, Suspended, Ticket, Worker, derive_seed};
use crate::source::{Chunk, Claim, LineText};
use crate::value::timestamp::Timestamp;
use crate::vm::ExecutionError;

/// Output after which a segment is handed over although its chunk goes on.
const SEGMENT_BYTES: u64 = 1 << 20;
/// A chunk's buffer that had to grow beyond this for one long line is given back.
const BUFFER_BYTES_MAX: usize = 1 << 20;

/// A worker and what it has of the chunk at hand.
pub(super) struct LineWorker<'r> {
    run: &'r Run,
    worker: Worker<Belongs>,
    /// What the lines since the last hole gave.
    segment: Segment,
    /// Segments and holes before that, not handed over yet.
    parts: Vec<Part>,
    part_count: u32,
    place: ChunkPlace,
    /// Holes of the chunk at hand that are not filled.
    holes_open: u32,
}

/// Where a suspended line's result belongs.
#[derive(Debug)]
struct Belongs {
    place: ChunkPlace,
    part: u32,
    /// Index of the line in its chunk.
    index: u64,
    _permit: Permit,
}

impl<'r> LineWorker<'r> {
    pub(super) fn new(run: &'r Run) -> Self {
        Self {
            run,
            worker: Worker::new(Arc::clone(&run.setup)),
            segment: Segment::default(),
            parts: Vec::new(),
            part_count: 0,
            place: ChunkPlace { sequence: 0, source: 0 },
            holes_open: 0,
        }
    }

    /// Works until nothing is left to do.
    pub(super) fn work(&mut self) {
        let run = self.run;
        let mut buffer = Vec::new();
        while !run.committer.is_stopped() {
            self.resume_due();
            let ticket = run.signal.ticket();
            let claim = if run.committer.is_closed() || run.drain.is_requested() {
                Claim::End
            } else {
                run.feed.claim(run.committer.claim_end(), &mut buffer)
            };
            match claim {
                Claim::Chunk(chunk) => {
                    drop(ticket);
                    run.committer.claimed();
                    self.worker.publish_if_due();
                    self.run_chunk(&chunk);
                    buffer = chunk.into_buffer();
                    if buffer.capacity() > BUFFER_BYTES_MAX {
                        buffer = Vec::new();
                    }
                }
                Claim::Failed { sequence, error } => run.committer.close(sequence, error.into()),
                Claim::End if !self.worker.is_waiting() || run.committer.is_complete() => return,
                Claim::Later | Claim::End => self.wait(ticket),
            }
        }
    }

    /// Blocks until something changes or a suspended line's time has come.
    fn wait(&mut self, ticket: Ticket<'_>) {
        self.worker.publish();
        if !self.run.committer.is_stopped() {
            ticket.wait(self.worker.next_wake().map(|until| self.run.setup.time.block_for(until)));
        }
    }

    fn run_chunk(&mut self, chunk: &Chunk) {
        let run = self.run;
        self.place = ChunkPlace { sequence: chunk.sequence, source: chunk.source };
        (self.part_count, self.holes_open) = (0, 0);
        let mut now = run.setup.time.now();
        let mut lines = 0;
        for line in chunk.lines(run.setup.limits.line_bytes_max) {
            if run.committer.is_abandoned(chunk.sequence) {
                return;
            }
            if run.needs_exact_time {
                now = run.setup.time.now();
                self.worker.publish_if_due();
                if self.worker.next_wake().is_some_and(|wake| wake <= now) {
                    self.hand_over(None);
                    self.resume_due();
                }
            }
            let index = lines;
            lines += 1;
            match line.text {
                LineText::Blank => {}
                LineText::TooLong { length } => {
                    let failure = too_long(length, run.setup.limits.line_bytes_max);
                    let input = LetterInput::Absent { offset: line.offset, length };
                    run.fail(&mut self.segment, index, &failure, input);
                }
                LineText::Text { text, indent } => {
                    let seed = derive_seed(run.seed, chunk.source, line.offset);
                    self.run_line(Text { index, json: text, indent }, seed, now);
                }
            }
            if self.segment.bytes() >= SEGMENT_BYTES {
                self.hand_over(None);
                self.wait_for_room();
            }
        }
        self.hand_over(Some(ChunkEnd { lines, bytes: chunk.len() }));
    }

    #[inline]
    fn run_line(&mut self, line: Text<'_>, seed: u64, now: Timestamp) {
        let out = &mut self.segment.output;
        let mark = out.len();
        if self.run.is_enveloped {
            out.extend_from_slice(ENVELOPE_START);
        }
        match self.worker.start(line.json, seed, now, out) {
            Ended::Succeeded => {
                out.extend_from_slice(if self.run.is_enveloped { ENVELOPE_END } else { b"\n" });
                self.segment.succeeded += 1;
            }
            Ended::Failed(failure) => {
                out.truncate(mark);
                self.run.fail(&mut self.segment, line.index, &failure, LetterInput::Json(line.json));
            }
            Ended::Malformed(error) => {
                out.truncate(mark);
                let failure = malformed(&error, line.indent);
                self.run.fail(&mut self.segment, line.index, &failure, LetterInput::Text(line.json));
            }
            Ended::Suspended(suspended) => {
                out.truncate(mark);
                self.suspend(line, suspended);
            }
        }
    }

    /// Leaves a hole for a line that waits, and waits itself while there is no permit for it.
    fn suspend(&mut self, line: Text<'_>, suspended: Suspended) {
        let run = self.run;
        self.close_segment();
        let part = self.next_part();
        self.parts.push(Part { id: part, segment: None });
        let is_first_hole = |worker: &Self| worker.holes_open == 0;
        let permit = loop {
            let ticket = run.signal.ticket();
            let is_oldest = is_first_hole(self) && run.committer.is_oldest(self.place.sequence);
            match run.admission.admit(line.json.len() as u64, is_oldest) {
                Some(permit) => break permit,
                None if run.committer.is_abandoned(self.place.sequence) => return,
                None => {
                    self.hand_over(None);
                    self.wait(ticket);
                    self.resume_due();
                }
            }
        };
        self.holes_open += 1;
        self.worker.keep(suspended, Belongs { place: self.place, part, index: line.index, _permit: permit });
    }

    /// Goes on with the suspended lines whose time has come.
    fn resume_due(&mut self) {
        if !self.worker.is_waiting() {
            return;
        }
        let Self { run, worker, place, holes_open, .. } = self;
        worker.resume_due(run.setup.time.now(), |resumed| {
            if resumed.belongs.place.sequence == place.sequence {
                *holes_open = holes_open.saturating_sub(1);
            }
            run.fill(resumed);
        });
    }

    /// Waits while there is too much uncommitted output and this chunk is not the oldest.
    fn wait_for_room(&mut self) {
        let run = self.run;
        loop {
            let ticket = run.signal.ticket();
            if run.committer.may_go_on(self.place.sequence) || run.committer.is_abandoned(self.place.sequence)
            {
                return;
            }
            self.wait(ticket);
            self.resume_due();
        }
    }

    /// Hands over what there is of the chunk.
    fn hand_over(&mut self, end: Option<ChunkEnd>) {
        self.close_segment();
        if end.is_some() || !self.parts.is_empty() {
            self.segment = self.run.committer.submit(self.place, &mut self.parts, end);
        }
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

/// A line that can be run.
#[derive(Clone, Copy)]
struct Text<'c> {
    index: u64,
    json: &'c [u8],
    indent: usize,
}

impl Run {
    /// Writes down a line that failed.
    fn fail(&self, segment: &mut Segment, index: u64, failure: &ExecutionError, input: LetterInput<'_>) {
        segment.failed += 1;
        if self.is_enveloped {
            write_failed_envelope(failure, &mut segment.output);
        }
        if self.has_failures {
            segment.letters.push(index, failure, input);
        }
    }

    /// Fills the hole of a suspended line that has ended.
    fn fill(&self, resumed: Resumed<'_, Belongs>) {
        let Resumed { belongs, ended, output, input } = resumed;
        let mut segment = Segment::default();
        if let Ended::Failed(failure) = &ended {
            self.fail(&mut segment, belongs.index, failure, LetterInput::Json(input));
        } else {
            let (start, end) =
                if self.is_enveloped { (ENVELOPE_START, ENVELOPE_END) } else { (&b""[..], &b"\n"[..]) };
            segment.output.reserve_exact(start.len() + output.len() + end.len());
            for piece in [start, output, end] {
                segment.output.extend_from_slice(piece);
            }
            segment.succeeded = 1;
        }
        self.committer.fill(belongs.place, belongs.part, segment);
    }
}
