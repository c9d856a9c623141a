//! State machine model to bytecode.
//!
//! Everything that can be known before the first execution is decided here: which register holds what, which
//! part of the Context Object a path means, the order of an object's keys, which tests jump where. What the
//! model holds but this version cannot run is refused with a diagnostic, never skipped.
//!
//! Frame of a graph: the raw input in register 0, then the variables in scope (those of enclosing graphs
//! first), for a Map's items the Map's own effective input, then temporaries, which every state uses anew.

mod assign;
mod choice_test;
mod compile;
mod context;
mod expression;
mod input_output;
mod lowering;
mod one_state;
mod options;
mod pick;
mod query;
mod register;
mod retry_catch;
mod scope;
mod selected_item;
mod state;
mod template;

pub use compile::compile;
pub use one_state::{Given, compile_state};
pub use options::CompileOptions;
