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

const NOT_A_REFERENCE_PATH: &str = "Value is not a Reference Path";

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
            return (!any).then_some(Problem { message: NOT_A_REFERENCE_PATH, detail: operator(text) });
        }
        Err(error) => return Some(Problem { message: malformed, detail: Some(error) }),
    };
    let root_problem = match (rule, path.root()) {
        (PathRule::ResultPath, root) if *root != Root::Input => {
            Some("expected a path into the input, as `$.result`")
        }
        (PathRule::Number, Root::Context) => Some("the Context Object has no number for this"),
        _ => None,
    };
    if let Some(problem) = root_problem {
        let detail = Some(SyntaxError::malformed(0, problem));
        return Some(Problem { message: NOT_A_REFERENCE_PATH, detail });
    }
    let any = matches!(rule, PathRule::Any | PathRule::Comparison);
    (!any && !path.is_reference_path())
        .then(|| Problem { message: NOT_A_REFERENCE_PATH, detail: operator(text) })
}

/// The first thing in a path that a Reference Path cannot have (States Language, "Reference Paths").
fn operator(text: &str) -> Option<SyntaxError> {
    let (mut quote, mut in_brackets) = (None, false);
    let mut chars = text.char_indices();
    while let Some((at, character)) = chars.next() {
        match (quote, character) {
            (_, '\\') => _ = chars.next(),
            (Some(open), _) if open == character => quote = None,
            (None, '\'' | '"') if in_brackets => quote = Some(character),
            (None, '[' | ']') => in_brackets = character == '[',
            (None, '.') if !text[at..].starts_with("..") => {}
            (None, '.' | '*' | '@' | ',' | ':' | '?' | '(') => {
                let found = if character == '.' { ".." } else { &text[at..=at] };
                let message = format!("a Reference Path leads to one place: it has no '{found}'");
                return Some(SyntaxError::malformed(at, message));
            }
            _ => {}
        }
    }
    None
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
            self.substitute(field.node, &field.location);
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
            self.substitute(field.node, &field.location);
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
        // Behind the opening quote, and not past the closing one; an unquoted placeholder has none.
        let offset = self.doc.string(node).raw_offset(detail.offset as usize) as u32;
        let at = (whole.start + 1 + offset).min(whole.end.saturating_sub(1)).max(whole.start);
        let span = Span::new(at, (whole.end - 1).max(at + 1).min(whole.end));
        Diagnostic::error(Code::SchemaValidationFailed, message, span).label(detail.message)
    }
}
