//! What a run has done so far, and in the end.

use std::time::Duration;

use super::checkpoint::{Position, Totals};

/// Counts of a run, with those of the runs that it goes on from; a line is in exactly one of `succeeded` and `failed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Progress {
    /// Executions that succeeded.
    pub succeeded: u64,
    /// Lines that failed, timed out, or could not be executed.
    pub failed: u64,
    /// Bytes of input whose lines are all written.
    pub bytes_in: u64,
    /// Bytes of output written.
    pub bytes_out: u64,
    /// Bytes of all inputs; `None` if one of them is a stream.
    pub bytes_total: Option<u64>,
    /// How many of the lines an earlier run did.
    pub lines_before: u64,
}

impl Progress {
    /// The counts of an earlier run, to go on with.
    pub(super) fn begin((position, totals): (Position, Totals), bytes_total: Option<u64>) -> Self {
        let Totals { succeeded, failed, output_bytes, .. } = totals;
        Self {
            succeeded,
            failed,
            bytes_in: position.bytes_in,
            bytes_out: output_bytes,
            bytes_total,
            lines_before: succeeded + failed,
        }
    }
}

/// What a run did, with what the runs did that it goes on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Summary {
    /// Lines that were not blank.
    pub lines: u64,
    /// Executions that succeeded.
    pub succeeded: u64,
    /// Lines that failed, timed out, or could not be executed.
    pub failed: u64,
    /// Bytes of input read.
    pub bytes_in: u64,
    /// Bytes of output written.
    pub bytes_out: u64,
    /// How many of the lines an earlier run did.
    pub lines_before: u64,
    /// How long this one took.
    pub elapsed: Duration,
    /// Whether the reader of the output went away before the end.
    pub output_closed: bool,
}

impl Summary {
    pub(super) fn new(progress: &Progress, elapsed: Duration, output_closed: bool) -> Self {
        let Progress { succeeded, failed, bytes_in, bytes_out, lines_before, .. } = *progress;
        Self {
            lines: succeeded + failed,
            succeeded,
            failed,
            bytes_in,
            bytes_out,
            lines_before,
            elapsed,
            output_closed,
        }
    }

    /// Lines a second, of those that this run did.
    pub fn lines_per_second(&self) -> f64 {
        let seconds = self.elapsed.as_secs_f64();
        if seconds > 0.0 { (self.lines - self.lines_before) as f64 / seconds } else { 0.0 }
    }
}
