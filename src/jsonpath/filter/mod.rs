//! Filters: `[?(@.price < 10 && @.sku in ['a', 'b'])]`, as Jayway reads and applies them.

mod ast;
mod evaluate;
mod literal;
mod operators;
mod parser;
mod regexp;

pub use ast::Filter;
pub(super) use ast::{Literal, Query};
pub(super) use evaluate::Cache;
pub(super) use literal::literal;
pub(super) use operators::{number_text, truncated};
