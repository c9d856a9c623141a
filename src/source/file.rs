//! Regular files and memory: pieces between fixed offsets, read by whoever claims them.
//!
//! A line belongs to the piece in which it starts. So a piece begins behind the first newline at or after the
//! byte before it, and ends with the last line that starts in it, wherever that ends. No piece needs to know
//! of another.

use std::fs::File;
use std::io;
use std::sync::Arc;

use super::chunk::{Bytes, Chunk};
use super::error::SourceError;

/// How much more of a file is read when a line goes on behind its piece: little at first, as most lines are
/// short, then twice as much each time up to the second figure.
const MORE_BYTES: usize = 4 << 10;
const MORE_BYTES_MAX: usize = 64 << 10;
/// UTF-8's byte order mark, which some programs put at the start of a file.
pub(super) const BYTE_ORDER_MARK: &[u8; 3] = b"\xef\xbb\xbf";

/// Bytes at known offsets.
#[derive(Debug)]
pub(super) enum Store {
    File { file: File, length: u64 },
    Memory(Arc<[u8]>),
}

impl Store {
    pub(super) fn len(&self) -> u64 {
        match self {
            Self::File { length, .. } => *length,
            Self::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// The lines that start in `start..end`, in `buffer` if they have to be read.
    pub(super) fn read_piece(
        &self,
        name: &str,
        (start, end): (u64, u64),
        line_bytes_max: u32,
        buffer: Vec<u8>,
    ) -> Result<Chunk, SourceError> {
        match self {
            Self::Memory(bytes) => Ok(cut_memory(bytes, start, end)),
            Self::File { file, length } => {
                let piece = Piece { name, file, length: *length, end, line_bytes_max };
                piece.read(start, buffer)
            }
        }
    }
}

/// Memory needs no reading, so a line of any length is simply there.
fn cut_memory(bytes: &Arc<[u8]>, start: u64, end: u64) -> Chunk {
    let line_start = |at: usize| match at {
        0 if bytes.starts_with(BYTE_ORDER_MARK) => BYTE_ORDER_MARK.len(),
        0 => 0,
        at => memchr::memchr(b'\n', &bytes[at - 1..]).map_or(bytes.len(), |newline| at + newline),
    };
    let (start, end) = (line_start(start as usize), line_start(end as usize));
    let bytes = Bytes::Shared { bytes: Arc::clone(bytes), start, end: end.max(start) };
    Chunk { offset: start as u64, bytes, ..Chunk::default() }
}

struct Piece<'f> {
    name: &'f str,
    file: &'f File,
    length: u64,
    end: u64,
    line_bytes_max: u32,
}

impl Piece<'_> {
    fn read(&self, start: u64, mut buffer: Vec<u8>) -> Result<Chunk, SourceError> {
        let from = start.saturating_sub(1);
        self.fill(&mut buffer, 0, from, (self.end - from) as usize)?;
        let skipped = if start > 0 {
            memchr::memchr(b'\n', &buffer).map_or(buffer.len(), |newline| newline + 1)
        } else if buffer.starts_with(BYTE_ORDER_MARK) {
            BYTE_ORDER_MARK.len()
        } else {
            0
        };
        let too_long =
            if skipped < buffer.len() { self.complete_last_line(&mut buffer, skipped, from)? } else { None };
        let bytes = Bytes::Owned { buffer, start: skipped };
        Ok(Chunk { offset: from + skipped as u64, bytes, too_long, ..Chunk::default() })
    }

    /// Reads the last line to its end. One that turns out too long is taken out again and measured. `from`:
    /// where the buffer's first byte stands in the file.
    fn complete_last_line(
        &self,
        buffer: &mut Vec<u8>,
        skipped: usize,
        from: u64,
    ) -> Result<Option<u64>, SourceError> {
        let line_start = match memchr::memrchr(b'\n', &buffer[skipped..]) {
            Some(newline) if skipped + newline + 1 == buffer.len() => return Ok(None),
            Some(newline) => skipped + newline + 1,
            None => skipped,
        };
        let mut more = MORE_BYTES;
        loop {
            let at = from + buffer.len() as u64;
            if at >= self.length {
                return Ok(None);
            }
            // One more byte than allowed, for the carriage return of a line that just fits.
            if buffer.len() - line_start > self.line_bytes_max as usize + 1 {
                let known = (buffer.len() - line_start) as u64;
                buffer.truncate(line_start);
                return Ok(Some(known + self.bytes_to_newline(at)?));
            }
            let old = buffer.len();
            self.fill(buffer, old, at, more)?;
            more = MORE_BYTES_MAX.min(more * 2);
            if let Some(newline) = memchr::memchr(b'\n', &buffer[old..]) {
                buffer.truncate(old + newline + 1);
                return Ok(None);
            }
        }
    }

    fn bytes_to_newline(&self, mut at: u64) -> Result<u64, SourceError> {
        let start = at;
        let mut buffer = Vec::with_capacity(MORE_BYTES_MAX);
        while at < self.length {
            self.fill(&mut buffer, 0, at, MORE_BYTES_MAX)?;
            if let Some(newline) = memchr::memchr(b'\n', &buffer) {
                return Ok(at + newline as u64 - start);
            }
            at += buffer.len() as u64;
        }
        Ok(at - start)
    }

    /// Fills the buffer behind its first `kept` bytes with `count` bytes from `offset` on, or with as many as the
    /// file had when it was opened.
    fn fill(&self, buffer: &mut Vec<u8>, kept: usize, offset: u64, count: usize) -> Result<(), SourceError> {
        let count = count.min(usize::try_from(self.length - offset).unwrap_or(usize::MAX));
        buffer.resize(kept + count, 0);
        let mut done = 0;
        while done < count {
            let at = offset + done as u64;
            match read_at(self.file, &mut buffer[kept + done..], at) {
                Ok(0) => return Err(SourceError::shrank(self.name, self.length, at)),
                Ok(read) => done += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(SourceError::read(self.name, at, error)),
            }
        }
        Ok(())
    }
}

/// Fills the buffer from `offset` on.
pub(super) fn read_all_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        match read_at(file, buffer, offset) {
            Ok(0) => return Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
            Ok(read) => {
                buffer = &mut buffer[read..];
                offset += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}
