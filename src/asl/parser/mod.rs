//! The shape of a definition: which fields an object may have, what kind of value each takes.
//!
//! Every function here reads one object, reports what is wrong with it through the shared [`reader::Reader`], and
//! answers a piece of the model, or `None` after an error. None of them stops early: one pass finds all problems.
//! Recursion follows the nesting of workflows and conditions only, and both are bounded.

mod choice;
mod definition;
mod error_handling;
mod expression;
mod field_table;
mod graph;
mod json_problem;
mod map;
mod map_io;
mod object;
mod path;
mod placeholder;
mod reader;
mod scalar;
mod simple_states;
mod single_state;
mod state;
mod task;
mod template;

pub use definition::{ParseOptions, Parsed, parse};
pub use single_state::{SINGLE_STATE_NAME, parse_state};
