//! What a run has done so far, and in the end.

use std::time::Duration;

/// Counts of a run; a line is in exactly one of `succeeded` and `failed`.
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
}

/// What a run did.
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
    /// How long it took.
    pub elapsed: Duration,
    /// Whether the reader of the output went away before the end.
    pub output_closed: bool,
}

impl Summary {
    pub(super) fn new(progress: &Progress, elapsed: Duration, output_closed: bool) -> Self {
        let Progress { succeeded, failed, bytes_in, bytes_out, .. } = *progress;
        Self { lines: succeeded + failed, succeeded, failed, bytes_in, bytes_out, elapsed, output_closed }
    }

    /// Lines a second.
    pub fn lines_per_second(&self) -> f64 {
        let seconds = self.elapsed.as_secs_f64();
        if seconds > 0.0 { self.lines as f64 / seconds } else { 0.0 }
    }
}
