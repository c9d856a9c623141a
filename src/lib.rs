//! Run AWS Step Functions state machines (Amazon States Language) at line rate.

pub mod asl;
pub mod bytecode;
pub mod compiler;
pub mod diagnostic;
pub mod intrinsic;
pub mod json;
pub mod jsonpath;
pub mod limits;
pub mod value;
pub mod vm;

pub use compiler::{CompileOptions, compile};
pub use limits::Limits;
