//! The history of one execution as a table for a person.

use std::fmt::Write as _;

use crate::vm::{DetailMember, ExecutionHistory, HistoryEvent};

/// Longest value that is shown in full: the states before show all of it.
const VALUE_CHARS_MAX: usize = 100;

/// Appends one line an event: its number, that of its predecessor, the time since the start, what happened.
pub(super) fn write_event_table(history: &ExecutionHistory, out: &mut String) {
    let Some(first) = history.events().first() else { return };
    let start_ms = first.timestamp.to_millis();
    let rows: Vec<_> = history.events().iter().map(|event| Row::new(event, start_ms)).collect();
    let width = |cell: fn(&Row) -> &str, header: &str| {
        rows.iter().map(|row| cell(row).len()).max().unwrap_or(0).max(header.len())
    };
    let [id, after] = [width(|row| &row.id, "event"), width(|row| &row.after, "after")];
    let [time, what] = [width(|row| &row.time, "time"), width(|row| row.event_type, "type")];
    let _ = writeln!(out, "\n{:>id$}  {:>after$}  {:>time$}  type", "event", "after", "time");
    for row in rows {
        let Row { id: number, after: previous, time: offset, event_type, details } = row;
        let line =
            format!("{number:>id$}  {previous:>after$}  {offset:>time$}  {event_type:<what$}  {details}");
        let _ = writeln!(out, "{}", line.trim_end());
    }
    match history.omitted_count() {
        0 => {}
        count => _ = writeln!(out, "{count} more events, for which the history has no room"),
    }
}

struct Row {
    id: String,
    after: String,
    time: String,
    event_type: &'static str,
    details: String,
}

impl Row {
    fn new(event: &HistoryEvent, start_ms: i64) -> Self {
        let offset_ms = event.timestamp.to_millis().saturating_sub(start_ms);
        let after = match event.previous_event_id {
            0 => String::new(),
            id => id.to_string(),
        };
        Self {
            id: event.id.to_string(),
            after,
            time: format!("+{}.{:03} s", offset_ms / 1000, offset_ms % 1000),
            event_type: event.event_type.as_str(),
            details: details(event),
        }
    }
}

/// The members of the details; what an event is about stands without its name.
fn details(event: &HistoryEvent) -> String {
    let mut members: Vec<String> = Vec::new();
    event.details.for_each_member(|name, member| match (name, member) {
        ("roleArn" | "region", _) => {}
        ("name" | "resource" | "resourceType", DetailMember::Text(text)) => members.push(text.to_owned()),
        (_, DetailMember::Text(text) | DetailMember::Data(text)) => {
            members.push(format!("{name} {}", shorten(text)));
        }
        (_, DetailMember::Number(number)) => members.push(format!("{name} {number}")),
        (_, DetailMember::Variables(variables)) => {
            members.extend(variables.iter().map(|(name, json)| format!("${name} {}", shorten(json))));
        }
    });
    members.join("  ")
}

/// The first line of a text, up to a length.
fn shorten(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(VALUE_CHARS_MAX) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None if line.len() < text.len() => format!("{line}..."),
        None => line.to_owned(),
    }
}
