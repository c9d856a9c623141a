//! Dead letters as inputs: what each says of the line that could not be executed.
//!
//! A letter's `input` is executed as it stands. Two kinds of lines have no such input. Of a line that was not
//! JSON the letter holds the text as a string: its content is executed, and so fails again unless somebody
//! mended it. Where that text is not the line's own, because the line was not UTF-8, it fails again as it did.
//! Of a line over the bound the letter holds the place in its source: it is read again from there, if it is
//! still there and the bound allows it now.
//!
//! A letter that comes of a letter keeps the `source` and `line` of the first one. Seeds derive from the place
//! in the replayed file, as they do from that of any line.

use std::borrow::Cow;

use super::letter::MALFORMED;
use crate::json::{Doc, JsonStr, NodeId, ParseError, ParseErrorKind, Parser, Tag, Tape};
use crate::source::{recall_line, trim};

/// Reads dead letters; keeps its buffers from one to the next.
pub(super) struct LetterReader {
    parser: Parser,
    tape: Tape,
}

/// What a dead letter says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct DeadLetter<'l> {
    /// How every letter about the line begins: `{"source":…,"line":…`.
    pub(super) origin: Box<[u8]>,
    pub(super) input: Recorded<'l>,
}

/// The input of the line, as far as the letter has it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Recorded<'l> {
    Json(&'l [u8]),
    /// The text of a line that was not JSON.
    Text(Cow<'l, str>),
    /// What stands for a line that was not UTF-8, and what was said of it.
    Garbled {
        text: Cow<'l, str>,
        cause: Cow<'l, str>,
    },
    /// A line that was too long to be kept.
    Absent {
        source: Cow<'l, str>,
        offset: u64,
        length: u64,
    },
}

/// Why a line is no dead letter.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoLetter {
    Malformed(ParseError),
    /// What it lacks.
    Lacks(&'static str),
}

impl LetterReader {
    /// `nesting_depth_max`: of inputs; letters may nest deeper by one.
    pub(super) fn new(nesting_depth_max: u32) -> Self {
        Self { parser: Parser::new(nesting_depth_max.saturating_add(1)), tape: Tape::default() }
    }

    pub(super) fn read<'l>(&'l mut self, line: &'l [u8]) -> Result<DeadLetter<'l>, NoLetter> {
        self.parser.parse(line, &mut self.tape).map_err(NoLetter::Malformed)?;
        let doc = Doc::new(line, &self.tape);
        if doc.tag(NodeId::ROOT) != Tag::Object {
            return Err(NoLetter::Lacks("it is no object"));
        }
        let member = |key| doc.member(NodeId::ROOT, key);
        let text = |key| member(key).and_then(|id| string(doc, id));
        let number = |key| member(key).and_then(|id| natural(doc, id));
        let source = member("source").filter(|id| string(doc, *id).is_some());
        let source = source.ok_or(NoLetter::Lacks("`source` is no string"))?;
        let place = member("line").filter(|id| natural(doc, *id).is_some());
        let place = place.ok_or(NoLetter::Lacks("`line` is no line number"))?;
        let input = member("input").ok_or(NoLetter::Lacks("`input` is missing"))?;
        let origin = [b"{\"source\":", doc.raw(source), b",\"line\":", doc.raw(place)].concat();
        let input = if let (Tag::Null, Some(offset), Some(length)) =
            (doc.tag(input), number("offset"), number("length"))
        {
            let source = string(doc, source).map(JsonStr::to_text).unwrap_or_default();
            Recorded::Absent { source, offset, length }
        } else if let Some(content) = string(doc, input)
            && let Some(cause) = text("cause").map(JsonStr::to_text)
            && let Some(reason) = cause.strip_prefix(MALFORMED)
            && member("state").is_none()
            && text("error").is_some_and(|error| error == *"States.Runtime")
        {
            let text = content.to_text();
            if reason.starts_with(&ParseErrorKind::InvalidUtf8.to_string()) {
                Recorded::Garbled { text, cause }
            } else {
                Recorded::Text(text)
            }
        } else {
            Recorded::Json(doc.raw(input))
        };
        Ok(DeadLetter { origin: origin.into(), input })
    }
}

/// The line that a letter only names the place of, without white space around it; or why it cannot be had.
pub(super) fn recall(source: &str, offset: u64, length: u64) -> Result<Vec<u8>, String> {
    let line = recall_line(source, offset, length);
    line.map(|line| trim(&line).0.to_vec()).map_err(|reason| {
        format!("the line of {length} bytes at byte {offset} of {source} cannot be read again: {reason}")
    })
}

fn string(doc: Doc<'_>, id: NodeId) -> Option<JsonStr<'_>> {
    matches!(doc.tag(id), Tag::String | Tag::EscapedString).then(|| doc.string(id))
}

/// A number that counts something.
fn natural(doc: Doc<'_>, id: NodeId) -> Option<u64> {
    let digits = Some(doc.raw(id)).filter(|_| doc.tag(id) == Tag::Number)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: Result<(&str, Recorded<'_>), &str>) {
        let mut reader = LetterReader::new(2);
        let letter = reader.read(line.as_bytes());
        match expected {
            Ok((origin, input)) => {
                assert_eq!(letter, Ok(DeadLetter { origin: origin.as_bytes().into(), input }), "{line}");
            }
            Err(what) => match letter {
                Err(NoLetter::Lacks(lacks)) => assert_eq!(lacks, what, "{line}"),
                other => panic!("{line}: {other:?}"),
            },
        }
    }

    #[test]
    fn a_letter_has_its_input_as_it_was() {
        let begin = r#"{"source":"a\u00e9.ndjson","line":17"#;
        let letter = |rest: &str| format!("{begin},{rest}}}");
        let check = |rest: &str, expected| check(&letter(rest), Ok((begin, expected)));
        check(
            r#""status":"FAILED","error":"E","state":"S","input":{ "a" : [1.0]}"#,
            Recorded::Json(br#"{ "a" : [1.0]}"#),
        );
        check(r#""input":null"#, Recorded::Json(b"null"));
        check(r#""input":"the line is not JSON""#, Recorded::Json(br#""the line is not JSON""#));
        let malformed = r#""status":"FAILED","error":"States.Runtime","cause":"the line is not JSON: trailing comma (byte 7)","input":"{\"a\":1,""#;
        check(malformed, Recorded::Text(r#"{"a":1,"#.into()));
        check(
            &malformed.replace(",\"input\"", ",\"state\":\"S\",\"input\""),
            Recorded::Json(br#""{\"a\":1,""#),
        );
        check(
            r#""error":"States.Runtime","cause":"the line is not JSON: invalid UTF-8 (byte 1)","input":"'?'""#,
            Recorded::Garbled {
                text: "'?'".into(),
                cause: "the line is not JSON: invalid UTF-8 (byte 1)".into(),
            },
        );
        check(
            r#""error":"States.DataLimitExceeded","offset":2,"length":300002,"input":null"#,
            Recorded::Absent { source: "aé.ndjson".into(), offset: 2, length: 300_002 },
        );
        check(r#""offset":-2,"length":3,"input":null"#, Recorded::Json(b"null"));
    }

    #[test]
    fn what_is_no_letter_is_said() {
        check("[]", Err("it is no object"));
        check("{\"orderId\":1}", Err("`source` is no string"));
        check(r#"{"source":7,"line":1,"input":1}"#, Err("`source` is no string"));
        check(r#"{"source":"a","line":"1","input":1}"#, Err("`line` is no line number"));
        check(r#"{"source":"a","line":1.5,"input":1}"#, Err("`line` is no line number"));
        check(r#"{"source":"a","line":1}"#, Err("`input` is missing"));
        let mut reader = LetterReader::new(2);
        assert!(matches!(reader.read(b"{\"source\":"), Err(NoLetter::Malformed(_))));
        assert!(reader.read(br#"{"source":"a","line":1,"input":[[]]}"#).is_ok(), "one level is the letter's");
    }
}
