//! The one table of metrics. Names follow Prometheus: base units, `_total` for counters.

use metrics::Unit;

/// What kind of number a metric is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetricKind {
    /// Only grows.
    Counter,
    /// A level.
    Gauge,
    /// A distribution, in buckets.
    Histogram,
}

impl MetricKind {
    /// Prometheus's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// The facts of a metric.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct MetricInfo {
    /// Its name, with its unit.
    pub name: &'static str,
    /// Its kind.
    pub kind: MetricKind,
    /// Its unit.
    pub unit: Unit,
    /// Its labels; the first one is the state machine's name.
    pub labels: &'static [&'static str],
    /// What it says, in one line.
    pub help: &'static str,
}

impl Metric {
    /// Its facts.
    pub fn info(self) -> &'static MetricInfo {
        &METRICS[self as usize]
    }
}

macro_rules! metrics {
    ($($metric:ident = $kind:ident $unit:ident $name:literal [$($label:literal),*] $help:literal;)*) => {
        /// What is measured; its facts are in [`METRICS`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Metric {
            $(#[doc = $help] $metric,)*
        }

        /// Every metric, in the order of [`Metric`].
        pub static METRICS: &[MetricInfo] = &[$(MetricInfo {
            name: $name,
            kind: MetricKind::$kind,
            unit: Unit::$unit,
            labels: &["state_machine", $($label),*],
            help: $help,
        },)*];
    };
}

metrics! {
    ExecutionsStarted = Counter Count "aslx_executions_started_total" []
        "Executions started.";
    ExecutionsEnded = Counter Count "aslx_executions_ended_total" ["status"]
        "Executions ended, by how they ended.";
    ExecutionsInFlight = Gauge Count "aslx_executions_in_flight" []
        "Executions started and not ended.";
    ExecutionsParked = Gauge Count "aslx_executions_parked" []
        "Executions in flight that wait for a time or an answer and occupy no worker.";
    ExecutionDuration = Histogram Seconds "aslx_execution_duration_seconds" ["suspended"]
        "From start to end: of every execution that waited (suspended=true), of one in 1024 others.";
    StateEntries = Counter Count "aslx_state_entries_total" ["state"]
        "States entered, those of Map iterations and Parallel branches included.";
    StateRetries = Counter Count "aslx_state_retries_total" ["state"]
        "Retries of states that have a Retry.";
    StateCatches = Counter Count "aslx_state_catches_total" ["state"]
        "Errors caught by states that have a Catch.";
    StateTransitions = Counter Count "aslx_state_transitions_total" []
        "States entered and retried, of all states.";
    InputBytes = Counter Bytes "aslx_input_bytes_total" []
        "Bytes of input whose lines are all done.";
    OutputBytes = Counter Bytes "aslx_output_bytes_total" []
        "Bytes of output written.";
    DeadLetters = Counter Count "aslx_dead_letters_total" []
        "Lines that failed, or could not be executed.";
    ChunksUncommitted = Gauge Count "aslx_chunks_uncommitted" []
        "Chunks of input that a worker has claimed and whose results are not all written.";
}
