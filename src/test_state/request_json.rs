//! The request from JSON, with the bounds of AWS's API model.
//!
//! Where the API wants JSON inside a string, the JSON itself may stand too: requests are written by hand.

use super::refusal::Refusal;
use super::request::{
    FieldValidationMode, InspectionLevel, Mock, MockError, StateConfiguration, TestRequest,
};
use crate::json::{Doc, Document, NodeId, Num, Tag};
use crate::limits::Limits;

type Outcome<T> = Result<T, Refusal>;

const DATA_BYTES_MAX: usize = 262_144;
const DEFINITION_CHARACTERS_MAX: usize = 1_048_576;
const NAME_CHARACTERS_MAX: usize = 80;
const ARN_CHARACTERS_MAX: usize = 256;
const ERROR_CHARACTERS_MAX: usize = 256;
const CAUSE_CHARACTERS_MAX: usize = 32_768;

impl TestRequest {
    /// Reads the API's JSON.
    ///
    /// # Errors
    /// A text that is not JSON, a member that the API does not have, a value of the wrong type or out of bounds.
    ///
    /// ```
    /// use aslx::test_state::TestRequest;
    ///
    /// let request = TestRequest::from_json(br#"{"definition":{"Type":"Succeed"},"input":"{\"a\":1}"}"#)?;
    /// assert_eq!(request.definition, r#"{"Type":"Succeed"}"#);
    /// assert_eq!(request.input.as_deref(), Some(r#"{"a":1}"#));
    /// # Ok::<(), aslx::test_state::Refusal>(())
    /// ```
    pub fn from_json(json: &[u8]) -> Result<Self, Refusal> {
        let document = Document::parse(json, Limits::default().nesting_depth_max)
            .map_err(|error| Refusal::validation(format!("The request is not JSON: {error}")))?;
        Self::from_document(&document)
    }

    /// As [`Self::from_json`], from JSON that has been read.
    ///
    /// # Errors
    /// As there.
    pub fn from_document(document: &Document) -> Result<Self, Refusal> {
        let root = Members { doc: document.doc(), node: NodeId::ROOT, path: "" };
        root.check_names(&[
            "definition",
            "roleArn",
            "input",
            "inspectionLevel",
            "revealSecrets",
            "variables",
            "stateName",
            "mock",
            "context",
            "stateConfiguration",
        ])?;
        let definition = root.json("definition", DEFINITION_CHARACTERS_MAX)?;
        let definition =
            definition.ok_or_else(|| Refusal::constraint("definition", "Member must not be null"))?;
        if definition.is_empty() {
            return Err(too_short("definition"));
        }
        Ok(Self {
            definition,
            role_arn: root.named("roleArn", ARN_CHARACTERS_MAX)?,
            input: root.json("input", DATA_BYTES_MAX)?,
            inspection_level: root.one_of("inspectionLevel", &LEVELS)?.unwrap_or_default(),
            reveal_secrets: root.boolean("revealSecrets")?,
            variables: root.json("variables", DATA_BYTES_MAX)?,
            state_name: root.named("stateName", NAME_CHARACTERS_MAX)?,
            mock: root.object("mock")?.map(|mock| mock.mock()).transpose()?,
            context: root.json("context", DATA_BYTES_MAX)?,
            state_configuration: match root.object("stateConfiguration")? {
                Some(configuration) => configuration.state_configuration()?,
                None => StateConfiguration::default(),
            },
        })
    }
}

const LEVELS: [(&str, InspectionLevel); 3] =
    [("INFO", InspectionLevel::Info), ("DEBUG", InspectionLevel::Debug), ("TRACE", InspectionLevel::Trace)];
const MODES: [(&str, FieldValidationMode); 3] = [
    ("STRICT", FieldValidationMode::Strict),
    ("PRESENT", FieldValidationMode::Present),
    ("NONE", FieldValidationMode::None),
];

fn too_short(path: &str) -> Refusal {
    Refusal::constraint(path, "Member must have length greater than or equal to 1")
}

/// An object of the request.
struct Members<'d> {
    doc: Doc<'d>,
    node: NodeId,
    /// Where it stands, with a dot at the end; empty for the request itself.
    path: &'static str,
}

