//! One state by itself, as AWS's `TestState` runs it: what it makes of an input, step by step.
//!
//! A [`TestRequest`] is checked in AWS's order and with its texts; what is wrong with it is a [`Refusal`]. Then the
//! state is compiled by itself ([`compile_state`](crate::compiler::compile_state)) and run on a VM of its own, whose
//! clock jumps: nothing waits, nothing is called. Where the state works, the mock answers.
//!
//! Mocked results are checked against the shapes of the services' responses in `models/`.

mod answer;
mod context;
mod item_data;
mod mock;
mod models;
mod refusal;
mod request;
mod request_json;
mod run;
mod schema;
mod subject;

pub use answer::{DataForm, ErrorDetails, Inspection, TestAnswer, TestStatus};
pub use refusal::{Refusal, RefusalKind};
pub use request::{FieldValidationMode, InspectionLevel, Mock, MockError, StateConfiguration, TestRequest};
pub use run::{TestOptions, run};
