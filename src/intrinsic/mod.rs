//! The intrinsic functions of JSONPath states: `States.Format` and the others.
//!
//! [`parse`] reads a call and [`call`] applies a function to values; [`evaluate`] does both for a parsed call.
//! Each file of functions is one category of the AWS documentation ("Intrinsic functions for JSONPath states in
//! Step Functions"). Where AWS's recorded results and the ASL spec differ, the recordings are followed.
//!
//! Invariants: calls nest at most [`NESTING_DEPTH_MAX`] deep, so recursion over them is bounded; recursion over
//! data does not happen. The bounds that AWS documents are enforced: 10,000 characters, 1000 elements.

mod argument;
mod array;
mod ast;
mod encoding;
mod error;
mod evaluate;
mod format;
mod function;
mod hash;
mod json;
mod math;
mod parser;
mod string;
mod unique_id;

pub use ast::{Argument, Call};
pub use error::IntrinsicError;
pub use evaluate::evaluate;
pub use function::{Function, call};
pub(crate) use json::without_negative_zeros;
pub use parser::{NESTING_DEPTH_MAX, parse};

pub use crate::jsonpath::{SyntaxError, SyntaxErrorKind};
