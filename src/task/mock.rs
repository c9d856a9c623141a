//! Mocked states: the MockConfigFile.json of AWS Step Functions Local (AWS docs, "Using mocked service
//! integrations").
//!
//! The file is read through the tape and not through typed structs, so that a `Return` keeps the text of its
//! numbers, as a task's reply does.

use std::path::Path;
use std::sync::Arc;

use super::error::nearest;
use super::{FileError, TaskError};
use crate::json::{Doc, Document, NodeId, Tag};

const NESTING_DEPTH_MAX: u32 = 1024;

/// A mock file.
#[derive(Debug, Clone)]
pub struct MockConfig {
    file: String,
    text: Document,
}

/// The mocked states of one test case.
#[derive(Debug, Clone, Default)]
pub struct TestCase {
    states: Vec<MockedState>,
}

#[derive(Debug, Clone)]
struct MockedState {
    name: String,
    /// In order and without gaps from invocation 0.
    responses: Arc<[Invocations]>,
}

/// What a run of invocations answers.
#[derive(Debug)]
struct Invocations {
    last: u32,
    response: MockResponse,
}

/// One mocked response.
#[derive(Debug, Clone)]
pub(crate) enum MockResponse {
    /// The service's response, before `ResultSelector`.
    Return(Arc<Document>),
    /// A failed task; a callback may leave out the error's name.
    Throw {
        /// The error name.
        error: Option<String>,
        /// The cause.
        cause: Option<String>,
    },
}

/// How often each mocked state of one execution has been invoked.
#[derive(Debug, Default)]
pub(crate) struct CallCounts(Vec<u32>);

impl CallCounts {
    /// All counts 0 again.
    #[inline]
    pub(crate) fn reset(&mut self) {
        self.0.clear();
    }

    fn next(&mut self, state: usize) -> u32 {
        if self.0.len() <= state {
            self.0.resize(state + 1, 0);
        }
        let index = self.0[state];
        self.0[state] = index.saturating_add(1);
        index
    }
}

impl TestCase {
    /// Where a state stands in this test case.
    pub(super) fn position(&self, state: &str) -> Option<usize> {
        self.states.iter().position(|mocked| mocked.name == state)
    }

    /// The names of the mocked states.
    pub fn states(&self) -> impl Iterator<Item = &str> {
        self.states.iter().map(|state| state.name.as_str())
    }

    /// The response to a state's next invocation.
    pub(crate) fn respond(&self, state: usize, counts: &mut CallCounts) -> Result<&MockResponse, TaskError> {
        let mocked = &self.states[state];
        let index = counts.next(state);
        let at = mocked.responses.partition_point(|invocations| invocations.last < index);
        mocked.responses.get(at).map(|invocations| &invocations.response).ok_or_else(|| {
            let cause = format!(
                "no mocked response for invocation {index} (counted from 0) of state '{}'",
                mocked.name
            );
            TaskError::new("States.Runtime", cause)
        })
    }
}

