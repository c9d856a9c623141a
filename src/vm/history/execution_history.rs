//! What is kept of an execution.

use super::{EventDetails, EventType, HistoryEvent};
use crate::limits::Limits;
use crate::value::timestamp::Timestamp;
use crate::vm::{ExecutionError, ExecutionStatus};

/// Which events a log has; a level has all those of the levels before it (AWS API, `LogLevel`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum LogLevel {
    /// None.
    #[default]
    Off,
    /// The ends of executions that did not succeed.
    Fatal,
    /// Every failure.
    Error,
    /// All.
    All,
}

/// What a history keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecordOptions {
    /// Which events. All are numbered, whatever is kept.
    pub level: LogLevel,
    /// Whether inputs, outputs, parameters and variables are kept. Errors and causes always are.
    pub includes_data: bool,
}

impl Default for RecordOptions {
    fn default() -> Self {
        Self { level: LogLevel::All, includes_data: true }
    }
}

impl RecordOptions {
    /// What it takes to have all that either has.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self { level: self.level.max(other.level), includes_data: self.includes_data || other.includes_data }
    }
}

/// The events of one execution, in the order of their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutionHistory {
    execution_arn: String,
    events: Vec<HistoryEvent>,
    omitted_count: u32,
    last_id: u32,
    bytes: u64,
    events_max: u32,
    bytes_max: u64,
    is_ended: bool,
    pub(super) options: RecordOptions,
}

impl ExecutionHistory {
    pub(super) fn new(execution_arn: String, options: RecordOptions, limits: &Limits) -> Self {
        Self {
            execution_arn,
            events: Vec::new(),
            omitted_count: 0,
            last_id: 0,
            bytes: 0,
            events_max: limits.history_events_max,
            bytes_max: limits.history_bytes_max,
            is_ended: false,
            options,
        }
    }

    /// `$$.Execution.Id`
    pub fn execution_arn(&self) -> &str {
        &self.execution_arn
    }

    /// The events that were kept.
    pub fn events(&self) -> &[HistoryEvent] {
        &self.events
    }

    /// How many events were left out because a [limit](Limits::history_events_max) was reached. The end of the
    /// execution never is.
    pub fn omitted_count(&self) -> u32 {
        self.omitted_count
    }

    /// Whether an event is kept at the level that was asked for.
    pub(super) fn wants(&self, event_type: EventType) -> bool {
        event_type.log_level() <= self.options.level
    }

    /// Notes that an event has come to pass, whether or not it is kept.
    pub(super) fn pass(&mut self, id: u32, event_type: EventType) {
        self.last_id = id;
        self.is_ended |= event_type.is_end();
    }

    /// Keeps an event while there is room.
    pub(super) fn push(&mut self, event: HistoryEvent) {
        let is_full = self.events.len() + 1 >= self.events_max as usize || self.bytes >= self.bytes_max;
        if is_full && !event.event_type.is_end() {
            self.omitted_count = self.omitted_count.saturating_add(1);
            return;
        }
        self.bytes += event.bytes();
        self.events.push(event);
    }

    /// Ends the history of an execution that was ended from outside: too large an input, a panic, a lost answer.
    pub(crate) fn close(&mut self, failure: Option<&ExecutionError>, now: Timestamp) {
        let Some(failure) = failure.filter(|_| !self.is_ended) else { return };
        let event_type = match failure.status {
            ExecutionStatus::Failed => EventType::ExecutionFailed,
            ExecutionStatus::TimedOut => EventType::ExecutionTimedOut,
            ExecutionStatus::Aborted => EventType::ExecutionAborted,
        };
        let previous_event_id = self.last_id;
        self.pass(previous_event_id.saturating_add(1), event_type);
        if self.wants(event_type) {
            let details =
                EventDetails::Failure { error: failure.error.clone(), cause: failure.cause.clone() };
            let timestamp = self.events.last().map_or(now, |last| now.max(last.timestamp));
            self.push(HistoryEvent { id: self.last_id, previous_event_id, timestamp, event_type, details });
        }
    }
}
