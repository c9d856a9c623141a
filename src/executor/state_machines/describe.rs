//! A nested execution as the state that started it sees it: members in the order of AWS's recordings.

use super::request::Form;
use crate::executor::{Completed, OutcomeStatus};
use crate::json::write_json_string;
use crate::value::timestamp::Timestamp;

const INCLUDED: &[u8] = br#"{"Included":true}"#;
/// Express executions are billed by 64 MB and 100 ms.
const BILLED_MEMORY_MB: u64 = 64;
const BILLED_STEP_MS: u64 = 100;

/// What a started execution is known by.
#[derive(Debug, Clone)]
pub(super) struct Started {
    pub(super) form: Form,
    pub(super) is_sdk: bool,
    pub(super) execution_arn: String,
    pub(super) state_machine_arn: String,
    pub(super) name: String,
    /// Its input; empty where nobody will ask.
    pub(super) input: Vec<u8>,
    pub(super) start_date: Timestamp,
}

impl Started {
    /// The response to its start.
    pub(super) fn response(&self) -> Vec<u8> {
        let mut out = Members::new();
        out.text("ExecutionArn", &self.execution_arn);
        out.date("StartDate", self.start_date, self.is_sdk);
        out.finish()
    }

    /// What became of it: the state's result, or the cause of its failure.
    pub(super) fn description(&self, completed: &Completed) -> Vec<u8> {
        let outcome = &completed.outcome;
        let is_json = self.form == Form::Json;
        let mut out = Members::new();
        if self.form == Form::Synchronous {
            out.json("BillingDetails", &self.billing(completed));
        }
        outcome.cause.iter().for_each(|cause| out.text("Cause", cause));
        outcome.error.iter().for_each(|error| out.text("Error", error));
        out.text("ExecutionArn", &self.execution_arn);
        out.data("Input", &self.input, is_json);
        out.json("InputDetails", INCLUDED);
        out.text("Name", &self.name);
        let has_succeeded = outcome.status == OutcomeStatus::Succeeded;
        if has_succeeded {
            out.data("Output", &completed.output, is_json);
        }
        if has_succeeded || self.form == Form::Synchronous {
            out.json("OutputDetails", INCLUDED);
        }
        if has_succeeded && self.form != Form::Synchronous {
            out.json("RedriveCount", b"0");
            out.text("RedriveStatus", "NOT_REDRIVABLE");
            out.text("RedriveStatusReason", "Execution is SUCCEEDED and cannot be redriven");
        }
        out.date("StartDate", self.start_date, self.is_sdk);
        out.text("StateMachineArn", &self.state_machine_arn);
        out.text("Status", outcome.status.as_str());
        out.date("StopDate", completed.ended_at, self.is_sdk);
        out.finish()
    }

    fn billing(&self, completed: &Completed) -> Vec<u8> {
        let took_ms = completed.ended_at.to_millis().saturating_sub(self.start_date.to_millis());
        let billed_ms = took_ms.max(1).unsigned_abs().next_multiple_of(BILLED_STEP_MS);
        let billed_mb = BILLED_MEMORY_MB;
        format!(r#"{{"BilledDurationInMilliseconds":{billed_ms},"BilledMemoryUsedInMB":{billed_mb}}}"#)
            .into_bytes()
    }
}

/// An object that is being written.
struct Members(Vec<u8>);

impl Members {
    fn new() -> Self {
        Self(vec![b'{'])
    }

    fn json(&mut self, name: &str, json: &[u8]) {
        if self.0.len() > 1 {
            self.0.push(b',');
        }
        write_json_string(name, &mut self.0);
        self.0.push(b':');
        self.0.extend_from_slice(json);
    }

    fn text(&mut self, name: &str, text: &str) {
        let mut json = Vec::new();
        write_json_string(text, &mut json);
        self.json(name, &json);
    }

    fn data(&mut self, name: &str, json: &[u8], is_json: bool) {
        if is_json {
            self.json(name, json);
        } else {
            self.text(name, &String::from_utf8_lossy(json));
        }
    }

    /// SDK integrations have dates as text, the others as milliseconds.
    fn date(&mut self, name: &str, date: Timestamp, is_text: bool) {
        let mut text = Vec::new();
        if is_text {
            date.write_rfc3339_millis(&mut text);
            self.text(name, &String::from_utf8_lossy(&text));
        } else {
            text.extend_from_slice(date.to_millis().to_string().as_bytes());
            self.json(name, &text);
        }
    }

    fn finish(mut self) -> Vec<u8> {
        self.0.push(b'}');
        self.0
    }
}
