//! Objects of a definition: members by name, unknown and repeated ones reported.

use std::borrow::Cow;

use super::reader::Reader;
use crate::asl::validate::{child, did_you_mean};
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::json::{NodeId, Tag};

/// An object with its location.
#[derive(Debug)]
pub(super) struct Object<'d> {
    pub(super) location: String,
    pub(super) span: Span,
    members: Vec<Member<'d>>,
}

/// One member of an object.
#[derive(Debug)]
pub(super) struct Member<'d> {
    pub(super) name: Cow<'d, str>,
    pub(super) key: NodeId,
    value: NodeId,
}

/// A value with its location.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) node: NodeId,
    pub(super) key: NodeId,
    pub(super) location: String,
}

impl Object<'_> {
    /// The member of that name; of a repeated one the last.
    pub(super) fn get(&self, name: &str) -> Option<Field> {
        let member = self.members.iter().rfind(|member| member.name == name)?;
        Some(self.field(member))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.members.iter().any(|member| member.name == name)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    pub(super) fn members(&self) -> &[Member<'_>] {
        &self.members
    }

    /// The member as a value with a location.
    pub(super) fn field(&self, member: &Member<'_>) -> Field {
        Field { node: member.value, key: member.key, location: child(&self.location, &member.name) }
    }
}

impl<'d> Reader<'d> {
    /// The object at `node`, which must be one. Repeated members get a warning: the last one counts.
    pub(super) fn object(&mut self, node: NodeId, location: String) -> Object<'d> {
        let mut members: Vec<Member<'d>> = Vec::with_capacity(self.doc.count(node));
        for (key, value) in self.doc.members(node) {
            members.push(Member { name: self.text_of(key), key, value });
        }
        let object = Object { location, span: self.span(node), members };
        self.warn_of_repeated_members(&object);
        object
    }

    /// The object that a field holds; anything else is an error.
    pub(super) fn object_field(&mut self, field: &Field) -> Option<Object<'d>> {
        if self.doc.tag(field.node) != Tag::Object {
            self.wrong_type(field, "Object");
            return None;
        }
        Some(self.object(field.node, field.location.clone()))
    }

    /// The elements of an array field; anything else is an error.
    pub(super) fn elements(&mut self, field: &Field) -> Option<Vec<Field>> {
        if self.doc.tag(field.node) != Tag::Array {
            self.wrong_type(field, "Array");
            return None;
        }
        let locate =
            |(index, node)| Field { node, key: node, location: format!("{}[{index}]", field.location) };
        Some(self.doc.elements(field.node).enumerate().map(locate).collect())
    }

    /// The elements of an array that must have some.
    pub(super) fn filled_array(&mut self, field: &Field) -> Option<Vec<Field>> {
        let elements = self.elements(field)?;
        if elements.is_empty() {
            let span = self.span(field.node);
            self.schema_error(span, &field.location, "Value cannot be empty");
            return None;
        }
        Some(elements)
    }

    fn warn_of_repeated_members(&mut self, object: &Object<'_>) {
        let mut names: Vec<(&str, NodeId)> =
            object.members.iter().map(|member| (&*member.name, member.key)).collect();
        names.sort_by_key(|&(name, key)| (name, key.0));
        for pair in names.windows(2) {
            if pair[0].0 == pair[1].0 {
                let message = format!("Field '{}' is repeated; only the last one counts", pair[0].0);
                let span = self.span(pair[0].1);
                self.report(
                    Diagnostic::warning(Code::RepeatedMember, message, span).at(object.location.clone()),
                );
            }
        }
    }

    /// Reports every member whose name is not in `known`.
    pub(super) fn refuse_unknown_fields(&mut self, object: &Object<'_>, known: &[&str]) {
        for member in &object.members {
            if !known.contains(&&*member.name) {
                self.unsupported_field(object, member, known);
            }
        }
    }

    /// Reports one member that cannot stand in its object.
    pub(super) fn unsupported_field(&mut self, object: &Object<'_>, member: &Member<'_>, known: &[&str]) {
        let span = self.span(member.key);
        let message = format!("Field '{}' is not supported", member.name);
        let mut diagnostic =
            Diagnostic::error(Code::SchemaValidationFailed, message, span).at(object.location.clone());
        diagnostic.help = did_you_mean(&member.name, known.iter().copied());
        self.report(diagnostic);
    }

    /// Reports missing members, all in one finding as AWS does.
    pub(super) fn require(&mut self, object: &Object<'_>, names: &[&str]) -> bool {
        let missing: Vec<&str> = names.iter().copied().filter(|name| !object.has(name)).collect();
        if missing.is_empty() {
            return true;
        }
        let message = format!("These fields are required: [{}]", missing.join(", "));
        self.schema_error(object.opening(), &object.location, message);
        false
    }

    /// Reports that more than one of `names` is present; answers whether that was so.
    pub(super) fn refuse_several(&mut self, object: &Object<'_>, names: &[&str]) -> bool {
        let present = object.members.iter().filter(|member| names.contains(&&*member.name));
        let Some(second) = present.clone().nth(1) else { return false };
        let message = format!("There should only be one of the following fields: [{}]", names.join(", "));
        let span = self.span(second.key);
        self.schema_error(span, &object.location, message);
        true
    }
}

impl Object<'_> {
    /// The opening brace: a finding about a whole object marks that, not all its lines.
    pub(super) fn opening(&self) -> Span {
        Span::new(self.span.start, self.span.start + 1)
    }
}
