//! What the executions of an input do, counted once: transitions, failures.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use serde::Serialize;

use super::lines::Lines;
use super::stop::Stop;
use super::workload::{Pass, Workload};
use crate::pipeline::RunError;
use crate::sink::Sink;
use crate::telemetry::Metric;

/// Error names that are told apart; those that come later are counted under one name.
const NAMES_MAX: usize = 100;
const OTHER_NAMES: &str = "(other names)";
const NO_NAME: &str = "(no name)";

/// The counts of one pass over an input.
#[derive(Debug)]
pub(super) struct Census {
    pub(super) executions: u64,
    pub(super) succeeded: u64,
    pub(super) transitions: u64,
    pub(super) output_bytes: u64,
    pub(super) errors: Vec<ErrorCount>,
    /// How long the pass took.
    pub(super) elapsed: Duration,
}

/// How often executions failed with an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct ErrorCount {
    pub(crate) error: String,
    pub(crate) count: u64,
    /// Line of the first one.
    pub(crate) first_line: u64,
    /// Its cause, if it has one.
    pub(crate) first_cause: Option<String>,
}

/// Runs the input once; `None` if the run was stopped.
pub(super) fn take_census(
    workload: &Workload,
    lines: &Lines,
    workers: usize,
    stop: &Stop,
) -> Result<Option<Census>, RunError> {
    let (transitions, letters) = (Transitions::default(), LetterCounts::default());
    let mut builder = workload.pipeline(Pass { lines, passes: 1, workers });
    builder.recorder(Arc::new(transitions.clone()));
    builder.failures(Sink::stream("nowhere", letters.clone()));
    let Some(summary) = stop.run(builder.build()?)? else { return Ok(None) };
    Ok(Some(Census {
        executions: summary.lines,
        succeeded: summary.succeeded,
        transitions: transitions.0.load(Ordering::Relaxed), // its writers have ended
        output_bytes: summary.bytes_out,
        errors: letters.counts(),
        elapsed: summary.elapsed,
    }))
}

/// Sums the transitions and lets all other metrics go.
#[derive(Debug, Clone, Default)]
struct Transitions(Arc<AtomicU64>);

impl Recorder for Transitions {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        if key.name() == Metric::StateTransitions.info().name {
            Counter::from_arc(Arc::clone(&self.0))
        } else {
            Counter::noop()
        }
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

/// Reads dead letters and counts them by error name.
#[derive(Debug, Clone, Default)]
struct LetterCounts(Arc<Mutex<Letters>>);

#[derive(Debug, Default)]
struct Letters {
    /// The beginning of a letter whose end has not come yet.
    rest: Vec<u8>,
    counts: BTreeMap<String, ErrorCount>,
}

impl LetterCounts {
    /// The counts, the most frequent error first.
    fn counts(&self) -> Vec<ErrorCount> {
        let letters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut counts: Vec<_> = letters.counts.values().cloned().collect();
        counts.sort_by_key(|count| std::cmp::Reverse(count.count)); // stable: by name where equal
        counts
    }
}

impl io::Write for LetterCounts {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut letters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            letters.rest.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                letters.count();
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Letters {
    fn count(&mut self) {
        let letter = serde_json::from_slice::<serde_json::Value>(&self.rest).unwrap_or_default();
        self.rest.clear();
        let text = |name: &str| letter.get(name).and_then(serde_json::Value::as_str);
        let mut name = text("error").unwrap_or(NO_NAME);
        if self.counts.len() >= NAMES_MAX && !self.counts.contains_key(name) {
            name = OTHER_NAMES;
        }
        let first_line = letter.get("line").and_then(serde_json::Value::as_u64).unwrap_or(0);
        let entry = self.counts.entry(name.to_owned()).or_insert_with(|| ErrorCount {
            error: name.to_owned(),
            count: 0,
            first_line,
            first_cause: text("cause").map(str::to_owned),
        });
        entry.count += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn letters_are_counted_by_name_in_any_pieces() {
        let text = concat!(
            "{\"source\":\"in\",\"line\":3,\"status\":\"FAILED\",\"error\":\"B\",\"cause\":\"why\",\"input\":{}}\n",
            "{\"source\":\"in\",\"line\":4,\"status\":\"FAILED\",\"error\":\"A\",\"input\":1}\n",
            "{\"source\":\"in\",\"line\":9,\"status\":\"FAILED\",\"error\":\"B\",\"cause\":\"other\",\"input\":{}}\n",
            "{\"source\":\"in\",\"line\":11,\"status\":\"ABORTED\",\"input\":null}\n",
        );
        for size in [1, 7, text.len()] {
            let mut counts = LetterCounts::default();
            for piece in text.as_bytes().chunks(size) {
                counts.write_all(piece).expect("memory");
            }
            let count = |error: &str, count, first_line, cause: Option<&str>| ErrorCount {
                error: error.to_owned(),
                count,
                first_line,
                first_cause: cause.map(str::to_owned),
            };
            let expected =
                [count("B", 2, 3, Some("why")), count("(no name)", 1, 11, None), count("A", 1, 4, None)];
            assert_eq!(counts.counts(), expected, "in pieces of {size}");
        }
    }

    #[test]
    fn names_are_bounded() {
        let mut counts = LetterCounts::default();
        for number in 0..NAMES_MAX + 50 {
            writeln!(counts, "{{\"error\":\"E{number:04}\"}}").expect("memory");
        }
        let counts = counts.counts();
        assert_eq!(counts.len(), NAMES_MAX + 1);
        assert_eq!((&*counts[0].error, counts[0].count), (OTHER_NAMES, 50));
    }
}
