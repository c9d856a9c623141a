//! Tasks: who answers a Task state, and how it is asked.
//!
//! A [`TaskRegistry`] maps Resources to [`TaskHandler`]s; resolving it against a program gives a table
//! indexed by the program's task ids, so that nothing is looked up while executions run.
//!
//! Invariants: a handler is shared by all workers and keeps no state of an execution; what must be counted
//! per execution (the invocations of mocked states) lives in `CallCounts`, which travel with it.

mod async_handler;
#[cfg(feature = "aws")]
pub mod aws;
mod batch;
mod bulkhead;
mod call;
mod callback;
mod constant;
mod echo;
mod error;
#[cfg(feature = "exec")]
mod exec;
#[cfg(feature = "cli")]
mod file;
#[cfg(feature = "cli")]
mod file_fields;
#[cfg(feature = "cli")]
mod file_process;
mod function;
mod handler;
#[cfg(feature = "http")]
pub mod http;
#[cfg(any(feature = "cli", test))]
mod immediate;
mod lambda;
mod mock;
mod pattern;
#[cfg(any(feature = "exec", feature = "lambda"))]
mod process;
mod registry;
#[cfg(feature = "http")]
mod secret;
#[cfg(feature = "cli")]
mod services;
#[cfg(feature = "cli")]
mod settings;
#[cfg(feature = "cli")]
mod state_machine_entry;
mod table;
#[cfg(test)]
mod tests;

pub use async_handler::{AsyncTaskHandler, TaskFuture};
pub use batch::{BatchOptions, BatchTaskHandler, Batched};
pub use bulkhead::{Bulkhead, BulkheadOptions};
pub use call::TaskCall;
pub use callback::{ActivityAssignment, CallbackError, Callbacks};
pub use constant::Constant;
pub use echo::Echo;
pub use error::{FileError, UnansweredError, UnansweredTask};
#[cfg(feature = "exec")]
pub use exec::{Coprocess, CoprocessOptions};
pub use function::IntoReply;
pub use handler::{FixedReply, Reply, ReplyBody, TaskError, TaskHandler, TaskRequest};
#[cfg(feature = "lambda")]
pub use lambda::{LambdaWorkers, LambdaWorkersOptions};
pub use mock::{MockConfig, TestCase};
#[cfg(any(feature = "exec", feature = "lambda"))]
pub use process::{ProcessCommand, ProcessLine, ProcessLog};
pub use registry::TaskRegistry;
#[cfg(feature = "http")]
pub use secret::Secret;
#[cfg(feature = "cli")]
pub use state_machine_entry::{StateMachineEntry, TaskFile};

pub use crate::bytecode::{Integration, IntegrationPattern, Resource};

pub(crate) use call::CallContext;
pub(crate) use mock::{CallCounts, MockResponse};
pub(crate) use table::{Route, TaskTable};
