//! A mocked result against the shape of a service's response.

use super::models::{Bounds, Service, Type};
use super::refusal::Refusal;
use super::request::FieldValidationMode;
use crate::json::{Doc, NodeId, Tag};
use crate::task::{Integration, IntegrationPattern, Resource};

/// Checks the result of a Task's `resource`; fields that the shape does not have are no concern.
///
/// A job that is waited for (`.sync`) is answered with what AWS asks for until it has ended; of that, AWS hands on a
/// part or parsed texts, so nothing is required of it. A callback answers whatever it likes.
pub(super) fn check(resource: &str, result: Doc<'_>, mode: FieldValidationMode) -> Result<(), Refusal> {
    let Resource::Integration(integration) = Resource::parse(resource) else { return Ok(()) };
    let operation = match integration.pattern {
        IntegrationPattern::WaitForTaskToken => return Ok(()),
        IntegrationPattern::RequestResponse => Some(integration.action),
        IntegrationPattern::RunJob | IntegrationPattern::RunJobJson => polled(&integration),
    };
    let (Some(service), Some(operation)) = (Service::find(integration.service), operation) else {
        return Ok(());
    };
    let Some(response) = service.response(operation) else { return Ok(()) };
    if result.tag(NodeId::ROOT) != Tag::Object {
        return Err(Refusal::validation("Mocked result must be a JSON object."));
    }
    let is_job = integration.pattern != IntegrationPattern::RequestResponse;
    Check {
        service: &service,
        doc: result,
        requires: mode == FieldValidationMode::Strict && !is_job,
        // Optimised integrations hand these on as the JSON in them.
        parsed: match (integration.service, integration.action) {
            ("lambda", "invoke") => Some("Payload"),
            ("states", "startSyncExecution" | "startExecution") => Some("Output"),
            _ => None,
        },
    }
    .run(response)
}

/// The operation that AWS asks whether a job has ended.
fn polled(job: &Integration<'_>) -> Option<&'static str> {
    Some(match (job.service, job.action) {
        ("states", "startExecution") => "describeExecution",
        ("ecs", "runTask") => "describeTasks",
        ("batch", "submitJob") => "describeJobs",
        ("glue", "startJobRun") => "getJobRun",
        ("athena", "startQueryExecution") => "getQueryExecution",
        _ => return None,
    })
}

struct Check<'c> {
    service: &'c Service,
    doc: Doc<'c>,
    /// Whether required fields must be there.
    requires: bool,
    /// A field of the response itself that may be anything.
    parsed: Option<&'static str>,
}

/// A value that is still to be checked.
struct Pending<'c> {
    /// The last name on the way to it.
    field: std::borrow::Cow<'c, str>,
    node: NodeId,
    kind: Type,
}

impl Check<'_> {
    /// In the order of the result, required fields of an object first. The stack is explicit: shapes may be recursive.
    fn run(&self, response: &'static str) -> Result<(), Refusal> {
        let root = Pending { field: "".into(), node: NodeId::ROOT, kind: Type::Structure(response) };
        let mut stack = vec![root];
        while let Some(pending) = stack.pop() {
            let at = stack.len();
            self.value(&pending, &mut stack)?;
            stack[at..].reverse();
        }
        Ok(())
    }

    fn value<'s>(&'s self, value: &Pending<'s>, stack: &mut Vec<Pending<'s>>) -> Result<(), Refusal> {
        let Pending { field, node, kind } = value;
        let tag = self.doc.tag(*node);
        let is_string = matches!(tag, Tag::String | Tag::EscapedString);
        let must_be = |fits: bool, what: &str| if fits { Ok(()) } else { Err(must_be(field, what)) };
        match *kind {
            Type::Anything => {}
            Type::Boolean => must_be(matches!(tag, Tag::True | Tag::False), "a boolean")?,
            Type::String(bounds) => {
                must_be(is_string, "a string")?;
                check_length(field, self.doc.string(*node).to_text().chars().count(), bounds)?;
            }
            Type::Enum(values) => {
                must_be(is_string, "a string")?;
                let text = self.doc.string(*node).to_text();
                if !values.split('|').skip(1).any(|value| value == text) {
                    return Err(schema_error(format!("Field '{field}' is not an expected value")));
                }
            }
            Type::Number(bounds) => {
                must_be(tag == Tag::Number, "a number")?;
                check_range(field, self.doc.number(*node).read().as_f64(), bounds)?;
            }
            Type::List(of) => {
                must_be(tag == Tag::Array, "an array")?;
                let kind = self.service.read(of);
                stack.extend(self.doc.elements(*node).map(|node| Pending {
                    field: field.clone(),
                    node,
                    kind,
                }));
            }
            Type::Map(of) => {
                must_be(tag == Tag::Object, "an object")?;
                let kind = self.service.read(of);
                stack.extend(self.doc.members(*node).map(|(_, node)| Pending {
                    field: field.clone(),
                    node,
                    kind,
                }));
            }
            Type::Structure(name) => {
                must_be(tag == Tag::Object, "an object")?;
                self.structure(name, *node, stack)?;
            }
        }
        Ok(())
    }

    fn structure<'s>(
        &'s self,
        name: &str,
        node: NodeId,
        stack: &mut Vec<Pending<'s>>,
    ) -> Result<(), Refusal> {
        let members: Vec<_> = self.service.members(name).collect();
        let required = members.iter().filter(|member| self.requires && member.is_required);
        for member in required {
            if self.doc.member(node, member.name).is_none() {
                return Err(schema_error(format!("Required field '{}' is missing", member.name)));
            }
        }
        for (key, value) in self.doc.members(node) {
            let key = self.doc.string(key).to_text();
            let Some(member) = members.iter().find(|member| member.name == key) else { continue };
            if node == NodeId::ROOT && self.parsed == Some(member.name) {
                continue;
            }
            stack.push(Pending { field: key, node: value, kind: self.service.read(member.written) });
        }
        Ok(())
    }
}