impl Members<'_> {
    fn mock(&self) -> Outcome<Mock> {
        self.check_names(&["result", "errorOutput", "fieldValidationMode"])?;
        let error_output = self.object("errorOutput")?;
        Ok(Mock {
            result: self.json("result", DATA_BYTES_MAX)?,
            error_output: error_output.map(|error| error.mock_error()).transpose()?,
            field_validation_mode: self.one_of("fieldValidationMode", &MODES)?.unwrap_or_default(),
        })
    }

    fn mock_error(&self) -> Outcome<MockError> {
        self.check_names(&["error", "cause"])?;
        Ok(MockError {
            error: self.text("error", ERROR_CHARACTERS_MAX)?,
            cause: self.text("cause", CAUSE_CHARACTERS_MAX)?,
        })
    }

    fn state_configuration(&self) -> Outcome<StateConfiguration> {
        self.check_names(&[
            "retrierRetryCount",
            "errorCausedByState",
            "mapIterationFailureCount",
            "mapItemReaderData",
        ])?;
        Ok(StateConfiguration {
            retrier_retry_count: self.count("retrierRetryCount")?,
            error_caused_by_state: self.named("errorCausedByState", NAME_CHARACTERS_MAX)?,
            map_iteration_failure_count: self.count("mapIterationFailureCount")?,
            map_item_reader_data: self.json("mapItemReaderData", DATA_BYTES_MAX)?,
        })
    }

    /// Refuses an object that is none, and members that the API does not have: a slip would go unseen.
    fn check_names(&self, known: &[&str]) -> Outcome<()> {
        if self.doc.tag(self.node) != Tag::Object {
            return Err(Refusal::validation("The request must be a JSON object"));
        }
        for (key, _) in self.doc.members(self.node) {
            let name = self.doc.string(key).to_text();
            if !known.contains(&&*name) {
                let path = self.path;
                let message =
                    format!("Unknown field '{path}{name}' in the request, which has: {}", known.join(", "));
                return Err(Refusal::validation(message));
            }
        }
        Ok(())
    }

    /// A member that is neither absent nor `null`.
    fn get(&self, name: &str) -> Option<NodeId> {
        self.doc.member(self.node, name).filter(|node| self.doc.tag(*node) != Tag::Null)
    }

    fn wrong_type(&self, name: &str, expected: &str) -> Refusal {
        Refusal::validation(format!("The field '{}{name}' of the request must be {expected}", self.path))
    }

    fn is_string(&self, node: NodeId) -> bool {
        matches!(self.doc.tag(node), Tag::String | Tag::EscapedString)
    }

    fn text(&self, name: &str, characters_max: usize) -> Outcome<Option<String>> {
        let Some(node) = self.get(name) else { return Ok(None) };
        if !self.is_string(node) {
            return Err(self.wrong_type(name, "a string"));
        }
        let text = self.doc.string(node).to_text().into_owned();
        self.check_length(name, text.chars().count(), characters_max)?;
        Ok(Some(text))
    }

    fn check_length(&self, name: &str, given: usize, max: usize) -> Outcome<()> {
        if given <= max {
            return Ok(());
        }
        let constraint = format!("Member must have length less than or equal to {max}");
        Err(Refusal::constraint(&format!("{}{name}", self.path), &constraint))
    }

    /// A text that must not be empty.
    fn named(&self, name: &str, characters_max: usize) -> Outcome<Option<String>> {
        let text = self.text(name, characters_max)?;
        match text {
            Some(text) if text.is_empty() => Err(too_short(&format!("{}{name}", self.path))),
            text => Ok(text),
        }
    }

    /// JSON as text: inside a string, or as it stands.
    fn json(&self, name: &str, max: usize) -> Outcome<Option<String>> {
        match self.get(name) {
            Some(node) if !self.is_string(node) => {
                let text = String::from_utf8_lossy(self.doc.raw(node)).into_owned();
                self.check_length(name, text.len(), max)?;
                Ok(Some(text))
            }
            _ => self.text(name, max),
        }
    }

    fn object(&self, name: &str) -> Outcome<Option<Self>> {
        let Some(node) = self.get(name) else { return Ok(None) };
        if self.doc.tag(node) != Tag::Object {
            return Err(self.wrong_type(name, "an object"));
        }
        let path = match name {
            "mock" => "mock.",
            "errorOutput" => "mock.errorOutput.",
            _ => "stateConfiguration.",
        };
        Ok(Some(Self { doc: self.doc, node, path }))
    }

    fn boolean(&self, name: &str) -> Outcome<bool> {
        match self.get(name).map(|node| self.doc.tag(node)) {
            None | Some(Tag::False) => Ok(false),
            Some(Tag::True) => Ok(true),
            Some(_) => Err(self.wrong_type(name, "true or false")),
        }
    }

    fn count(&self, name: &str) -> Outcome<Option<u32>> {
        let Some(node) = self.get(name) else { return Ok(None) };
        let number = (self.doc.tag(node) == Tag::Number).then(|| self.doc.number(node).read());
        match number {
            Some(Num::Int(count)) if count < 0 => {
                let path = format!("{}{name}", self.path);
                Err(Refusal::constraint(&path, "Member must have value greater than or equal to 0"))
            }
            Some(Num::Int(count)) => Ok(Some(u32::try_from(count).unwrap_or(u32::MAX))),
            _ => Err(self.wrong_type(name, "an integer")),
        }
    }

    fn one_of<T: Copy>(&self, name: &str, values: &[(&str, T)]) -> Outcome<Option<T>> {
        let Some(given) = self.text(name, usize::MAX)? else { return Ok(None) };
        if let Some((_, value)) = values.iter().find(|(word, _)| **word == given) {
            return Ok(Some(*value));
        }
        let words: Vec<_> = values.iter().map(|(word, _)| *word).collect();
        let message = format!(
            "1 validation error detected: Value '{given}' at '{}{name}' failed to satisfy constraint: Member must satisfy enum value set: [{}]",
            self.path,
            words.join(", ")
        );
        Err(Refusal::validation(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refuses(json: &str, message: &str) {
        let refusal = TestRequest::from_json(json.as_bytes()).expect_err(json);
        assert!(refusal.message.contains(message), "{json}: {}", refusal.message);
    }

    #[test]
    fn all_members_are_read() {
        let request = TestRequest::from_json(
            br#"{"definition":"{}","roleArn":"arn","input":{"a": 1},"inspectionLevel":"TRACE","revealSecrets":true,
            "variables":"{\"x\":1}","stateName":"S","context":"{}","mock":{"result":"[1]","fieldValidationMode":"NONE",
            "errorOutput":{"error":"E","cause":"C"}},"stateConfiguration":{"retrierRetryCount":2,
            "errorCausedByState":"T","mapIterationFailureCount":3,"mapItemReaderData":"[]"}}"#,
        );
        let error_output = Some(MockError { error: Some("E".to_owned()), cause: Some("C".to_owned()) });
        let expected = TestRequest {
            definition: "{}".to_owned(),
            state_name: Some("S".to_owned()),
            role_arn: Some("arn".to_owned()),
            input: Some("{\"a\": 1}".to_owned()),
            inspection_level: InspectionLevel::Trace,
            reveal_secrets: true,
            variables: Some("{\"x\":1}".to_owned()),
            mock: Some(Mock {
                result: Some("[1]".to_owned()),
                error_output,
                field_validation_mode: FieldValidationMode::None,
            }),
            context: Some("{}".to_owned()),
            state_configuration: StateConfiguration {
                retrier_retry_count: Some(2),
                error_caused_by_state: Some("T".to_owned()),
                map_iteration_failure_count: Some(3),
                map_item_reader_data: Some("[]".to_owned()),
            },
        };
        assert_eq!(request, Ok(expected));
    }

    #[test]
    fn what_the_api_refuses_is_refused() {
        refuses("{", "The request is not JSON: ");
        refuses("[]", "must be a JSON object");
        refuses("{}", "Value at 'definition' failed to satisfy constraint: Member must not be null");
        refuses(r#"{"definition":""}"#, "Member must have length greater than or equal to 1");
        refuses(r#"{"definition":"{}","stateName":""}"#, "'stateName' failed to satisfy");
        refuses(r#"{"definition":"{}","mok":{}}"#, "Unknown field 'mok'");
        refuses(r#"{"definition":"{}","mock":{"Result":1}}"#, "Unknown field 'mock.Result'");
        refuses(r#"{"definition":"{}","mock":1}"#, "'mock' of the request must be an object");
        refuses(r#"{"definition":"{}","roleArn":1}"#, "'roleArn' of the request must be a string");
        refuses(
            r#"{"definition":"{}","inspectionLevel":"ALL"}"#,
            "Value 'ALL' at 'inspectionLevel' failed to satisfy constraint: Member must satisfy enum value set: [INFO, DEBUG, TRACE]",
        );
        let count = r#"{"definition":"{}","stateConfiguration":{"retrierRetryCount":-1}}"#;
        refuses(
            count,
            "'stateConfiguration.retrierRetryCount' failed to satisfy constraint: Member must have value",
        );
        let error =
            format!(r#"{{"definition":"{{}}","mock":{{"errorOutput":{{"error":"{}"}}}}}}"#, "e".repeat(257));
        refuses(
            &error,
            "'mock.errorOutput.error' failed to satisfy constraint: Member must have length less than",
        );
    }
}
