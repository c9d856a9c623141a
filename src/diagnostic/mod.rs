//! What is wrong with a definition, where, and what to write instead.
//!
//! A [`Diagnostic`] carries AWS's code, message and location wherever AWS has one, so that tools written against
//! `ValidateStateMachineDefinition` understand ours; the span, label and help are our own. Front ends collect all of
//! them in one pass into [`Diagnostics`] and never stop at the first.
//!
//! Invariant: every span lies inside the text that was checked and on `char` boundaries.

mod code;
mod collection;
mod json;
mod source;
mod span;
mod text;

pub use code::{Code, Severity};
pub use collection::{Diagnostic, Diagnostics};
pub use json::render_json;
pub use source::{LineIndex, line_column};
pub use span::Span;
pub use text::render_text;
