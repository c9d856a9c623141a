//! Lambda functions: the service integration, and workers that run unmodified handlers.

mod invoke;

#[cfg(feature = "lambda")]
mod function_error;
#[cfg(feature = "lambda")]
mod invocation;
#[cfg(feature = "lambda")]
mod runtime_api;
#[cfg(feature = "lambda")]
mod worker;
#[cfg(feature = "lambda")]
mod workers;

#[cfg(feature = "lambda")]
pub use workers::{LambdaWorkers, LambdaWorkersOptions};

pub(super) use invoke::{InvokeScratch, LambdaInvoke, function_name_in};
