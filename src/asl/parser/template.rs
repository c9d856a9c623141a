//! Payload templates, and what stands in their place in `JSONata` states.

use unicode_ident::{is_xid_continue, is_xid_start};

use super::{object::Object, placeholder, reader::Reader};
use crate::asl::model::{PayloadTemplate, QueryLanguage};
use crate::asl::validate::{NAME_CHARACTERS_MAX, child};
use crate::diagnostic::{Code, Diagnostic};
use crate::intrinsic;
use crate::json::{NodeId, Tag};
use crate::jsonpath::{Path, SyntaxErrorKind};

/// What the template as a whole may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TemplateKind {
    /// Any JSON.
    Any,
    /// An object, or in `JSONata` states an expression.
    Object,
    /// An object or an array, or an expression.
    Arguments,
    /// Names of variables with their values.
    Assign,
}

impl Reader<'_> {
    /// The template in a field, checked.
    pub(super) fn template(
        &mut self,
        object: &Object<'_>,
        name: &str,
        language: QueryLanguage,
        kind: TemplateKind,
    ) -> Option<PayloadTemplate> {
        let field = object.get(name)?;
        let tag = self.doc.tag(field.node);
        let is_expression = self.is_expression(field.node, language);
        let fits = match kind {
            TemplateKind::Any => true,
            TemplateKind::Assign => tag == Tag::Object,
            TemplateKind::Object => tag == Tag::Object || is_expression,
            TemplateKind::Arguments => matches!(tag, Tag::Object | Tag::Array) || is_expression,
        };
        if !fits && !self.take_placeholder(&field) {
            self.wrong_type(&field, "Object");
            return None;
        }
        match language {
            QueryLanguage::JsonPath => self.check_payload_template(field.node, &field.location),
            QueryLanguage::Jsonata => self.check_expressions(field.node, &field.location),
        }
        if kind == TemplateKind::Assign && tag == Tag::Object {
            self.check_variable_names(field.node, &field.location, language);
        }
        Some(PayloadTemplate { node: field.node, span: self.span(field.node), location: field.location })
    }

    /// Every object of a payload template, in source order and without recursion.
    pub(super) fn check_payload_template(&mut self, root: NodeId, location: &str) {
        for index in root.0..self.doc.node(root).next {
            let node = NodeId(index);
            if self.doc.tag(node) != Tag::Object {
                continue;
            }
            for (key, value) in self.doc.members(node) {
                let name = self.text_of(key);
                match name.strip_suffix(".$") {
                    Some(stripped) => {
                        self.check_dynamic_member(&name, value, location);
                        if self.doc.member(node, stripped).is_some() {
                            let message = format!(
                                "The field '{stripped}' is given twice: as '{stripped}' and as '{name}'"
                            );
                            self.schema_error(self.span(key), location, message);
                        }
                    }
                    None => self.warn_of_missing_dollar(&name, key, value, location),
                }
            }
        }
    }

    /// The value of a key in `.$`: a path or an intrinsic call.
    fn check_dynamic_member(&mut self, name: &str, value: NodeId, location: &str) {
        let message = format!(
            "The value for the field '{name}' must be a valid JSONPath or a valid intrinsic function call"
        );
        if !self.is_string(value) {
            self.schema_error(self.span(value), location, message);
            return;
        }
        let text = self.text_of(value);
        if placeholder::is_in(&text) {
            self.substitute(value, location);
            return;
        }
        let error = if text.starts_with("States.") {
            intrinsic::parse(&text).err()
        } else {
            Path::parse(&text).err()
        };
        if let Some(error) = error.filter(|error| error.kind != SyntaxErrorKind::Unsupported) {
            let diagnostic = self.syntax_diagnostic(value, &message, Some(error));
            self.report(diagnostic.at(location));
        }
    }

    fn warn_of_missing_dollar(&mut self, name: &str, key: NodeId, value: NodeId, location: &str) {
        if !self.is_string(value) {
            return;
        }
        let text = self.text_of(value);
        let is_path = ["$.", "$$.", "$["].iter().any(|prefix| text.starts_with(prefix))
            && Path::parse(&text).map_or_else(|error| error.kind == SyntaxErrorKind::Unsupported, |_| true);
        let is_call = text.starts_with("States.") && intrinsic::parse(&text).is_ok();
        if is_path || is_call {
            let what = if is_path { "a path" } else { "an intrinsic function call" };
            let message = format!("The value of '{name}' looks like {what}, but stays literal");
            self.report(
                Diagnostic::warning(Code::NoDollar, message, self.span(key))
                    .at(location)
                    .help(format!("write the key as `{name}.$` if the value is to be computed")),
            );
        }
    }

    /// Names of variables are Unicode identifiers (States Language, "Assigning variables").
    fn check_variable_names(&mut self, node: NodeId, location: &str, language: QueryLanguage) {
        for (key, _) in self.doc.members(node) {
            let name = self.text_of(key);
            let variable = match language {
                QueryLanguage::JsonPath => name.strip_suffix(".$").unwrap_or(&name),
                QueryLanguage::Jsonata => &name,
            };
            if placeholder::is_in(variable) {
                continue;
            }
            let diagnostic = if variable == "states" {
                let message = "Cannot assign to reserved variable '$states'.";
                Diagnostic::error(Code::ReservedVariableName, message, self.span(key))
            } else if !is_identifier(variable) {
                let message = format!(
                    "Invalid variable name '{variable}': the variable name contains invalid characters."
                );
                Diagnostic::error(Code::InvalidVariableName, message, self.span(key))
            } else if variable.chars().count() > NAME_CHARACTERS_MAX {
                let message = format!(
                    "Invalid variable name '{variable}': more than {NAME_CHARACTERS_MAX} characters."
                );
                Diagnostic::error(Code::InvalidVariableName, message, self.span(key))
            } else {
                continue;
            };
            self.report(diagnostic.at(child(location, &name)));
        }
    }
}

fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(is_xid_start) && chars.all(is_xid_continue)
}
