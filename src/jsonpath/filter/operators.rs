//! What operators do with the two sides of a comparison: Jayway's `EvaluatorFactory`.

use std::borrow::Cow;
use std::cmp::Ordering;

use memchr::memmem;

use super::ast::Operator;
use super::evaluate::{Kind, Side};
use super::literal::decimal;
use super::regexp::Regexp;
use crate::json::{Num, Number};
use crate::jsonpath::select_error::Reason;
use crate::jsonpath::selection::Selection;
use crate::value::{ArrayView, NumberView, Value, deep_equal_within};

/// Bytes of text that count as much as one value.
const BYTES_A_VALUE: usize = 16;

impl<'h, 'a: 'h> Selection<'h, 'a> {
    /// Whether the comparison holds. [`Reason::NotComparable`] fails the whole filter for this element.
    pub(super) fn compare(
        &mut self,
        left: Side<'_, 'a>,
        operator: Operator,
        right: Side<'_, 'a>,
    ) -> Result<bool, Reason> {
        let by_order = |wanted: fn(Ordering) -> bool| self.order(left, right).is_some_and(wanted);
        match operator {
            Operator::Less => Ok(by_order(Ordering::is_lt)),
            Operator::LessOrEqual => Ok(by_order(Ordering::is_le)),
            Operator::Greater => Ok(by_order(Ordering::is_gt)),
            Operator::GreaterOrEqual => Ok(by_order(Ordering::is_ge)),
            Operator::Equal => self.equal(left, right),
            Operator::NotEqual => self.equal(left, right).map(|equal| !equal),
            Operator::SameTypeEqual => self.same_type_equal(left, right),
            Operator::SameTypeNotEqual => self.same_type_equal(left, right).map(|equal| !equal),
            Operator::Matches => self.matches(left, right),
            Operator::In => self.is_in(left, right),
            Operator::NotIn => self.is_in(left, right).map(|found| !found),
            Operator::Contains => self.contains(left, right),
            Operator::Size => self.has_size(left, right),
            Operator::Empty => self.is_empty(left, right),
            Operator::SubsetOf => {
                self.lists(left, right, |found| !found).map(|differs| differs == Some(false))
            }
            Operator::AnyOf => self.lists(left, right, |found| found).map(|meets| meets == Some(true)),
            Operator::NoneOf => self.lists(left, right, |found| found).map(|meets| meets == Some(false)),
        }
    }

    fn kind(&self, side: Side<'_, 'a>) -> Kind<'h, 'a> {
        match side {
            Side::Undefined => Kind::Undefined,
            Side::Value(value) | Side::JsonLiteral(value) => value.view(self.heap.docs).into(),
            Side::Regexp(_) => Kind::Regexp,
        }
    }

    /// Numbers with numbers and strings with strings; nothing else has an order.
    fn order(&self, left: Side<'_, 'a>, right: Side<'_, 'a>) -> Option<Ordering> {
        match (self.kind(left), self.kind(right)) {
            (Kind::Number(left), Kind::Number(right)) => order_of(left, right),
            (Kind::String(left), Kind::String(right)) => Some(left.cmp_utf16(right)),
            _ => None,
        }
    }

    fn equal(&mut self, left: Side<'_, 'a>, right: Side<'_, 'a>) -> Result<bool, Reason> {
        if let (Side::Regexp(left), Side::Regexp(right)) = (left, right) {
            return Ok(left == right);
        }
        match (self.kind(left), self.kind(right)) {
            (Kind::Array(_), Kind::Array(_)) | (Kind::Object(_), Kind::Object(_)) => {}
            (left, right) => return self.scalars_equal(left, right),
        }
        match (left, right) {
            (Side::Value(left), Side::Value(right) | Side::JsonLiteral(right)) => {
                let docs = self.heap.docs;
                let equal = deep_equal_within(left, right, docs, |values| self.look(values).is_ok());
                equal.ok_or(Reason::TooMany)
            }
            // Jayway compares the text of an array or object that stands on the left.
            _ => Ok(false),
        }
    }

    /// A string and a number are equal if the left one, taken as what the right one is, is the right one's like:
    /// `1 == '1.0'` holds and `'1.0' == 1` does not.
    fn scalars_equal(&mut self, left: Kind<'h, 'a>, right: Kind<'h, 'a>) -> Result<bool, Reason> {
        if let Kind::String(text) = right {
            self.look(text.raw().len() / (4 * BYTES_A_VALUE))?;
        }
        Ok(match (left, right) {
            (Kind::Null, Kind::Null) => true,
            (Kind::Bool(left), Kind::Bool(right)) => left == right,
            (Kind::Number(left), Kind::Number(right)) => left.is_equal(right),
            (Kind::String(left), Kind::String(right)) => left == right,
            (Kind::Number(left), Kind::String(right)) => decimal(&right.to_text())
                .is_some_and(|right| left.is_equal(NumberView::Text(Number::new(right.as_bytes())))),
            (Kind::String(left), Kind::Number(right)) => left == *number_text(right),
            _ => false,
        })
    }

    fn same_type_equal(&mut self, left: Side<'_, 'a>, right: Side<'_, 'a>) -> Result<bool, Reason> {
        match (self.kind(left), self.kind(right)) {
            (Kind::Number(_), Kind::String(_)) | (Kind::String(_), Kind::Number(_)) => Ok(false),
            _ => self.equal(left, right),
        }
    }

    /// `=~`, the expression on either side. A list matches if one of its elements does, and what is no text and no
    /// number counts as empty text.
    fn matches(&mut self, left: Side<'_, 'a>, right: Side<'_, 'a>) -> Result<bool, Reason> {
        let (regexp, subject) = match (left, right) {
            (Side::Regexp(_), Side::Regexp(_)) => return Ok(false),
            (Side::Regexp(regexp), subject) | (subject, Side::Regexp(regexp)) => (regexp, subject),
            _ => return Ok(false),
        };
        let subject = self.kind(subject);
        let Kind::Array(array) = subject else { return self.matches_one(regexp, subject) };
        let mut found = false;
        for element in array {
            found |= self.matches_one(regexp, self.scalar(element)?)?;
        }
        Ok(found)
    }

    fn matches_one(&mut self, regexp: &Regexp, subject: Kind<'h, 'a>) -> Result<bool, Reason> {
        let text = match subject {
            Kind::String(text) => text.to_text(),
            Kind::Number(number) => number_text(number),
            Kind::Bool(true) => Cow::Borrowed("true"),
            Kind::Bool(false) => Cow::Borrowed("false"),
            _ => Cow::Borrowed(""),
        };
        self.look(1 + text.len() / BYTES_A_VALUE)?;
        Ok(regexp.matches(&text))
    }

    /// An element of a list; Jayway fails over arrays and objects there.
    fn scalar(&self, element: Value<'a>) -> Result<Kind<'h, 'a>, Reason> {
        match element.view(self.heap.docs).into() {
            Kind::Array(_) | Kind::Object(_) => Err(Reason::NotAScalar),
            kind => Ok(kind),
        }
    }

    /// Whether a list holds what is equal to `wanted`. It is read to its end, since any element may be a wrong one.
    fn holds(&mut self, list: ArrayView<'h, 'a>, wanted: Kind<'h, 'a>) -> Result<bool, Reason> {
        let mut found = false;
        for element in list {
            self.look(1)?;
            let element = self.scalar(element)?;
            found = found || self.scalars_equal(wanted, element)?;
        }
        Ok(found)
    }

    /// A list for `in` and its like; `None` is an object, which holds nothing.
    fn list(&self, side: Side<'_, 'a>) -> Result<Option<ArrayView<'h, 'a>>, Reason> {
        match self.kind(side) {
            Kind::Array(array) => Ok(Some(array)),
            Kind::Object(_) => Ok(None),
            _ => Err(Reason::NotComparable),
        }
    }

    fn is_in(&mut self, left: Side<'_, 'a>, right: Side<'_, 'a>) -> Result<bool, Reason> {
        let Some(list) = self.list(right)? else { return Ok(false) };
        self.holds(list, self.kind(left))
    }

    /// Whether there is an element of the left list for which `is_wanted` says yes, told whether it is in the right
    /// one; `None` if one of the sides is an object.
    fn lists(
        &mut self,
        left: Side<'_, 'a>,
        right: Side<'_, 'a>,
        is_wanted: fn(bool) -> bool,
    ) -> Result<Option<bool>, Reason> {
        let Some(right) = self.list(right)? else { return Ok(None) };
        let Some(left) = self.list(left)? else { return Ok(None) };
        for element in left {
            self.look(1)?;
            let element = self.scalar(element)?;
            if is_wanted(self.holds(right, element)?) {
                return Ok(Some(true));
            }
        }
        Ok(Some(false))
    }

    fn contains(&mut self, left: Side<'_, 'a>, right: Side<'_, 'a>) -> Result<bool, Reason> {
        match (self.kind(left), self.kind(right)) {
            (Kind::String(text), Kind::String(part)) => {
                let (text, part) = (text.to_text(), part.to_text());
                self.look((text.len() + part.len()) / BYTES_A_VALUE)?;
                Ok(memmem::find(text.as_bytes(), part.as_bytes()).is_some())
            }
            (Kind::Array(list), wanted) => self.holds(list, wanted),
            _ => Ok(false),
        }
    }

    /// `size`: elements of an array, UTF-16 units of a string; an object's size is -1.
    fn has_size(&mut self, left: Side<'_, 'a>, right: Side<'_, 'a>) -> Result<bool, Reason> {
        let Kind::Number(wanted) = self.kind(right) else { return Ok(false) };
        let size = match self.kind(left) {
            Kind::String(text) => {
                self.look(text.raw().len() / BYTES_A_VALUE)?;
                text.chars().map(|character| character.len_utf16() as i64).sum()
            }
            Kind::Array(array) => array.len() as i64,
            Kind::Object(_) => -1,
            _ => return Ok(false),
        };
        Ok(truncated(wanted.read()) == size)
    }

    fn is_empty(&self, left: Side<'_, 'a>, right: Side<'_, 'a>) -> Result<bool, Reason> {
        let is_empty = match self.kind(left) {
            Kind::String(text) => text.is_empty(),
            Kind::Array(array) => array.is_empty(),
            Kind::Object(object) => object.is_empty(self.heap.docs),
            _ => return Ok(false),
        };
        match self.kind(right) {
            Kind::Bool(wanted) => Ok(is_empty == wanted),
            _ => Err(Reason::NotComparable),
        }
    }
}

fn order_of(left: NumberView<'_>, right: NumberView<'_>) -> Option<Ordering> {
    match (left, right) {
        (NumberView::Text(left), NumberView::Text(right)) => Some(left.compare(right)),
        (left, right) => left.read().compare(right.read()),
    }
}

/// A number without its fraction, saturating.
pub(in crate::jsonpath) fn truncated(number: Num) -> i64 {
    match number {
        Num::Int(int) => int,
        Num::Float(float) => float as i64,
    }
}

/// A number as it is written.
pub(in crate::jsonpath) fn number_text(number: NumberView<'_>) -> Cow<'_, str> {
    match number {
        NumberView::Text(number) => String::from_utf8_lossy(number.text()),
        NumberView::Num(Num::Int(int)) => Cow::Owned(int.to_string()),
        NumberView::Num(Num::Float(float)) => {
            let mut text = Vec::new();
            crate::json::format_f64(float, &mut text);
            Cow::Owned(String::from_utf8_lossy(&text).into_owned())
        }
    }
}
