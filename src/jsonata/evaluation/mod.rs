//! Running the code of an expression.
//!
//! Nothing of an evaluation lives on the Rust stack: frames, loops and lists are data. The exception is a function of
//! the language that calls back (`$sort` with a comparator, `$each`, …): it runs the code again inside itself, and
//! how deep that may go is bounded.

mod build;
mod call;
mod change;
mod dispatch;
mod evaluate;
mod group;
mod operators;
mod state;
mod steps;
mod tuple;

pub(crate) use evaluate::{Settings, evaluate};
pub(crate) use state::{Buffers, Evaluation};
