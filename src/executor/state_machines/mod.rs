//! Nested executions: state machines of the same process that Task states start
//! (AWS docs, "Start workflow executions from a task state in Step Functions").
//!
//! They run on an executor of their own. Executions that were started at one depth take their permits from that depth's
//! bound, and wait for deeper ones only: whoever waits for a permit waits for executions that can end.

mod describe;
mod directory;
mod request;
mod start;

pub use directory::{StateMachines, StateMachinesBuilder};
