//! The execution log: events as NDJSON, each line as AWS writes it to `CloudWatch`.
//!
//! The records of an execution are rendered when it ends, by the worker that ran it, and written together: one
//! lock an execution, whole lines only. What is written is bounded by the bounds on histories.

use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::history_json::write_details;
use crate::json::write_json_string;
use crate::vm::{ExecutionHistory, HistoryEvent, RecordOptions};

/// Bytes after which waiting records are passed on.
const PENDING_BYTES_MAX: usize = 64 << 10;

/// Where the events of executions are logged (AWS docs, "Logging in Step Functions").
///
/// Clones write to the same place. Records are passed on when there are enough of them, when a worker has nothing to
/// do, and when the last clone is dropped.
///
/// ```
/// use aslx::executor::Runner;
/// use aslx::telemetry::ExecutionLog;
/// use aslx::vm::{LogLevel, RecordOptions};
///
/// let definition = r#"{"StartAt":"F","States":{"F":{"Type":"Fail","Error":"Sold.Out"}}}"#;
/// let program = aslx::compile(definition, &aslx::CompileOptions::default()).expect("a valid definition");
///
/// let options = RecordOptions { level: LogLevel::Error, includes_data: false };
/// let log = ExecutionLog::new(std::io::stderr(), options);
/// let mut runner = Runner::builder(program).log(log.clone()).build()?;
/// runner.run(b"{}", &mut Vec::new()).expect("the input is JSON");
/// log.finish()?; // FailStateEntered and ExecutionFailed, a line each
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct ExecutionLog {
    options: RecordOptions,
    output: Arc<Mutex<Output>>,
}

struct Output {
    target: Box<dyn Write + Send>,
    pending: Vec<u8>,
    /// Whether a write failed: nothing is written any more.
    is_broken: bool,
    error: Option<io::Error>,
}

impl ExecutionLog {
    /// A log of the events that `options` say.
    pub fn new(target: impl Write + Send + 'static, options: RecordOptions) -> Self {
        let output = Output { target: Box::new(target), pending: Vec::new(), is_broken: false, error: None };
        Self { options, output: Arc::new(Mutex::new(output)) }
    }

    /// What it has.
    pub fn options(&self) -> RecordOptions {
        self.options
    }

    /// Passes on what waits.
    pub fn flush(&self) {
        self.lock().pass_on();
    }

    /// Passes on what waits.
    ///
    /// # Errors
    /// If that fails, or any write before did: what was logged since is lost.
    pub fn finish(&self) -> io::Result<()> {
        let mut output = self.lock();
        output.pass_on();
        output.error.take().map_or(Ok(()), Err)
    }

    /// Logs an execution that has ended.
    pub(crate) fn write(&self, history: &ExecutionHistory) {
        let mut records = Vec::new();
        for event in history.events() {
            if event.event_type.log_level() <= self.options.level {
                write_record(event, history.execution_arn(), self.options.includes_data, &mut records);
            }
        }
        if records.is_empty() {
            return;
        }
        let mut output = self.lock();
        if output.is_broken {
            return;
        }
        output.pending.append(&mut records);
        if output.pending.len() >= PENDING_BYTES_MAX {
            output.pass_on();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Output> {
        self.output.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Output {
    fn pass_on(&mut self) {
        if self.is_broken || self.pending.is_empty() {
            return;
        }
        let result = self.target.write_all(&self.pending).and_then(|()| self.target.flush());
        self.pending.clear();
        if let Err(error) = result {
            self.is_broken = true;
            self.error = Some(error);
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        self.pass_on();
    }
}

impl fmt::Debug for ExecutionLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExecutionLog").field("options", &self.options).finish_non_exhaustive()
    }
}

/// Appends one line. Numbers are strings, as in AWS's records; those inside `details` are not.
fn write_record(event: &HistoryEvent, execution_arn: &str, includes_data: bool, out: &mut Vec<u8>) {
    let HistoryEvent { id, previous_event_id, timestamp, event_type, details, .. } = event;
    let event_type = event_type.as_str();
    out.extend_from_slice(format!(r#"{{"id":"{id}","type":"{event_type}","details":"#).as_bytes());
    write_details(details, includes_data, out);
    let event_timestamp = timestamp.to_millis();
    out.extend_from_slice(
        format!(
            r#","previous_event_id":"{previous_event_id}","event_timestamp":"{event_timestamp}","execution_arn":"#
        )
        .as_bytes(),
    );
    write_json_string(execution_arn, out);
    out.extend_from_slice(b",\"redrive_count\":\"0\"}\n");
}
