//! One state: its type, the fields that all types share, and which fields it may have at all.

use super::{
    choice,
    field_table::{StateType, Support, fields_of, support},
    graph::Scope,
    map,
    object::{Field, Object},
    path::PathRule,
    reader::Reader,
    simple_states, task,
    template::TemplateKind,
};
use crate::asl::model::{QueryLanguage, State, StateKind, Transition};
use crate::asl::validate::{Outgoing, child, did_you_mean};
use crate::diagnostic::{Code, Diagnostic};
use crate::json::{NodeId, Tag};

/// Reads a state; where it leads is known even if the state itself has errors.
pub(super) fn read(
    reader: &mut Reader<'_>,
    key: NodeId,
    node: NodeId,
    states_location: &str,
    mut scope: Scope<'_>,
) -> (Option<State>, Outgoing) {
    let name = reader.text_of(key).into_owned();
    let location = child(states_location, &name);
    if reader.doc.tag(node) != Tag::Object {
        reader.wrong_type(&Field { node, key, location }, "Object");
        scope.outgoing.unknown = true;
        return (None, scope.outgoing);
    }
    let object = reader.object(node, location);
    scope.language = state_language(reader, &object);
    let Some(state_type) = state_type(reader, &object) else {
        scope.outgoing.unknown = true;
        return (None, scope.outgoing);
    };
    refuse_foreign_fields(reader, &object, state_type, scope.language);
    let comment = reader.comment(&object);
    let input_path = reader.path_field(&object, "InputPath", PathRule::Any);
    let output_path = reader.path_field(&object, "OutputPath", PathRule::Any);
    let assign = reader.template(&object, "Assign", scope.language, TemplateKind::Assign);
    let output = reader.template(&object, "Output", scope.language, TemplateKind::Any);
    let kind = read_kind(reader, &object, state_type, &mut scope);
    let state = kind.map(|kind| State {
        name,
        name_span: reader.span(key),
        span: object.span,
        location: object.location,
        comment,
        query_language: scope.language,
        input_path,
        output_path,
        assign,
        output,
        kind,
    });
    (state, scope.outgoing)
}

fn read_kind(
    reader: &mut Reader<'_>,
    object: &Object<'_>,
    state_type: StateType,
    scope: &mut Scope<'_>,
) -> Option<StateKind> {
    match state_type {
        StateType::Pass => simple_states::pass(reader, object, scope).map(StateKind::Pass),
        StateType::Wait => simple_states::wait(reader, object, scope).map(StateKind::Wait),
        StateType::Fail => Some(StateKind::Fail(simple_states::fail(reader, object, scope))),
        StateType::Succeed => {
            scope.outgoing.ends = true;
            Some(StateKind::Succeed)
        }
        StateType::Task => task::task(reader, object, scope).map(StateKind::Task),
        StateType::Parallel => task::parallel(reader, object, scope).map(StateKind::Parallel),
        StateType::Choice => choice::read(reader, object, scope).map(StateKind::Choice),
        StateType::Map => map::read(reader, object, scope).map(StateKind::Map),
    }
}

/// A state inherits the machine's language, never that of the Map or Parallel around it.
fn state_language(reader: &mut Reader<'_>, object: &Object<'_>) -> QueryLanguage {
    let machine = reader.machine_language;
    let own = reader.query_language(object);
    if own == Some(QueryLanguage::JsonPath) && machine == QueryLanguage::Jsonata {
        let span = object.get("QueryLanguage").map_or(object.opening(), |field| reader.span(field.node));
        let message = "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine";
        reader.schema_error(span, &object.location, message);
    }
    own.unwrap_or(machine)
}

fn state_type(reader: &mut Reader<'_>, object: &Object<'_>) -> Option<StateType> {
    if !reader.require(object, &["Type"]) {
        return None;
    }
    let field = object.get("Type")?;
    let text = reader.string(&field)?;
    let found = StateType::ALL.iter().find(|(name, _)| *name == text);
    if found.is_none() {
        let names = StateType::ALL.map(|(name, _)| name);
        let message = format!("The field 'Type' should have one of these values: [{}]", names.join(", "));
        let mut diagnostic =
            Diagnostic::error(Code::SchemaValidationFailed, message, reader.span(field.node))
                .at(field.location.clone());
        diagnostic.help = did_you_mean(&text, names);
        reader.report(diagnostic);
    }
    found.map(|&(_, state_type)| state_type)
}

fn refuse_foreign_fields(
    reader: &mut Reader<'_>,
    object: &Object<'_>,
    state_type: StateType,
    language: QueryLanguage,
) {
    for member in object.members() {
        match support(&member.name, state_type, language) {
            Support::Yes => {}
            Support::OtherLanguage => reader.other_language_field(object, &member.name, language),
            Support::No => {
                reader.unsupported_field(object, member, &fields_of(state_type, language));
            }
        }
    }
}

impl Reader<'_> {
    /// Reports a field that exists in the other query language only.
    pub(super) fn other_language_field(&mut self, object: &Object<'_>, name: &str, language: QueryLanguage) {
        let (own, other) = match language {
            QueryLanguage::JsonPath => ("JSONPath", "JSONata"),
            QueryLanguage::Jsonata => ("JSONata", "JSONPath"),
        };
        let message = format!(
            "The QueryLanguage is set to '{own}', but field '{name}' is only supported for the '{other}' QueryLanguage"
        );
        let span = object.get(name).map_or(object.opening(), |field| self.span(field.key));
        self.schema_error(span, &object.location, message);
    }

    /// `Next` or `End`, exactly one of them.
    pub(super) fn transition(&mut self, object: &Object<'_>, scope: &mut Scope<'_>) -> Option<Transition> {
        let next = object.get("Next").map(|field| self.target(&field, scope));
        let end = object.get("End").map(|field| self.boolean(&field));
        let message = match (next, end) {
            (Some(_), Some(Some(true))) => {
                scope.outgoing.ends = true;
                "There should only be one of the following fields: [Next, End]"
            }
            (Some(target), _) => return target.map(Transition::Next),
            (None, Some(Some(true))) => {
                scope.outgoing.ends = true;
                return Some(Transition::End);
            }
            (None, Some(None)) => {
                // A placeholder, or reported as no boolean.
                scope.outgoing.unknown = true;
                return Some(Transition::End);
            }
            (None, None | Some(Some(false))) => {
                scope.outgoing.unknown = true;
                "This object should have only one of the following fields: [Next, End]"
            }
        };
        let mut diagnostic = Diagnostic::error(Code::SchemaValidationFailed, message, object.opening())
            .at(object.location.clone());
        if next.is_none() {
            diagnostic.help = Some("add `\"Next\": \"NAME\"`, or `\"End\": true`".to_owned());
        }
        self.report(diagnostic);
        None
    }
}
