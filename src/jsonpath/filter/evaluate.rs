//! A filter applied to values.

use smallvec::SmallVec;

use super::ast::{Filter, FilterOp, Literal, Operand, Query};
use super::regexp::Regexp;
use crate::json::JsonStr;
use crate::jsonpath::select_error::Reason;
use crate::jsonpath::selection::{Found, Selection};
use crate::value::{ArrayView, NumberView, ObjectView, Value, View};

/// One side of a comparison as it was found.
#[derive(Debug, Clone, Copy)]
pub(super) enum Side<'f, 'a> {
    /// The path leads nowhere. Jayway keeps that apart from `null`: it equals nothing, not even itself.
    Undefined,
    /// A value of the data, or a simple literal.
    Value(Value<'a>),
    /// An array or an object that stands in the filter.
    JsonLiteral(Value<'a>),
    /// A regular expression.
    Regexp(&'f Regexp),
}

/// What a side is, for operators to match on.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind<'h, 'a> {
    Undefined,
    Null,
    Bool(bool),
    Number(NumberView<'h>),
    String(JsonStr<'h>),
    Array(ArrayView<'h, 'a>),
    Object(ObjectView<'h, 'a>),
    Regexp,
}

impl<'h, 'a: 'h> From<View<'h, 'a>> for Kind<'h, 'a> {
    fn from(view: View<'h, 'a>) -> Self {
        match view {
            View::Null => Self::Null,
            View::Bool(bool) => Self::Bool(bool),
            View::Number(number) => Self::Number(number),
            View::String(string) => Self::String(string),
            View::Array(array) => Self::Array(array),
            View::Object(object) => Self::Object(object),
        }
    }
}

/// What does not depend on the element, by operand: literals, and what `$` leads to. Found once for all elements.
#[derive(Debug, Default)]
pub(in crate::jsonpath) struct Cache<'f, 'a>(SmallVec<[Option<Side<'f, 'a>>; 4]>);

impl<'h, 'a: 'h> Selection<'h, 'a> {
    /// Appends the elements of an array that pass, or an object that does itself; anything else is passed over.
    pub(in crate::jsonpath) fn filtered<'f>(
        &mut self,
        filter: &'f Filter,
        cache: &mut Cache<'f, 'a>,
        value: Value<'a>,
        found: &mut Found<'a>,
    ) -> Result<(), Reason> {
        match value.view(self.heap.docs) {
            View::Array(array) => {
                for element in array {
                    if self.passes(filter, cache, element)? {
                        found.push(element);
                    }
                }
            }
            View::Object(_) if self.passes(filter, cache, value)? => found.push(value),
            _ => {}
        }
        self.look(1)
    }

    /// `..[?()]` at one value of the descent. Of an array Jayway first asks whether the array itself passes; if so it
    /// takes the elements that pass if the step is the last one, and all of them if not.
    pub(in crate::jsonpath) fn filter_found<'f>(
        &mut self,
        filter: &'f Filter,
        cache: &mut Cache<'f, 'a>,
        is_last: bool,
        value: Value<'a>,
        found: &mut Found<'a>,
    ) -> Result<(), Reason> {
        match value.view(self.heap.docs) {
            View::Array(array) if self.passes(filter, cache, value)? => {
                if is_last {
                    return self.filtered(filter, cache, value, found);
                }
                found.extend(array.iter());
                self.look(array.len())
            }
            View::Object(_) => self.filtered(filter, cache, value, found),
            _ => Ok(()),
        }
    }

