//! What a state reads: each path with the value that it is taken from.

use super::pipeline::Pipeline;
use super::shape::Shape;
use crate::asl::model::{
    Choice, ComparisonOperator, Condition, DataTest, FloatField, IntField, Operand, PathField,
    PayloadTemplate, State, StateKind, Text, TextField, WaitFor,
};
use crate::diagnostic::Span;
use crate::intrinsic::{self, Argument, Call};
use crate::json::{Doc, NodeId, Tag};
use crate::jsonpath::Path;

/// One path that is read.
#[derive(Debug)]
pub(super) struct Read<'s> {
    pub(super) path: Path,
    pub(super) base: &'s Shape,
    pub(super) span: Span,
    pub(super) location: &'s str,
}

/// Collects the reads of one state in `JSONPath`.
#[derive(Debug)]
pub(super) struct Reads<'s> {
    doc: Doc<'s>,
    found: Vec<Read<'s>>,
}

impl<'s> Reads<'s> {
    /// All reads of a state with this raw input.
    pub(super) fn of(
        state: &'s State,
        raw: &'s Shape,
        pipeline: &'s Pipeline,
        doc: Doc<'s>,
    ) -> Vec<Read<'s>> {
        let mut reads = Self { doc, found: Vec::new() };
        reads.path_field(&state.input_path, raw);
        reads.kind(state, raw, pipeline);
        let assign_base = match &state.kind {
            StateKind::Choice(_) | StateKind::Wait(_) => &pipeline.input,
            _ => &pipeline.result,
        };
        reads.template(state.assign.as_ref(), assign_base);
        reads.path_field(&state.output_path, &pipeline.combined);
        reads.found
    }

    fn kind(&mut self, state: &'s State, raw: &'s Shape, pipeline: &'s Pipeline) {
        let Pipeline { input, result, .. } = pipeline;
        match &state.kind {
            StateKind::Pass(pass) if pass.result.is_some() => {}
            StateKind::Pass(pass) => self.template(pass.parameters.as_ref(), input),
            StateKind::Task(task) => {
                self.template(task.parameters.as_ref(), input);
                self.template(task.credentials.as_ref(), input);
                self.int_field(task.timeout_seconds.as_ref(), input);
                self.int_field(task.heartbeat_seconds.as_ref(), input);
                self.template(task.result_selector.as_ref(), result);
            }
            StateKind::Choice(choice) => self.choice(choice, input),
            StateKind::Wait(wait) => match &wait.duration {
                WaitFor::Seconds(seconds) => self.int_field(Some(seconds), input),
                WaitFor::Timestamp(timestamp) => self.text_field(Some(timestamp), input),
            },
            StateKind::Succeed => {}
            StateKind::Fail(fail) => {
                self.text_field(fail.error.as_ref(), raw);
                self.text_field(fail.cause.as_ref(), raw);
            }
            StateKind::Parallel(parallel) => {
                self.template(parallel.parameters.as_ref(), input);
                self.template(parallel.result_selector.as_ref(), result);
            }
            StateKind::Map(map) => {
                if map.item_reader.is_none() {
                    self.path_field(&map.items_path, input);
                }
                self.template(map.item_selector.as_ref(), input);
                self.int_field(map.max_concurrency.as_ref(), input);
                self.int_field(map.tolerated_failure_count.as_ref(), input);
                if let Some(FloatField::Path(text)) = &map.tolerated_failure_percentage {
                    self.text(text, input);
                }
                self.template(map.result_selector.as_ref(), result);
            }
        }
    }

    fn path_field(&mut self, field: &'s PathField, base: &'s Shape) {
        if let PathField::Path(text) = field {
            self.text(text, base);
        }
    }

    fn int_field(&mut self, field: Option<&'s IntField>, base: &'s Shape) {
        if let Some(IntField::Path(text)) = field {
            self.text(text, base);
        }
    }

    fn text_field(&mut self, field: Option<&'s TextField>, base: &'s Shape) {
        if let Some(TextField::Path(text)) = field {
            self.text(text, base);
        }
    }

    fn text(&mut self, text: &'s Text, base: &'s Shape) {
        self.expression(&text.text, base, text.span, &text.location);
    }

    /// A path or an intrinsic call; what is neither was reported before.
    fn expression(&mut self, text: &str, base: &'s Shape, span: Span, location: &'s str) {
        if !text.starts_with("States.") {
            if let Ok(path) = Path::parse(text) {
                self.found.push(Read { path, base, span, location });
            }
            return;
        }
        let mut calls: Vec<Call> = intrinsic::parse(text).into_iter().collect();
        while let Some(call) = calls.pop() {
            for argument in call.arguments {
                match argument {
                    Argument::Path(path) => self.found.push(Read { path, base, span, location }),
                    Argument::Call(inner) => calls.push(inner),
                    _ => {}
                }
            }
        }
    }

    fn template(&mut self, template: Option<&'s PayloadTemplate>, base: &'s Shape) {
        let Some(template) = template else { return };
        for index in template.node.0..self.doc.node(template.node).next {
            let node = NodeId(index);
            if self.doc.tag(node) != Tag::Object {
                continue;
            }
            for (key, value) in self.doc.members(node) {
                let is_text = matches!(self.doc.tag(value), Tag::String | Tag::EscapedString);
                if is_text && self.doc.string(key).raw().ends_with(b".$") {
                    let text = self.doc.string(value).to_text();
                    let place = self.doc.node(value);
                    self.expression(&text, base, Span::new(place.start, place.end), &template.location);
                }
            }
        }
    }

    /// Paths whose presence the state asks about are not reported: that is what it is there for.
    fn choice(&mut self, choice: &'s Choice, base: &'s Shape) {
        let mut tests: Vec<&'s DataTest> = Vec::new();
        let mut pending: Vec<&'s Condition> = choice.rules.iter().rev().map(|rule| &rule.condition).collect();
        while let Some(condition) = pending.pop() {
            match condition {
                Condition::And(inner) | Condition::Or(inner) => pending.extend(inner.iter().rev()),
                Condition::Not(inner) => pending.push(inner),
                Condition::Test(test) => tests.push(test),
                Condition::Expression(_) | Condition::Literal(_) => {}
            }
        }
        let asked = tests.iter().filter(|test| test.operator == ComparisonOperator::IsPresent);
        let asked: Vec<&str> = asked.map(|test| &*test.variable.text).take(ASKED_MAX).collect();
        let is_asked = |text: &Text| asked.iter().any(|path| text.text.starts_with(path));
        for test in &tests {
            let operand = match &test.operand {
                Operand::Path(text) => Some(text),
                _ => None,
            };
            for text in [Some(&test.variable), operand].into_iter().flatten().filter(|text| !is_asked(text)) {
                self.text(text, base);
            }
        }
        for rule in &choice.rules {
            self.template(rule.assign.as_ref(), base);
        }
    }
}

/// Presence tests of one Choice that are remembered.
const ASKED_MAX: usize = 1000;
