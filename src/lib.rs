//! Run AWS Step Functions state machines (Amazon States Language) at line rate.
//!
//! A definition is compiled once to a [`Program`](bytecode::Program): immutable, shared by any number of threads.
//! Then one Express-style execution runs for every event. For single events there is
//! [`executor::Runner`], for files and streams [`pipeline::Pipeline`], and for callers with a loop of their own
//! [`vm`], which returns whenever something from outside is needed. [`jsonata`] evaluates expressions by themselves.
//!
//! ```
//! use aslx::executor::{OutcomeStatus, Runner};
//! use aslx::task::{TaskRegistry, TaskRequest};
//! use aslx::{CompileOptions, compile};
//!
//! let definition = r#"{
//!     "StartAt": "Greet",
//!     "States": {
//!         "Greet": {
//!             "Type": "Task",
//!             "Resource": "arn:aws:lambda:us-east-1:123456789012:function:Greet",
//!             "Parameters": { "text.$": "States.Format('Hello, {}!', $.name)" },
//!             "ResultPath": "$.greeting",
//!             "End": true
//!         }
//!     }
//! }"#;
//! let program = compile(definition, &CompileOptions::default()).expect("the definition is sound");
//!
//! let mut tasks = TaskRegistry::new();
//! tasks.handle("arn:aws:lambda:*:function:Greet", |request: &TaskRequest<'_>| Ok(request.payload.to_vec()));
//!
//! let mut runner = Runner::builder(program).tasks(tasks).build()?;
//! let mut output = Vec::new();
//! let outcome = runner.run(br#"{"name":"Ada"}"#, &mut output)?;
//! assert_eq!(outcome.status, OutcomeStatus::Succeeded);
//! assert_eq!(output, br#"{"name":"Ada","greeting":{"text":"Hello, Ada!"}}"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod asl;
#[cfg(feature = "cli")]
mod bench;
pub mod bytecode;
#[cfg(feature = "cli")]
pub mod cli;
pub mod compiler;
pub mod diagnostic;
mod error;
pub mod executor;
pub mod intrinsic;
pub mod json;
pub mod jsonata;
pub mod jsonpath;
pub mod limits;
pub mod map_run;
pub mod pipeline;
#[cfg(feature = "callbacks")]
pub mod server;
pub mod sink;
pub mod source;
pub mod task;
pub mod telemetry;
pub mod test_state;
pub mod value;
pub mod vm;

pub use compiler::{CompileOptions, compile};
pub use error::{Error, ErrorKind};
pub use limits::Limits;
