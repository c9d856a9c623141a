//! Payload templates: `Parameters`, `ResultSelector`, `ItemSelector`.
//!
//! Key order of what a template produces, as AWS recorded it: the keys without `.$` in template order, then the
//! keys with `.$` in the order in which a Java `HashMap` would hold their stripped names; at every level.

use super::expression::Target;
use super::lowering::Lowering;
use super::query::States;
use crate::asl::model::{PayloadTemplate, Text};
use crate::bytecode::{Op, Reg};
use crate::diagnostic::Span;
use crate::json::{Doc, NodeId, Tag, minify};
use crate::value::Shape;
use crate::value::java_hash_map::hash_map_order;

impl Lowering<'_, '_> {
    /// Lowers a template into `dst`; `input` is what `$` stands for.
    pub(super) fn template(&mut self, template: &PayloadTemplate, input: Reg, field: &str, dst: Reg) {
        if self.is_jsonata() {
            return self.query_template(template.node, &template.location, States::of_input(input), dst);
        }
        let (mark, picked) = (self.registers.mark(), self.picked_mark());
        self.pick_for_template(template.node, input);
        self.template_node(template.node, input, field, dst, &template.location);
        self.forget_picked(picked);
        self.registers.release(mark);
    }

    /// Recursion is bounded by the nesting bound of the definition's parser.
    pub(super) fn template_node(&mut self, node: NodeId, input: Reg, field: &str, dst: Reg, location: &str) {
        if !is_dynamic(self.source, node) {
            let text = constant_text(self.source, node);
            return self.constant(&text, dst);
        }
        match self.source.tag(node) {
            Tag::Object => self.template_object(node, input, dst, location),
            _ => self.template_array(node, input, field, dst, location),
        }
    }

    fn template_array(&mut self, node: NodeId, input: Reg, field: &str, dst: Reg, location: &str) {
        let mark = self.registers.mark();
        let count = self.source.count(node);
        let first = self.registers.block(count);
        for (index, element) in self.source.elements(node).enumerate() {
            self.template_node(element, input, field, first.offset(index), &format!("{location}[{index}]"));
        }
        match u16::try_from(count) {
            Ok(count) => {
                self.builder.emit(Op::Array { dst, first, count });
            }
            Err(_) => self.builder.refuse("elements in an array template", count, usize::from(u16::MAX)),
        }
        self.registers.release(mark);
    }

    fn template_object(&mut self, node: NodeId, input: Reg, dst: Reg, location: &str) {
        let mark = self.registers.mark();
        self.template_fields(node, input, dst, location);
        self.registers.release(mark);
    }

    /// Lowers an object template into `dst`. Returns its fields and the first of the registers, one for each, that
    /// hold their values; these stay taken.
    pub(super) fn template_fields(
        &mut self,
        node: NodeId,
        input: Reg,
        dst: Reg,
        location: &str,
    ) -> (Vec<TemplateField>, Reg) {
        let fields = ordered_fields(self.source, node);
        let first = self.registers.block(fields.len());
        for (index, field) in fields.iter().enumerate() {
            let into = first.offset(index);
            let location = format!("{location}/{}", field.key);
            if field.is_expression {
                self.template_expression(field.value, input, &field.key, into, &location);
            } else {
                self.template_node(field.value, input, &field.key, into, &location);
            }
        }
        let shape = self.builder.add_shape(Shape::new(fields.iter().map(TemplateField::name)));
        self.builder.emit(Op::Object { dst, first, shape });
        (fields, first)
    }

    /// The value of a `.$` key.
    pub(super) fn template_expression(
        &mut self,
        node: NodeId,
        input: Reg,
        field: &str,
        dst: Reg,
        location: &str,
    ) {
        let span = self.source.node(node);
        let span = Span { start: span.start, end: span.end };
        if !matches!(self.source.tag(node), Tag::String | Tag::EscapedString) {
            let message = format!("the value of '{field}' must be a string: a path or an intrinsic function");
            return self.refuse(message, span, location);
        }
        let text = self.source.string(node).to_text().into_owned();
        let text = Text { text, span, location: location.to_owned() };
        self.expression(&text, Target { input, field }, dst);
    }
}

/// One key of an object template.
pub(super) struct TemplateField {
    /// The key as written.
    pub key: String,
    /// Its value.
    pub value: NodeId,
    /// Whether the key ends in `.$`.
    pub is_expression: bool,
}

impl TemplateField {
    /// The key without `.$`.
    pub(super) fn name(&self) -> &str {
        if self.is_expression { &self.key[..self.key.len() - 2] } else { &self.key }
    }
}

/// The fields of an object template in the order of what it produces; of a repeated key the last one counts.
pub(super) fn ordered_fields(source: Doc<'_>, node: NodeId) -> Vec<TemplateField> {
    let mut fields: Vec<TemplateField> = Vec::new();
    for (key, value) in source.members(node) {
        let key = source.string(key).to_text().into_owned();
        let is_expression = key.ends_with(".$");
        let field = TemplateField { key, value, is_expression };
        match fields.iter_mut().find(|known| known.name() == field.name()) {
            Some(known) => *known = field,
            None => fields.push(field),
        }
    }
    let (plain, expressions): (Vec<_>, Vec<_>) = fields.into_iter().partition(|field| !field.is_expression);
    let names: Vec<&str> = expressions.iter().map(TemplateField::name).collect();
    let order = hash_map_order(&names);
    let mut expressions: Vec<Option<TemplateField>> = expressions.into_iter().map(Some).collect();
    let ordered = order.into_iter().filter_map(|index| expressions[index].take()).collect::<Vec<_>>();
    plain.into_iter().chain(ordered).collect()
}

/// Whether an object key below `node` ends in `.$`.
pub(super) fn is_dynamic(source: Doc<'_>, node: NodeId) -> bool {
    let mut pending = vec![node];
    while let Some(node) = pending.pop() {
        match source.tag(node) {
            Tag::Array => pending.extend(source.elements(node)),
            Tag::Object => {
                for (key, value) in source.members(node) {
                    if source.string(key).to_text().ends_with(".$") {
                        return true;
                    }
                    pending.push(value);
                }
            }
            _ => {}
        }
    }
    false
}

/// A literal as minified JSON text.
pub(super) fn constant_text(source: Doc<'_>, node: NodeId) -> String {
    let mut text = Vec::new();
    minify(source, node, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}
