//! What all readers of one definition share: the document, and what was found so far.

use std::borrow::Cow;

use foldhash::quality::RandomState;
use hashbrown::HashSet;

use crate::asl::model::{MachineType, QueryLanguage, Text};
use crate::asl::text::find;
use crate::diagnostic::{Code, Diagnostic, Severity, Span};
use crate::json::{Doc, NodeId, Tag};

/// State names and labels: untrusted, hence the seeded hash.
pub(super) type Names = HashSet<String, RandomState>;

/// Findings that are listed; the service lists a hundred.
const FINDINGS_MAX: usize = 1000;
/// Findings after which names are no longer searched for likely slips.
const HINTS_MAX: usize = 100;

/// The state of one pass over a definition.
#[derive(Debug)]
pub(super) struct Reader<'d> {
    pub(super) doc: Doc<'d>,
    /// The definition as it was given; the document's bytes differ from it in unquoted placeholders.
    text: &'d str,
    pub(super) machine_type: MachineType,
    pub(super) machine_language: QueryLanguage,
    /// Names of all states so far: they are unique in the whole machine.
    pub(super) state_names: Names,
    /// Labels of all Distributed Maps so far.
    pub(super) labels: Names,
    /// How many workflows are being read inside one another.
    pub(super) workflow_depth: u32,
    /// Where the definition is of one state only: the states beside it that it leads to.
    pub(super) outside: Option<Vec<String>>,
    /// Placeholders in place of values.
    substitutions: Vec<Text>,
    /// Where unquoted placeholders begin, ascending.
    unquoted: &'d [u32],
    /// How much was found, and whether any of it is an error.
    findings: usize,
    has_errors: bool,
    schema: Vec<Diagnostic>,
    targets: Vec<Diagnostic>,
    graph: Vec<Diagnostic>,
}

impl<'d> Reader<'d> {
    pub(super) fn new(doc: Doc<'d>, text: &'d str, machine_type: MachineType, unquoted: &'d [u32]) -> Self {
        Self {
            doc,
            text,
            machine_type,
            machine_language: QueryLanguage::default(),
            state_names: Names::default(),
            labels: Names::default(),
            workflow_depth: 0,
            outside: None,
            substitutions: Vec::new(),
            unquoted,
            findings: 0,
            has_errors: false,
            schema: Vec::new(),
            targets: Vec::new(),
            graph: Vec::new(),
        }
    }

    /// All findings in AWS's order, the placeholders in place of values, and whether there is an error.
    pub(super) fn finish(self) -> (Vec<Diagnostic>, Vec<Text>, bool) {
        let mut diagnostics = self.schema;
        diagnostics.extend(self.targets);
        diagnostics.extend(self.graph);
        if self.findings > FINDINGS_MAX {
            let message = format!("Only {FINDINGS_MAX} of {} findings are listed", self.findings);
            diagnostics.push(Diagnostic::warning(Code::FindingsCut, message, Span::default()));
        }
        (diagnostics, self.substitutions, self.has_errors)
    }

    /// Where a node stands.
    pub(super) fn span(&self, node: NodeId) -> Span {
        let node = self.doc.node(node);
        Span::new(node.start, node.end)
    }

    /// The text of a string node; of an unquoted placeholder the placeholder itself.
    pub(super) fn text_of(&self, node: NodeId) -> Cow<'d, str> {
        let span = self.span(node);
        if self.is_unquoted_placeholder(node) {
            return Cow::Borrowed(span.text(self.text));
        }
        self.doc.string(node).to_text()
    }

    pub(super) fn is_string(&self, node: NodeId) -> bool {
        matches!(self.doc.tag(node), Tag::String | Tag::EscapedString)
    }

    pub(super) fn is_unquoted_placeholder(&self, node: NodeId) -> bool {
        self.is_string(node) && self.unquoted.binary_search(&self.doc.node(node).start).is_ok()
    }

    /// Notes a finding about a value.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        if self.count(&diagnostic) {
            self.schema.push(diagnostic);
        }
    }

    /// Notes a target that does not exist.
    pub(super) fn report_target(&mut self, diagnostic: Diagnostic) {
        if self.count(&diagnostic) {
            self.targets.push(diagnostic);
        }
    }

    /// Notes a finding about a graph as a whole.
    pub(super) fn report_graph(&mut self, diagnostic: Diagnostic) {
        if self.count(&diagnostic) {
            self.graph.push(diagnostic);
        }
    }

    /// Whether a finding is still listed; a machine-made definition may have a hundred thousand.
    fn count(&mut self, diagnostic: &Diagnostic) -> bool {
        self.findings += 1;
        self.has_errors |= diagnostic.severity == Severity::Error;
        self.findings <= FINDINGS_MAX
    }

    /// Whether so much was found that advice is no longer worth its time.
    pub(super) fn is_hopeless(&self) -> bool {
        self.findings > HINTS_MAX
    }

    /// Reports a schema error without further advice.
    pub(super) fn schema_error(&mut self, span: Span, location: &str, message: impl Into<String>) {
        self.report(Diagnostic::error(Code::SchemaValidationFailed, message, span).at(location));
    }

    /// Notes a placeholder that stands for a value which the model cannot hold.
    pub(super) fn substitute(&mut self, node: NodeId, location: &str) {
        let span = self.span(node);
        let written = span.text(self.text).trim_matches('"');
        let text = find(written).unwrap_or(written).to_owned();
        self.substitutions.push(Text { text, span, location: location.to_owned() });
    }

    /// Notes an unquoted placeholder, unless its field did.
    pub(super) fn substitute_in_free_json(&mut self, node: NodeId) {
        let span = self.span(node);
        if !self.substitutions.iter().any(|noted| noted.span == span) {
            self.substitute(node, "");
        }
    }
}
