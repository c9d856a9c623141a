//! The series of a report as a picture.

use super::report::Report;
use super::series::Series;
use super::svg::{Chart, Group, document};
use super::text::grouped;

const LEGEND: [&str; 2] = ["executions/s", "lines/s of the serde_json loop"];

/// The SVG; charts without points if nothing was measured.
pub(crate) fn plot(report: &Report) -> String {
    let empty = Series::default();
    let series = report.series.as_ref().unwrap_or(&empty);
    let about = format!("{} over {}", report.state_machine, report.input.name);
    let by_workers = series.by_workers.iter().map(|point| Group {
        label: point.workers.to_string(),
        note: String::new(),
        values: [point.rates.executions_per_second, point.rates.serde_json_lines_per_second],
    });
    let by_length = series.by_line_bytes.iter().map(|point| Group {
        label: range(point.line_bytes_min, point.line_bytes_max),
        note: format!("{} MB/s", grouped(point.rates.bytes_per_second * 1e-6)),
        values: [point.rates.executions_per_second, point.rates.serde_json_lines_per_second],
    });
    document(&[
        Chart { title: format!("{about}, by workers"), legend: LEGEND, groups: by_workers.collect() },
        Chart { title: format!("{about}, by bytes of a line"), legend: LEGEND, groups: by_length.collect() },
    ])
}

fn range(min: u64, max: u64) -> String {
    if min == max {
        grouped(max as f64)
    } else {
        format!("{}–{}", grouped(min as f64), grouped(max as f64))
    }
}
