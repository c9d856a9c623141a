//! Why a callback is refused, in the words of Step Functions.

/// Why a callback is refused: the errors of `SendTaskSuccess` and its siblings (AWS Step Functions API Reference).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackError {
    /// The token is none that was ever given out here.
    #[error("Invalid Token: 'Invalid token'")]
    InvalidToken,
    /// The token is genuine, but its task does not wait any more: it was answered, is too late, or has been stopped.
    #[error("Task Timed Out: 'Provided task does not exist anymore'")]
    TaskTimedOut,
    /// The output is not JSON.
    #[error("Invalid Output: '{0}'")]
    InvalidOutput(String),
    /// The text is no ARN of an activity.
    #[error("Invalid Arn: 'Invalid ARN: {0}'")]
    InvalidArn(String),
    /// No state machine has such an activity.
    #[error("Activity Does Not Exist: '{0}'")]
    ActivityDoesNotExist(String),
    /// As many workers as may wait for this activity do so already.
    #[error("Activity Worker Limit Exceeded: '{0}'")]
    ActivityWorkerLimitExceeded(String),
}

impl CallbackError {
    /// The error's name in AWS's API.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidToken => "InvalidToken",
            Self::TaskTimedOut => "TaskTimedOut",
            Self::InvalidOutput(_) => "InvalidOutput",
            Self::InvalidArn(_) => "InvalidArn",
            Self::ActivityDoesNotExist(_) => "ActivityDoesNotExist",
            Self::ActivityWorkerLimitExceeded(_) => "ActivityWorkerLimitExceeded",
        }
    }
}
