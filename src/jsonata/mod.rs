//! JSONata 2: expressions are parsed, compiled to register code and evaluated over values of an execution.
//!
//! An [`Expression`] is compiled once; an [`Evaluator`] evaluates it over any number of inputs, within
//! [`Limits`](crate::Limits). Codes and texts of an [`Error`] are those of the reference implementation.

pub(crate) mod ast;
mod code;
mod compiler;
mod error;
mod evaluation;
mod expression;
mod functions;
mod item;
mod lexer;
mod name;
mod normalize;
mod parser;
pub mod picture;
mod references;
mod regexes;
mod signature;
mod states;
mod token;
mod verifier;

pub(crate) use code::{Code, Parameter};
pub(crate) use compiler::{Dialect, Instructions, compile};
pub use error::Error;
pub(crate) use evaluation::{Buffers, Settings, evaluate};
pub use expression::{EvaluateError, Evaluator, Expression, Given};
pub(crate) use functions::Builtin;
pub(crate) use item::{Item, Kind};
pub(crate) use normalize::parse;
pub(crate) use references::{Reference, References};
pub(crate) use states::{expression_text, state_value, thrown};
