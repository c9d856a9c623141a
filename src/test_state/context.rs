//! The Context Object: the one that the request brings, or one that is made up.

use super::mock::has_token;
use super::refusal::Refusal;
use super::request::TestRequest;
use super::run::TestOptions;
use super::subject::Subject;
use crate::asl::model::StateKind;
use crate::json::{Doc, Document, NodeId, Tag, minify, write_json_string};
use crate::value::random::Random;

/// The kinds of values that its fields have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Anything,
}

/// The fields by their paths, two steps each.
const FIELDS: [(&str, &str, Kind); 13] = [
    ("Execution", "Id", Kind::Text),
    ("Execution", "Input", Kind::Anything),
    ("Execution", "Name", Kind::Text),
    ("Execution", "RoleArn", Kind::Text),
    ("Execution", "StartTime", Kind::Text),
    ("Execution", "RedriveCount", Kind::Number),
    ("Execution", "RedriveTime", Kind::Text),
    ("State", "EnteredTime", Kind::Text),
    ("State", "Name", Kind::Text),
    ("State", "RetryCount", Kind::Number),
    ("StateMachine", "Id", Kind::Text),
    ("StateMachine", "Name", Kind::Text),
    ("Task", "Token", Kind::Text),
];

const REGION: &str = "us-east-1";
const ACCOUNT: &str = "123456789012";

/// The Context Object as minified JSON.
pub(super) fn text(
    subject: &Subject,
    request: &TestRequest,
    input: Doc<'_>,
    options: &TestOptions,
) -> Result<String, Refusal> {
    let Some(given) = &request.context else { return Ok(made_up(subject, request, input, options)) };
    let invalid = |what: &str| Refusal::validation(format!("Invalid Context object provided: {what}"));
    let document = Document::parse(given.as_bytes(), options.limits.nesting_depth_max)
        .map_err(|error| invalid(&format!("not JSON: {error}")))?;
    check(document.doc(), has_token(subject.state())).map_err(|what| invalid(&what))?;
    Ok(minified(document.doc()))
}

fn minified(doc: Doc<'_>) -> String {
    let mut out = Vec::new();
    minify(doc, NodeId::ROOT, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

fn check(doc: Doc<'_>, has_token: bool) -> Result<(), String> {
    if doc.tag(NodeId::ROOT) != Tag::Object {
        return Err("it must be a JSON object".to_owned());
    }
    for (key, part) in doc.members(NodeId::ROOT) {
        let name = doc.string(key).to_text();
        match &*name {
            "Map" => return Err("'Map' field is not supported when mocking a Context object".to_owned()),
            "Task" if !has_token => {
                let pattern =
                    "a Task state with a '.sync' or '.waitForTaskToken' service integration pattern";
                return Err(format!("Context object contains 'Task' when state is not {pattern}"));
            }
            _ if !FIELDS.iter().any(|(known, _, _)| *known == name) => {
                return Err(format!("Field '{name}' is not allowed"));
            }
            _ if doc.tag(part) != Tag::Object => return Err(format!("{name} must be an object")),
            _ => check_part(doc, &name, part)?,
        }
    }
    Ok(())
}

fn check_part(doc: Doc<'_>, part: &str, node: NodeId) -> Result<(), String> {
    for (key, value) in doc.members(node) {
        let name = doc.string(key).to_text();
        let known = FIELDS.iter().find(|(known, field, _)| *known == part && *field == name);
        let Some((_, _, kind)) = known else { return Err(format!("Field '{part}.{name}' is not allowed")) };
        let tag = doc.tag(value);
        match kind {
            Kind::Text if !matches!(tag, Tag::String | Tag::EscapedString) => {
                return Err(format!("{part}.{name} must be a string"));
            }
            Kind::Number if tag != Tag::Number => return Err(format!("{part}.{name} must be a number")),
            _ => {}
        }
    }
    Ok(())
}

/// As AWS makes it up, key by key: an Express execution without `RedriveCount`.
fn made_up(subject: &Subject, request: &TestRequest, input: Doc<'_>, options: &TestOptions) -> String {
    let mut random = Random::new(options.seed);
    let mut uuid = || String::from_utf8_lossy(&random.uuid_v4()).into_owned();
    let (machine, execution, token) = (uuid(), uuid(), uuid());
    let mut now = Vec::new();
    options.now.write_rfc3339_millis(&mut now);
    let now = quoted(&String::from_utf8_lossy(&now));
    let role = request.role_arn.as_deref().map_or_else(|| "null".to_owned(), quoted);
    let state = subject.state();
    let retries = match &state.kind {
        StateKind::Task(_) | StateKind::Map(_) | StateKind::Parallel(_) => {
            let count = request.state_configuration.retrier_retry_count.unwrap_or(0);
            format!(",\"RetryCount\":{count}")
        }
        _ => String::new(),
    };
    let task = if has_token(state) { format!(",\"Task\":{{\"Token\":\"{token}\"}}") } else { String::new() };
    let input = minified(input);
    let map = if subject.is_in_map() {
        format!(",\"Map\":{{\"Item\":{{\"Index\":0,\"Value\":{input}}}}}")
    } else {
        String::new()
    };
    let arn = |rest: &str| format!("\"arn:aws:states:{REGION}:{ACCOUNT}:{rest}\"");
    format!(
        "{{\"Execution\":{{\"Id\":{},\"Input\":{input},\"Name\":\"{execution}\",\"RoleArn\":{role},\"StartTime\":{now}}},\
         \"StateMachine\":{{\"Id\":{},\"Name\":\"{machine}\"}},\
         \"State\":{{\"Name\":\"{NAME}\",\"EnteredTime\":{now}{retries}}}{map}{task}}}",
        arn(&format!("express:{machine}:{execution}")),
        arn(&format!("stateMachine:{machine}")),
    )
}

/// AWS's made-up object calls every state so, whatever its name.
const NAME: &str = crate::asl::SINGLE_STATE_NAME;

fn quoted(text: &str) -> String {
    let mut out = Vec::new();
    write_json_string(text, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::json::Document;

    #[test]
    fn given_contexts_are_checked() {
        let problem = |context: &str, has_token| {
            let document = Document::parse(context.as_bytes(), 10).expect("JSON");
            check(document.doc(), has_token).err().unwrap_or_default()
        };
        let check = |context, expected| assert_eq!(problem(context, false), expected, "{context}");
        check("{}", "");
        check(r#"{"Execution":{"Id":"a","Input":[1],"RedriveCount":0},"State":{"RetryCount":1}}"#, "");
        check(r#"{"Execution":{"Id":7}}"#, "Execution.Id must be a string");
        check(r#"{"State":{"RetryCount":"1"}}"#, "State.RetryCount must be a number");
        check(r#"{"Map":{}}"#, "'Map' field is not supported when mocking a Context object");
        check(r#"{"Colour":1}"#, "Field 'Colour' is not allowed");
        check(r#"{"State":{"Colour":1}}"#, "Field 'State.Colour' is not allowed");
        check(r#"{"State":1}"#, "State must be an object");
        check("[]", "it must be a JSON object");
        let task = r#"{"Task":{"Token":"t"}}"#;
        check(
            task,
            "Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken' service integration pattern",
        );
        assert_eq!(problem(task, true), "");
    }
}
