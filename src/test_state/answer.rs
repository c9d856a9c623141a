//! What a test answers, and its JSON.

use crate::bytecode::Aspect;
use crate::json::write_json_string;

/// How the state took its input.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TestAnswer {
    /// How it ended.
    pub status: TestStatus,
    /// Its output, as JSON text; there if it succeeded or its error was caught.
    pub output: Option<String>,
    /// The error's name.
    pub error: Option<String>,
    /// The error's cause.
    pub cause: Option<String>,
    /// The state that would come next.
    pub next_state: Option<String>,
    /// The data on the way; there from level DEBUG on.
    pub inspection: Option<Inspection>,
}

/// How a state ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestStatus {
    /// `SUCCEEDED`
    Succeeded,
    /// `FAILED`
    Failed,
    /// `RETRIABLE`: a retrier would have it start again.
    Retriable,
    /// `CAUGHT_ERROR`: a catcher took its error.
    CaughtError,
}

impl TestStatus {
    /// AWS's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Retriable => "RETRIABLE",
            Self::CaughtError => "CAUGHT_ERROR",
        }
    }
}

/// The data of a state after every step.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Inspection {
    /// The input as it was given, as JSON text.
    pub input: String,
    /// The steps that there were, in their order, as JSON text.
    pub steps: Vec<(Aspect, String)>,
    /// The variables with values, as the JSON text of an object.
    pub variables: Option<String>,
    /// Which retrier or catcher matched the error.
    pub error_details: Option<ErrorDetails>,
}

/// Who took an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ErrorDetails {
    /// The catcher that took it.
    pub catch_index: Option<u32>,
    /// The retrier that matches it.
    pub retry_index: Option<u32>,
    /// Seconds until the retry; none if its attempts are used up.
    pub retry_backoff_interval_seconds: Option<u64>,
}

/// How data (`output`, the steps, `variables`) stand in an answer's JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataForm {
    /// As JSON text inside strings, as the API has them.
    Text,
    /// As the JSON that they are, for people and for `jq`.
    Value,
}

impl TestAnswer {
    /// The answer as one JSON object, with the API's member names.
    pub fn to_json(&self, form: DataForm) -> String {
        let mut out = Vec::new();
        let mut object = Object::begin(&mut out);
        if let Some(output) = &self.output {
            object.data("output", output, form);
        }
        object.text("error", self.error.as_deref());
        object.text("cause", self.cause.as_deref());
        if let Some(inspection) = &self.inspection {
            object.raw("inspectionData", &inspection.to_json(form));
        }
        object.text("nextState", self.next_state.as_deref());
        object.text("status", Some(self.status.as_str()));
        object.end();
        String::from_utf8_lossy(&out).into_owned()
    }
}

impl Inspection {
    fn to_json(&self, form: DataForm) -> String {
        let mut out = Vec::new();
        let mut object = Object::begin(&mut out);
        object.data("input", &self.input, form);
        for (aspect, value) in &self.steps {
            let Some(name) = aspect.as_str() else { continue };
            if is_number(*aspect) { object.raw(name, value) } else { object.data(name, value, form) }
        }
        if let Some(variables) = &self.variables {
            object.data("variables", variables, form);
        }
        if let Some(details) = &self.error_details {
            object.raw("errorDetails", &details.to_json());
        }
        object.end();
        String::from_utf8_lossy(&out).into_owned()
    }
}

/// Whether the API has it as a number.
pub(super) fn is_number(aspect: Aspect) -> bool {
    matches!(
        aspect,
        Aspect::MaxConcurrency | Aspect::ToleratedFailureCount | Aspect::ToleratedFailurePercentage
    )
}

impl ErrorDetails {
    fn to_json(self) -> String {
        let members = [
            ("catchIndex", self.catch_index.map(u64::from)),
            ("retryIndex", self.retry_index.map(u64::from)),
            ("retryBackoffIntervalSeconds", self.retry_backoff_interval_seconds),
        ];
        let members = members.iter().filter_map(|(name, value)| Some(format!("\"{name}\":{}", (*value)?)));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }
}

/// A JSON object being written.
struct Object<'o> {
    out: &'o mut Vec<u8>,
    is_empty: bool,
}

impl<'o> Object<'o> {
    fn begin(out: &'o mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, is_empty: true }
    }

    fn raw(&mut self, name: &str, json: &str) {
        if !std::mem::take(&mut self.is_empty) {
            self.out.push(b',');
        }
        write_json_string(name, self.out);
        self.out.push(b':');
        self.out.extend_from_slice(json.as_bytes());
    }

    fn text(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            let mut json = Vec::new();
            write_json_string(text, &mut json);
            self.raw(name, &String::from_utf8_lossy(&json));
        }
    }

    fn data(&mut self, name: &str, json: &str, form: DataForm) {
        match form {
            DataForm::Text => self.text(name, Some(json)),
            DataForm::Value => self.raw(name, json),
        }
    }

    fn end(self) {
        self.out.push(b'}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms() {
        let answer = TestAnswer {
            status: TestStatus::CaughtError,
            output: Some("{\"a\":1}".to_owned()),
            error: Some("E".to_owned()),
            cause: None,
            next_state: Some("N".to_owned()),
            inspection: Some(Inspection {
                input: "[]".to_owned(),
                steps: vec![
                    (Aspect::AfterInputPath, "[]".to_owned()),
                    (Aspect::MaxConcurrency, "3".to_owned()),
                ],
                variables: Some("{\"v\":null}".to_owned()),
                error_details: Some(ErrorDetails { catch_index: Some(0), ..ErrorDetails::default() }),
            }),
        };
        let text = r#"{"output":"{\"a\":1}","error":"E","inspectionData":{"input":"[]","afterInputPath":"[]","maxConcurrency":3,"variables":"{\"v\":null}","errorDetails":{"catchIndex":0}},"nextState":"N","status":"CAUGHT_ERROR"}"#;
        assert_eq!(answer.to_json(DataForm::Text), text);
        let value = r#"{"output":{"a":1},"error":"E","inspectionData":{"input":[],"afterInputPath":[],"maxConcurrency":3,"variables":{"v":null},"errorDetails":{"catchIndex":0}}"#;
        assert!(answer.to_json(DataForm::Value).contains(value));
    }
}
