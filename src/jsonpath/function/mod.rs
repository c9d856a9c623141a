//! Functions at the end of a path: `$.prices.sum()`, as Jayway has them.

mod ast;
mod evaluate;
mod parser;

pub use ast::{Function, FunctionCall};
