//! The tree as it was written to the tree that is compiled: flat paths, folded literals, resolved `%`.

mod ancestor;
mod expression;
mod path;
mod tail_call;
#[cfg(test)]
mod tests;
mod tree;

pub(crate) use expression::parse;
