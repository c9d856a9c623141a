//! The types of history events (AWS API, `HistoryEventType`).

use super::LogLevel;
use crate::bytecode::{StateType, TaskKind};

macro_rules! event_types {
    ($($name:ident)*) => {
        /// A type of event; all that the API of AWS knows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum EventType {
            $(
                #[doc = concat!("`", stringify!($name), "`")]
                $name,
            )*
        }

        impl EventType {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The API's word.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }
        }
    };
}

event_types! {
    ActivityFailed ActivityScheduled ActivityScheduleFailed ActivityStarted ActivitySucceeded ActivityTimedOut
    ChoiceStateEntered ChoiceStateExited
    EvaluationFailed
    ExecutionAborted ExecutionFailed ExecutionRedriven ExecutionStarted ExecutionSucceeded ExecutionTimedOut
    FailStateEntered
    LambdaFunctionFailed LambdaFunctionScheduled LambdaFunctionScheduleFailed LambdaFunctionStarted
    LambdaFunctionStartFailed LambdaFunctionSucceeded LambdaFunctionTimedOut
    MapIterationAborted MapIterationFailed MapIterationStarted MapIterationSucceeded
    MapRunAborted MapRunFailed MapRunRedriven MapRunStarted MapRunSucceeded
    MapStateAborted MapStateEntered MapStateExited MapStateFailed MapStateStarted MapStateSucceeded
    ParallelStateAborted ParallelStateEntered ParallelStateExited ParallelStateFailed ParallelStateStarted
    ParallelStateSucceeded
    PassStateEntered PassStateExited
    SucceedStateEntered SucceedStateExited
    TaskFailed TaskScheduled TaskStarted TaskStartFailed TaskStateAborted TaskStateEntered TaskStateExited
    TaskSubmitFailed TaskSubmitted TaskSucceeded TaskTimedOut
    WaitStateAborted WaitStateEntered WaitStateExited
}

/// What happens to a task, whatever its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TaskStage {
    Scheduled,
    Started,
    Succeeded,
    Failed,
    TimedOut,
}

impl EventType {
    /// The event of entering a state.
    pub(super) fn entered(state: StateType) -> Self {
        match state {
            StateType::Task => Self::TaskStateEntered,
            StateType::Pass => Self::PassStateEntered,
            StateType::Choice => Self::ChoiceStateEntered,
            StateType::Wait => Self::WaitStateEntered,
            StateType::Succeed => Self::SucceedStateEntered,
            StateType::Fail => Self::FailStateEntered,
            StateType::Parallel => Self::ParallelStateEntered,
            StateType::Map => Self::MapStateEntered,
        }
    }

    /// The event of leaving a state; a Fail is never left.
    pub(super) fn exited(state: StateType) -> Self {
        match state {
            StateType::Task => Self::TaskStateExited,
            StateType::Pass => Self::PassStateExited,
            StateType::Choice => Self::ChoiceStateExited,
            StateType::Wait => Self::WaitStateExited,
            StateType::Succeed | StateType::Fail => Self::SucceedStateExited,
            StateType::Parallel => Self::ParallelStateExited,
            StateType::Map => Self::MapStateExited,
        }
    }

    /// The event of a state that is given up, of those that can be waiting.
    pub(super) fn aborted(state: StateType) -> Option<Self> {
        match state {
            StateType::Task => Some(Self::TaskStateAborted),
            StateType::Wait => Some(Self::WaitStateAborted),
            StateType::Parallel => Some(Self::ParallelStateAborted),
            StateType::Map => Some(Self::MapStateAborted),
            StateType::Pass | StateType::Choice | StateType::Succeed | StateType::Fail => None,
        }
    }

    /// The event of a task.
    pub(super) fn task(kind: TaskKind, stage: TaskStage) -> Self {
        match (kind, stage) {
            (TaskKind::Function, TaskStage::Scheduled) => Self::LambdaFunctionScheduled,
            (TaskKind::Function, TaskStage::Started) => Self::LambdaFunctionStarted,
            (TaskKind::Function, TaskStage::Succeeded) => Self::LambdaFunctionSucceeded,
            (TaskKind::Function, TaskStage::Failed) => Self::LambdaFunctionFailed,
            (TaskKind::Function, TaskStage::TimedOut) => Self::LambdaFunctionTimedOut,
            (TaskKind::Activity, TaskStage::Scheduled) => Self::ActivityScheduled,
            (TaskKind::Activity, TaskStage::Started) => Self::ActivityStarted,
            (TaskKind::Activity, TaskStage::Succeeded) => Self::ActivitySucceeded,
            (TaskKind::Activity, TaskStage::Failed) => Self::ActivityFailed,
            (TaskKind::Activity, TaskStage::TimedOut) => Self::ActivityTimedOut,
            (_, TaskStage::Scheduled) => Self::TaskScheduled,
            (_, TaskStage::Started) => Self::TaskStarted,
            (_, TaskStage::Succeeded) => Self::TaskSucceeded,
            (_, TaskStage::Failed) => Self::TaskFailed,
            (_, TaskStage::TimedOut) => Self::TaskTimedOut,
        }
    }

    /// The least level of a log that has it (AWS docs, "Log levels for Step Functions execution events").
    pub fn log_level(self) -> LogLevel {
        match self {
            Self::ExecutionAborted | Self::ExecutionFailed | Self::ExecutionTimedOut => LogLevel::Fatal,
            Self::ActivityFailed
            | Self::ActivityScheduleFailed
            | Self::ActivityTimedOut
            | Self::EvaluationFailed
            | Self::FailStateEntered
            | Self::LambdaFunctionFailed
            | Self::LambdaFunctionScheduleFailed
            | Self::LambdaFunctionStartFailed
            | Self::LambdaFunctionTimedOut
            | Self::MapIterationAborted
            | Self::MapIterationFailed
            | Self::MapRunAborted
            | Self::MapRunFailed
            | Self::MapStateAborted
            | Self::MapStateFailed
            | Self::ParallelStateAborted
            | Self::ParallelStateFailed
            | Self::TaskFailed
            | Self::TaskStartFailed
            | Self::TaskStateAborted
            | Self::TaskSubmitFailed
            | Self::TaskTimedOut
            | Self::WaitStateAborted => LogLevel::Error,
            _ => LogLevel::All,
        }
    }

    /// Whether nothing follows it.
    pub fn is_end(self) -> bool {
        self == Self::ExecutionSucceeded || self.log_level() == LogLevel::Fatal
    }

    /// Whether later events of its strand follow it.
    pub(super) fn is_predecessor(self) -> bool {
        !matches!(
            self,
            Self::ExecutionStarted
                | Self::MapIterationAborted
                | Self::MapIterationFailed
                | Self::MapIterationSucceeded
                | Self::MapRunSucceeded
                | Self::MapStateAborted
                | Self::MapStateSucceeded
                | Self::ParallelStateAborted
                | Self::ParallelStateSucceeded
                | Self::TaskStateAborted
                | Self::WaitStateAborted
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_told_from_the_rest_by_their_words() {
        for kind in EventType::ALL {
            let word = kind.as_str();
            let is_failure = ["Failed", "TimedOut", "Aborted"].iter().any(|end| word.ends_with(end))
                || word == "FailStateEntered";
            let expected = match (is_failure, word.starts_with("Execution")) {
                (true, true) => LogLevel::Fatal,
                (true, false) => LogLevel::Error,
                (false, _) => LogLevel::All,
            };
            assert_eq!(kind.log_level(), expected, "{word}");
        }
        assert_eq!(EventType::ALL.len(), 62, "as many as the API has");
    }
}