impl MockConfig {
    /// Reads a mock file.
    pub fn from_file(path: &Path) -> Result<Self, FileError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|error| FileError::whole(&name, format!("failed to read the mock file: {error}")))?;
        Self::parse(&name, &text)
    }

    /// Reads a mock file's text; `file` is its name for messages.
    pub fn parse(file: &str, text: &str) -> Result<Self, FileError> {
        let document = Document::parse(text.as_bytes(), NESTING_DEPTH_MAX).map_err(|error| {
            FileError::at(file, text, error.offset as usize, format!("not JSON: {}", error.kind))
        })?;
        let config = Self { file: file.to_owned(), text: document };
        config.section("StateMachines")?;
        config.section("MockedResponses")?;
        Ok(config)
    }

    /// The mocked states of a test case of a state machine.
    pub fn test_case(&self, state_machine: &str, test_case: &str) -> Result<TestCase, FileError> {
        let machine = self.named(self.section("StateMachines")?, "state machine", state_machine)?;
        let cases = self.required_object(machine, "TestCases")?;
        let case = self.named(cases, "test case", test_case)?;
        self.expect_object(case, test_case)?;
        let responses = self.section("MockedResponses")?;
        let doc = self.text.doc();
        let mut states: Vec<MockedState> = Vec::new();
        for (state, response) in doc.members(case) {
            if !is_string(doc, response) {
                return Err(self.error(response, "expected the name of a mocked response"));
            }
            let response_name = doc.string(response).to_text();
            let mocked = self.named(responses, "mocked response", &response_name).map_err(|error| {
                error.help("each state of a test case names a member of \"MockedResponses\"")
            })?;
            let name = doc.string(state).to_text().into_owned();
            states.retain(|state| state.name != name);
            states.push(MockedState { name, responses: self.responses(&response_name, mocked)? });
        }
        Ok(TestCase { states })
    }

    fn responses(&self, name: &str, node: NodeId) -> Result<Arc<[Invocations]>, FileError> {
        self.expect_object(node, name)?;
        let doc = self.text.doc();
        let mut runs = Vec::new();
        for (key, value) in doc.members(node) {
            let text = doc.string(key).to_text();
            let (first, last) = invocations(&text).ok_or_else(|| {
                self.error(key, format!("\"{text}\" does not number invocations"))
                    .help("write \"0\" for the first invocation, \"1-3\" for the next three")
            })?;
            runs.push((first, key, Invocations { last, response: self.response(value)? }));
        }
        runs.sort_by_key(|(first, ..)| *first);
        let mut expected = 0;
        for (first, key, run) in &runs {
            if *first != expected {
                let problem = if *first < expected { "is mocked twice" } else { "has no response before it" };
                let message = format!("mocked response \"{name}\": invocation {first} {problem}");
                return Err(self.error(*key, message).help("invocations are counted from 0, without gaps"));
            }
            expected = run.last.saturating_add(1);
        }
        Ok(runs.into_iter().map(|(.., run)| run).collect())
    }

    fn response(&self, node: NodeId) -> Result<MockResponse, FileError> {
        let doc = self.text.doc();
        let wrong =
            || self.error(node, "expected {\"Return\": …} or {\"Throw\": {\"Error\": …, \"Cause\": …}}");
        if doc.tag(node) != Tag::Object || doc.count(node) != 1 {
            return Err(wrong());
        }
        if let Some(value) = doc.member(node, "Return") {
            let mut json = Vec::new();
            crate::json::minify(doc, value, &mut json);
            let document = Document::parse(json, NESTING_DEPTH_MAX)
                .map_err(|error| self.error(value, format!("not JSON: {}", error.kind)))?;
            return Ok(MockResponse::Return(Arc::new(document)));
        }
        let throw = doc.member(node, "Throw").ok_or_else(wrong)?;
        self.expect_object(throw, "Throw")?;
        let text = |key| {
            let member = doc.member(throw, key).filter(|member| doc.tag(*member) != Tag::Null);
            match member {
                Some(member) if is_string(doc, member) => Ok(Some(doc.string(member).to_text().into_owned())),
                Some(member) => Err(self.error(member, format!("\"{key}\" must be a string"))),
                None => Ok(None),
            }
        };
        Ok(MockResponse::Throw { error: text("Error")?, cause: text("Cause")? })
    }

    fn section(&self, key: &str) -> Result<NodeId, FileError> {
        self.expect_object(NodeId::ROOT, "a mock file")?;
        self.required_object(NodeId::ROOT, key)
    }

    fn required_object(&self, node: NodeId, key: &str) -> Result<NodeId, FileError> {
        self.expect_object(node, key)?;
        let doc = self.text.doc();
        let member =
            doc.member(node, key).ok_or_else(|| self.error(node, format!("\"{key}\" is missing")))?;
        self.expect_object(member, key)?;
        Ok(member)
    }

    /// The member of an object whose names the user chooses: an unknown one lists those there are.
    fn named(&self, object: NodeId, what: &str, name: &str) -> Result<NodeId, FileError> {
        let doc = self.text.doc();
        doc.member(object, name).ok_or_else(|| {
            let names: Vec<_> = doc.members(object).map(|(key, _)| doc.string(key).to_text()).collect();
            let help = match nearest(name, names.iter().map(AsRef::as_ref)) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None if names.is_empty() => "the file has none".to_owned(),
                None => format!("the file has: {}", names.join(", ")),
            };
            self.error(object, format!("no {what} \"{name}\"")).help(help)
        })
    }

    fn expect_object(&self, node: NodeId, what: &str) -> Result<(), FileError> {
        if self.text.doc().tag(node) == Tag::Object {
            return Ok(());
        }
        Err(self.error(node, format!("{what} must be an object")))
    }

    fn error(&self, node: NodeId, message: impl Into<String>) -> FileError {
        let doc = self.text.doc();
        let text = std::str::from_utf8(doc.bytes()).unwrap_or_default();
        FileError::at(&self.file, text, doc.node(node).start as usize, message)
    }
}

fn is_string(doc: Doc<'_>, node: NodeId) -> bool {
    matches!(doc.tag(node), Tag::String | Tag::EscapedString)
}

/// `"3"` or `"3-5"`.
fn invocations(key: &str) -> Option<(u32, u32)> {
    let number = |text: &str| {
        (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| text.parse().ok())
            .flatten()
    };
    match key.split_once('-') {
        None => number(key).map(|index| (index, index)),
        Some((first, last)) => Some((number(first)?, number(last)?)).filter(|(first, last)| first <= last),
    }
}
