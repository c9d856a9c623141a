//! `Retry` and `Catch`.

use super::{PathField, PayloadTemplate, StateIndex};
use crate::diagnostic::Span;

/// One entry of `ErrorEquals`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorName(pub String);

impl ErrorName {
    /// The wildcard, alone in its list and in the last retrier or catcher.
    pub const ALL: &'static str = "States.ALL";
}

/// One entry of `Retry`.
#[derive(Debug, Clone, PartialEq)]
pub struct Retrier {
    /// `ErrorEquals`, not empty.
    pub error_equals: Vec<ErrorName>,
    /// `IntervalSeconds` (1).
    pub interval_seconds: u32,
    /// `MaxAttempts` (3).
    pub max_attempts: u32,
    /// `BackoffRate` (2.0), at least 1.
    pub backoff_rate: f64,
    /// `MaxDelaySeconds`.
    pub max_delay_seconds: Option<u32>,
    /// `JitterStrategy` (NONE).
    pub jitter_strategy: JitterStrategy,
    /// Its object.
    pub span: Span,
}

/// Whether retry delays are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum JitterStrategy {
    /// The delay as computed.
    #[default]
    None,
    /// A uniform random part of it.
    Full,
}

/// One entry of `Catch`.
#[derive(Debug, Clone, PartialEq)]
pub struct Catcher {
    /// `ErrorEquals`, not empty.
    pub error_equals: Vec<ErrorName>,
    /// `Next`.
    pub next: StateIndex,
    /// `ResultPath` (`JSONPath`), applied to the state's raw input.
    pub result_path: PathField,
    /// `Assign`.
    pub assign: Option<PayloadTemplate>,
    /// `Output` (`JSONata`).
    pub output: Option<PayloadTemplate>,
    /// Its object.
    pub span: Span,
    /// Its location in AWS's form, such as `/States/A/Catch[0]`.
    pub location: String,
}
