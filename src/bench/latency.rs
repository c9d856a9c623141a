//! How long single executions take, from the line that is found to the output that is written.

use std::sync::Arc;

use hdrhistogram::Histogram;
use serde::Serialize;

use super::observed::{Nanoseconds, Totals, clock_cost_ns};
use super::stop::Stop;
use super::workload::{Pass, Workload};
use crate::executor::{RunObserver, WorkerObserver};
use crate::pipeline::RunError;
use crate::vm::StateObserver;

/// Longest latency that is told apart: a day.
const LATENCY_NS_MAX: u64 = 86_400_000_000_000;
/// Decimal places that are kept.
const DIGITS: u8 = 3;
/// What AWS rounds durations up to.
const BILLED_NS: u64 = 100_000_000;

/// Percentiles in nanoseconds; waiting is included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Latency {
    pub(crate) executions: u64,
    pub(crate) mean_ns: f64,
    pub(crate) p50_ns: u64,
    pub(crate) p90_ns: u64,
    pub(crate) p99_ns: u64,
    pub(crate) p99_9_ns: u64,
    pub(crate) max_ns: u64,
    /// The mean of what AWS would bill: each latency rounded up to 100 ms.
    #[serde(skip)]
    pub(crate) billed_ms: f64,
}

/// Runs a pass whose executions are timed; `None` if the run was stopped.
pub(super) fn measure_latency(
    workload: &Workload,
    pass: Pass<'_>,
    stop: &Stop,
) -> Result<Option<Latency>, RunError> {
    let Ok(histogram) = Histogram::new_with_bounds(1, LATENCY_NS_MAX, DIGITS) else { return Ok(None) };
    let totals = Totals::new(histogram);
    let observer = LatencyObserver(totals.clone());
    let summary = workload.run(pass, Some(Arc::new(observer)), stop)?;
    let cost_ns = clock_cost_ns();
    Ok(summary.and_then(|_| totals.with(|histogram| latency(histogram, cost_ns))))
}

fn latency(histogram: &Histogram<u64>, cost_ns: f64) -> Option<Latency> {
    if histogram.is_empty() {
        return None;
    }
    // Between the two readings lies the cost of one.
    let less = |value: u64| value.saturating_sub(cost_ns.round() as u64);
    let quantile = |quantile| less(histogram.value_at_quantile(quantile));
    let billed = histogram
        .iter_recorded()
        .map(|value| value.value_iterated_to().div_ceil(BILLED_NS) as f64 * value.count_at_value() as f64)
        .sum::<f64>();
    Some(Latency {
        executions: histogram.len(),
        mean_ns: (histogram.mean() - cost_ns).max(0.0),
        p50_ns: quantile(0.5),
        p90_ns: quantile(0.9),
        p99_ns: quantile(0.99),
        p99_9_ns: quantile(0.999),
        max_ns: less(histogram.max()),
        billed_ms: billed * 100.0 / histogram.len() as f64,
    })
}

#[derive(Debug)]
struct LatencyObserver(Totals<Histogram<u64>>);

impl RunObserver for LatencyObserver {
    fn worker(&self) -> Box<dyn WorkerObserver> {
        let own = self.0.with(|totals| Histogram::new_from(totals));
        Box::new(WorkerLatency { clock: Nanoseconds::default(), own, totals: self.0.clone() })
    }
}

/// A worker's own histogram. An execution ends on the worker that started it, so one clock serves both readings.
#[derive(Debug)]
struct WorkerLatency {
    clock: Nanoseconds,
    own: Histogram<u64>,
    totals: Totals<Histogram<u64>>,
}

impl WorkerObserver for WorkerLatency {
    fn started(&mut self) -> u64 {
        self.clock.now()
    }

    fn parsed(&mut self) -> Option<Box<dyn StateObserver>> {
        None
    }

    fn executed(&mut self) {}

    fn parked(&mut self) {}

    fn resumed(&mut self) {}

    fn ended(&mut self, started: u64, _: Option<Box<dyn StateObserver>>) {
        self.own.saturating_record(self.clock.now().saturating_sub(started));
    }

    fn delivering(&mut self) {}

    fn delivered(&mut self) {}
}

impl Drop for WorkerLatency {
    fn drop(&mut self) {
        // It cannot fail: both have the same bounds.
        let _ = self.totals.with(|totals| totals.add(&self.own));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_taken_off_and_durations_are_billed_by_steps() {
        let mut histogram = Histogram::new_with_bounds(1, LATENCY_NS_MAX, DIGITS).expect("valid bounds");
        for value in [1_000, 1_000, 1_000, 150_000_000] {
            histogram.record(value).expect("within the bounds");
        }
        let latency = latency(&histogram, 20.0).expect("four values");
        assert_eq!((latency.executions, latency.p50_ns), (4, 980));
        assert!(latency.max_ns.abs_diff(150_000_000) < 150_000, "{}", latency.max_ns);
        assert!((latency.billed_ms - 125.0).abs() < 1e-9, "{}", latency.billed_ms);
    }

    #[test]
    fn nothing_recorded_is_no_latency() {
        let histogram = Histogram::new_with_bounds(1, LATENCY_NS_MAX, DIGITS).expect("valid bounds");
        assert_eq!(latency(&histogram, 20.0), None);
    }
}
