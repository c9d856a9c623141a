//! Ranges of lines: what a worker takes at a time, and what its siblings steal.
//!
//! A worker cuts the chunk it has claimed into ranges and keeps them in a deque of its own, the first one on
//! top. It takes them from the top; siblings that find nothing to claim steal from the bottom. So lines run in
//! order and their outputs are handed over together as long as nobody steals, and what is stolen is what would
//! have come last.

use std::sync::Arc;

use crossbeam_deque::{Steal, Stealer, Worker};

use super::commit::RangePlace;
use crate::source::Chunk;

/// Ranges of a chunk: enough that little is left to wait for when one of them takes long.
pub(super) const RANGES_PER_CHUNK: usize = 8;
/// Most ranges of a chunk that has grown for a long line: their numbers are small.
const RANGES_MAX: u64 = 1024;

/// Consecutive whole lines of a chunk.
#[derive(Debug)]
pub(super) struct LineRange {
    pub(super) chunk: Arc<Chunk>,
    pub(super) place: RangePlace,
    start: usize,
    end: usize,
}

impl LineRange {
    /// The bytes in the chunk.
    pub(super) fn bytes(&self) -> std::ops::Range<usize> {
        self.start..self.end
    }

    /// Whether its lines follow on those of the range at `place`.
    pub(super) fn follows(&self, place: RangePlace, last: u16) -> bool {
        self.place.sequence == place.sequence && self.place.index == last + 1
    }
}

/// Cuts a chunk into ranges of about `bytes`, the first on top of the deque.
pub(super) fn cut(chunk: Chunk, bytes: usize, deque: &Worker<LineRange>) {
    let bytes = bytes.max((chunk.len() / RANGES_MAX) as usize);
    let chunk = Arc::new(chunk);
    let ranges: Vec<_> = chunk.line_ranges(bytes).collect();
    let place = RangePlace {
        sequence: chunk.sequence,
        source: chunk.source,
        bytes: chunk.len(),
        end: chunk.offset + chunk.len(),
        count: ranges.len() as u16,
        index: 0,
    };
    for (index, range) in ranges.into_iter().enumerate().rev() {
        let place = RangePlace { index: index as u16, ..place };
        deque.push(LineRange { chunk: Arc::clone(&chunk), place, start: range.start, end: range.end });
    }
}

/// A range of a sibling, if one has any; `own` is the number of who asks.
pub(super) fn steal(siblings: &[Stealer<LineRange>], own: usize) -> Option<LineRange> {
    let count = siblings.len();
    (1..count).map(|distance| &siblings[(own + distance) % count]).find_map(|sibling| {
        loop {
            match sibling.steal() {
                Steal::Success(range) => return Some(range),
                Steal::Empty => return None,
                Steal::Retry => {}
            }
        }
    })
}
