//! Fields that hold a path, and what kind of path each takes.

use super::{
    object::{Field, Object},
    placeholder,
    reader::Reader,
};
use crate::asl::model::{PathField, Text};
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::intrinsic::{self, Function};
use crate::json::{NodeId, Tag};
use crate::jsonpath::{Path, Root, SyntaxError, SyntaxErrorKind};

/// What a field's path may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PathRule {
    /// Any path, from any root.
    Any,
    /// A Reference Path into the input: it is written to.
    ResultPath,
    /// A Reference Path, from any root.
    Value,
    /// A Reference Path into the input or a variable: of the number fields only `ItemsPath` accepts the Context Object.
    Number,
    /// The `Variable` or the operand of a comparison, about which the service speaks differently.
    Comparison,
}

/// What `ErrorPath` and `CausePath` may call: what yields a string (AWS docs, "Fail workflow state").
const TEXT_FUNCTIONS: [Function; 7] = [
    Function::Format,
    Function::JsonToString,
    Function::ArrayGetItem,
    Function::Base64Encode,
    Function::Base64Decode,
    Function::Hash,
    Function::Uuid,
];

/// What is wrong with a path.
struct Problem {
    message: &'static str,
    detail: Option<SyntaxError>,
}

fn check(text: &str, rule: PathRule) -> Option<Problem> {
    let malformed = match rule {
        PathRule::Comparison if !text.starts_with('$') => {
            "Value is not a Reference Path: Reference path didn't start with '$'"
        }
        PathRule::Comparison => "Value is not a Reference Path",
        _ => "Value must be a valid JSONPath.",
    };
    let path = match Path::parse(text) {
        Ok(path) => path,
        // Valid paths to AWS, though not Reference Paths; whether they can run is not asked here.
        Err(error) if error.kind == SyntaxErrorKind::Unsupported => {
            let any = matches!(rule, PathRule::Any | PathRule::Comparison);
            return (!any).then_some(Problem { message: "Value is not a Reference Path", detail: None });
        }
        Err(error) => return Some(Problem { message: malformed, detail: Some(error) }),
    };
    let root_fits = match (rule, path.root()) {
        (PathRule::ResultPath, root) => *root == Root::Input,
        (PathRule::Number, root) => *root != Root::Context,
        _ => true,
    };
    let any = matches!(rule, PathRule::Any | PathRule::Comparison);
    (!root_fits || !(any || path.is_reference_path()))
        .then_some(Problem { message: "Value is not a Reference Path", detail: None })
}

impl Reader<'_> {
    /// A path field of a state that may be absent or `null`.
    pub(super) fn path_field(&mut self, object: &Object<'_>, name: &str, rule: PathRule) -> PathField {
        let Some(field) = object.get(name) else { return PathField::Default };
        if self.doc.tag(field.node) == Tag::Null {
            return PathField::Null;
        }
        self.reference_path(&field, rule).map_or(PathField::Default, PathField::Path)
    }

    /// A field that must hold a path.
    pub(super) fn reference_path(&mut self, field: &Field, rule: PathRule) -> Option<Text> {
        let text = self.text(field)?;
        if placeholder::is_in(&text.text) {
            return Some(text);
        }
        let Some(problem) = check(&text.text, rule) else { return Some(text) };
        let mut diagnostic = self.syntax_diagnostic(field.node, problem.message, problem.detail);
        if rule == PathRule::Comparison && text.text.starts_with("States.") {
            diagnostic.help = Some("compute it in a state before, and compare the result".to_owned());
        }
        self.report(diagnostic.at(field.location.clone()));
        None
    }

    /// `ErrorPath` and `CausePath`: a Reference Path, or an intrinsic call that yields a string.
    pub(super) fn path_or_intrinsic(&mut self, field: &Field) -> Option<Text> {
        let is_call = self.is_string(field.node) && self.text_of(field.node).starts_with("States.");
        if !is_call {
            return self.reference_path(field, PathRule::Value);
        }
        let text = self.text(field)?;
        if placeholder::is_in(&text.text) {
            return Some(text);
        }
        let name = field.location.rsplit('/').next().unwrap_or_default().to_owned();
        let message = format!(
            "The value for the field '{name}' must be a valid JSONPath or a valid intrinsic function call"
        );
        let diagnostic = match intrinsic::parse(&text.text) {
            Ok(call) if TEXT_FUNCTIONS.contains(&call.function) => return Some(text),
            Ok(_) => self.syntax_diagnostic(field.node, &message, None).help(
                "only functions that yield a string: States.Format, States.JsonToString, States.UUID, ...",
            ),
            Err(error) if error.kind == SyntaxErrorKind::Unsupported => return Some(text),
            Err(error) => self.syntax_diagnostic(field.node, &message, Some(error)),
        };
        self.report(diagnostic.at(field.location.clone()));
        None
    }

    /// An error about an expression in a string node; the label names the detail, the span its place.
    pub(super) fn syntax_diagnostic(
        &self,
        node: NodeId,
        message: &str,
        detail: Option<SyntaxError>,
    ) -> Diagnostic {
        let whole = self.span(node);
        let Some(detail) = detail else {
            return Diagnostic::error(Code::SchemaValidationFailed, message, whole);
        };
        // Offsets in the text are offsets in the source only if nothing is escaped.
        let at = whole.start.saturating_add(1).saturating_add(detail.offset);
        let is_plain = self.doc.tag(node) == Tag::String;
        let span = if is_plain && at < whole.end { Span::new(at, whole.end - 1) } else { whole };
        let span = if span.start == span.end { whole } else { span };
        Diagnostic::error(Code::SchemaValidationFailed, message, span).label(detail.message)
    }
}
