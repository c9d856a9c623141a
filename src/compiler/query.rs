//! JSONata: expressions, templates with expressions in them, and leaving a state (ASL spec, "JSONata").

use super::assign::Assignments;
use super::input_output::Leave;
use super::lowering::Lowering;
use super::scope::CONTEXT;
use super::template::constant_text;
use crate::asl::model::{PayloadTemplate, QueryLanguage, Text};
use crate::bytecode::{ContextField, Expected, Op, QuerySite, Reg};
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::json::{Doc, NodeId, Tag};
use crate::jsonata::{self, Dialect, Instructions, Parameter, expression_text};
use crate::value::Shape;

/// What `$states` has in a field.
#[derive(Debug, Clone, Copy)]
pub(super) struct States {
    /// `$states.input`
    pub input: Reg,
    /// `$states.result`
    pub result: Option<Reg>,
    /// `$states.errorOutput`
    pub error_output: Option<Reg>,
}

impl States {
    /// Before the work of a state is done.
    pub(super) fn of_input(input: Reg) -> Self {
        Self { input, result: None, error_output: None }
    }
}

impl Lowering<'_, '_> {
    /// Whether the state being lowered speaks JSONata.
    pub(super) fn is_jsonata(&self) -> bool {
        self.language == QueryLanguage::Jsonata
    }

    /// A field's place in its state, as error texts name it.
    fn field_name(&self, location: &str) -> String {
        let within = location.strip_prefix(&self.state_location).unwrap_or(location);
        within.trim_start_matches('/').to_owned()
    }

    /// Evaluates an expression, delimiters included, into `dst`.
    pub(super) fn query(&mut self, text: &Text, states: States, expected: Expected, dst: Reg) {
        let expression = expression_text(&text.text).unwrap_or(&text.text);
        let builder = &mut self.builder;
        let mut shape_id =
            |keys: &[Box<str>]| Some(u32::from(builder.add_shape(Shape::new(keys.iter().map(|key| &**key)))));
        let compiled = jsonata::parse(expression)
            .and_then(|ast| jsonata::compile(&ast, Dialect::States, Instructions::All, &mut shape_id));
        let code = match compiled {
            Ok(code) => code,
            Err(error) => return self.refuse_expression(text, &error),
        };
        let mark = self.registers.mark();
        let first = self.registers.block(code.parameters.len());
        for (index, parameter) in code.parameters.iter().enumerate() {
            self.query_parameter(parameter, states, first.offset(index));
        }
        // `$now` and `$millis` are rare, and reading the clock is not dear beside an expression.
        self.builder.set_needs_clock();
        let field = self.field_name(&text.location);
        let site = QuerySite { code, text: expression.to_owned(), field, expected };
        let query = self.builder.add_query(site);
        self.builder.emit(Op::Query { dst, first, query });
        self.registers.release(mark);
    }

    /// `validate` compiles every expression before, so that only what a program cannot hold comes here.
    fn refuse_expression(&mut self, text: &Text, error: &jsonata::Error) {
        self.refused = true;
        let diagnostic = Diagnostic::error(Code::InvalidJsonataExpression, error.message(), text.span);
        self.diagnostics.push(diagnostic.at(text.location.clone()));
    }

    fn query_parameter(&mut self, parameter: &Parameter, states: States, dst: Reg) {
        let known = match parameter {
            Parameter::Variable(name) if &**name == "states" => return self.states_object(states, dst),
            Parameter::Variable(name) => self.scope.register(name),
            Parameter::Root => None,
            Parameter::States(member) => match &**member {
                "input" => Some(states.input),
                "result" => states.result,
                "errorOutput" => states.error_output,
                "context" => return self.context_object(dst),
                _ => None,
            },
        };
        self.builder.emit(match known {
            // A variable that was not assigned is undefined here, and no error.
            Some(src) if self.is_variable(src) => Op::MoveOptional { dst, src },
            Some(src) => Op::Move { dst, src },
            None => Op::Clear { dst },
        });
    }

    fn is_variable(&self, register: Reg) -> bool {
        (1..=self.scope.names.len()).contains(&usize::from(register.0))
    }

    fn context_object(&mut self, dst: Reg) {
        match self.scope.register(CONTEXT) {
            Some(given) => {
                self.builder.emit(Op::Move { dst, src: given });
            }
            None => {
                self.builder.emit(Op::Context { dst, field: ContextField::Whole });
            }
        }
    }

