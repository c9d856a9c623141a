//! What lines gave, and where it belongs.

use super::letter::Letters;

/// What consecutive lines gave.
#[derive(Debug, Default)]
pub(super) struct Segment {
    /// How many lines these are, blank ones included.
    pub(super) lines: u64,
    pub(super) output: Vec<u8>,
    pub(super) letters: Letters,
    pub(super) succeeded: u64,
    pub(super) failed: u64,
}

/// A segment, or the hole of a line that has not ended.
#[derive(Debug)]
pub(super) struct Part {
    /// Ascending within its range.
    pub(super) id: u32,
    pub(super) segment: Option<Segment>,
}

/// Where a range of lines stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RangePlace {
    /// Its chunk.
    pub(super) sequence: u64,
    /// Its chunk's input.
    pub(super) source: u32,
    /// Its chunk's bytes.
    pub(super) bytes: u64,
    /// Where its chunk ends in the input.
    pub(super) end: u64,
    /// How many ranges its chunk has.
    pub(super) count: u16,
    /// Which of them it is.
    pub(super) index: u16,
}

impl RangePlace {
    /// The place as one number that grows in the order of the lines.
    pub(super) fn rank(self) -> u64 {
        self.sequence << 16 | u64::from(self.index)
    }
}

impl Segment {
    pub(super) fn is_empty(&self) -> bool {
        self.lines == 0
    }

    pub(super) fn bytes(&self) -> u64 {
        (self.output.len() + self.letters.len()) as u64
    }

    pub(super) fn clear(&mut self) {
        self.output.clear();
        self.letters.clear();
        (self.lines, self.succeeded, self.failed) = (0, 0, 0);
    }
}
