//! JSONata 2: expressions are parsed, compiled to register code and evaluated over values of an execution.

pub(crate) mod ast;
mod code;
mod compiler;
mod error;
mod evaluation;
mod expression;
mod functions;
mod item;
mod lexer;
mod normalize;
mod parser;
pub mod picture;
mod references;
mod regexes;
mod signature;
mod token;
mod verifier;

pub use code::LambdaId;
pub(crate) use code::{Code, Parameter};
pub(crate) use compiler::{Dialect, compile};
pub use error::Error;
pub(crate) use evaluation::{Buffers, Settings, evaluate};
pub use expression::{EvaluateError, Evaluator, Expression};
pub use functions::Builtin;
pub(crate) use functions::{NoValue, to_value};
pub use item::{ArrayKind, Function, Item, ItemArray, ItemObject, Items, Kind, Members};
pub(crate) use normalize::parse;
pub(crate) use references::{Reference, References};
