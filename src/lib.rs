//! Run AWS Step Functions state machines (Amazon States Language) at line rate.

pub mod asl;
pub mod diagnostic;
pub mod intrinsic;
pub mod json;
pub mod jsonpath;
pub mod limits;
pub mod value;

pub use limits::Limits;
