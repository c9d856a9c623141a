//! Operators.

use std::cmp::Ordering;

use super::dispatch::Cursor;
use super::state::Evaluation;
use crate::json::JsonStr;
use crate::jsonata::code::{Code, Comparison, Constant, Op, Reg, Test};
use crate::jsonata::error::Error;
use crate::jsonata::functions::{deep_equal, error_value, write_string};
use crate::jsonata::item::{ArrayKind, Item, Kind};
use crate::value::Value;

/// Elements of the longest range: what AWS allows a sequence to have.
const RANGE_LEN_MAX: f64 = 1e7;

/// As error texts name an instruction's operator.
pub(super) fn symbol(op: Op, code: &Code) -> Option<&'static str> {
    Some(match op {
        Op::JumpUnless { test, .. } | Op::Test { test, .. } => {
            code.tests[usize::from(test)].comparison.symbol()
        }
        Op::JumpUnlessCompared { comparison, .. } => comparison.symbol(),
        Op::Negate { .. } | Op::Subtract { .. } => "-",
        Op::Add { .. } => "+",
        Op::Multiply { .. } => "*",
        Op::Divide { .. } => "/",
        Op::Remainder { .. } => "%",
        Op::Equal { .. } => "=",
        Op::NotEqual { .. } => "!=",
        Op::Less { .. } => "<",
        Op::LessOrEqual { .. } => "<=",
        Op::Greater { .. } => ">",
        Op::GreaterOrEqual { .. } => ">=",
        Op::Concatenate { .. } => "&",
        Op::Range { .. } => "..",
        Op::In { .. } => "in",
        _ => return None,
    })
}

/// Numbers must be finite where they are computed with.
#[inline]
pub(super) fn finite(number: f64) -> Result<f64, Error> {
    if number.is_infinite() { Err(Error::new("D1001").value("null")) } else { Ok(number) }
}