    /// `$states` as a whole: input and context, then the result or the error output.
    fn states_object(&mut self, states: States, dst: Reg) {
        let mark = self.registers.mark();
        let last = match states {
            States { result: Some(result), .. } => Some(("result", result)),
            States { error_output: Some(output), .. } => Some(("errorOutput", output)),
            _ => None,
        };
        let first = self.registers.block(2 + usize::from(last.is_some()));
        self.builder.emit(Op::Move { dst: first, src: states.input });
        self.context_object(first.offset(1));
        if let Some((_, src)) = last {
            self.builder.emit(Op::Move { dst: first.offset(2), src });
        }
        let keys = ["input", "context"].into_iter().chain(last.map(|(key, _)| key)).collect::<Vec<_>>();
        let shape = self.builder.add_shape(Shape::new(keys));
        self.builder.emit(Op::Object { dst, first, shape });
        self.registers.release(mark);
    }

    /// JSON with expressions in it. Recursion is bounded by the nesting bound of the definition's parser.
    pub(super) fn query_template(&mut self, node: NodeId, location: &str, states: States, dst: Reg) {
        self.query_template_as(node, location, states, Expected::Any, dst);
    }

    /// The same for a field that wants a kind of value.
    pub(super) fn query_template_as(
        &mut self,
        node: NodeId,
        location: &str,
        states: States,
        expected: Expected,
        dst: Reg,
    ) {
        if !has_expression(self.source, node) {
            let text = constant_text(self.source, node);
            return self.constant(&text, dst);
        }
        let mark = self.registers.mark();
        match self.source.tag(node) {
            Tag::Object => {
                let fields = members(self.source, node);
                let first = self.registers.block(fields.len());
                for (index, (key, value)) in fields.iter().enumerate() {
                    self.query_template(*value, &format!("{location}/{key}"), states, first.offset(index));
                }
                let shape = self.builder.add_shape(Shape::new(fields.iter().map(|(key, _)| &**key)));
                self.builder.emit(Op::Object { dst, first, shape });
            }
            Tag::Array => {
                let count = self.source.count(node);
                let first = self.registers.block(count);
                for (index, element) in self.source.elements(node).enumerate() {
                    let into = first.offset(index);
                    self.query_template(element, &format!("{location}[{index}]"), states, into);
                }
                match u16::try_from(count) {
                    Ok(count) => {
                        self.builder.emit(Op::Array { dst, first, count });
                    }
                    Err(_) => {
                        self.builder.refuse("elements in an array template", count, usize::from(u16::MAX));
                    }
                }
            }
            _ => {
                let span = self.source.node(node);
                let span = Span { start: span.start, end: span.end };
                let text = self.source.string(node).to_text().into_owned();
                self.query(&Text { text, span, location: location.to_owned() }, states, expected, dst);
            }
        }
        self.registers.release(mark);
    }

    /// `Assign` and `Output`, both from what the state sees now, then the transition.
    pub(super) fn leave_by_query(
        &mut self,
        assign: Option<&PayloadTemplate>,
        output: Option<&PayloadTemplate>,
        states: States,
        unless_given: Reg,
        leave: Leave,
    ) {
        let mut assignments = Assignments::default();
        if let Some(assign) = assign {
            for (name, value) in members(self.source, assign.node) {
                let Some(variable) = self.scope.register(&name) else { continue };
                let temporary = self.registers.one();
                self.query_template(value, &format!("{}/{name}", assign.location), states, temporary);
                assignments.add(temporary, variable);
            }
        }
        let output = match output {
            Some(output) => {
                let dst = self.registers.one();
                self.query_template(output.node, &output.location, states, dst);
                dst
            }
            None => unless_given,
        };
        self.leave_with(output, &assignments, leave);
    }
}

/// An object's members in the order of the definition; of a repeated key the last one counts.
fn members(source: Doc<'_>, node: NodeId) -> Vec<(String, NodeId)> {
    let mut members: Vec<(String, NodeId)> = Vec::new();
    for (key, value) in source.members(node) {
        let key = source.string(key).to_text().into_owned();
        match members.iter_mut().find(|(known, _)| *known == key) {
            Some(known) => known.1 = value,
            None => members.push((key, value)),
        }
    }
    members
}

/// Whether a string below `node` is an expression.
pub(super) fn has_expression(source: Doc<'_>, node: NodeId) -> bool {
    let mut pending = vec![node];
    while let Some(node) = pending.pop() {
        match source.tag(node) {
            Tag::Array => pending.extend(source.elements(node)),
            Tag::Object => pending.extend(source.members(node).map(|(_, value)| value)),
            Tag::String | Tag::EscapedString if expression_text(&source.string(node).to_text()).is_some() => {
                return true;
            }
            _ => {}
        }
    }
    false
}
