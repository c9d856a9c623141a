//! Lines of bounded length.

use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt};

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::task) enum Line {
    /// A line, without its end; the last one need have none.
    Whole,
    /// A line of more than the bound, of which the first part was kept and the rest skipped.
    Cut,
    /// The end of the stream.
    End,
}

/// Reads the next line into `line`, of which it keeps `bytes_max`.
pub(in crate::task) async fn read_line<R: AsyncBufRead + Unpin>(
    reader: &mut R,
    line: &mut Vec<u8>,
    bytes_max: usize,
) -> io::Result<Line> {
    line.clear();
    let (mut is_cut, mut has_any) = (false, false);
    loop {
        let available = reader.fill_buf().await?;
        if available.is_empty() {
            return Ok(if !has_any {
                Line::End
            } else if is_cut {
                Line::Cut
            } else {
                Line::Whole
            });
        }
        has_any = true;
        let end = memchr::memchr(b'\n', available);
        let part = &available[..end.unwrap_or(available.len())];
        let kept = part.len().min(bytes_max - line.len());
        line.extend_from_slice(&part[..kept]);
        is_cut |= kept < part.len();
        let used = part.len() + usize::from(end.is_some());
        reader.consume(used);
        if end.is_some() {
            return Ok(if is_cut { Line::Cut } else { Line::Whole });
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
            let mut reader = BufReader::with_capacity(capacity, &b"one\n\nfour and more\nlast"[..]);
            let (mut line, mut lines) = (Vec::new(), Vec::new());
            loop {
                match read_line(&mut reader, &mut line, 4).await.expect("memory") {
                    Line::End => break,
                    kind => lines.push((kind, String::from_utf8(line.clone()).expect("ASCII"))),
                }
            }
            let expected =
                [(Line::Whole, "one"), (Line::Whole, ""), (Line::Cut, "four"), (Line::Whole, "last")];
            assert_eq!(lines, expected.map(|(kind, text)| (kind, text.to_owned())));
        }
    }
}
