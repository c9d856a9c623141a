//! Run AWS Step Functions state machines (Amazon States Language) at line rate.

pub mod asl;
pub mod bytecode;
pub mod compiler;
pub mod diagnostic;
mod error;
pub mod executor;
pub mod intrinsic;
pub mod json;
pub mod jsonpath;
pub mod limits;
pub mod pipeline;
pub mod sink;
pub mod source;
pub mod task;
pub mod value;
pub mod vm;

pub use compiler::{CompileOptions, compile};
pub use error::{Error, ErrorKind};
pub use limits::Limits;
