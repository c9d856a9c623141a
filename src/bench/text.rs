//! The report for a person.

use std::fmt::{Display, Write};

use super::report::{Report, Throughput};
use super::statistics::Spread;

/// Longest cause and longest list of errors that are shown.
const CAUSE_CHARS_MAX: usize = 100;
const ERRORS_MAX: usize = 10;

/// The report as text.
pub(crate) fn to_text(report: &Report) -> String {
    let mut out = String::new();
    let line = |out: &mut String, text: &dyn Display| _ = writeln!(out, "{text}");
    let input = &report.input;
    line(&mut out, &format_args!("{} over {}", report.state_machine, input.name));
    let lengths = if input.line_bytes_min == input.line_bytes_max {
        format!("{} bytes each", grouped(input.line_bytes_max as f64))
    } else {
        let [min, max, median] =
            [input.line_bytes_min, input.line_bytes_max, input.line_bytes_median].map(|n| grouped(n as f64));
        format!("{min} to {max} bytes each, median {median}")
    };
    line(&mut out, &format_args!("  {} lines: {lengths}", grouped(input.lines as f64)));
    let rounds = report.rounds;
    let each = grouped(report.executions_per_round as f64);
    line(
        &mut out,
        &format_args!(
            "  {}, {} of {each} executions",
            count(report.workers, "worker"),
            count(rounds, "round")
        ),
    );
    if report.is_interrupted {
        line(&mut out, &"  interrupted: what follows is what was measured until then");
    }
    if let Some(throughput) = &report.throughput {
        write_throughput(throughput, &mut out);
    }
    write_resources(report, &mut out);
    write_latency(report, &mut out);
    write_phases(report, &mut out);
    write_states(report, &mut out);
    write_failures(report, &mut out);
    write_cost(report, &mut out);
    out
}

fn write_throughput(throughput: &Throughput, out: &mut String) {
    let _ = writeln!(out, "\n{:<32}{:>14}{:>14}{:>14}{:>12}", "Throughput", "median", "min", "max", "MAD");
    let rows = [
        ("executions/s", throughput.executions_per_second),
        ("MB/s of input", throughput.bytes_per_second.scaled(1e-6)),
        ("state transitions/s", throughput.transitions_per_second),
        ("lines/s, serde_json loop", throughput.serde_json_lines_per_second),
        ("lines/s, copying loop", throughput.copy_lines_per_second),
    ];
    for (name, Spread { median, min, max, mad }) in rows {
        let [median, min, max, mad] = [median, min, max, mad].map(grouped);
        let _ = writeln!(out, "  {name:<30}{median:>14}{min:>14}{max:>14}{mad:>12}");
    }
    let [json, copy] = [throughput.ratio_to_serde_json, throughput.ratio_to_copy];
    let _ = writeln!(
        out,
        "  {:.2} times the loop that parses each line to serde_json::Value and writes it ({:.2} to {:.2});\n  \
         {:.3} times the loop that only copies lines. Both ran beside every round, on as many threads.",
        json.median, json.min, json.max, copy.median
    );
}

fn write_resources(report: &Report, out: &mut String) {
    let _ = writeln!(out, "\nResources");
    if let Some(cpu) = report.cpu_seconds_per_million_executions {
        let _ = writeln!(
            out,
            "  {:<30}{:>14} per million executions",
            "CPU time",
            format!("{:.3} s", cpu.median)
        );
    }
    let memory = &report.memory;
    match (memory.allocations_per_execution, memory.allocated_bytes_per_execution) {
        (Some(allocations), Some(bytes)) => {
            let text = format!("{allocations:.3}");
            let _ = writeln!(
                out,
                "  {:<30}{text:>14} per execution, {} bytes",
                "heap allocations",
                grouped(bytes)
            );
        }
        _ => _ = writeln!(out, "  {:<30}{:>14}", "heap allocations", "not counted"),
    }
    if let Some(peak) = memory.peak_bytes {
        let peak = format!("{:.1} MB", peak as f64 * 1e-6);
        let input = report.input.bytes as f64 * 1e-6;
        let _ = writeln!(out, "  {:<30}{peak:>14}, with {input:.1} MB of input", "peak memory");
    }
}

fn write_latency(report: &Report, out: &mut String) {
    let Some(latency) = &report.latency else { return };
    let _ = writeln!(out, "\nLatency of an execution");
    let rows = [
        ("p50", latency.p50_ns),
        ("p90", latency.p90_ns),
        ("p99", latency.p99_ns),
        ("p99.9", latency.p99_9_ns),
        ("max", latency.max_ns),
    ];
    for (name, ns) in rows {
        let _ = writeln!(out, "  {name:<30}{:>14}", duration(ns as f64));
    }
}

