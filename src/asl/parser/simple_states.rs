//! Pass, Wait and Fail.

use super::{
    graph::Scope,
    object::{Field, Object},
    path::PathRule,
    placeholder,
    reader::Reader,
    scalar::NumberNames,
    template::TemplateKind,
};
use crate::asl::model::{Fail, IntField, Pass, QueryLanguage, TextField, Wait, WaitFor};
use crate::diagnostic::{Code, Diagnostic};
use crate::json::{NodeId, Tag};
use crate::value::timestamp::Timestamp;

/// Longest `Seconds` and `TimeoutSeconds`.
pub(super) const SECONDS_MAX: i64 = 99_999_999;

pub(super) fn pass(reader: &mut Reader<'_>, object: &Object<'_>, scope: &mut Scope<'_>) -> Option<Pass> {
    let result = object.get("Result").map(|field| {
        warn_of_paths_in_result(reader, field.node, &field.location);
        field.node
    });
    let parameters = reader.template(object, "Parameters", scope.language, TemplateKind::Any);
    let result_path = reader.path_field(object, "ResultPath", PathRule::ResultPath);
    let transition = reader.transition(object, scope);
    Some(Pass { result, parameters, result_path, transition: transition? })
}

/// `Result` is taken literally; keys in `.$` are a misunderstanding that AWS warns of as well.
fn warn_of_paths_in_result(reader: &mut Reader<'_>, root: NodeId, location: &str) {
    for index in root.0..reader.doc.node(root).next {
        let node = NodeId(index);
        if reader.doc.tag(node) != Tag::Object {
            continue;
        }
        for (key, _) in reader.doc.members(node) {
            let name = reader.text_of(key);
            let Some(stripped) = name.strip_suffix(".$") else { continue };
            let message = format!("'Result' is static: '{name}' stays a literal key");
            let help = format!("use 'Parameters' if '{stripped}' is to be computed");
            let span = reader.span(key);
            reader
                .report(Diagnostic::warning(Code::PassResultIsStatic, message, span).at(location).help(help));
        }
    }
}

pub(super) fn wait(reader: &mut Reader<'_>, object: &Object<'_>, scope: &mut Scope<'_>) -> Option<Wait> {
    let duration = duration(reader, object, scope.language);
    let transition = reader.transition(object, scope);
    Some(Wait { duration: duration?, transition: transition? })
}

fn duration(reader: &mut Reader<'_>, object: &Object<'_>, language: QueryLanguage) -> Option<WaitFor> {
    let names: &[&str] = match language {
        QueryLanguage::JsonPath => &["SecondsPath", "Seconds", "TimestampPath", "Timestamp"],
        QueryLanguage::Jsonata => &["Seconds", "Timestamp"],
    };
    if reader.refuse_several(object, names) {
        return None;
    }
    if !names.iter().any(|name| object.has(name)) {
        let message =
            format!("This object should have only one of the following fields: [{}]", names.join(", "));
        reader.schema_error(object.opening(), &object.location, message);
        return None;
    }
    if object.has("Seconds") || object.has("SecondsPath") {
        let seconds = reader.int_or_path(
            object,
            NumberNames::seconds("Seconds", "SecondsPath"),
            0..=SECONDS_MAX,
            language,
        );
        // Nothing was read where a placeholder stands: such a machine is never run.
        return Some(WaitFor::Seconds(seconds.unwrap_or(IntField::Literal(0))));
    }
    if let Some(field) = object.get("TimestampPath") {
        let path = reader.reference_path(&field, PathRule::Value)?;
        return Some(WaitFor::Timestamp(TextField::Path(path)));
    }
    let field = object.get("Timestamp")?;
    if let Some(text) = reader.expression(&field, language) {
        return Some(WaitFor::Timestamp(TextField::Expression(text)));
    }
    reader.hint_at_path(&field, "TimestampPath", language);
    reader.timestamp(&field).map(|text| WaitFor::Timestamp(TextField::Literal(text)))
}

pub(super) fn fail(reader: &mut Reader<'_>, object: &Object<'_>, scope: &mut Scope<'_>) -> Fail {
    scope.outgoing.ends = true;
    let error = text_or_path(reader, object, ["Error", "ErrorPath"], scope.language);
    let cause = text_or_path(reader, object, ["Cause", "CausePath"], scope.language);
    Fail { error, cause }
}

fn text_or_path(
    reader: &mut Reader<'_>,
    object: &Object<'_>,
    names: [&'static str; 2],
    language: QueryLanguage,
) -> Option<TextField> {
    reader.refuse_several(object, &names);
    if let Some(field) = object.get(names[1]) {
        return reader.path_or_intrinsic(&field).map(TextField::Path);
    }
    let field = object.get(names[0])?;
    if let Some(text) = reader.expression(&field, language) {
        return Some(TextField::Expression(text));
    }
    reader.hint_at_path(&field, names[1], language);
    if language == QueryLanguage::Jsonata && reader.is_string(field.node) {
        reader.check_text(field.node, &field.location);
    }
    reader.string(&field).map(TextField::Literal)
}

impl Reader<'_> {
    /// A literal RFC 3339 timestamp.
    pub(super) fn timestamp(&mut self, field: &Field) -> Option<String> {
        let text = self.string(field)?;
        if placeholder::is_in(&text) {
            self.substitute(field.node, &field.location);
            return Some(text);
        }
        if Timestamp::parse_rfc3339(text.as_bytes()).is_some() {
            return Some(text);
        }
        self.report(
            Diagnostic::error(
                Code::SchemaValidationFailed,
                "String does not match RFC3339 timestamp",
                self.span(field.node),
            )
            .at(field.location.clone())
            .help("write it as `2030-01-31T12:00:00Z`"),
        );
        None
    }
}
