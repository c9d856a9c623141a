//! What child executions came to, in the order of the items: an array, or files.

use super::result_writer::ResultFiles;
use super::run::ChildEnd;
use super::{MapRunContext, MapRunError};
use crate::asl::model::Transformation;
use crate::json::{Document, NodeId, Tag, minify, write_json_string};
use crate::vm::MapRunRequest;

/// Takes results one by one.
pub(super) struct Results {
    to: Destination,
    /// How a result is formed.
    transformation: Transformation,
    nesting_depth_max: u32,
}

enum Destination {
    /// The state's result itself; none once it is larger than a result may be.
    Array {
        text: Option<Vec<u8>>,
        bytes_max: u64,
    },
    Files(Box<ResultFiles>),
}

/// A child execution that has ended, and how.
pub(super) struct ChildResult<'r> {
    pub(super) input: &'r [u8],
    pub(super) arn: String,
    pub(super) name: String,
    pub(super) state_machine_arn: &'r str,
    pub(super) end: &'r ChildEnd,
}

impl Results {
    pub(super) fn new(
        context: &MapRunContext,
        request: &MapRunRequest,
        map_run_arn: &str,
        map_run_id: &str,
    ) -> Result<Self, MapRunError> {
        let writer = context.program.map_run(request.run).writer;
        let to = match writer.filter(|writer| writer.is_exported) {
            None => Destination::Array {
                text: Some(Vec::new()),
                bytes_max: u64::from(context.limits.payload_bytes_max),
            },
            Some(config) => {
                let store = context.store.clone().ok_or_else(|| MapRunError::no_store(context.state()))?;
                let parameters = request.writer_parameters.as_deref();
                let files = ResultFiles::new(store, config.is_lines, parameters, map_run_arn, map_run_id)?;
                Destination::Files(Box::new(files))
            }
        };
        let transformation = writer.map_or(Transformation::Compact, |writer| writer.transformation);
        Ok(Self { to, transformation, nesting_depth_max: context.limits.nesting_depth_max })
    }

    /// Whether what a child execution began with is needed when it has ended.
    pub(super) fn keeps_inputs(&self) -> bool {
        matches!(self.to, Destination::Files(_)) || self.transformation == Transformation::None
    }

    /// Takes the next result.
    pub(super) fn take(&mut self, result: &ChildResult<'_>) -> Result<(), MapRunError> {
        let is_failed = result.end.output.is_err();
        if is_failed
            && matches!(self.to, Destination::Array { .. })
            && self.transformation != Transformation::None
        {
            return Ok(()); // a tolerated failure leaves no element
        }
        match (&result.end.output, self.transformation) {
            (Ok(output), Transformation::Compact) => self.push(output, false),
            (Ok(output), Transformation::Flatten) => self.push_flat(output),
            _ => self.push(&record(result), is_failed),
        }
    }

    fn push_flat(&mut self, output: &[u8]) -> Result<(), MapRunError> {
        if output.first() != Some(&b'[') {
            return self.push(output, false);
        }
        let document = Document::parse(output, self.nesting_depth_max);
        let Ok(document) = document else { return self.push(output, false) };
        let doc = document.doc();
        if doc.tag(NodeId::ROOT) != Tag::Array {
            return self.push(output, false);
        }
        for element in doc.elements(NodeId::ROOT) {
            let mut text = Vec::new();
            minify(doc, element, &mut text);
            self.push(&text, false)?;
        }
        Ok(())
    }

    fn push(&mut self, element: &[u8], is_failed: bool) -> Result<(), MapRunError> {
        match &mut self.to {
            Destination::Files(files) => files.push(element, is_failed),
            Destination::Array { text, bytes_max } => {
                if let Some(kept) = text {
                    kept.push(if kept.is_empty() { b'[' } else { b',' });
                    kept.extend_from_slice(element);
                    if kept.len() as u64 >= *bytes_max {
                        *text = None;
                    }
                }
                Ok(())
            }
        }
    }

    /// The state's result, as JSON; `state` is its name.
    pub(super) fn finish(self, state: &str) -> Result<Vec<u8>, MapRunError> {
        match self.to {
            Destination::Files(files) => files.finish(),
            Destination::Array { text: None, .. } => Err(MapRunError::data_limit(state)),
            Destination::Array { text: Some(mut text), .. } => {
                if text.is_empty() {
                    text.push(b'[');
                }
                text.push(b']');
                Ok(text)
            }
        }
    }
}

/// All that is known of a child execution (AWS docs, "`ResultWriter` (Map)": its example files).
fn record(result: &ChildResult<'_>) -> Vec<u8> {
    const INCLUDED: &str = r#"{"Included":true}"#;
    let ChildResult { input, arn, name, state_machine_arn, end } = result;
    let mut record = vec![b'{'];
    let mut raw = |key: &str, value: &str| {
        if record.len() > 1 {
            record.push(b',');
        }
        record.extend_from_slice(format!("\"{key}\":{value}").as_bytes());
    };
    let quoted = |text: &str| {
        let mut quoted = Vec::new();
        write_json_string(text, &mut quoted);
        String::from_utf8_lossy(&quoted).into_owned()
    };
    let time = |timestamp: crate::value::timestamp::Timestamp| {
        let mut text = Vec::new();
        timestamp.write_rfc3339_millis(&mut text);
        quoted(&String::from_utf8_lossy(&text))
    };
    if let Err(failure) = &end.output {
        failure.cause.iter().for_each(|cause| raw("Cause", &quoted(cause)));
        failure.error.iter().for_each(|error| raw("Error", &quoted(error)));
    }
    raw("ExecutionArn", &quoted(arn));
    raw("Input", &quoted(&String::from_utf8_lossy(input)));
    raw("InputDetails", INCLUDED);
    raw("Name", &quoted(name));
    if let Ok(output) = &end.output {
        raw("Output", &quoted(&String::from_utf8_lossy(output)));
        raw("OutputDetails", INCLUDED);
    }
    raw("RedriveCount", "0");
    raw("StartDate", &time(end.started_at));
    raw("StateMachineArn", &quoted(state_machine_arn));
    raw(
        "Status",
        &quoted(end.output.as_ref().map_or_else(|failure| failure.status.as_str(), |_| "SUCCEEDED")),
    );
    raw("StopDate", &time(end.ended_at));
    record.push(b'}');
    record
}
