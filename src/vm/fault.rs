//! An error on its way through a fiber: what Retry and Catch match on.

use std::borrow::Cow;
use std::ops::{Deref, DerefMut};

/// An error raised by an op, a task or a branch: one pointer, so that results of ops stay small.
#[derive(Debug)]
pub(super) struct Fault(Box<Detail>);

/// What there is to know of an error.
#[derive(Debug)]
pub(super) struct Detail {
    /// The error's name; a callback may leave it out.
    pub error: Option<Cow<'static, str>>,
    /// The cause.
    pub cause: Option<String>,
    /// Whether the cause still lacks "An error occurred while executing the state …".
    pub unplaced: bool,
    /// No retrier or catcher may answer it.
    pub terminal: bool,
    /// The field whose JSONata expression failed.
    pub location: Option<String>,
}

impl Fault {
    /// An error of the definition's own making or of a task: name and cause as given.
    pub(super) fn reported(error: Option<String>, cause: Option<String>) -> Self {
        let terminal = error.as_deref() == Some(RUNTIME);
        Self(Box::new(Detail {
            error: error.map(Cow::Owned),
            cause,
            unplaced: false,
            terminal,
            location: None,
        }))
    }

    /// `States.Runtime`: nothing can answer it, not even a catcher that names it.
    pub(super) fn runtime(cause: impl Into<String>) -> Self {
        Self(Box::new(Detail {
            error: Some(Cow::Borrowed(RUNTIME)),
            cause: Some(cause.into()),
            unplaced: true,
            terminal: true,
            location: None,
        }))
    }

    /// One of the other predefined errors, raised by the state's own work.
    pub(super) fn states(error: &'static str, cause: impl Into<String>) -> Self {
        Self(Box::new(Detail {
            error: Some(Cow::Borrowed(error)),
            cause: Some(cause.into()),
            unplaced: true,
            terminal: false,
            location: None,
        }))
    }

    /// `States.Timeout` of a task; AWS gives no cause.
    pub(super) fn timeout() -> Self {
        Self(Box::new(Detail {
            error: Some(Cow::Borrowed(TIMEOUT)),
            cause: None,
            unplaced: false,
            terminal: false,
            location: None,
        }))
    }

    /// `States.DataLimitExceeded`; `what` is the state or the integration whose result is too large.
    pub(super) fn data_limit(what: &str, terminal: bool) -> Self {
        Self(Box::new(Detail {
            error: Some(Cow::Borrowed(DATA_LIMIT)),
            cause: Some(format!(
                "The state/task '{what}' returned a result with a size exceeding the maximum number of bytes service limit."
            )),
            unplaced: false,
            terminal,
            location: None,
        }))
    }

    /// Whether a JSONata expression failed, which the history tells of by itself.
    pub(super) fn is_evaluation(&self) -> bool {
        self.0.error.as_deref() == Some(QUERY_EVALUATION)
    }

    /// The error's data, to be kept.
    pub(super) fn into_detail(self) -> Detail {
        *self.0
    }

    /// Whether one of a retrier's or catcher's names matches.
    ///
    /// `States.ALL` matches everything that can be answered; `States.TaskFailed` everything but
    /// `States.Timeout` (AWS Step Functions Developer Guide, "Error names").
    pub(super) fn is_matched_by(&self, error_equals: &[String]) -> bool {
        !self.0.terminal
            && error_equals.iter().any(|name| match name.as_str() {
                "States.ALL" => true,
                "States.TaskFailed" => self.0.error.as_deref() != Some(TIMEOUT),
                name => self.0.error.as_deref() == Some(name),
            })
    }
}

impl Deref for Fault {
    type Target = Detail;

    fn deref(&self) -> &Detail {
        &self.0
    }
}

impl DerefMut for Fault {
    fn deref_mut(&mut self) -> &mut Detail {
        &mut self.0
    }
}

/// Raised when an execution cannot be processed.
pub(super) const RUNTIME: &str = "States.Runtime";
/// Raised when time is up.
pub(super) const TIMEOUT: &str = "States.Timeout";
/// Raised when a payload is too large.
pub(super) const DATA_LIMIT: &str = "States.DataLimitExceeded";
/// Raised by intrinsic functions.
pub(super) const INTRINSIC: &str = "States.IntrinsicFailure";
/// Raised when a `ResultPath` cannot be applied.
pub(super) const RESULT_PATH: &str = "States.ResultPathMatchFailure";
/// Raised by JSONata expressions.
pub(super) const QUERY_EVALUATION: &str = "States.QueryEvaluationError";
/// Raised by a Choice without a matching rule and without `Default`.
pub(super) const NO_CHOICE: &str = "States.NoChoiceMatched";
/// Raised when a Map's items cannot be read.
pub(super) const ITEM_READER: &str = "States.ItemReaderFailed";
/// Raised by a Map with more failed items than it tolerates.
pub(super) const TOLERANCE: &str = "States.ExceedToleratedFailureThreshold";
