//! What `aslx bench` can be told.

use std::{num::NonZeroUsize, path::PathBuf, time::Duration};

use clap::Args;

use super::{args::ExecutionArguments, byte_limit::ByteLimit, exit_code};

/// Longest time that can be asked for.
const SECONDS_MAX: f64 = 86_400.0;

/// Measure how fast a definition runs over an input, and where the time goes
///
/// Reads INPUT into memory and executes it again and again; outputs are thrown away. Shows executions, bytes and state
/// transitions a second, each round beside a loop that parses and writes the same lines with `serde_json`; CPU time,
/// allocations and memory; percentiles of the latency; time by phase and by state, measured in runs of their own; what the
/// executions would cost on AWS; and what fails.
#[derive(Debug, Args)]
#[command(after_help = BENCH_EXAMPLES, after_long_help = format!("{BENCH_EXAMPLES}\n\n{}", exit_code::TABLE))]
pub(super) struct BenchArguments {
    /// The definition, in the Amazon States Language (JSON or YAML), or an artifact of `aslx compile`
    pub(super) definition: PathBuf,

    /// An NDJSON file; `-` is standard input
    pub(super) input: PathBuf,

    /// Rounds of the throughput, at most
    #[arg(long, value_name = "N", default_value = "10", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(super) rounds: u32,

    /// Time to run before the first round
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds)]
    pub(super) warm_up: Duration,

    /// Time for all rounds together; after it no further round begins
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(super) time: Duration,

    /// Threads that execute [default: one per core]
    #[arg(long, value_name = "N")]
    pub(super) workers: Option<NonZeroUsize>,

    /// TOML file with AWS's prices [default: those of us-east-1, with their date in the report]
    #[arg(long, value_name = "FILE")]
    pub(super) prices: Option<PathBuf>,

    /// Print one JSON object instead of text
    #[arg(long)]
    pub(super) json: bool,

    /// Also measure by number of workers and by length of the lines, and draw that as SVG
    #[arg(long, value_name = "FILE.svg")]
    pub(super) plot: Option<PathBuf>,

    #[command(flatten)]
    pub(super) execution: ExecutionArguments,

    /// Largest input, output or result of a state, in bytes; `none` for no limit [default: 262144]
    #[arg(long, value_name = "N|none")]
    pub(super) payload_bytes_max: Option<ByteLimit>,

    /// Longest input line, in bytes [default: 16777216]
    #[arg(long, value_name = "N")]
    pub(super) line_bytes_max: Option<u32>,

    /// Do not say what is being measured
    #[arg(short, long)]
    pub(super) quiet: bool,
}

const BENCH_EXAMPLES: &str = "\
Examples:
  aslx bench order.asl.json orders.ndjson --tasks tasks.toml
  aslx bench order.asl.json orders.ndjson --tasks tasks.toml --workers 1 --time 30 --json > result.json
  aslx bench route.asl.json events.ndjson --plot throughput.svg";

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok().filter(|seconds| (0.0..=SECONDS_MAX).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| format!("expected seconds, 0 to {SECONDS_MAX}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_in_seconds() {
        let check = |text: &str, expected: Option<u64>| {
            assert_eq!(seconds(text).ok().map(|time| time.as_millis() as u64), expected, "{text}");
        };
        check("1.5", Some(1_500));
        check("0", Some(0));
        check("-1", None);
        check("NaN", None);
        check("inf", None);
        check("10s", None);
    }
}
