//! The lines that go to a co-process and come from it.
//!
//! A request is `{"id":7,"resource":"…","state":"…","retryCount":0,"input":…}`, with `functionName` if there is one. Its
//! response has the same `id` and `output`, or `error` and perhaps `cause`.

use crate::json::{Doc, NodeId, Parser, Tag, Tape, write_json_string};
use crate::task::{Reply, TaskError, TaskRequest};

const NESTING_DEPTH_MAX: u32 = 1024;

/// The error name of responses that are none.
pub(super) const INVALID_RESPONSE: &str = "Exec.InvalidResponse";

/// A request with its line end.
pub(super) fn write_request(id: u64, request: &TaskRequest<'_>) -> Vec<u8> {
    let mut line = Vec::with_capacity(request.payload.len() + 128);
    let mut digits = itoa::Buffer::new();
    line.extend_from_slice(br#"{"id":"#);
    line.extend_from_slice(digits.format(id).as_bytes());
    line.extend_from_slice(br#","resource":"#);
    write_json_string(request.resource, &mut line);
    if let Some(name) = request.function_name {
        line.extend_from_slice(br#","functionName":"#);
        write_json_string(name, &mut line);
    }
    line.extend_from_slice(br#","state":"#);
    write_json_string(request.state, &mut line);
    line.extend_from_slice(br#","retryCount":"#);
    line.extend_from_slice(digits.format(request.retry_count).as_bytes());
    line.extend_from_slice(br#","input":"#);
    // Minified JSON has no line ends.
    line.extend_from_slice(request.payload);
    line.extend_from_slice(b"}\n");
    line
}

/// Reads responses, with buffers that are used again.
#[derive(Debug)]
pub(super) struct ResponseReader {
    parser: Parser,
    tape: Tape,
}

/// What a request got.
pub(super) type Response = Result<Reply, TaskError>;

impl ResponseReader {
    pub(super) fn new() -> Self {
        Self { parser: Parser::new(NESTING_DEPTH_MAX), tape: Tape::default() }
    }

    /// The request that a line is for, and the response; nothing if no request can be told from it.
    pub(super) fn read(&mut self, line: &[u8]) -> Option<(u64, Response)> {
        self.parser.parse(line, &mut self.tape).ok()?;
        let doc = Doc::new(line, &self.tape);
        if doc.tag(NodeId::ROOT) != Tag::Object {
            return None;
        }
        let id = doc.raw(doc.member(NodeId::ROOT, "id")?);
        let id = std::str::from_utf8(id).ok()?.parse().ok()?;
        Some((id, response(doc)))
    }
}

fn response(doc: Doc<'_>) -> Response {
    let text = |key| {
        let node = doc.member(NodeId::ROOT, key)?;
        let is_text = matches!(doc.tag(node), Tag::String | Tag::EscapedString);
        is_text.then(|| doc.string(node).to_text().into_owned())
    };
    match (doc.member(NodeId::ROOT, "output"), doc.member(NodeId::ROOT, "error")) {
        (Some(output), None) => {
            let mut reply = Reply::default();
            reply.json().extend_from_slice(doc.raw(output));
            Ok(reply)
        }
        (None, Some(_)) => match text("error") {
            Some(error) => Err(TaskError { error, cause: text("cause") }),
            None => Err(TaskError::new(INVALID_RESPONSE, "the 'error' of the response is not a string")),
        },
        _ => {
            Err(TaskError::new(INVALID_RESPONSE, "the response has not exactly one of 'output' and 'error'"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::ReplyBody;

    #[test]
    fn requests_are_one_line_each() {
        let request = TaskRequest::new("arn:\"x\"", "A\nB", br#"{"n":"a\nb"}"#);
        let line = write_request(7, &request);
        let expected = "{\"id\":7,\"resource\":\"arn:\\\"x\\\"\",\"state\":\"A\\nB\",\"retryCount\":0,\"input\":{\"n\":\"a\\nb\"}}\n";
        assert_eq!(String::from_utf8(line).unwrap(), expected);
        let line = write_request(u64::MAX, &request.for_function(Some("Price"), b"1"));
        let expected = "{\"id\":18446744073709551615,\"resource\":\"arn:\\\"x\\\"\",\"functionName\":\"Price\",\
                        \"state\":\"A\\nB\",\"retryCount\":0,\"input\":1}\n";
        assert_eq!(String::from_utf8(line).unwrap(), expected);
    }

    #[test]
    fn responses_have_an_output_or_an_error() {
        let mut reader = ResponseReader::new();
        let mut read = |line: &str| {
            let (id, response) = reader.read(line.as_bytes())?;
            Some(match response {
                Ok(reply) => match reply.body() {
                    ReplyBody::Json(json) => format!("{id} = {}", String::from_utf8_lossy(json)),
                    _ => "another kind".to_owned(),
                },
                Err(error) => format!("{id} ! {error}"),
            })
        };
        let cases = [
            (r#"{"id":1,"output":{"a": 1.0}}"#, Some(r#"1 = {"a": 1.0}"#)),
            (r#"{"output":null,"id":2,"state":"S"}"#, Some("2 = null")),
            (r#"{"id":3,"error":"OutOfStock","cause":"none \u006ceft"}"#, Some("3 ! OutOfStock: none left")),
            (r#"{"id":4,"error":"OutOfStock"}"#, Some("4 ! OutOfStock")),
            (
                r#"{"id":5,"error":5}"#,
                Some("5 ! Exec.InvalidResponse: the 'error' of the response is not a string"),
            ),
            (
                r#"{"id":6}"#,
                Some("6 ! Exec.InvalidResponse: the response has not exactly one of 'output' and 'error'"),
            ),
            (
                r#"{"id":7,"output":1,"error":"E"}"#,
                Some("7 ! Exec.InvalidResponse: the response has not exactly one of 'output' and 'error'"),
            ),
            (r#"{"id":-1,"output":1}"#, None),
            (r#"{"id":"1","output":1}"#, None),
            (r#"{"output":1}"#, None),
            ("[1]", None),
            (r#"{"id":1,"output":"#, None),
            ("", None),
        ];
        for (line, expected) in cases {
            assert_eq!(read(line).as_deref(), expected, "{line}");
        }
    }
}
