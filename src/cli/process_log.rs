//! What programs that answer tasks write beside their answers, on standard error.

use std::{
    io::Write,
    sync::{Mutex, PoisonError},
};

use crate::task::ProcessLog;

/// Writes each line with its process in front, as in `[Price#0] cache is cold`.
pub(super) fn show(log: &ProcessLog, stream: impl Write + Send + 'static) {
    let stream = Mutex::new(stream);
    log.set(move |line| {
        // Lambda's Python runtime puts carriage returns between the lines of one message.
        let mut text = String::new();
        for part in line.text.split('\r').filter(|part| !part.is_empty()) {
            text.extend(["[", line.process, "] ", part, "\n"]);
        }
        // Nobody can be told that nobody can be told.
        let _ = stream.lock().unwrap_or_else(PoisonError::into_inner).write_all(text.as_bytes());
    });
}
