//! Durations in buckets: memory of a fixed size, however many there are.

use std::time::Duration;

use metrics::Histogram;

const BUCKETS: usize = 26;

/// Upper bounds, inclusive: from a microsecond to the five minutes of an Express execution.
const BOUNDS_NANOS: [u64; BUCKETS] = [
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    100_000_000,
    250_000_000,
    500_000_000,
    1_000_000_000,
    2_500_000_000,
    5_000_000_000,
    10_000_000_000,
    30_000_000_000,
    60_000_000_000,
    120_000_000_000,
    300_000_000_000,
];

/// The upper bounds of an exporter's buckets for execution durations, in seconds.
///
/// With these, what the exporter shows is exact; a duration of any other bucket is as exact as these are.
pub const DURATION_BUCKETS_SECONDS: [f64; BUCKETS] = {
    let mut seconds = [0.0; BUCKETS];
    let mut index = 0;
    while index < BUCKETS {
        seconds[index] = BOUNDS_NANOS[index] as f64 / 1e9;
        index += 1;
    }
    seconds
};

/// Durations since they were last published; the last bucket has no bound.
#[derive(Debug, Default)]
pub(super) struct Durations {
    buckets: [Bucket; BUCKETS + 1],
}

#[derive(Debug, Clone, Copy, Default)]
struct Bucket {
    count: u64,
    sum_nanos: u64,
}

impl Durations {
    pub(super) fn add(&mut self, duration: Duration) {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        let bucket = &mut self.buckets[BOUNDS_NANOS.partition_point(|bound| *bound < nanos)];
        bucket.count += 1;
        bucket.sum_nanos = bucket.sum_nanos.saturating_add(nanos);
    }

    /// Records each bucket's durations at their mean, which lies in the same bucket: an exporter with these
    /// buckets has the counts right, and the sum to the nanosecond an execution.
    pub(super) fn publish(&mut self, histogram: &Histogram) {
        for bucket in &mut self.buckets {
            let Bucket { count, sum_nanos } = std::mem::take(bucket);
            if let Some(mean_nanos) = sum_nanos.checked_div(count) {
                histogram.record_many(mean_nanos as f64 / 1e9, count as usize);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Debug, Default)]
    struct Samples(Mutex<Vec<f64>>);

    impl metrics::HistogramFn for Samples {
        fn record(&self, value: f64) {
            self.0.lock().unwrap().push(value);
        }
    }

    #[test]
    fn a_mean_stays_in_its_bucket() {
        let samples = Arc::new(Samples::default());
        let histogram = Histogram::from_arc(Arc::clone(&samples));
        let mut durations = Durations::default();
        for nanos in [0, 1_000, 1_001, 2_500, 2_500, 300_000_000_000, 300_000_000_001, u64::MAX] {
            durations.add(Duration::from_nanos(nanos));
        }
        durations.publish(&histogram);
        durations.publish(&histogram);
        let samples = std::mem::take(&mut *samples.0.lock().unwrap());
        let mut expected = vec![500e-9; 2];
        expected.extend([2_000e-9; 3]);
        expected.push(300.0);
        assert_eq!(samples[..6], expected);
        assert_eq!(samples.len(), 8);
        assert!(samples[6..].iter().all(|sample| *sample > 300.0), "{samples:?}");
    }

    #[test]
    fn bounds_ascend_and_are_written_short() {
        assert!(DURATION_BUCKETS_SECONDS.is_sorted_by(|left, right| left < right));
        let texts = DURATION_BUCKETS_SECONDS.map(|bound| bound.to_string());
        assert_eq!([&*texts[0], &*texts[1], &*texts[18], &*texts[25]], ["0.000001", "0.0000025", "1", "300"]);
        assert!(texts.iter().all(|text| text.len() <= 9), "{texts:?}");
    }
}
