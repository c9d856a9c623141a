//! What a function's error is to Step Functions (AWS docs, "Handle Lambda service exceptions").

use crate::json::{Doc, NodeId, Parser, Tag, Tape, minify, write_json_string};
use crate::task::TaskError;

const NESTING_DEPTH_MAX: u32 = 1024;

/// The error of a `FunctionError` response: its `errorType` is the name, the payload the cause.
///
/// Step Functions hands on the payload of a function named by its ARN as it is, and that of `lambda:invoke` minified.
pub(super) fn function_error(payload: &[u8], is_minified: bool) -> TaskError {
    let mut tape = Tape::default();
    let parsed = Parser::new(NESTING_DEPTH_MAX).parse(payload, &mut tape);
    let text = String::from_utf8_lossy(payload);
    let unknown = || {
        let cause = format!(
            "The cause could not be determined because Lambda did not return an error type. Returned payload: {text}"
        );
        TaskError::new("Lambda.Unknown", cause)
    };
    if parsed.is_err() {
        return unknown();
    }
    let doc = Doc::new(payload, &tape);
    let Some(error) = error_type(doc).filter(|error| !error.is_empty()) else { return unknown() };
    if !is_minified {
        return TaskError::new(error, text);
    }
    let mut cause = Vec::new();
    minify(doc, NodeId::ROOT, &mut cause);
    TaskError::new(error, String::from_utf8_lossy(&cause))
}

fn error_type(doc: Doc<'_>) -> Option<String> {
    if doc.tag(NodeId::ROOT) != Tag::Object {
        return None;
    }
    let node = doc.member(NodeId::ROOT, "errorType")?;
    let is_text = matches!(doc.tag(node), Tag::String | Tag::EscapedString);
    is_text.then(|| doc.string(node).to_text().into_owned())
}

/// The payload that Lambda itself gives where the runtime could give none.
pub(super) fn payload_of_lambda(error_type: &str, request_id: &str, what: &str) -> Vec<u8> {
    let mut payload = br#"{"errorType":"#.to_vec();
    write_json_string(error_type, &mut payload);
    payload.extend_from_slice(br#","errorMessage":"#);
    write_json_string(&format!("RequestId: {request_id} Error: {what}"), &mut payload);
    payload.push(b'}');
    payload
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_type_is_the_name_and_the_payload_the_cause() {
        let check = |payload: &str, is_minified, error: &str, cause: &str| {
            let expected = TaskError::new(error, cause);
            assert_eq!(function_error(payload.as_bytes(), is_minified), expected);
        };
        let python = r#"{"errorMessage": "no", "errorType": "ValueError", "stackTrace": []}"#;
        check(python, false, "ValueError", python);
        check(
            python,
            true,
            "ValueError",
            r#"{"errorMessage":"no","errorType":"ValueError","stackTrace":[]}"#,
        );
        check(r#"{"errorType":"\u0041.B"}"#, false, "A.B", r#"{"errorType":"\u0041.B"}"#);
        for payload in [r#"{"errorMessage":"gone"}"#, r#"{"errorType":""}"#, r#"{"errorType":7}"#, "[]", "no"]
        {
            let cause = format!(
                "The cause could not be determined because Lambda did not return an error type. Returned payload: {payload}"
            );
            check(payload, true, "Lambda.Unknown", &cause);
        }
    }

    #[test]
    fn payloads_of_lambda_itself_are_json() {
        let payload = payload_of_lambda("Sandbox.Timedout", "4-2", "Task timed out after 3.00 seconds");
        let expected = r#"{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: 4-2 Error: Task timed out after 3.00 seconds"}"#;
        assert_eq!(String::from_utf8_lossy(&payload), expected);
    }
}
