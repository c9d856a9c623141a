//! Lines to a file, a stream or memory.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, Write};
use std::path::Path;

use super::error::SinkError;

/// Where lines go.
pub struct Sink {
    name: String,
    target: Target,
    written: u64,
}

enum Target {
    /// A regular file; the lines start at `start`.
    File {
        file: File,
        start: u64,
        is_ours: bool,
    },
    Stream(Box<dyn Write + Send>),
}

impl Sink {
    /// A file, made if it is not there. What it holds is replaced, but not before the run begins.
    pub fn file(path: &Path) -> Result<Self, SinkError> {
        let name = path.display().to_string();
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(false).open(path);
        let file = file.map_err(|error| SinkError::open(&name, error))?;
        Ok(Self::from_file(name, file, true))
    }

    /// The standard output.
    pub fn stdout() -> Self {
        Self::standard("standard output", duplicate(&io::stdout()), io::stdout())
    }

    /// The standard error stream.
    pub fn stderr() -> Self {
        Self::standard("standard error", duplicate(&io::stderr()), io::stderr())
    }

    /// Anything that can be written to; `name` is what messages call it.
    pub fn stream(name: impl Into<String>, stream: impl Write + Send + 'static) -> Self {
        Self { name: name.into(), target: Target::Stream(Box::new(stream)), written: 0 }
    }

    /// What messages call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file itself, if lines go to one: what tells two paths to one file apart from two files.
    pub(crate) fn as_file(&self) -> Option<&File> {
        match &self.target {
            Target::File { file, is_ours: true, .. } => Some(file),
            _ => None,
        }
    }

    /// Makes ready for the first line: empties a file.
    pub(crate) fn begin(&mut self) -> Result<(), SinkError> {
        match &self.target {
            Target::File { file, is_ours: true, .. } => {
                file.set_len(0).map_err(|error| SinkError::open(&self.name, error))
            }
            _ => Ok(()),
        }
    }

    /// Writes whole lines. If that fails, the lines that went through stay and a part of one is taken back
    /// where the target allows it.
    pub(crate) fn write_lines(&mut self, lines: &[u8]) -> Result<(), SinkError> {
        let mut done = 0;
        while done < lines.len() {
            let result = match &mut self.target {
                Target::File { file, .. } => file.write(&lines[done..]),
                Target::Stream(stream) => stream.write(&lines[done..]),
            };
            let error = match result {
                Ok(0) => io::Error::from(io::ErrorKind::WriteZero),
                Ok(count) => {
                    done += count;
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => error,
            };
            self.written += memchr::memrchr(b'\n', &lines[..done]).map_or(0, |newline| newline as u64 + 1);
            self.take_back_part_of_line();
            return Err(SinkError::write(&self.name, self.written, error));
        }
        self.written += lines.len() as u64;
        Ok(())
    }

    /// Passes on what the target may hold back.
    pub(crate) fn flush(&mut self) -> Result<(), SinkError> {
        let result = match &mut self.target {
            Target::File { .. } => Ok(()),
            Target::Stream(stream) => stream.flush(),
        };
        result.map_err(|error| SinkError::write(&self.name, self.written, error))
    }

    fn take_back_part_of_line(&mut self) {
        if let Target::File { file, start, .. } = &self.target {
            // If even this fails, the error that led here is the one to tell.
            let _ = file.set_len(start + self.written);
        }
    }

    fn standard(name: &str, file: Option<File>, stream: impl Write + Send + 'static) -> Self {
        match file {
            Some(file) => Self::from_file(name.to_owned(), file, false),
            None => Self::stream(name, stream),
        }
    }

    fn from_file(name: String, mut file: File, is_ours: bool) -> Self {
        let is_regular = file.metadata().is_ok_and(|metadata| metadata.is_file());
        let target = match file.stream_position() {
            Ok(start) if is_regular => Target::File { file, start, is_ours },
            _ => Target::Stream(Box::new(file)),
        };
        Self { name, target, written: 0 }
    }
}

/// The stream as a file: unbuffered, and truncatable if it was redirected to a regular one.
#[cfg(unix)]
fn duplicate(stream: &impl std::os::fd::AsFd) -> Option<File> {
    stream.as_fd().try_clone_to_owned().ok().map(File::from)
}

#[cfg(not(unix))]
fn duplicate<T>(_stream: &T) -> Option<File> {
    None
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sink")
            .field("name", &self.name)
            .field("written", &self.written)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes so many bytes, then has no space left.
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.0 == 0 {
                return Err(io::Error::from(io::ErrorKind::StorageFull));
            }
            let count = bytes.len().min(self.0);
            self.0 -= count;
            Ok(count)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_is_told_with_what_was_written_before() {
        let mut sink = Sink::stream("out.ndjson", Full(10));
        sink.write_lines(b"1\n2\n").expect("four bytes fit");
        let error = sink.write_lines(b"333\n444\n").expect_err("eight more do not");
        assert!(!error.is_closed_pipe());
        let message = error.to_string();
        assert!(message.starts_with("failed to write out.ndjson: "), "{message}");
        assert!(message.ends_with("(after 8 bytes, which are whole lines)"), "{message}");
    }

    #[test]
    fn a_file_is_replaced_only_when_the_run_begins() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("out.ndjson");
        std::fs::write(&path, "what was there before\n").expect("writable");
        let mut sink = Sink::file(&path).expect("writable");
        assert_eq!(std::fs::read(&path).expect("readable"), b"what was there before\n");
        sink.begin().expect("writable");
        sink.write_lines(b"1\n").expect("writable");
        assert_eq!(std::fs::read(&path).expect("readable"), b"1\n");
    }

    #[test]
    fn a_folder_is_no_output() {
        let error = Sink::file(Path::new("/")).expect_err("a folder").to_string();
        assert!(error.starts_with("failed to write /: "), "{error}");
    }
}
