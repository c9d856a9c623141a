//! Values of one kind: strings, numbers, flags, words of a list.

use std::ops::RangeInclusive;

use super::{
    object::{Field, Object},
    path::PathRule,
    reader::Reader,
};
use crate::asl::model::{FloatField, IntField, QueryLanguage, Text};
use crate::asl::validate::did_you_mean;
use crate::diagnostic::{Code, Diagnostic};
use crate::json::{Num, Tag};

/// A number that two fields can hold, one as a value, one as a path.
#[derive(Debug, Clone, Copy)]
pub(super) struct NumberNames {
    pub(super) value: &'static str,
    pub(super) path: &'static str,
    path_rule: PathRule,
}

impl NumberNames {
    /// Seconds, which any path may give.
    pub(super) const fn seconds(value: &'static str, path: &'static str) -> Self {
        Self { value, path, path_rule: PathRule::Value }
    }

    /// A number of a Map state, which the Context Object may not give.
    pub(super) const fn of_map(value: &'static str, path: &'static str) -> Self {
        Self { value, path, path_rule: PathRule::Number }
    }
}

impl Reader<'_> {
    /// Reports a value of the wrong kind, unless it is a placeholder for a scalar.
    pub(super) fn wrong_type(&mut self, field: &Field, expected: &str) {
        if !matches!(expected, "Object" | "Array") && self.take_placeholder(field) {
            return;
        }
        let span = self.span(field.node);
        let found = kind_name(self.doc.tag(field.node));
        self.report(
            Diagnostic::error(
                Code::SchemaValidationFailed,
                format!("Expected value of type {expected}"),
                span,
            )
            .at(field.location.clone())
            .label(format!("this is {found}")),
        );
    }

    /// A string.
    pub(super) fn string(&mut self, field: &Field) -> Option<String> {
        if !self.is_string(field.node) {
            self.wrong_type(field, "String");
            return None;
        }
        Some(self.text_of(field.node).into_owned())
    }

    /// A string with its place.
    pub(super) fn text(&mut self, field: &Field) -> Option<Text> {
        let text = self.string(field)?;
        Some(Text { text, span: self.span(field.node), location: field.location.clone() })
    }

    /// `Comment`.
    pub(super) fn comment(&mut self, object: &Object<'_>) -> Option<String> {
        object.get("Comment").and_then(|field| self.string(&field))
    }

    /// `true` or `false`.
    pub(super) fn boolean(&mut self, field: &Field) -> Option<bool> {
        match self.doc.tag(field.node) {
            Tag::True => Some(true),
            Tag::False => Some(false),
            _ => {
                self.wrong_type(field, "Boolean");
                None
            }
        }
    }

    /// An integer in a range. Integers beyond 64 bits are beyond every range.
    pub(super) fn integer(&mut self, field: &Field, range: RangeInclusive<i64>) -> Option<i64> {
        let is_integer = self.doc.tag(field.node) == Tag::Number
            && !self.doc.raw(field.node).iter().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
        if !is_integer {
            self.wrong_type(field, "Integer");
            return None;
        }
        let value = match self.doc.number(field.node).read() {
            Num::Int(int) => int,
            Num::Float(float) if float < 0.0 => i64::MIN,
            Num::Float(_) => i64::MAX,
        };
        if range.contains(&value) {
            return Some(value);
        }
        let bound = if value < *range.start() {
            format!("Minimum value is {}", range.start())
        } else {
            format!("Maximum value is {}", range.end())
        };
        self.schema_error(self.span(field.node), &field.location, bound);
        None
    }

    /// A number in a range.
    pub(super) fn number(&mut self, field: &Field, range: RangeInclusive<f64>) -> Option<f64> {
        if self.doc.tag(field.node) != Tag::Number {
            self.wrong_type(field, "Number");
            return None;
        }
        let value = self.doc.number(field.node).read().as_f64();
        if range.contains(&value) {
            return Some(value);
        }
        let bound = if value < *range.start() {
            format!("Minimum value is {:.1}", range.start())
        } else {
            format!("Maximum value is {:.1}", range.end())
        };
        self.schema_error(self.span(field.node), &field.location, bound);
        None
    }

    /// One word of a list, as its index.
    pub(super) fn one_of(&mut self, field: &Field, words: &[&str]) -> Option<usize> {
        if self.take_placeholder(field) {
            return None;
        }
        let text = self.string(field)?;
        let found = words.iter().position(|word| *word == text);
        if found.is_none() {
            let message = format!("Value should be one of the following: [{}]", words.join(", "));
            let mut diagnostic =
                Diagnostic::error(Code::SchemaValidationFailed, message, self.span(field.node))
                    .at(field.location.clone());
            diagnostic.help = did_you_mean(&text, words.iter().copied());
            self.report(diagnostic);
        }
        found
    }

    /// `Name` or `NamePath`: an integer, a path to one, or an expression.
    pub(super) fn int_or_path(
        &mut self,
        object: &Object<'_>,
        names: NumberNames,
        range: RangeInclusive<i64>,
        language: QueryLanguage,
    ) -> Option<IntField> {
        self.refuse_several(object, &[names.value, names.path]);
        if let Some(field) = object.get(names.path) {
            return self.reference_path(&field, names.path_rule).map(IntField::Path);
        }
        let field = object.get(names.value)?;
        if let Some(text) = self.expression(&field, language) {
            return Some(IntField::Expression(text));
        }
        self.hint_at_path(&field, names.path, language);
        self.integer(&field, range).map(IntField::Literal)
    }

    /// The same for numbers that need not be integers.
    pub(super) fn float_or_path(
        &mut self,
        object: &Object<'_>,
        names: NumberNames,
        range: RangeInclusive<f64>,
        language: QueryLanguage,
    ) -> Option<FloatField> {
        self.refuse_several(object, &[names.value, names.path]);
        if let Some(field) = object.get(names.path) {
            return self.reference_path(&field, names.path_rule).map(FloatField::Path);
        }
        let field = object.get(names.value)?;
        if let Some(text) = self.expression(&field, language) {
            return Some(FloatField::Expression(text));
        }
        self.hint_at_path(&field, names.path, language);
        self.number(&field, range).map(FloatField::Literal)
    }

    /// Says which field takes a path, where one was written into the field that takes the value.
    pub(super) fn hint_at_path(&mut self, field: &Field, path_name: &str, language: QueryLanguage) {
        if language != QueryLanguage::JsonPath || !self.is_string(field.node) {
            return;
        }
        let text = self.text_of(field.node);
        if text.starts_with("$.") || text.starts_with("$$.") || text.starts_with("$[") {
            let message = format!("The value looks like a path, but only '{path_name}' takes one");
            let span = self.span(field.node);
            self.report(
                Diagnostic::warning(Code::NoPath, message, span)
                    .at(field.location.clone())
                    .help(format!("write `\"{path_name}\": \"{text}\"`")),
            );
        }
    }
}

fn kind_name(tag: Tag) -> &'static str {
    match tag {
        Tag::Null => "null",
        Tag::False | Tag::True => "a boolean",
        Tag::Number => "a number",
        Tag::String | Tag::EscapedString => "a string",
        Tag::Array => "an array",
        Tag::Object => "an object",
    }
}
