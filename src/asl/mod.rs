//! Definition text to [`StateMachine`](model::StateMachine), with every problem on the way.
//!
//! [`parse`] never fails and never panics: it answers a model if one can be made, and all findings in any case. The
//! text is read through the same tape as events, so spans cost nothing. `text` makes JSON of what people write,
//! `parser` knows the shape of a definition, `validate` the rules that single values and whole graphs must follow, and
//! `lint` what a sound definition probably does not mean.
//!
//! Rules and texts are AWS's (`ValidateStateMachineDefinition`); where the service and the States Language
//! specification disagree, the service wins.
//!
//! Invariants of a model that was handed out: every target is the index of a state in the same graph; every
//! [`NodeId`](crate::json::NodeId) belongs to the machine's own document; nesting is bounded by
//! [`Limits::nesting_depth_max`](crate::Limits::nesting_depth_max), that of workflows and conditions more tightly.

mod lint;
pub mod model;
mod parser;
pub mod text;
mod validate;

pub use parser::{ParseOptions, Parsed, SINGLE_STATE_NAME, parse, parse_state};
