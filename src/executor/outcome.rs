//! How an execution ended, in AWS's words.

use crate::vm::{ExecutionError, ExecutionHistory, ExecutionStatus, Visit};

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
    /// The events, if they were recorded.
    pub(crate) history: Option<Box<ExecutionHistory>>,
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
    /// The execution's events, if its builder was told to record them.
    ///
    /// ```
    /// use aslx::executor::Runner;
    ///
    /// let definition = r#"{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}"#;
    /// let program = aslx::compile(definition, &aslx::CompileOptions::default()).expect("a valid definition");
    ///
    /// let mut runner = Runner::builder(program).record_history(true).build()?;
    /// let outcome = runner.run(b"{}", &mut Vec::new()).expect("the input is JSON");
    /// let history = outcome.history().expect("it was recorded");
    /// let types: Vec<_> = history.events().iter().map(|event| event.event_type.as_str()).collect();
    /// assert_eq!(types, ["ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"]);
    ///
    /// let mut json = Vec::new();
    /// history.write_json(&mut json); // as `aws stepfunctions get-execution-history` prints `events`
    /// # Ok::<(), aslx::executor::RunnerError>(())
    /// ```
    pub fn history(&self) -> Option<&ExecutionHistory> {
        self.history.as_deref()
    }

    pub(super) fn new(
        failure: Option<ExecutionError>,
        visits: Vec<Visit>,
        history: Option<Box<ExecutionHistory>>,
    ) -> Self {
        let Some(ExecutionError { status, error, cause, state }) = failure else {
            let status = OutcomeStatus::Succeeded;
            return Self { status, error: None, cause: None, state: None, visits, history };
        };
        let status = match status {
            ExecutionStatus::Failed => OutcomeStatus::Failed,
            ExecutionStatus::TimedOut => OutcomeStatus::TimedOut,
            ExecutionStatus::Aborted => OutcomeStatus::Aborted,
        };
        Self { status, error, cause, state, visits, history }
    }
}