fn write_phases(report: &Report, out: &mut String) {
    let Some(phases) = &report.phases else { return };
    let rows = [
        ("read: find lines", phases.read_ns),
        ("parse", phases.parse_ns),
        ("execute: states, handlers", phases.execute_ns),
        ("write", phases.write_ns),
        ("wait for answers and times", phases.wait_ns),
    ];
    let sum = phases.sum_ns();
    let _ = writeln!(out, "\n{:<32}{:>14}{:>10}", "Time by phase, one worker", "per execution", "share");
    for (name, ns) in rows {
        if ns > 0.0 || name != rows[4].0 {
            let _ = writeln!(out, "  {name:<30}{:>14}{:>8.1} %", duration(ns), percent(ns, sum));
        }
    }
}

fn write_states(report: &Report, out: &mut String) {
    if report.states.is_empty() {
        return;
    }
    let width = report.states.iter().map(|state| state.name.chars().count()).max().unwrap_or(0).clamp(19, 60);
    let _ = writeln!(
        out,
        "\n{:<title$}{:<10}{:>10}{:>14}{:>10}{:>14}",
        "Time by state, one worker",
        "type",
        "visits",
        "per execution",
        "share",
        "entry to exit",
        title = width + 7
    );
    for state in &report.states {
        let elapsed = state.elapsed_ns_per_visit.map_or_else(String::new, duration);
        let _ = writeln!(
            out,
            "  {:<name$}{:<10}{:>10.2}{:>14}{:>8.1} %{elapsed:>14}",
            state.name,
            state.kind,
            state.visits_per_execution,
            duration(state.own_ns_per_execution),
            state.share * 100.0,
            name = width + 5
        );
    }
}

fn write_failures(report: &Report, out: &mut String) {
    let executions = &report.executions;
    if executions.failed == 0 {
        return;
    }
    let all = executions.failed + executions.succeeded;
    let _ = writeln!(out, "\nFailed: {} of {} lines", grouped(executions.failed as f64), grouped(all as f64));
    for error in executions.errors.iter().take(ERRORS_MAX) {
        let cause = error.first_cause.as_deref().map(shorten).unwrap_or_default();
        let _ = writeln!(
            out,
            "  {:<30}{:>14}  first: line {}{cause}",
            error.error,
            grouped(error.count as f64),
            error.first_line
        );
    }
    if executions.errors.len() > ERRORS_MAX {
        let _ = writeln!(out, "  and {} more", count(executions.errors.len() - ERRORS_MAX, "error name"));
    }
}

fn write_cost(report: &Report, out: &mut String) {
    let Some(cost) = &report.aws_cost else { return };
    let transitions = report.executions.transitions_per_execution;
    let _ = writeln!(
        out,
        "\nA million such executions on AWS ({}, prices of {}, no free tier, no handlers)",
        cost.region, cost.prices_as_of
    );
    let usd = |amount: f64| format!("${amount:.2}");
    let _ = writeln!(
        out,
        "  {:<30}{:>14}  {transitions:.2} state transitions each",
        "Standard",
        usd(cost.standard_usd_per_million_executions)
    );
    let _ = writeln!(
        out,
        "  {:<30}{:>14}  {:.0} ms at {:.0} MB each; every further 100 ms adds {}",
        "Express",
        usd(cost.express_usd_per_million_executions),
        cost.express_billed_duration_ms,
        cost.express_billed_memory_mb,
        usd(cost.express_usd_per_million_executions_and_100_ms)
    );
}

fn count(number: usize, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number as f64), if number == 1 { "" } else { "s" })
}

fn percent(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole * 100.0 } else { 0.0 }
}

fn shorten(cause: &str) -> String {
    let first = cause.lines().next().unwrap_or_default();
    match first.char_indices().nth(CAUSE_CHARS_MAX) {
        Some((end, _)) => format!(", {}...", &first[..end]),
        None => format!(", {first}"),
    }
}

/// Three digits at least, thousands apart.
pub(super) fn grouped(number: f64) -> String {
    if number != 0.0 && number.abs() < 100.0 && number.fract() != 0.0 {
        return if number.abs() < 10.0 { format!("{number:.2}") } else { format!("{number:.1}") };
    }
    let digits = format!("{number:.0}");
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) && !out.ends_with('-') {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Nanoseconds in a unit that suits them.
fn duration(ns: f64) -> String {
    match ns {
        ns if ns < 999.5 => format!("{ns:.0} ns"),
        ns if ns < 999_500.0 => format!("{:.2} µs", ns / 1e3),
        ns if ns < 999_500_000.0 => format!("{:.2} ms", ns / 1e6),
        ns => format!("{:.2} s", ns / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        let check = |number: f64, expected: &str| assert_eq!(grouped(number), expected);
        check(0.0, "0");
        check(7.0, "7");
        check(0.126, "0.13");
        check(42.25, "42.2");
        check(999.4, "999");
        check(1_234.0, "1,234");
        check(12_345_678.9, "12,345,679");
    }

    #[test]
    fn durations_have_a_unit_that_suits() {
        let check = |ns: f64, expected: &str| assert_eq!(duration(ns), expected);
        check(12.4, "12 ns");
        check(1_500.0, "1.50 µs");
        check(2_340_000.0, "2.34 ms");
        check(61e9, "61.00 s");
    }
}
