//! Checkpoints: a run that was killed goes on where it was, and its output is as if nothing had happened.
//!
//! A checkpoint says up to where the inputs are committed (always the end of a chunk, so the end of a line),
//! how long the outputs were when that was written, and whose they are: inputs, definition, options, seed.
//!
//! # Protocol
//! 1. Before the first line, a run without a checkpoint writes one that says so, then empties its outputs.
//! 2. Whoever has the writer's part writes a batch. If a chunk ends in it, the lengths of the outputs at that
//!    place, not at the batch's end, go with the chunk's end: a batch may hold lines of the next chunk.
//! 3. If the last checkpoint is old enough, the writer syncs the outputs, and only then replaces the checkpoint:
//!    it is written beside, synced, renamed, and its folder synced. No lock is held meanwhile.
//! 4. At the end, early or not, the last one is written. It says whether everything is done.
//! 5. A run that finds a checkpoint compares what it says with what is there, cuts the outputs to the lengths
//!    in it and reads on at its place, with chunk numbers from 0 again. Line numbers and seeds depend on a
//!    line's place in its input alone, and the seed and a virtual clock's start are the checkpoint's.
//!
//! # Why no line is lost or written twice
//! The outputs are on disk, at least up to the lengths in a checkpoint, before the checkpoint can be seen (3),
//! and a rename shows the old one or the new one. So whenever the run is killed, the checkpoint that is found
//! names a place in the inputs and lengths of the outputs that belong together: everything before the place is
//! in the outputs before the lengths, and nothing else is. What was written behind them is cut away (5) and
//! computed again, so handlers may be asked twice for the same line, but no output is there twice. Between two
//! runs at once stands the lock on the output.
//!
//! If a sync or the replacement fails, the run ends and the checkpoint before stays valid; none is written after
//! that, because a second sync may succeed although the first one lost data.

mod content;
mod error;
mod journal;
mod options;
mod resume;

pub use error::CheckpointError;
pub use options::CheckpointOptions;
pub use resume::Resumption;

pub(super) use content::{Position, Totals};
pub(super) use journal::Journal;
pub(super) use resume::{Fresh, lock_output, open};
