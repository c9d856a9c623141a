//! From the syntax tree to code.

mod analysis;
mod call;
mod compile;
mod emit;
mod expression;
mod frame;
mod load;
mod object;
mod path;
mod test;
mod tuple;

pub(crate) use compile::{Dialect, Instructions, compile, own_shapes};
