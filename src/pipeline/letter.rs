//! What is written for a line that failed: a dead letter, an envelope.

use crate::json::{ParseError, write_json_string};
use crate::vm::{ExecutionError, ExecutionStatus};

pub(super) const ENVELOPE_START: &[u8] = br#"{"status":"SUCCEEDED","output":"#;
/// How the cause of a line that is not JSON begins.
pub(super) const MALFORMED: &str = "the line is not JSON: ";
pub(super) const ENVELOPE_END: &[u8] = b"}\n";

/// Dead letters of consecutive lines, each without its beginning unless that came with the line: its number is
/// not known yet.
#[derive(Debug, Default)]
pub(super) struct Letters {
    text: Vec<u8>,
    /// Index of the line in its chunk, if its letter has no beginning, and where the letter ends.
    ends: Vec<(Option<u64>, usize)>,
}

/// The input of a line that failed.
#[derive(Debug, Clone, Copy)]
pub(super) enum LetterInput<'l> {
    /// JSON text.
    Json(&'l [u8]),
    /// Text that is not JSON.
    Text(&'l [u8]),
    /// A line too long to be kept.
    Absent {
        /// Where it starts in the input.
        offset: u64,
        /// Its length.
        length: u64,
    },
}

impl Letters {
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    /// Appends the letter of the line at `index` in its chunk; `origin`: its beginning, if the line is a letter
    /// itself.
    pub(super) fn push(
        &mut self,
        index: u64,
        failure: &ExecutionError,
        input: LetterInput<'_>,
        origin: Option<&[u8]>,
    ) {
        let out = &mut self.text;
        out.extend_from_slice(origin.unwrap_or_default());
        out.push(b',');
        write_failure(failure, out);
        match input {
            LetterInput::Json(json) => {
                out.extend_from_slice(b",\"input\":");
                out.extend_from_slice(json);
            }
            LetterInput::Text(text) => {
                out.extend_from_slice(b",\"input\":");
                write_json_string(&String::from_utf8_lossy(text), out);
            }
            LetterInput::Absent { offset, length } => {
                write_number(",\"offset\":", offset, out);
                write_number(",\"length\":", length, out);
                out.extend_from_slice(b",\"input\":null");
            }
        }
        out.extend_from_slice(b"}\n");
        self.ends.push((origin.is_none().then_some(index), out.len()));
    }

    /// Appends the letters with their beginnings; `lines_before`: lines of the input before the chunk.
    pub(super) fn write(&self, source: &[u8], lines_before: u64, out: &mut Vec<u8>) {
        let mut start = 0;
        for &(index, end) in &self.ends {
            if let Some(index) = index {
                out.extend_from_slice(b"{\"source\":");
                out.extend_from_slice(source);
                write_number(",\"line\":", lines_before + index + 1, out);
            }
            out.extend_from_slice(&self.text[start..end]);
            start = end;
        }
    }
}

/// Appends the envelope of a line that failed.
pub(super) fn write_failed_envelope(failure: &ExecutionError, out: &mut Vec<u8>) {
    out.push(b'{');
    write_failure(failure, out);
    out.extend_from_slice(ENVELOPE_END);
}

/// A line that is not JSON, as the failure of the execution that it could not be. `indent`: white space
/// before the text.
pub(super) fn malformed(error: &ParseError, indent: usize) -> ExecutionError {
    let byte = error.offset as usize + indent;
    runtime(format!("{MALFORMED}{} (byte {byte})", error.kind))
}

/// A line over the bound.
pub(super) fn too_long(length: u64, line_bytes_max: u32) -> ExecutionError {
    let cause = format!("the line has {length} bytes, more than the {line_bytes_max} that are allowed");
    failed("States.DataLimitExceeded", cause)
}

/// A line that cannot be executed.
pub(super) fn runtime(cause: String) -> ExecutionError {
    failed("States.Runtime", cause)
}

fn failed(error: &str, cause: String) -> ExecutionError {
    ExecutionError {
        status: ExecutionStatus::Failed,
        error: Some(error.to_owned()),
        cause: Some(cause),
        state: None,
    }
}

fn write_failure(failure: &ExecutionError, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\"status\":\"");
    out.extend_from_slice(failure.status.as_str().as_bytes());
    out.push(b'"');
    for (key, text) in [("error", &failure.error), ("cause", &failure.cause), ("state", &failure.state)] {
        if let Some(text) = text {
            out.push(b',');
            write_json_string(key, out);
            out.push(b':');
            write_json_string(text, out);
        }
    }
}

fn write_number(key: &str, number: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(key.as_bytes());
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}