fn check_length(field: &str, given: usize, bounds: Bounds) -> Result<(), Refusal> {
    let given = given as f64;
    if bounds.min.is_some_and(|min| given < min) {
        return Err(schema_error(format!("Field '{field}' is smaller than the minimum length")));
    }
    if bounds.max.is_some_and(|max| given > max) {
        return Err(schema_error(format!("Field '{field}' exceeds the maximum length")));
    }
    Ok(())
}

fn check_range(field: &str, given: f64, bounds: Bounds) -> Result<(), Refusal> {
    if bounds.min.is_some_and(|min| given < min) {
        return Err(schema_error(format!("Field '{field}' is less than the minimum value")));
    }
    if bounds.max.is_some_and(|max| given > max) {
        return Err(schema_error(format!("Field '{field}' exceeds the maximum value")));
    }
    Ok(())
}

fn must_be(field: &str, what: &str) -> Refusal {
    schema_error(format!("Field '{field}' must be {what}"))
}

fn schema_error(what: impl AsRef<str>) -> Refusal {
    Refusal::validation(format!("Mock result schema validation error: {}", what.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Document;

    /// What is wrong with a result, or nothing.
    fn problem(action: &str, mode: FieldValidationMode, result: &str) -> String {
        let document = Document::parse(result.as_bytes(), 1024).expect("JSON");
        match check(&format!("arn:aws:states:::{action}"), document.doc(), mode) {
            Ok(()) => String::new(),
            Err(refusal) => refusal.message.replace("Mock result schema validation error: ", ""),
        }
    }

    #[test]
    fn fields_must_fit() {
        let check = |action, result, expected| {
            for mode in [FieldValidationMode::Strict, FieldValidationMode::Present] {
                assert_eq!(problem(action, mode, result), expected, "{action} {result}");
            }
        };
        check("sqs:sendMessage", r#"{"MessageId":"1","Unknown":[]}"#, "");
        check("sqs:sendMessage", r#"{"MessageId":1}"#, "Field 'MessageId' must be a string");
        check("sqs:sendMessage", "[]", "Mocked result must be a JSON object.");
        check("aws-sdk:sqs:receiveMessage", r#"{"Messages":{}}"#, "Field 'Messages' must be an array");
        check(
            "aws-sdk:sqs:receiveMessage",
            r#"{"Messages":[{},{"Body":1}]}"#,
            "Field 'Body' must be a string",
        );
        check("aws-sdk:sqs:receiveMessage", r#"{"Messages":[1]}"#, "Field 'Messages' must be an object");
        check("dynamodb:getItem", r#"{"Item":{"a":{"L":[{"M":{"b":{"N":"1"}}}]}}}"#, "");
        check(
            "dynamodb:getItem",
            r#"{"Item":{"a":{"L":[{"M":{"b":{"N":1}}}]}}}"#,
            "Field 'N' must be a string",
        );
        check("dynamodb:getItem", r#"{"Item":{"a":{"BOOL":"true"}}}"#, "Field 'BOOL' must be a boolean");
        check("dynamodb:getItem", r#"{"Item":[]}"#, "Field 'Item' must be an object");
        check(
            "aws-sdk:kms:describeKey",
            r#"{"KeyMetadata":{"KeyId":"k","KeyState":"Lost"}}"#,
            "Field 'KeyState' is not an expected value",
        );
        check(
            "aws-sdk:kms:describeKey",
            r#"{"KeyMetadata":{"KeyId":""}}"#,
            "Field 'KeyId' is smaller than the minimum length",
        );
        check(
            "aws-sdk:lambda:getFunctionConfiguration",
            r#"{"Timeout":0}"#,
            "Field 'Timeout' is less than the minimum value",
        );
        check(
            "aws-sdk:lambda:getFunctionConfiguration",
            r#"{"MemorySize":1e9}"#,
            "Field 'MemorySize' exceeds the maximum value",
        );
        check("lambda:invoke", r#"{"StatusCode":200,"Payload":{"any":["thing"]}}"#, "");
        check("ecs:runTask.sync", r#"{"Tasks":{}}"#, "Field 'Tasks' must be an array");
        // Nothing is known of these.
        check("sqs:sendMessage.waitForTaskToken", "[]", "");
        check("aws-sdk:coffee:make", "[]", "");
        check("http:invoke", "[]", "");
    }

    #[test]
    fn only_strict_requires_fields() {
        let missing = "Required field 'ExecutionArn' is missing";
        assert_eq!(problem("states:startExecution", FieldValidationMode::Strict, "{}"), missing);
        assert_eq!(problem("states:startExecution", FieldValidationMode::Present, "{}"), "");
        assert_eq!(
            problem("states:startExecution.sync:2", FieldValidationMode::Strict, r#"{"Output":{}}"#),
            ""
        );
        let nested = r#"{"KeyMetadata":{"Arn":1}}"#;
        let missing = "Required field 'KeyId' is missing";
        assert_eq!(problem("aws-sdk:kms:describeKey", FieldValidationMode::Strict, nested), missing);
    }

    #[test]
    fn deep_results_do_not_exhaust_the_stack() {
        let deep = format!(r#"{{"Item":{{"a":{}{}}}}}"#, r#"{"L":["#.repeat(400), "]}".repeat(400));
        assert_eq!(problem("dynamodb:getItem", FieldValidationMode::Strict, &deep), "");
    }
}
