//! The progress bar of `aslx run`.

use std::io::{self, Write};

use indicatif::{ProgressBar as Bar, ProgressDrawTarget, ProgressStyle};

use crate::pipeline::Progress;

const SIZE_KNOWN: &str = "{bar:30} {percent:>3} %  {msg}  {eta} left";
const SIZE_UNKNOWN: &str = "{spinner}  {msg}  {elapsed}";

/// A bar on standard error; it leaves no trace when its last clone is gone.
#[derive(Debug, Clone)]
pub(super) struct ProgressBar(Bar);

impl ProgressBar {
    pub(super) fn new() -> Self {
        let bar = Bar::with_draw_target(None, ProgressDrawTarget::stderr());
        bar.set_style(style(SIZE_UNKNOWN));
        Self(bar)
    }

    /// Shows how far the run has come; cheap, because most calls draw nothing.
    pub(super) fn show(&self, progress: &Progress) {
        if self.0.length() != progress.bytes_total {
            self.0.set_length(progress.bytes_total.unwrap_or(0));
            self.0.set_style(style(SIZE_KNOWN));
        }
        let lines = progress.succeeded + progress.failed;
        let rate = (lines - progress.lines_before) as f64 / self.0.elapsed().as_secs_f64().max(0.001);
        self.0.set_message(format!("{lines} lines, {} failed, {rate:.0}/s", progress.failed));
        self.0.set_position(progress.bytes_in);
    }

    /// A stream to the same terminal, whose lines do not mix with the bar.
    pub(super) fn beside<W: Write + Send + 'static>(&self, stream: W) -> impl Write + Send + 'static {
        Beside { bar: self.0.clone(), stream }
    }

    pub(super) fn clear(&self) {
        self.0.finish_and_clear();
    }
}

struct Beside<W> {
    bar: Bar,
    stream: W,
}

impl<W: Write> Write for Beside<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bar.suspend(|| self.stream.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_valid() {
        for template in [SIZE_KNOWN, SIZE_UNKNOWN] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }

    #[test]
    fn the_bar_follows_the_input() {
        let bar = ProgressBar(Bar::hidden());
        let mut progress = Progress::default();
        (progress.succeeded, progress.failed, progress.bytes_in) = (7, 2, 50);
        bar.show(&progress);
        assert!(bar.0.length().is_none() && bar.0.message().starts_with("9 lines, 2 failed, "));
        progress.bytes_total = Some(200);
        bar.show(&progress);
        assert_eq!((bar.0.length(), bar.0.position()), (Some(200), 50));
    }

    #[test]
    fn what_is_written_beside_the_bar_arrives() {
        let (mut reader, writer) = io::pipe().unwrap();
        let mut beside = ProgressBar(Bar::hidden()).beside(writer);
        beside.write_all(b"one line\n").unwrap();
        drop(beside);
        assert_eq!(io::read_to_string(&mut reader).unwrap(), "one line\n");
    }
}
