//! From inputs to outputs: every line an execution, every execution a line or a dead letter.
//!
//! Workers claim chunks of whole lines from the [feed](crate::source), run each line and hand what it gave to
//! the committer, which writes it in the order of the inputs. There is no queue of single events and no thread
//! for output: whoever completes what comes next writes it.
//!
//! # Protocol of one chunk
//! 1. A worker claims it, if its number lies inside the window behind the oldest uncommitted chunk, and cuts it
//!    into ranges of lines. Siblings that have nothing to claim steal the last of these, and those that have
//!    claimed far ahead of the oldest chunk help there first.
//! 2. Who has a range runs its lines and appends their outputs to one segment, across ranges as long as they follow
//!    on each other. A line that suspends leaves a hole: the segment is closed, and the next one begins behind
//!    the hole.
//! 3. At the end of the ranges, or when a segment has grown large or old, it hands over segments and holes.
//! 4. The committer writes from the front: segments up to the first hole of the first range that has one. It
//!    counts lines as it goes, so that dead letters know their line numbers.
//! 5. A suspended line's worker resumes it when its time comes or its task is answered, and fills the hole.
//! 6. A chunk is committed when all of its ranges are at their end and have no part left.
//!
//! A run may note how far it is, so that another one goes on there: `checkpoint` says how. Its inputs may be dead
//! letters of an earlier run: `replay`.
//!
//! # Why it cannot stand still
//! Uncommitted output is bounded. A worker over the bound waits, except with the oldest range, whose output can
//! always be written. Somebody has that range: a worker steals or claims only when its own deque is empty, so
//! what lies in a deque comes behind what its owner runs. The oldest chunk can always be claimed, and its
//! suspended lines are resumed by timers and answers that their worker serves wherever it waits. Permits for
//! suspended lines come free by these alone, and the oldest line needs none.
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
mod executor_run;
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
