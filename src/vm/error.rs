//! How an execution ends when it does not succeed.

/// Why an execution failed: data, as AWS reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutionError {
    /// Failed, out of time, or aborted.
    pub status: ExecutionStatus,
    /// The error name; a Fail state may leave it out.
    pub error: Option<String>,
    /// The cause, where there is one.
    pub cause: Option<String>,
    /// The innermost state that failed.
    pub state: Option<String>,
}

/// The ways not to succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExecutionStatus {
    /// `FAILED`
    Failed,
    /// `TIMED_OUT`
    TimedOut,
    /// `ABORTED`: its caller gave it up.
    Aborted,
}

impl ExecutionStatus {
    /// AWS's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
        }
    }
}
