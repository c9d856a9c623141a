//! What the expressions of a `JSONata` state refer to (ASL spec, "Reserved variable: `$states`").

use super::finding::{absent_states_member, bound_states, unassigned_variable, unknown_function};
use super::variables::{VariableNames, Variables};
use crate::asl::model::{
    Catcher, Condition, FloatField, IntField, PayloadTemplate, State, StateKind, Text, TextField, WaitFor,
};
use crate::asl::text::find;
use crate::asl::validate::{Expression, locate, place_in};
use crate::diagnostic::{Diagnostic, Span};
use crate::json::{Doc, NodeId, Tag};
use crate::jsonata::{self, Reference, References};

/// The members that `$states` has in every field.
const ALWAYS: [&str; 2] = ["input", "context"];

/// What `$states` has besides, by field.
type Extra = Option<&'static str>;

/// The checks of one state's expressions.
pub(super) struct Queries<'s> {
    doc: Doc<'s>,
    variables: &'s Variables,
    names: &'s VariableNames,
    found: Vec<Diagnostic>,
}

impl<'s> Queries<'s> {
    /// Findings about a state's expressions, which see these variables.
    pub(super) fn check(
        state: &State,
        variables: &'s Variables,
        names: &'s VariableNames,
        doc: Doc<'s>,
    ) -> Vec<Diagnostic> {
        let mut queries = Self { doc, variables, names, found: Vec::new() };
        queries.kind(&state.kind);
        let extra = match &state.kind {
            StateKind::Task(_) | StateKind::Parallel(_) | StateKind::Map(_) => Some("result"),
            _ => None,
        };
        queries.template(state.assign.as_ref(), extra);
        queries.template(state.output.as_ref(), extra);
        queries.found
    }

    fn kind(&mut self, kind: &StateKind) {
        match kind {
            StateKind::Pass(_) | StateKind::Succeed => {}
            StateKind::Task(task) => {
                self.template(task.arguments.as_ref(), None);
                self.template(task.credentials.as_ref(), None);
                self.int_field(task.timeout_seconds.as_ref());
                self.int_field(task.heartbeat_seconds.as_ref());
                self.catchers(&task.catch);
            }
            StateKind::Choice(choice) => {
                for rule in &choice.rules {
                    // Conditions are not nested in this language.
                    if let Condition::Expression(text) = &rule.condition {
                        self.text(text);
                    }
                    self.template(rule.assign.as_ref(), None);
                    self.template(rule.output.as_ref(), None);
                }
            }
            StateKind::Wait(wait) => match &wait.duration {
                WaitFor::Seconds(seconds) => self.int_field(Some(seconds)),
                WaitFor::Timestamp(timestamp) => self.text_field(Some(timestamp)),
            },
            StateKind::Fail(fail) => {
                self.text_field(fail.error.as_ref());
                self.text_field(fail.cause.as_ref());
            }
            StateKind::Parallel(parallel) => {
                self.template(parallel.arguments.as_ref(), None);
                self.catchers(&parallel.catch);
            }
            StateKind::Map(map) => {
                self.template(map.items.as_ref(), None);
                self.template(map.item_selector.as_ref(), None);
                self.int_field(map.max_concurrency.as_ref());
                self.int_field(map.tolerated_failure_count.as_ref());
                if let Some(FloatField::Expression(text)) = &map.tolerated_failure_percentage {
                    self.text(text);
                }
                if let Some(reader) = &map.item_reader {
                    self.template(reader.parameters.as_ref(), None);
                    self.int_field(reader.max_items.as_ref());
                }
                if let Some(batcher) = &map.item_batcher {
                    self.int_field(batcher.items_max.as_ref());
                    self.int_field(batcher.bytes_max.as_ref());
                    self.template(batcher.input.as_ref(), None);
                }
                if let Some(writer) = &map.result_writer {
                    self.template(writer.parameters.as_ref(), None);
                }
                self.catchers(&map.catch);
            }
        }
    }

    fn catchers(&mut self, catch: &[Catcher]) {
        for catcher in catch {
            self.template(catcher.assign.as_ref(), Some("errorOutput"));
            self.template(catcher.output.as_ref(), Some("errorOutput"));
        }
    }

    fn int_field(&mut self, field: Option<&IntField>) {
        if let Some(IntField::Expression(text)) = field {
            self.text(text);
        }
    }

    fn text_field(&mut self, field: Option<&TextField>) {
        if let Some(TextField::Expression(text)) = field {
            self.text(text);
        }
    }

    fn text(&mut self, text: &Text) {
        for found in self.expression(&text.text, text.span, None) {
            self.found.push(found.at(text.location.clone()));
        }
    }

    fn template(&mut self, template: Option<&PayloadTemplate>, extra: Extra) {
        let Some(template) = template else { return };
        for index in template.node.0..self.doc.node(template.node).next {
            let node = NodeId(index);
            if !matches!(self.doc.tag(node), Tag::String | Tag::EscapedString) {
                continue;
            }
            let place = self.doc.node(node);
            let text = self.doc.string(node).to_text();
            for found in self.expression(&text, Span::new(place.start, place.end), extra) {
                // A key is no expression.
                if let Some(location) = locate(self.doc, template.node, node, &template.location) {
                    self.found.push(found.at(location));
                }
            }
        }
    }

    /// Findings about one string, without their location.
    fn expression(&self, string: &str, span: Span, extra: Extra) -> Vec<Diagnostic> {
        let Some(expression) = Expression::new(string) else { return Vec::new() };
        let Ok(ast) = jsonata::parse(expression.text) else { return Vec::new() };
        if find(string).is_some() {
            return Vec::new();
        }
        let references = References::of(&ast);
        let place = |reference: &Reference| place_in(self.doc.bytes(), span, expression.place(reference));
        let mut found = Vec::new();
        for member in &references.states {
            let name = &*member.name;
            if !ALWAYS.contains(&name) && extra != Some(name) {
                found.push(absent_states_member(name, ALWAYS.into_iter().chain(extra), place(member)));
            }
        }
        for function in &references.functions {
            if !self.names.iter().any(|known| known == &*function.name) {
                found.push(unknown_function(&function.name, place(function)));
            }
        }
        for variable in &references.variables {
            let name = &*variable.name;
            let is_reported =
                name == "states" || references.functions.iter().any(|known| *known.name == *name);
            if !is_reported && !self.variables.may_have(name, self.names) {
                found.push(unassigned_variable(name, self.names.iter(), place(variable), None));
            }
        }
        if let Some(position) = references.bound_states {
            let operator = Reference { name: ":=".into(), position };
            found.push(bound_states(place(&operator)));
        }
        found
    }
}
