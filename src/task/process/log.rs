//! What programs write beside their answers.

use std::fmt;
use std::sync::{Arc, OnceLock};

use tokio::io::{AsyncRead, BufReader};

use super::lines::{Line, read_line, skip_line};

/// More of a line is cut away.
const LINE_BYTES_MAX: usize = 8 << 10;

/// A line that a program wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProcessLine<'l> {
    /// Who wrote it: the function or program, and which of its processes, as in `Price#0`.
    pub process: &'l str,
    /// What it wrote, without the line's end; the first 8 KiB of it.
    pub text: &'l str,
}

type OnLine = Box<dyn Fn(&ProcessLine<'_>) + Send + Sync>;

/// Where lines of programs go: all clones lead to one place, which can be set once and drops them until then.
#[derive(Clone, Default)]
pub struct ProcessLog(Arc<OnceLock<OnLine>>);

impl ProcessLog {
    /// Sets what is told of each line; it must not block. Only the first call has an effect.
    pub fn set(&self, on_line: impl Fn(&ProcessLine<'_>) + Send + Sync + 'static) {
        let _ = self.0.set(Box::new(on_line));
    }

    pub(in crate::task) fn write(&self, process: &str, text: &[u8]) {
        if let Some(on_line) = self.0.get() {
            let kept = &text[..text.len().min(LINE_BYTES_MAX)];
            on_line(&ProcessLine { process, text: String::from_utf8_lossy(kept).trim_end() });
        }
    }
}

impl fmt::Debug for ProcessLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessLog").field("is_set", &self.0.get().is_some()).finish()
    }
}

/// Reads a stream to its end, so that its writer never waits, and hands on its lines.
pub(in crate::task) async fn forward_lines(
    stream: impl AsyncRead + Unpin,
    log: ProcessLog,
    process: Arc<str>,
) {
    let mut reader = BufReader::with_capacity(LINE_BYTES_MAX, stream);
    let mut line = Vec::new();
    while let Ok(kind @ (Line::Whole | Line::Cut)) = read_line(&mut reader, &mut line, LINE_BYTES_MAX).await {
        log.write(&process, &line);
        if kind == Line::Cut && skip_line(&mut reader).await.is_err() {
            break;
        }
    }
}
