//! The history of an execution: AWS's events with AWS's numbers, in the order in which they come to pass.
//!
//! Events are always counted, because causes name them ("entered at the event id #N"); they are kept only if the
//! execution is [told to](super::Active::record_history). `record` is what the rest of the VM calls: it counts, and
//! behind one branch `chain` finds the event's predecessor and `tell` what there is to say of it. Behind the same branch
//! an [observer](super::Active::observe_states) is told of states, for whoever measures them.
//!
//! # Numbers and predecessors (recorded from AWS)
//! One counter from 1; branches and iterations of an execution share it. `previousEventId` is the logical
//! predecessor: every strand has a chain of its own that starts at the event which started it. Ends of iterations
//! and of forks, and what is aborted, have a predecessor but are none; but the end of the last iteration is that of
//! its Map's end. A retry's events follow the event that failed.

mod abort;
mod chain;
mod details;
mod event;
mod event_type;
mod execution_history;
mod observer;
mod record;
mod tell;

pub use details::{DetailMember, EventDetails, TaskName};
pub use event::HistoryEvent;
pub use event_type::EventType;
pub use execution_history::{ExecutionHistory, LogLevel, RecordOptions};
pub use observer::{StateEvent, StateObserver};
pub(super) use record::{Moment, Recording};
