//! The writer's part: outputs, dead letters and the checkpoint that says how far they go.

use super::checkpoint::{Journal, Position, Totals};
use super::segment::Segment;
use crate::sink::{Sink, SinkError};

/// Where results go.
pub(super) struct Sinks {
    pub(super) output: Sink,
    pub(super) failures: Option<Sink>,
    pub(super) journal: Option<Journal>,
}

/// What is ready to be written.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) segments: Vec<Placed>,
    /// Output that need not wait for its turn.
    pub(super) loose: Vec<Vec<u8>>,
    /// The end of the last chunk that ends in the batch: how many of the segments are before it, and where it is.
    pub(super) chunk_end: Option<(usize, Position)>,
}

pub(super) struct Placed {
    pub(super) source: u32,
    pub(super) lines_before: u64,
    pub(super) segment: Segment,
}

pub(super) enum WriteFailure {
    Output(SinkError),
    /// Dead letters or checkpoints.
    Other(SinkError),
}

impl Sinks {
    /// Makes the outputs ready for the first line.
    pub(super) fn begin(&mut self) -> Result<(), SinkError> {
        if let Some(journal) = &mut self.journal {
            return journal.begin(&mut self.output, self.failures.as_mut());
        }
        self.output.begin()?;
        self.failures.as_mut().map_or(Ok(()), Sink::begin)
    }

    pub(super) fn write(&mut self, batch: &Batch, source_names: &[Vec<u8>]) -> Result<(), WriteFailure> {
        let outputs = batch.segments.iter().map(|placed| &placed.segment.output);
        for output in batch.loose.iter().chain(outputs) {
            if !output.is_empty() {
                self.output.write_lines(output).map_err(WriteFailure::Output)?;
            }
        }
        let mut text = Vec::new();
        let text_bytes = <[_; 2]>::from(batch.split()).map(|segments| {
            let before = text.len();
            if self.failures.is_some() {
                for Placed { source, lines_before, segment } in segments {
                    segment.letters.write(&source_names[*source as usize], *lines_before, &mut text);
                }
            }
            (text.len() - before) as u64
        });
        if let Some(failures) = self.failures.as_mut().filter(|_| !text.is_empty()) {
            failures.write_lines(&text).map_err(WriteFailure::Other)?;
        }
        self.note(batch, text_bytes);
        Ok(())
    }

    /// Notes how far the outputs go; `letter_bytes`: lengths of the letters before and behind the last chunk's end.
    pub(super) fn note(&mut self, batch: &Batch, letter_bytes: [u64; 2]) {
        let (chunks, next) = batch.split();
        if let Some(journal) = &mut self.journal {
            let end = batch.chunk_end.map(|(_, position)| (totals(chunks, letter_bytes[0]), position));
            journal.advance(end, totals(next, letter_bytes[1]));
        }
    }

    /// Whether a checkpoint should be written.
    pub(super) fn is_checkpoint_due(&self) -> bool {
        self.journal.as_ref().is_some_and(Journal::is_due)
    }

    /// Writes the last one; `end`: where the inputs end, if everything is committed.
    pub(super) fn finish(&mut self, end: Option<Position>) -> Result<(), WriteFailure> {
        if let (Some(journal), Some(end)) = (&mut self.journal, end) {
            journal.finish(end);
        }
        self.checkpoint()
    }

    /// Writes one, if there is something new to say.
    pub(super) fn checkpoint(&mut self) -> Result<(), WriteFailure> {
        let Some(journal) = &mut self.journal else { return Ok(()) };
        journal.write(&self.output, self.failures.as_ref()).map_err(WriteFailure::Other)
    }

    pub(super) fn flush(&mut self) -> Result<(), WriteFailure> {
        self.output.flush().map_err(WriteFailure::Output)?;
        self.failures.as_mut().map_or(Ok(()), Sink::flush).map_err(WriteFailure::Other)
    }
}

/// What the segments gave; `failures_bytes`: the length of their letters as they are written.
fn totals(segments: &[Placed], failures_bytes: u64) -> Totals {
    let mut totals = Totals { failures_bytes, ..Totals::default() };
    for Placed { segment, .. } in segments {
        totals.succeeded += segment.succeeded;
        totals.failed += segment.failed;
        totals.output_bytes += segment.output.len() as u64;
    }
    totals
}

impl Batch {
    /// What is before the end of the last chunk that ends in it, and what is behind.
    fn split(&self) -> (&[Placed], &[Placed]) {
        self.segments.split_at(self.chunk_end.map_or(0, |(count, _)| count))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.segments.is_empty() && self.loose.is_empty()
    }

    pub(super) fn bytes(&self) -> u64 {
        let loose: u64 = self.loose.iter().map(|output| output.len() as u64).sum();
        loose + self.segments.iter().map(|placed| placed.segment.bytes()).sum::<u64>()
    }
}
