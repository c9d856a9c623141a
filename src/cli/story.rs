//! One execution, told: as text for a person, as one JSON object for a program.

use std::fmt::Write as _;

use super::event_table::write_event_table;
use crate::{
    executor::{Outcome, OutcomeStatus},
    json::write_json_string,
};

/// Longest value that the text shows in full; the final output always is.
const VALUE_CHARS_MAX: usize = 2_000;

/// How an execution ended, and what happened on the way.
#[derive(Debug)]
pub(super) struct Story {
    pub(super) outcome: Outcome,
    /// JSON; only there if the execution succeeded.
    pub(super) output: String,
}

impl Story {
    /// `{"status","output","error","cause","states","events"}` with the members that apply, and a line break.
    pub(super) fn to_json(&self, with_states: bool) -> String {
        let Outcome { status, error, cause, visits, .. } = &self.outcome;
        let mut out = b"{".to_vec();
        text_member(&mut out, "status", Some(status.as_str()));
        if *status == OutcomeStatus::Succeeded {
            member(&mut out, "output", self.output.as_bytes());
        }
        text_member(&mut out, "error", error.as_deref());
        text_member(&mut out, "cause", cause.as_deref());
        if with_states {
            out.extend_from_slice(b",\"states\":[");
            for (index, visit) in visits.iter().enumerate() {
                out.extend_from_slice(if index == 0 { b"{" } else { b",{" });
                text_member(&mut out, "name", Some(&visit.name));
                text_member(&mut out, "type", Some(visit.kind.as_str()));
                member(&mut out, "input", visit.input.as_bytes());
                if let Some(output) = &visit.output {
                    member(&mut out, "output", output.as_bytes());
                }
                out.push(b'}');
            }
            out.push(b']');
        }
        if let Some(history) = self.outcome.history() {
            let mut events = Vec::new();
            history.write_json(&mut events);
            member(&mut out, "events", &events);
            if history.omitted_count() > 0 {
                member(&mut out, "eventsOmitted", history.omitted_count().to_string().as_bytes());
            }
        }
        out.extend_from_slice(b"}\n");
        String::from_utf8_lossy(&out).into_owned()
    }

    /// State by state, then the end.
    pub(super) fn to_text(&self) -> String {
        let Outcome { status, error, cause, state, visits, .. } = &self.outcome;
        let mut out = String::new();
        let mut before = None;
        for visit in visits {
            let _ = writeln!(out, "{} ({})", visit.name, visit.kind.as_str());
            // What the state before handed on is on the page already.
            if before != Some(&visit.input) {
                let _ = writeln!(out, "  input   {}", shorten(&visit.input));
            }
            let _ = match &visit.output {
                None => writeln!(out, "  output  none: the state did not end normally"),
                Some(output) if *output == visit.input => writeln!(out, "  output  its input, unchanged"),
                Some(output) => writeln!(out, "  output  {}", shorten(output)),
            };
            before = visit.output.as_ref();
        }
        if let Some(history) = self.outcome.history() {
            write_event_table(history, &mut out);
        }
        let _ = writeln!(out, "\n{}", status.as_str());
        if *status == OutcomeStatus::Succeeded {
            let _ = writeln!(out, "{}", self.output);
        }
        for (what, text) in [("state", state), ("error", error), ("cause", cause)] {
            if let Some(text) = text {
                let _ = writeln!(out, "  {what}  {text}");
            }
        }
        out
    }
}

fn member(out: &mut Vec<u8>, name: &str, json: &[u8]) {
    if !out.ends_with(b"{") {
        out.push(b',');
    }
    write_json_string(name, out);
    out.push(b':');
    out.extend_from_slice(json);
}

fn text_member(out: &mut Vec<u8>, name: &str, text: Option<&str>) {
    if let Some(text) = text {
        let mut json = Vec::new();
        write_json_string(text, &mut json);
        member(out, name, &json);
    }
}

/// The text, or its beginning and how long it is.
fn shorten(text: &str) -> String {
    match text.char_indices().nth(VALUE_CHARS_MAX) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}... ({} bytes)", &text[..end], text.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{bytecode::StateType, vm::Visit};

    fn story(output: &str, failure: Option<(&str, Option<&str>)>) -> Story {
        let visit = |name: &str, output: Option<&str>| Visit {
            name: name.to_owned(),
            kind: StateType::Pass,
            input: "{\"a\":\"é\"}".to_owned(),
            output: output.map(str::to_owned),
        };
        let outcome = Outcome {
            status: failure.map_or(OutcomeStatus::Succeeded, |_| OutcomeStatus::Failed),
            error: failure.map(|(error, _)| error.to_owned()),
            cause: failure.and_then(|(_, cause)| cause.map(str::to_owned)),
            state: failure.map(|_| "B".to_owned()),
            visits: vec![visit("A \"quoted\"", Some("[1]")), visit("B", None)],
            history: None,
        };
        Story { outcome, output: output.to_owned() }
    }

    #[test]
    fn json_has_the_members_that_apply() {
        let check = |story: Story, with_states, expected: &str| {
            assert_eq!(story.to_json(with_states), format!("{expected}\n"));
        };
        check(story("1.0", None), false, r#"{"status":"SUCCEEDED","output":1.0}"#);
        check(story("", Some(("E", None))), false, r#"{"status":"FAILED","error":"E"}"#);
        check(
            story("", Some(("E", Some("c\n")))),
            true,
            r#"{"status":"FAILED","error":"E","cause":"c\n","states":[{"name":"A \"quoted\"","type":"Pass","input":{"a":"é"},"output":[1]},{"name":"B","type":"Pass","input":{"a":"é"}}]}"#,
        );
    }

    #[test]
    fn text_shortens_what_is_long_but_never_the_output() {
        let mut story = story("[]", None);
        story.outcome.visits[0].input = format!("\"{}\"", "ü".repeat(3000));
        let text = story.to_text();
        assert!(text.contains("ü... (6002 bytes)\n"), "{text}");
        assert!(text.ends_with("B (Pass)\n  input   {\"a\":\"é\"}\n  output  none: the state did not end normally\n\nSUCCEEDED\n[]\n"), "{text}");
        story.output = "1".repeat(1000);
        assert!(story.to_text().ends_with(&format!("\n{}\n", "1".repeat(1000))));
    }
}
