//! What runs tell about themselves: metrics, by the `metrics` crate's [`Recorder`](::metrics::Recorder).
//!
//! Counting is one addition on the worker's own memory: no lock, no atomic, no clock, no text. Every
//! [`PUBLISH_INTERVAL`] a worker adds what it counted to handles that were registered with the recorder when
//! the run was built. Without a recorder nothing is registered and nothing is published.
//!
//! ```
//! use std::time::Duration;
//!
//! use aslx::telemetry::{EndStatus, ExecutionMetrics, WorkerMetrics};
//! use aslx::{CompileOptions, Limits, compile, vm::Vm};
//!
//! let definition = r#"{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}"#;
//! let program = compile(definition, &CompileOptions::default()).expect("a valid definition");
//! let recorder = metrics::NoopRecorder; // the exporter's
//!
//! let metrics = ExecutionMetrics::register(&recorder, "orders", &program);
//! let (mut vm, mut worker) = (Vm::new(&Limits::default()), WorkerMetrics::new(Some(metrics)));
//! if worker.execution_started() {
//!     worker.add_sampled_duration(Duration::from_micros(3)); // one in 1024 is timed
//! }
//! worker.execution_ended(EndStatus::Succeeded);
//! worker.publish(vm.counters());
//! ```
//!
//! Invariants: no global state; the names, labels and help texts are those of one table, [`METRICS`].

mod duration;
mod execution;
mod execution_log;
mod history_json;
mod metrics;
mod pipeline;
mod registrar;
mod worker;

pub use self::metrics::{METRICS, Metric, MetricInfo, MetricKind};
pub use duration::DURATION_BUCKETS_SECONDS;
pub use execution::{EndStatus, ExecutionMetrics};
pub use execution_log::ExecutionLog;
pub use pipeline::PipelineMetrics;
pub use worker::{PUBLISH_INTERVAL, WorkerMetrics};
