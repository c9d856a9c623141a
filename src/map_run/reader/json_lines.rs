//! Items of JSON Lines: one a line, blank lines aside.

use std::io::{BufRead, BufReader, Read};

use super::source::{Item, ItemSource};
use crate::json::{Doc, NodeId, Parser, Tape, minify};
use crate::map_run::MapRunError;

/// Reads an object line by line.
pub(super) struct JsonLines {
    lines: BufReader<Box<dyn Read + Send>>,
    line: Vec<u8>,
    line_bytes_max: u32,
    number: u64,
    parser: Parser,
    tape: Tape,
    source: String,
}

impl JsonLines {
    pub(super) fn new(
        from: Box<dyn Read + Send>,
        nesting_depth_max: u32,
        line_bytes_max: u32,
        source: String,
    ) -> Self {
        Self {
            lines: BufReader::with_capacity(1 << 16, from),
            line: Vec::new(),
            line_bytes_max,
            number: 0,
            parser: Parser::new(nesting_depth_max),
            tape: Tape::default(),
            source,
        }
    }

    fn fail(&self, reason: impl std::fmt::Display) -> MapRunError {
        MapRunError::reader(format!("line {} of {}: {reason}", self.number, self.source))
    }
}

impl ItemSource for JsonLines {
    fn next(&mut self) -> Result<Option<Item>, MapRunError> {
        loop {
            self.line.clear();
            self.number += 1;
            let limit = u64::from(self.line_bytes_max) + 1;
            let read = self.lines.by_ref().take(limit).read_until(b'\n', &mut self.line);
            let read = read.map_err(|error| self.fail(error))?;
            if read == 0 {
                return Ok(None);
            }
            if read as u64 == limit && !self.line.ends_with(b"\n") {
                return Err(self.fail(format_args!("longer than {} bytes", self.line_bytes_max)));
            }
            if self.line.trim_ascii().is_empty() {
                continue;
            }
            let text = self.line.trim_ascii();
            if let Err(error) = self.parser.parse(text, &mut self.tape) {
                return Err(self.fail(format_args!("not JSON: {error}")));
            }
            let mut value = Vec::with_capacity(text.len());
            minify(Doc::new(text, &self.tape), NodeId::ROOT, &mut value);
            return Ok(Some(Item::new(value)));
        }
    }

    fn source(&self) -> &str {
        &self.source
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &'static str) -> JsonLines {
        JsonLines::new(Box::new(text.as_bytes()), 8, 20, "S3://b/k".to_owned())
    }

    #[test]
    fn one_item_a_line() {
        let mut source = lines("{\"a\": 1}\r\n\n  \n[1, 2]\n\"x\"");
        for expected in ["{\"a\":1}", "[1,2]", "\"x\""] {
            let item = source.next().expect("reads").expect("an item");
            assert_eq!(item, Item::new(expected.into()));
        }
        assert_eq!(source.next().expect("reads"), None);
    }

    #[test]
    fn a_bad_line_is_named() {
        let cause = |text| {
            let mut source = lines(text);
            std::iter::repeat_with(|| source.next()).find_map(Result::err).expect("fails").cause
        };
        assert!(cause("1\n{\n").is_some_and(|cause| cause.starts_with("line 2 of S3://b/k: not JSON: ")));
        let long = cause("\"xxxxxxxxxxxxxxxxxxxxxxxxxxx\"");
        assert_eq!(long.as_deref(), Some("line 1 of S3://b/k: longer than 20 bytes"));
    }
}
