//! How an execution ended, in AWS's words.

use crate::vm::{ExecutionError, ExecutionStatus, Visit};

/// How an execution ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// Succeeded, failed, timed out or aborted.
    pub status: OutcomeStatus,
    /// The error name; a Fail state may leave it out.
    pub error: Option<String>,
    /// The cause, where there is one.
    pub cause: Option<String>,
    /// The innermost state that failed.
    pub state: Option<String>,
    /// Every visit of a state in order of entry, if a trace was asked for.
    pub visits: Vec<Visit>,
}

/// AWS's words for the end of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutcomeStatus {
    /// `SUCCEEDED`
    Succeeded,
    /// `FAILED`
    Failed,
    /// `TIMED_OUT`
    TimedOut,
    /// `ABORTED`: its caller gave it up.
    Aborted,
}

impl OutcomeStatus {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => ExecutionStatus::Failed.as_str(),
            Self::TimedOut => ExecutionStatus::TimedOut.as_str(),
            Self::Aborted => ExecutionStatus::Aborted.as_str(),
        }
    }
}

impl Outcome {
    pub(super) fn new(failure: Option<ExecutionError>, visits: Vec<Visit>) -> Self {
        let Some(ExecutionError { status, error, cause, state }) = failure else {
            let status = OutcomeStatus::Succeeded;
            return Self { status, error: None, cause: None, state: None, visits };
        };
        let status = match status {
            ExecutionStatus::Failed => OutcomeStatus::Failed,
            ExecutionStatus::TimedOut => OutcomeStatus::TimedOut,
            ExecutionStatus::Aborted => OutcomeStatus::Aborted,
        };
        Self { status, error, cause, state, visits }
    }
}