impl<'a> Evaluation<'_, 'a> {
    /// The instructions of this file.
    pub(super) fn operator(&mut self, cursor: &mut Cursor<'a>, op: Op) -> Result<(), Error> {
        let (dst, result) = match op {
            Op::Add { dst, left, right } => (dst, self.numeric(cursor, left, right, |a, b| a + b)?),
            Op::Subtract { dst, left, right } => (dst, self.numeric(cursor, left, right, |a, b| a - b)?),
            Op::Multiply { dst, left, right } => (dst, self.numeric(cursor, left, right, |a, b| a * b)?),
            Op::Divide { dst, left, right } => (dst, self.numeric(cursor, left, right, |a, b| a / b)?),
            Op::Remainder { dst, left, right } => (dst, self.numeric(cursor, left, right, |a, b| a % b)?),
            Op::Equal { dst, left, right } => (dst, self.compare(cursor, left, right, Comparison::Equal)?),
            Op::NotEqual { dst, left, right } => {
                (dst, self.compare(cursor, left, right, Comparison::NotEqual)?)
            }
            Op::Less { dst, left, right } => (dst, self.compare(cursor, left, right, Comparison::Less)?),
            Op::LessOrEqual { dst, left, right } => {
                (dst, self.compare(cursor, left, right, Comparison::LessOrEqual)?)
            }
            Op::Greater { dst, left, right } => {
                (dst, self.compare(cursor, left, right, Comparison::Greater)?)
            }
            Op::GreaterOrEqual { dst, left, right } => {
                (dst, self.compare(cursor, left, right, Comparison::GreaterOrEqual)?)
            }
            Op::Concatenate { dst, left, right } => (dst, self.concatenate(cursor, left, right)?),
            Op::Range { dst, left, right } => (dst, self.range(cursor, left, right)?),
            Op::In { dst, left, right } => {
                let (left, right) = (cursor.get(left), cursor.get(right));
                (dst, Item::bool(self.is_in(left, right)?))
            }
            Op::Truth { dst, src } => (dst, Item::bool(self.is_true(cursor.get(src)))),
            Op::Negate { dst, src } => (dst, self.negated(cursor.get(src))?),
            // Everything else is dispatched before.
            _ => return Ok(()),
        };
        cursor.set(dst, result);
        Ok(())
    }

    #[inline]
    fn numeric(
        &mut self,
        cursor: &Cursor<'a>,
        left: Reg,
        right: Reg,
        compute: impl FnOnce(f64, f64) -> f64,
    ) -> Result<Item<'a>, Error> {
        let (left, right) = (cursor.get(left), cursor.get(right));
        let left = self.numeric_operand(left, "T2001")?;
        let right = self.numeric_operand(right, "T2002")?;
        Ok(match (left, right) {
            (Some(left), Some(right)) => Item::Number(compute(left, right)),
            _ => Item::Undefined,
        })
    }

    #[inline]
    fn numeric_operand(&self, item: Item<'a>, code: &'static str) -> Result<Option<f64>, Error> {
        match item.as_number(self.heap.docs) {
            Some(number) if number.is_nan() => Err(Error::new(code).value("null")),
            Some(number) => finite(number).map(Some),
            None if item.is_undefined() => Ok(None),
            None => Err(error_value(Error::new(code), item, self.heap.docs)),
        }
    }

    fn negated(&self, item: Item<'a>) -> Result<Item<'a>, Error> {
        match item.as_number(self.heap.docs) {
            Some(number) => Ok(Item::Number(-finite(number)?)),
            None if item.is_undefined() => Ok(Item::Undefined),
            None => Err(error_value(Error::new("D1002"), item, self.heap.docs)),
        }
    }

    /// `left = right` is `wanted`; false if a side is nothing.
    fn equal(&mut self, left: Item<'a>, right: Item<'a>, wanted: bool) -> Result<bool, Error> {
        if left.is_undefined() || right.is_undefined() {
            return Ok(false);
        }
        let docs = self.heap.docs;
        if let (Some(left), Some(right)) = (left.as_str(docs), right.as_str(docs)) {
            return Ok((left == right) == wanted);
        }
        if let (Some(left), Some(right)) = (left.as_number(docs), right.as_number(docs)) {
            #[expect(clippy::float_cmp, reason = "JSONata compares numbers as they are")]
            return Ok((left == right) == wanted);
        }
        Ok(deep_equal(self, left, right)? == wanted)
    }

    fn compare(
        &mut self,
        cursor: &Cursor<'a>,
        left: Reg,
        right: Reg,
        comparison: Comparison,
    ) -> Result<Item<'a>, Error> {
        self.compared(cursor.get(left), cursor.get(right), comparison)
    }

    /// What a comparison comes to.
    pub(super) fn compared(
        &mut self,
        left: Item<'a>,
        right: Item<'a>,
        comparison: Comparison,
    ) -> Result<Item<'a>, Error> {
        let holds: fn(Ordering) -> bool = match comparison {
            Comparison::Equal | Comparison::NotEqual => {
                return Ok(Item::bool(self.equal(left, right, comparison == Comparison::Equal)?));
            }
            Comparison::Less => Ordering::is_lt,
            Comparison::LessOrEqual => Ordering::is_le,
            Comparison::Greater => Ordering::is_gt,
            Comparison::GreaterOrEqual => Ordering::is_ge,
        };
        let docs = self.heap.docs;
        if let (Some(a), Some(b)) = (left.as_number(docs), right.as_number(docs)) {
            return Ok(Item::bool(a.partial_cmp(&b).is_some_and(holds)));
        }
        let (a, b) = (Comparable::of(left, docs), Comparable::of(right, docs));
        match (a, b) {
            (None, _) => Err(error_value(Error::new("T2010"), left, docs)),
            (_, None) => Err(error_value(Error::new("T2010"), right, docs)),
            (Some(Comparable::Nothing), _) | (_, Some(Comparable::Nothing)) => Ok(Item::Undefined),
            (Some(Comparable::Text(a)), Some(Comparable::Text(b))) => Ok(Item::bool(holds(a.cmp_utf16(b)))),
            _ => {
                let error = error_value(Error::new("T2009"), left, docs);
                Err(match crate::jsonata::functions::shown(right, docs) {
                    Some(json) => error.second_value(json),
                    None => error,
                })
            }
        }
    }

    /// What a comparison with a literal comes to.
    pub(super) fn tested(&mut self, item: Item<'a>, test: &Test) -> Result<Item<'a>, Error> {
        match test.constant {
            Constant::Number(number) => self.compared(item, Item::Number(number), test.comparison),
            Constant::String(string) => {
                let is_equal = item
                    .as_str(self.heap.docs)
                    .is_some_and(|text| text == *self.code.strings[usize::from(string)]);
                let is_true = match test.comparison {
                    Comparison::NotEqual => !is_equal && !item.is_undefined(),
                    _ => is_equal,
                };
                Ok(Item::bool(is_true))
            }
        }
    }

    /// How two keys of an order-by stand to each other; neither is nothing.
    pub(super) fn sort_order(&self, left: Item<'a>, right: Item<'a>) -> Result<Ordering, Error> {
        let docs = self.heap.docs;
        match (Comparable::of(left, docs), Comparable::of(right, docs)) {
            (Some(Comparable::Number(a)), Some(Comparable::Number(b))) => {
                Ok(a.partial_cmp(&b).unwrap_or(Ordering::Greater))
            }
            (Some(Comparable::Text(a)), Some(Comparable::Text(b))) => Ok(a.cmp_utf16(b)),
            (Some(_), Some(_)) => {
                let error = error_value(Error::new("T2007"), left, docs);
                Err(match crate::jsonata::functions::shown(right, docs) {
                    Some(json) => error.second_value(json),
                    None => error,
                })
            }
            (None, _) => Err(error_value(Error::new("T2008"), left, docs)),
            (_, None) => Err(error_value(Error::new("T2008"), right, docs)),
        }
    }

    fn concatenate(&mut self, cursor: &Cursor<'a>, left: Reg, right: Reg) -> Result<Item<'a>, Error> {
        let docs = self.heap.docs;
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        write_string(cursor.get(left), false, docs, &mut text)?;
        write_string(cursor.get(right), false, docs, &mut text)?;
        self.charge(text.len() / 64)?;
        self.reserve(text.len())?;
        crate::jsonata::functions::check_text_len(text.len())?;
        // What is written of strings and as JSON is text.
        let item = match std::str::from_utf8(&text) {
            Ok(text) => Item::text(text, self.heap),
            Err(_) => Item::text(&String::from_utf8_lossy(&text), self.heap),
        };
        self.text = text;
        Ok(item)
    }

    fn range(&mut self, cursor: &Cursor<'a>, left: Reg, right: Reg) -> Result<Item<'a>, Error> {
        let docs = self.heap.docs;
        let bound = |item: Item<'a>, code: &'static str| match item.as_number(docs) {
            Some(number) if number.fract() == 0.0 => Ok(Some(number)),
            None if item.is_undefined() => Ok(None),
            _ => Err(error_value(Error::new(code), item, docs)),
        };
        let first = bound(cursor.get(left), "T2003")?;
        let last = bound(cursor.get(right), "T2004")?;
        let (Some(first), Some(last)) = (first, last) else { return Ok(Item::Undefined) };
        if first > last {
            return Ok(Item::Undefined);
        }
        let len = last - first + 1.0;
        if len > RANGE_LEN_MAX {
            return Err(error_value(Error::new("D2014"), Item::Number(len), docs));
        }
        let len = len as usize;
        crate::jsonata::functions::check_sequence(len)?;
        self.charge(len)?;
        self.reserve(len * size_of::<Item<'_>>())?;
        let numbers = (0..len).map(|offset| Item::Number(first + offset as f64));
        let items = self.heap.arena.bump().alloc_slice_fill_iter(numbers);
        Ok(Item::array_in_arena(items, ArrayKind::Sequence, self.heap).unwrapped())
    }

    /// `left in right`: only scalars can be the same.
    fn is_in(&mut self, left: Item<'a>, right: Item<'a>) -> Result<bool, Error> {
        if left.is_undefined() || right.is_undefined() {
            return Ok(false);
        }
        let docs = self.heap.docs;
        let Some(items) = right.as_array(docs) else { return Ok(self.is_same(left, right)) };
        self.charge(items.len())?;
        Ok(items.iter().any(|item| self.is_same(left, item)))
    }

    fn is_same(&self, left: Item<'a>, right: Item<'a>) -> bool {
        let docs = self.heap.docs;
        match (left.kind(docs), right.kind(docs)) {
            (Kind::Null, Kind::Null) => true,
            (Kind::Bool(a), Kind::Bool(b)) => a == b,
            #[expect(clippy::float_cmp, reason = "JSONata compares numbers as they are")]
            (Kind::Number(a), Kind::Number(b)) => a == b,
            (Kind::String(a), Kind::String(b)) => a == b,
            (Kind::Array(_), Kind::Array(_)) | (Kind::Object(_), Kind::Object(_)) => {
                is_identical(left, right)
            }
            _ => false,
        }
    }
}

/// Whether two containers are one and the same.
fn is_identical<'a>(left: Item<'a>, right: Item<'a>) -> bool {
    match (left, right) {
        (Item::Array(a), Item::Array(b)) => std::ptr::eq(a, b),
        (Item::Object(a), Item::Object(b)) => std::ptr::eq(a, b),
        (Item::Json(Value::Node { doc: a, node: m }), Item::Json(Value::Node { doc: b, node: n })) => {
            a == b && m == n
        }
        (
            Item::Json(Value::ArenaNode { doc: a, node: m }),
            Item::Json(Value::ArenaNode { doc: b, node: n }),
        ) => std::ptr::eq(a, b) && m == n,
        _ => false,
    }
}

/// What `<` and the like can stand between.
enum Comparable<'h> {
    Nothing,
    Number(f64),
    Text(JsonStr<'h>),
}

impl<'h> Comparable<'h> {
    fn of<'a: 'h>(item: Item<'a>, docs: &crate::value::Docs<'h>) -> Option<Self> {
        match item.kind(docs) {
            Kind::Undefined => Some(Self::Nothing),
            Kind::Number(number) => Some(Self::Number(number)),
            Kind::String(text) => Some(Self::Text(text)),
            _ => None,
        }
    }
}
