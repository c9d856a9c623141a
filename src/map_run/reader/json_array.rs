//! Items of a JSON array that is read as it comes: only one element is in memory.

use std::io::{self, BufRead, BufReader, Read};

use super::source::{Item, ItemSource};
use crate::json::{Doc, NodeId, Parser, Tape, minify};
use crate::map_run::MapRunError;

/// An object of S3 that is read from its beginning.
pub(super) type Bytes = BufReader<Box<dyn Read + Send>>;

/// Reads an array element by element, the opening bracket being read already.
pub(super) struct JsonArray {
    bytes: Bytes,
    element: Vec<u8>,
    element_bytes_max: usize,
    number: u64,
    is_over: bool,
    parser: Parser,
    tape: Tape,
    source: String,
}

/// Whether a text is an array: its opening bracket is read then, and else nothing but blanks.
pub(super) fn opens_array(bytes: &mut Bytes) -> io::Result<bool> {
    loop {
        let buffer = bytes.fill_buf()?;
        let blanks = buffer.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let (found, is_end) = (buffer.get(blanks).copied(), buffer.is_empty());
        let is_array = found == Some(b'[');
        bytes.consume(blanks + usize::from(is_array));
        if is_end || found.is_some() {
            return Ok(is_array);
        }
    }
}

impl JsonArray {
    pub(super) fn new(bytes: Bytes, nesting_depth_max: u32, element_bytes_max: u32, source: String) -> Self {
        Self {
            bytes,
            element: Vec::new(),
            element_bytes_max: element_bytes_max as usize,
            number: 0,
            is_over: false,
            parser: Parser::new(nesting_depth_max),
            tape: Tape::default(),
            source,
        }
    }

    /// Reads up to the comma or bracket that ends the next element, which is not kept.
    fn read_element(&mut self) -> Result<(), MapRunError> {
        self.element.clear();
        let (mut depth, mut is_string, mut is_escaped) = (0_u32, false, false);
        loop {
            let buffer = match self.bytes.fill_buf() {
                Ok([]) => return Err(self.fail("the array is not closed")),
                Ok(buffer) => buffer,
                Err(error) => return Err(self.fail(error)),
            };
            let end = buffer.iter().position(|byte| {
                if is_string {
                    is_string = *byte != b'"' || is_escaped;
                    is_escaped = *byte == b'\\' && !is_escaped;
                    return false;
                }
                match byte {
                    b'"' => is_string = true,
                    b'[' | b'{' => depth = depth.saturating_add(1),
                    b',' | b']' if depth == 0 => return true,
                    b']' | b'}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                false
            });
            let taken = end.unwrap_or(buffer.len());
            self.element.extend_from_slice(&buffer[..taken]);
            self.is_over = end.is_some_and(|end| buffer[end] == b']');
            self.bytes.consume(taken + usize::from(end.is_some()));
            if self.element.len() > self.element_bytes_max {
                return Err(self.fail(format_args!("longer than {} bytes", self.element_bytes_max)));
            }
            if end.is_some() {
                return Ok(());
            }
        }
    }

    /// Nothing but blanks may follow.
    fn check_end(&mut self) -> Result<(), MapRunError> {
        let is_array = opens_array(&mut self.bytes).map_err(|error| self.fail(error))?;
        let is_end = self.bytes.fill_buf().is_ok_and(<[u8]>::is_empty);
        if is_end && !is_array { Ok(()) } else { Err(self.fail("something follows the array")) }
    }

    fn fail(&self, reason: impl std::fmt::Display) -> MapRunError {
        MapRunError::reader(format!("element {} of {}: {reason}", self.number, self.source))
    }
}

impl ItemSource for JsonArray {
    fn next(&mut self) -> Result<Option<Item>, MapRunError> {
        if self.is_over {
            return Ok(None);
        }
        self.read_element()?;
        if self.is_over {
            self.check_end()?;
        }
        let text = self.element.trim_ascii();
        if text.is_empty() && self.is_over && self.number == 0 {
            return Ok(None);
        }
        if let Err(error) = self.parser.parse(text, &mut self.tape) {
            return Err(self.fail(format_args!("not JSON: {error}")));
        }
        self.number += 1;
        let mut value = Vec::with_capacity(text.len());
        minify(Doc::new(text, &self.tape), NodeId::ROOT, &mut value);
        Ok(Some(Item::new(value)))
    }

    fn source(&self) -> &str {
        &self.source
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every buffer size must give the same.
    #[track_caller]
    fn check(text: &'static str, expected: Result<&[&str], &str>) {
        for capacity in [1, 2, 3, 64] {
            let from: Box<dyn Read + Send> = Box::new(text.as_bytes());
            let mut bytes = BufReader::with_capacity(capacity, from);
            assert!(opens_array(&mut bytes).expect("reads"), "{text}");
            let mut array = JsonArray::new(bytes, 8, 30, "S3://b/k".to_owned());
            let mut items = Vec::new();
            let end = loop {
                match array.next() {
                    Ok(Some(item)) => items.push(String::from_utf8(item.value).expect("UTF-8")),
                    Ok(None) => break Ok(()),
                    Err(error) => break Err(error.cause.expect("a cause")),
                }
            };
            match expected {
                Ok(expected) => {
                    assert_eq!(end, Ok(()));
                    assert_eq!(items, expected);
                }
                Err(reason) => {
                    let cause = end.expect_err(text);
                    assert!(cause.starts_with(reason), "{cause}");
                }
            }
        }
    }

    #[test]
    fn elements_come_one_by_one() {
        check(
            " [1, [2, 3], {\"a\" : \"],\\\"\\\\\"} ,\"x\" ]\n",
            Ok(&["1", "[2,3]", "{\"a\":\"],\\\"\\\\\"}", "\"x\""]),
        );
        check("[]", Ok(&[]));
        check("[ \n]", Ok(&[]));
    }

    #[test]
    fn what_is_no_array_is_found_where_it_goes_wrong() {
        check("[1,]", Err("element 1 of S3://b/k: not JSON: "));
        check("[1,,2]", Err("element 1 of S3://b/k: not JSON: "));
        check("[1}", Err("element 0 of S3://b/k: the array is not closed"));
        check("[1 2]", Err("element 0 of S3://b/k: not JSON: "));
        check("[1] 2", Err("element 0 of S3://b/k: something follows the array"));
        check("[1][", Err("element 0 of S3://b/k: something follows the array"));
        check(
            "[\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"]",
            Err("element 0 of S3://b/k: longer than 30 bytes"),
        );
    }
}
