//! Whole lines of one input, and their places.

use std::ops::Range;
use std::sync::Arc;

/// Consecutive whole lines of one input.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    /// Where it stands among all chunks of the run.
    pub(crate) sequence: u64,
    /// Which input it is of.
    pub(crate) source: u32,
    /// Offset of its first byte in the input.
    pub(crate) offset: u64,
    /// Its lines; the last one may lack its newline.
    pub(super) bytes: Bytes,
    /// A line behind them of which only the length is known.
    pub(super) too_long: Option<u64>,
}

#[derive(Debug)]
pub(super) enum Bytes {
    /// The lines begin at `start`; what stands before it is the end of another chunk's last line.
    Owned {
        buffer: Vec<u8>,
        start: usize,
    },
    Shared {
        bytes: Arc<[u8]>,
        start: usize,
        end: usize,
    },
}

impl Default for Bytes {
    fn default() -> Self {
        Self::Owned { buffer: Vec::new(), start: 0 }
    }
}

/// One line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line<'c> {
    /// Offset of its first byte in the input.
    pub(crate) offset: u64,
    pub(crate) text: LineText<'c>,
}

/// What is known of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineText<'c> {
    /// Nothing but white space.
    Blank,
    /// Its text without white space at either end.
    Text {
        text: &'c [u8],
        /// How much white space there was before it.
        indent: usize,
    },
    /// It is longer than allowed.
    TooLong {
        /// Its length in bytes, without its newline.
        length: u64,
    },
}

impl Chunk {
    pub(super) fn bytes(&self) -> &[u8] {
        match &self.bytes {
            Bytes::Owned { buffer, start } => &buffer[*start..],
            Bytes::Shared { bytes, start, end } => &bytes[*start..*end],
        }
    }

    /// Bytes of input that the chunk stands for.
    pub(crate) fn len(&self) -> u64 {
        self.bytes().len() as u64 + self.too_long.unwrap_or(0)
    }

    /// Consecutive ranges of whole lines, each of about so many bytes; one at least, and all lines are in one.
    pub(crate) fn line_ranges(&self, bytes: usize) -> impl Iterator<Item = Range<usize>> {
        let text = self.bytes();
        let mut next = Some(0_usize);
        std::iter::from_fn(move || {
            let start = next?;
            let least = start.saturating_add(bytes.max(1)) - 1;
            let newline = text.get(least..).and_then(|rest| memchr::memchr(b'\n', rest));
            let end = newline.map_or(text.len(), |newline| least + newline + 1);
            next = (end < text.len()).then_some(end);
            Some(start..end)
        })
    }

    /// The lines of a range, blank ones included.
    pub(crate) fn lines(&self, range: Range<usize>, line_bytes_max: u32) -> Lines<'_> {
        let bytes = self.bytes();
        let too_long = if range.end == bytes.len() { self.too_long } else { None };
        let offset = self.offset + range.start as u64;
        Lines { rest: &bytes[range], offset, too_long, line_bytes_max }
    }

    /// The buffer with what it holds, to be filled for another chunk: only growth is zeroed then.
    pub(crate) fn into_buffer(self) -> Vec<u8> {
        match self.bytes {
            Bytes::Owned { buffer, .. } => buffer,
            Bytes::Shared { .. } => Vec::new(),
        }
    }
}

/// The lines of a chunk.
#[derive(Debug)]
pub(crate) struct Lines<'c> {
    rest: &'c [u8],
    offset: u64,
    too_long: Option<u64>,
    line_bytes_max: u32,
}

impl<'c> Iterator for Lines<'c> {
    type Item = Line<'c>;

    #[inline]
    fn next(&mut self) -> Option<Line<'c>> {
        let offset = self.offset;
        if self.rest.is_empty() {
            let length = self.too_long.take()?;
            return Some(Line { offset, text: LineText::TooLong { length } });
        }
        let (line, taken) = match memchr::memchr(b'\n', self.rest) {
            Some(at) => (&self.rest[..at], at + 1),
            None => (self.rest, self.rest.len()),
        };
        self.rest = &self.rest[taken..];
        self.offset += taken as u64;
        let length = line.len() as u64;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let text = if line.len() as u64 > u64::from(self.line_bytes_max) {
            LineText::TooLong { length }
        } else {
            let (text, indent) = trim(line);
            if text.is_empty() { LineText::Blank } else { LineText::Text { text, indent } }
        };
        Some(Line { offset, text })
    }
}

/// The line without JSON's white space at either end, and how much there was before it. A text without any
/// can be written back as it stands.
#[inline]
pub(crate) fn trim(line: &[u8]) -> (&[u8], usize) {
    let mut text = line;
    while let [b' ' | b'\t' | b'\r', rest @ ..] = text {
        text = rest;
    }
    let indent = line.len() - text.len();
    while let [rest @ .., b' ' | b'\t' | b'\r'] = text {
        text = rest;
    }
    (text, indent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_know_their_offsets_and_lose_their_breaks() {
        let chunk = Chunk {
            offset: 100,
            bytes: Bytes::Owned {
                buffer: b"rest\n{}\r\n\n \t\r\n [1] \nlonger line\nlast".to_vec(),
                start: 5,
            },
            too_long: Some(77),
            ..Chunk::default()
        };
        let expected = [
            (100, LineText::Text { text: b"{}", indent: 0 }),
            (104, LineText::Blank),
            (105, LineText::Blank),
            (109, LineText::Text { text: b"[1]", indent: 1 }),
            (115, LineText::TooLong { length: 11 }),
            (127, LineText::Text { text: b"last", indent: 0 }),
            (131, LineText::TooLong { length: 77 }),
        ];
        for bytes in [1, 2, 5, 9, 20, 1_000] {
            let ranges: Vec<_> = chunk.line_ranges(bytes).collect();
            assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start), "{ranges:?}");
            let lines = ranges.into_iter().flat_map(|range| chunk.lines(range, 8));
            assert_eq!(lines.map(|line| (line.offset, line.text)).collect::<Vec<_>>(), expected);
        }
        assert_eq!(Chunk::default().line_ranges(5).count(), 1);
    }
}
