//! The entry: text to machine.

use std::sync::Arc;

use super::{graph, json_problem, placeholder, reader::Reader};
use crate::asl::lint::lint;
use crate::asl::model::{MachineType, QueryLanguage, StateMachine};
use crate::asl::text::{DefinitionText, PlaceMap, Substitutions, TextFormat};
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::json::{Document, NodeId, Tag};
use crate::limits::Limits;

/// What a definition is checked against.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ParseOptions {
    /// Express machines may not use every integration.
    pub machine_type: MachineType,
    /// Bounds on size and nesting.
    pub limits: Limits,
    /// How the text is written.
    pub format: TextFormat,
    /// What stands for `${Name}` placeholders.
    pub substitutions: Substitutions,
}

impl ParseOptions {
    /// Options for a machine of this type, with default limits.
    pub fn new(machine_type: MachineType) -> Self {
        Self { machine_type, ..Self::default() }
    }
}

/// What became of a definition.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The model; absent if there is an error.
    pub state_machine: Option<StateMachine>,
    /// All findings, in AWS's order: schema, dangling targets, then the graph as a whole; our own advice comes last.
    /// Their spans are those of the text that was given.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a definition.
///
/// ```
/// use aslx::asl::{ParseOptions, parse};
///
/// let parsed = parse(r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"}}}"#, &ParseOptions::default());
/// assert!(parsed.state_machine.is_none());
/// assert_eq!(parsed.diagnostics[0].message, "Missing 'Next' target: B");
/// assert_eq!(parsed.diagnostics[0].location.as_deref(), Some("/States/A/Next"));
/// ```
pub fn parse(text: &str, options: &ParseOptions) -> Parsed {
    let refuse = |diagnostics| Parsed { state_machine: None, diagnostics };
    if text.len() > options.limits.definition_bytes_max as usize {
        return refuse(vec![too_large(text, options.limits.definition_bytes_max)]);
    }
    let read = DefinitionText::read(text, options.format, &options.substitutions, &options.limits);
    let DefinitionText { json, places, findings } = match read {
        Ok(read) => read,
        Err(diagnostics) => return refuse(diagnostics.into_iter().collect()),
    };
    let mut parsed = parse_as(&json, options, false);
    if let Some(machine) = &mut parsed.state_machine {
        parsed.diagnostics.extend(lint(machine));
        machine.places = places.clone();
    }
    for diagnostic in &mut parsed.diagnostics {
        places.locate(diagnostic);
        diagnostic.span = whole_characters(diagnostic.span, text);
    }
    if findings.has_errors() {
        parsed.state_machine = None;
    }
    parsed.diagnostics.extend(findings);
    parsed
}

/// The span without cutting characters: blanks in place of a comment may be part of one.
fn whole_characters(span: Span, text: &str) -> Span {
    let end = text.len() as u32;
    let is_boundary = |at: &u32| text.is_char_boundary(*at as usize);
    let start = (0..=span.start.min(end)).rev().find(is_boundary).unwrap_or(0);
    Span::new(start, (span.end.min(end)..=end).find(is_boundary).unwrap_or(end))
}

/// Reads JSON; every place is one of the JSON. The one state of a single-state definition may lead to states that are
/// not there.
pub(super) fn parse_as(text: &str, options: &ParseOptions, is_single_state: bool) -> Parsed {
    let refuse = |diagnostic| Parsed { state_machine: None, diagnostics: vec![diagnostic] };
    if text.len() > options.limits.definition_bytes_max as usize {
        return refuse(too_large(text, options.limits.definition_bytes_max));
    }
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        return refuse(not_an_object(Span::default()));
    }
    let (document, unquoted) = match read_json(text, options.limits.nesting_depth_max) {
        Ok(read) => read,
        Err(diagnostic) => return refuse(*diagnostic),
    };
    let document = Arc::new(document);
    let doc = document.doc();
    let root = doc.node(NodeId::ROOT);
    if root.tag() != Tag::Object {
        return refuse(not_an_object(Span::new(root.start, root.end)));
    }
    let mut reader = Reader::new(doc, text, options.machine_type, &unquoted);
    reader.outside = is_single_state.then(Vec::new);
    let machine = read_machine(&mut reader, &document);
    placeholder::warn(&mut reader);
    let (diagnostics, substitutions, has_errors) = reader.finish();
    let state_machine =
        machine.filter(|_| !has_errors).map(|machine| StateMachine { substitutions, ..machine });
    Parsed { state_machine, diagnostics }
}

fn too_large(text: &str, limit: u32) -> Diagnostic {
    let message = format!("The definition has {} bytes, more than the limit of {limit}", text.len());
    Diagnostic::error(Code::SchemaValidationFailed, message, Span::default())
}

pub(super) fn not_an_object(span: Span) -> Diagnostic {
    let message = "Definition must be a valid JSON object";
    Diagnostic::error(Code::SchemaValidationFailed, message, span)
        .help("a definition has the form {\"StartAt\": \"NAME\", \"States\": {\"NAME\": {\"Type\": ...}}}")
}

/// The tape of the text. A byte order mark counts as blank. Where unquoted `${Name}` placeholders stand for values, a
/// second attempt reads them as strings of the same length, and answers where they begin.
pub(super) fn read_json(text: &str, depth_max: u32) -> Result<(Document, Vec<u32>), Box<Diagnostic>> {
    let mut bytes = text.as_bytes().to_vec();
    if text.starts_with('\u{feff}') {
        bytes[..'\u{feff}'.len_utf8()].fill(b' ');
    }
    let error = match Document::parse(bytes.clone(), depth_max) {
        Ok(document) => return Ok((document, Vec::new())),
        Err(error) => error,
    };
    let starts = placeholder::quote_unquoted(&mut bytes);
    if !starts.is_empty()
        && let Ok(document) = Document::parse(bytes, depth_max)
    {
        return Ok((document, starts));
    }
    Err(Box::new(json_problem::describe(text, error)))
}

fn read_machine(reader: &mut Reader<'_>, document: &Arc<Document>) -> Option<StateMachine> {
    let root = reader.object(NodeId::ROOT, "/".to_owned());
    reader.refuse_unknown_fields(
        &root,
        &["Comment", "StartAt", "States", "Version", "TimeoutSeconds", "QueryLanguage"],
    );
    let comment = reader.comment(&root);
    let version = root.get("Version").and_then(|field| {
        reader.one_of(&field, &["1.0"])?;
        reader.string(&field)
    });
    // Zero is accepted by the service, although the specification asks for a positive number.
    let timeout_seconds = root
        .get("TimeoutSeconds")
        .and_then(|field| reader.integer(&field, 0..=99_999_999))
        .filter(|&seconds| seconds > 0);
    let query_language = reader.query_language(&root).unwrap_or_default();
    reader.machine_language = query_language;
    let top = graph::read(reader, &root);
    Some(StateMachine {
        source: Arc::clone(document),
        places: PlaceMap::default(),
        comment,
        version,
        query_language,
        timeout_seconds: timeout_seconds.and_then(|seconds| u32::try_from(seconds).ok()),
        top: top?,
        substitutions: Vec::new(),
    })
}

impl Reader<'_> {
    /// `QueryLanguage` of a machine or a state; the service takes anything but `JSONPath` for `JSONata`.
    pub(super) fn query_language(&mut self, object: &super::object::Object<'_>) -> Option<QueryLanguage> {
        let field = object.get("QueryLanguage")?;
        match self.one_of(&field, &["JSONPath", "JSONata"]) {
            Some(0) => Some(QueryLanguage::JsonPath),
            _ => Some(QueryLanguage::Jsonata),
        }
    }
}
