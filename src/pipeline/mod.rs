//! From inputs to outputs: every line an execution, every execution a line or a dead letter.
//!
//! Workers claim chunks of whole lines from the [feed](crate::source), run each line and hand what it gave to
//! the committer, which writes it in the order of the inputs. There is no queue of single events and no thread
//! for output: whoever completes what comes next writes it.
//!
//! # Protocol of one chunk
//! 1. A worker claims it, if its number lies inside the window behind the oldest uncommitted chunk.
//! 2. It runs the lines and appends their outputs to one segment. A line that suspends leaves a hole: the
//!    segment is closed, and the next one begins behind the hole.
//! 3. At the chunk's end, or when a segment has grown large, it hands over segments and holes.
//! 4. The committer writes from the front: segments up to the first hole of the first chunk that has one.
//! 5. A suspended line's worker resumes it when its time comes and fills the hole.
//! 6. A chunk that is at its end and has no part left is committed; its lines are counted, and the next
//!    chunk's dead letters know their line numbers.
//!
//! A run may note how far it is, so that another one goes on there: `checkpoint` says how. Its inputs may be dead
//! letters of an earlier run: `replay`.
//!
//! # Why it cannot stand still
//! Uncommitted output is bounded. A worker over the bound waits, except with the oldest chunk, whose output can
//! always be written; the oldest chunk can always be claimed, and its suspended lines are resumed by timers
//! that their worker serves wherever it waits. Permits for suspended lines come free by timers alone, and the
//! oldest line needs none.
//!
//! # When it stops early
//! 1. A write fails: `stop` is set, workers leave at their next line. A closed pipe is no error.
//! 2. An input fails: nothing more is claimed, what was claimed before is finished and written.
//! 3. It is asked to [drain](Drain): nothing more is claimed, what was claimed before is finished and written.
//! 4. A worker panics (a bug of ours): as 1, and the run fails.
//!
//! In each case the last checkpoint tells what was committed.

mod builder;
mod checkpoint;
mod commit;
mod drain;
mod error;
mod letter;
mod line_range;
mod replay;
mod run;
mod same_file;
mod segment;
mod sinks;
mod summary;
mod worker;

pub use builder::{InputForm, OutputForm, OutputOrder, Pipeline, PipelineBuilder};
pub use checkpoint::{CheckpointError, CheckpointOptions, Resumption};
pub use drain::Drain;
pub use error::RunError;
pub use summary::{Progress, Summary};