    fn passes<'f>(
        &mut self,
        filter: &'f Filter,
        cache: &mut Cache<'f, 'a>,
        element: Value<'a>,
    ) -> Result<bool, Reason> {
        self.look(1)?;
        match self.truth(filter, cache, element) {
            // The whole test fails, whatever stands around the operator.
            Err(Reason::NotComparable | Reason::NotFilterable(_)) => Ok(false),
            result => result,
        }
    }

    /// Runs the ops. They only skip forward, and past the last one at most.
    fn truth<'f>(
        &mut self,
        filter: &'f Filter,
        cache: &mut Cache<'f, 'a>,
        element: Value<'a>,
    ) -> Result<bool, Reason> {
        let mut is_true = false;
        let mut at = 0;
        while let Some(op) = filter.ops().get(at) {
            at += 1;
            match *op {
                FilterOp::Exists { operand, wanted } => {
                    is_true = self.exists(&filter.operands()[operand as usize], element)? == wanted;
                }
                FilterOp::Compare { left, operator, right } => {
                    let left = self.side(filter, cache, left as usize, element)?;
                    let right = self.side(filter, cache, right as usize, element)?;
                    is_true = self.compare(left, operator, right)?;
                }
                FilterOp::Not => is_true = !is_true,
                FilterOp::SkipUnless(to) if !is_true => at = at.max(to as usize),
                FilterOp::SkipIf(to) if is_true => at = at.max(to as usize),
                FilterOp::SkipUnless(_) | FilterOp::SkipIf(_) => {}
            }
        }
        Ok(is_true)
    }

    /// Whether a path leads somewhere, to `null` included. An indefinite one does if every name on its ways is there.
    fn exists(&mut self, operand: &Operand, element: Value<'a>) -> Result<bool, Reason> {
        let Operand::Query(query) = operand else { return Ok(true) };
        match self.query(query, element, true) {
            Ok(_) => Ok(true),
            Err(reason @ Reason::NotFilterable(_)) => Err(reason),
            Err(reason) if reason.is_absence() => Ok(false),
            Err(reason) => Err(reason),
        }
    }

    fn side<'f>(
        &mut self,
        filter: &'f Filter,
        cache: &mut Cache<'f, 'a>,
        index: usize,
        element: Value<'a>,
    ) -> Result<Side<'f, 'a>, Reason> {
        if let Some(Some(side)) = cache.0.get(index) {
            return Ok(*side);
        }
        let operand = &filter.operands()[index];
        let side = match operand {
            Operand::Query(query) => match self.query(query, element, false) {
                Ok(value) => Side::Value(value),
                Err(reason @ Reason::NotFilterable(_)) => return Err(reason),
                Err(reason) if reason.is_absence() => Side::Undefined,
                Err(reason) => return Err(reason),
            },
            Operand::Literal(literal @ Literal::Json(_)) => Side::JsonLiteral(self.literal(literal)?),
            Operand::Literal(literal) => Side::Value(self.literal(literal)?),
            Operand::Regexp(regexp) => Side::Regexp(regexp),
        };
        if !matches!(operand, Operand::Query(Query { from_root: false, .. })) {
            cache.0.resize(filter.operands().len(), None);
            cache.0[index] = Some(side);
        }
        Ok(side)
    }

    /// What a path in a filter or an argument leads to.
    pub(in crate::jsonpath) fn query(
        &mut self,
        query: &Query,
        element: Value<'a>,
        is_strict: bool,
    ) -> Result<Value<'a>, Reason> {
        let from = if query.from_root { self.document } else { element };
        if query.from_root {
            // A name is looked up among all members of the document, which the path itself does not count.
            self.look(
                1 + from.as_object(self.heap.docs).map_or(0, |object| object.len(self.heap.docs)) / 64,
            )?;
        }
        self.look(1)?;
        self.run(&query.steps, from, is_strict).map_err(|(_, reason)| reason)
    }

    /// The value of a literal.
    pub(in crate::jsonpath) fn literal(&mut self, literal: &Literal) -> Result<Value<'a>, Reason> {
        let parsed = |text: &str| self.heap.parse(text.as_bytes()).map_err(|_| Reason::NotComparable);
        let len = match literal {
            Literal::Null | Literal::Bool(_) | Literal::Integer(_) => 0,
            Literal::Number(text) | Literal::String(text) | Literal::Json(text) => text.len(),
        };
        let value = match literal {
            Literal::Null => Value::Null,
            Literal::Bool(bool) => Value::Bool(*bool),
            Literal::Integer(integer) => Value::Int(*integer),
            Literal::String(text) => self.heap.text(text),
            Literal::Number(text) | Literal::Json(text) => parsed(text)?,
        };
        // What is parsed or copied takes room in the arena.
        self.look(if len == 0 { 1 } else { 8 + len / 16 })?;
        Ok(value)
    }
}
