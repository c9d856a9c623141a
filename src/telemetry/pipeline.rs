//! The metrics of a pipeline's data, added to once a chunk or a write: never once an event.

use std::sync::atomic::{AtomicI64, Ordering};

use metrics::{Counter, Gauge, Recorder};

use super::metrics::Metric;
use super::registrar::Registrar;

/// Handles for what a pipeline reads and writes.
#[derive(Debug)]
pub struct PipelineMetrics {
    input_bytes: Counter,
    output_bytes: Counter,
    dead_letters: Counter,
    chunks: Gauge,
    /// What `chunks` holds of this pipeline's.
    chunk_count: AtomicI64,
}

impl PipelineMetrics {
    /// Registers the metrics of a pipeline that runs a state machine.
    pub fn register(recorder: &dyn Recorder, state_machine: &str) -> Self {
        let registrar = Registrar::new(recorder, state_machine);
        Self {
            input_bytes: registrar.counter(Metric::InputBytes, []),
            output_bytes: registrar.counter(Metric::OutputBytes, []),
            dead_letters: registrar.counter(Metric::DeadLetters, []),
            chunks: registrar.gauge(Metric::ChunksUncommitted),
            chunk_count: AtomicI64::new(0),
        }
    }

    /// Metrics that nobody sees.
    pub fn none() -> Self {
        Self {
            input_bytes: Counter::noop(),
            output_bytes: Counter::noop(),
            dead_letters: Counter::noop(),
            chunks: Gauge::noop(),
            chunk_count: AtomicI64::new(0),
        }
    }

    /// A worker has claimed a chunk.
    pub fn chunk_claimed(&self) {
        self.chunk_count.fetch_add(1, Ordering::Relaxed); // it orders nothing
        self.chunks.increment(1.0);
    }

    /// All results of a chunk are on their way, and so are its bytes of input.
    pub fn chunk_committed(&self, input_bytes: u64) {
        self.chunk_count.fetch_sub(1, Ordering::Relaxed); // as above
        self.chunks.decrement(1.0);
        self.input_bytes.increment(input_bytes);
    }

    /// Something was written.
    pub fn written(&self, output_bytes: u64, dead_letters: u64) {
        self.output_bytes.increment(output_bytes);
        self.dead_letters.increment(dead_letters);
    }
}

/// A run that was stopped leaves no chunks behind.
impl Drop for PipelineMetrics {
    fn drop(&mut self) {
        self.chunks.decrement(*self.chunk_count.get_mut() as f64);
    }
}
