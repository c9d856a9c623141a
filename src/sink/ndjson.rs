//! Lines to a file, a stream or memory.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::durable::sync_folder_of;
use super::error::SinkError;

/// Where lines go.
pub struct Sink {
    name: String,
    target: Target,
    written: u64,
    is_locked: bool,
}

enum Target {
    /// A regular file; the lines start at `start`.
    File {
        file: File,
        start: u64,
        /// Where it is, if it is ours to empty.
        path: Option<PathBuf>,
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
        Ok(Self::from_file(name, file, Some(path.to_owned())))
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
        Self { name: name.into(), target: Target::Stream(Box::new(stream)), written: 0, is_locked: false }
    }

    /// What messages call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file itself, if lines go to one: what tells two paths to one file apart from two files.
    pub(crate) fn as_file(&self) -> Option<&File> {
        match &self.target {
            Target::File { file, path: Some(_), .. } => Some(file),
            _ => None,
        }
    }

    /// Makes ready for the first line: empties a file.
    pub(crate) fn begin(&mut self) -> Result<(), SinkError> {
        match &self.target {
            Target::File { file, path: Some(_), .. } => {
                file.set_len(0).map_err(|error| SinkError::open(&self.name, error))
            }
            _ => Ok(()),
        }
    }

    /// Makes ready to go on behind the first `length` bytes: takes back what comes after them.
    pub(crate) fn resume(&mut self, length: u64) -> Result<(), SinkError> {
        if let Target::File { file, start, path: Some(_) } = &mut self.target {
            let cut = file.set_len(length).and_then(|()| file.seek(SeekFrom::Start(length)));
            cut.map_err(|error| SinkError::open(&self.name, error))?;
            (*start, self.written) = (0, length);
        }
        Ok(())
    }

    /// Whether another process writes to the file; if not, none that asks can from now on, as long as this sink
    /// lives. Where files cannot be locked, nobody knows.
    pub(crate) fn is_in_use(&mut self) -> bool {
        let locked = self.as_file().map(File::try_lock);
        self.is_locked = matches!(locked, Some(Ok(())));
        matches!(locked, Some(Err(TryLockError::WouldBlock)))
    }

    /// Makes what was written survive a crash of the machine.
    pub(crate) fn sync(&self) -> Result<(), SinkError> {
        let result = self.as_file().map_or(Ok(()), File::sync_data);
        result.map_err(|error| SinkError::write(&self.name, self.written, error))
    }

    /// Makes the file's name survive a crash of the machine.
    pub(crate) fn sync_name(&self) -> Result<(), SinkError> {
        let Target::File { path: Some(path), .. } = &self.target else { return Ok(()) };
        sync_folder_of(path).map_err(|error| SinkError::open(&self.name, error))
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
            Some(file) => Self::from_file(name.to_owned(), file, None),
            None => Self::stream(name, stream),
        }
    }

    fn from_file(name: String, mut file: File, path: Option<PathBuf>) -> Self {
        let is_regular = file.metadata().is_ok_and(|metadata| metadata.is_file());
        let target = match file.stream_position() {
            Ok(start) if is_regular => Target::File { file, start, path },
            _ => Target::Stream(Box::new(file)),
        };
        Self { name, target, written: 0, is_locked: false }
    }
}

/// A process that was just forked off holds the file, too, until it becomes another program: closing is not enough.
impl Drop for Sink {
    fn drop(&mut self) {
        if let Some(file) = self.as_file().filter(|_| self.is_locked) {
            // What stays locked is told of when the next run asks.
            let _ = file.unlock();
        }
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
    fn a_file_goes_on_where_it_was_cut() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("out.ndjson");
        std::fs::write(&path, "1\n2\n3\n").expect("writable");
        let mut sink = Sink::file(&path).expect("writable");
        sink.resume(4).expect("writable");
        sink.write_lines(b"4\n").expect("writable");
        sink.sync().and_then(|()| sink.sync_name()).expect("a file of ours");
        assert_eq!(std::fs::read(&path).expect("readable"), b"1\n2\n4\n");
        assert!(!sink.is_in_use());
        assert!(Sink::file(&path).expect("writable").is_in_use(), "only one at a time");
    }

    #[test]
    fn a_folder_is_no_output() {
        let error = Sink::file(Path::new("/")).expect_err("a folder").to_string();
        assert!(error.starts_with("failed to write /: "), "{error}");
    }
}
