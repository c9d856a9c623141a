//! Registration: from the table to a recorder's handles.

use metrics::{Counter, Gauge, Histogram, Key, Label, Level, Metadata, Recorder};

use super::metrics::{METRICS, Metric, MetricKind};

const METADATA: Metadata<'static> = Metadata::new("aslx", Level::INFO, Some("aslx::telemetry"));

/// Registers the metrics of one state machine.
pub(super) struct Registrar<'r> {
    recorder: &'r dyn Recorder,
    state_machine: &'r str,
}

impl<'r> Registrar<'r> {
    /// Describes all metrics to the recorder.
    pub(super) fn new(recorder: &'r dyn Recorder, state_machine: &'r str) -> Self {
        for info in METRICS {
            let (name, unit) = (info.name.into(), Some(info.unit));
            match info.kind {
                MetricKind::Counter => recorder.describe_counter(name, unit, info.help.into()),
                MetricKind::Gauge => recorder.describe_gauge(name, unit, info.help.into()),
                MetricKind::Histogram => recorder.describe_histogram(name, unit, info.help.into()),
            }
        }
        Self { recorder, state_machine }
    }

    /// `values` are those of the labels behind the state machine's.
    pub(super) fn counter<const N: usize>(&self, metric: Metric, values: [&str; N]) -> Counter {
        self.recorder.register_counter(&self.key(metric, &values), &METADATA)
    }

    pub(super) fn gauge(&self, metric: Metric) -> Gauge {
        self.recorder.register_gauge(&self.key(metric, &[]), &METADATA)
    }

    pub(super) fn histogram(&self, metric: Metric, value: &str) -> Histogram {
        self.recorder.register_histogram(&self.key(metric, &[value]), &METADATA)
    }

    fn key(&self, metric: Metric, values: &[&str]) -> Key {
        let info = metric.info();
        let values = std::iter::once(&self.state_machine).chain(values);
        let labels =
            info.labels.iter().zip(values).map(|(label, value)| Label::new(*label, (*value).to_owned()));
        Key::from_parts(info.name, labels.collect::<Vec<_>>())
    }
}
