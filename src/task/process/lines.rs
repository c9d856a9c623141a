//! Lines of bounded length.

use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt};

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::task) enum Line {
    /// A line, without its end; the last one need have none.
    Whole,
    /// The first part of a line of more than the bound; the rest comes next.
    Cut,
    /// The end of the stream.
    End,
}

/// Reads the next line into `line`, `bytes_max` of it at most.
pub(in crate::task) async fn read_line<R: AsyncBufRead + Unpin>(
    reader: &mut R,
    line: &mut Vec<u8>,
    bytes_max: usize,
) -> io::Result<Line> {
    line.clear();
    loop {
        let available = reader.fill_buf().await?;
        if available.is_empty() {
            return Ok(if line.is_empty() { Line::End } else { Line::Whole });
        }
        let end = memchr::memchr(b'\n', available);
        let part = &available[..end.unwrap_or(available.len())];
        let room = bytes_max - line.len();
        if part.len() > room {
            line.extend_from_slice(&part[..room]);
            reader.consume(room);
            return Ok(Line::Cut);
        }
        line.extend_from_slice(part);
        let used = part.len() + usize::from(end.is_some());
        reader.consume(used);
        if end.is_some() {
            return Ok(Line::Whole);
        }
    }
}

/// Skips what is left of a line.
pub(in crate::task) async fn skip_line<R: AsyncBufRead + Unpin>(reader: &mut R) -> io::Result<()> {
    loop {
        let available = reader.fill_buf().await?;
        let end = memchr::memchr(b'\n', available);
        let used = end.map_or(available.len(), |end| end + 1);
        let is_over = end.is_some() || available.is_empty();
        reader.consume(used);
        if is_over {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::BufReader;

    use super::*;

    #[tokio::test]
    async fn long_lines_are_cut_and_the_next_one_is_found() {
        for capacity in [1, 3, 100] {
            let mut reader = BufReader::with_capacity(capacity, &b"one\n\nfour\nfive and more\nlast"[..]);
            let (mut line, mut lines) = (Vec::new(), Vec::new());
            loop {
                let kind = read_line(&mut reader, &mut line, 4).await.expect("memory");
                match kind {
                    Line::End => break,
                    Line::Cut => skip_line(&mut reader).await.expect("memory"),
                    Line::Whole => {}
                }
                lines.push((kind, String::from_utf8(line.clone()).expect("ASCII")));
            }
            let expected = [
                (Line::Whole, "one"),
                (Line::Whole, ""),
                (Line::Whole, "four"),
                (Line::Cut, "five"),
                (Line::Whole, "last"),
            ];
            assert_eq!(lines, expected.map(|(kind, text)| (kind, text.to_owned())));
        }
    }
}
