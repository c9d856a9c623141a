//! Tuples: what paths with bindings carry from step to step.

use super::dispatch::Cursor;
use super::state::Evaluation;
use crate::jsonata::code::{Op, Reg, TupleStep};
use crate::jsonata::error::Error;
use crate::jsonata::item::{ArrayKind, Item};

impl<'a> Evaluation<'_, 'a> {
    /// The instructions of this file.
    pub(super) fn tuples(&mut self, cursor: &mut Cursor<'a>, op: Op) -> Result<(), Error> {
        match op {
            Op::TupleLoad { first, src } => {
                let item = cursor.get(src);
                self.load_tuple(cursor, first, item);
            }
            Op::TuplePush { first, result, step } => {
                let code = self.code;
                self.push_tuples(cursor, first, cursor.get(result), &code.tuple_steps[usize::from(step)])?;
            }
            Op::TupleNumber { stream, binding } => {
                let numbered = self.numbered(cursor.get(stream), binding)?;
                cursor.set(stream, numbered);
            }
            Op::TupleContexts { dst, src } => {
                let mark = self.list.len();
                if let Some(tuples) = cursor.get(src).as_array(self.heap.docs) {
                    self.list.extend(tuples.iter().map(context_of));
                }
                let contexts = self.take(mark, ArrayKind::Sequence)?;
                cursor.set(dst, contexts);
            }
            Op::TupleStart { dst, src } => {
                let mark = self.list.len();
                let src = cursor.get(src);
                let count = usize::from(self.code.tuple_bindings);
                let mut items = Vec::new();
                match src.as_array(self.heap.docs) {
                    Some(elements) => items.extend(elements.iter()),
                    None if src.is_undefined() => {}
                    None => items.push(src),
                }
                for item in items {
                    let mut tuple = vec![Item::Unbound; 1 + count];
                    tuple[0] = item;
                    let tuple = Item::array(&tuple, ArrayKind::Tuple, self.heap);
                    self.list.push(tuple);
                }
                let stream = self.take(mark, ArrayKind::TupleStream)?;
                cursor.set(dst, stream);
            }
            // Everything else is dispatched before.
            _ => {}
        }
        Ok(())
    }

    fn load_tuple(&self, cursor: &mut Cursor<'a>, first: Reg, item: Item<'a>) {
        let start = usize::from(first.0);
        let count = usize::from(self.code.tuple_bindings);
        let registers = &mut cursor.frame[start..=start + count];
        match item {
            Item::Array(array) if array.kind == ArrayKind::Tuple => registers.copy_from_slice(array.items),
            _ => {
                registers.fill(Item::Unbound);
                registers[0] = item;
            }
        }
    }

    fn push_tuples(
        &mut self,
        cursor: &Cursor<'a>,
        first: Reg,
        result: Item<'a>,
        step: &TupleStep,
    ) -> Result<(), Error> {
        if result.is_undefined() {
            return Ok(());
        }
        let start = usize::from(first.0);
        let count = usize::from(self.code.tuple_bindings);
        let before: Vec<Item<'a>> = cursor.frame[start..=start + count].to_vec();
        let is_stream = result.array_kind(self.heap.docs) == Some(ArrayKind::TupleStream);
        let results: Vec<Item<'a>> = match result.as_array(self.heap.docs) {
            Some(items) => items.iter().collect(),
            None => vec![result],
        };
        self.charge(results.len())?;
        self.reserve(results.len() * before.len() * size_of::<Item<'_>>())?;
        for (number, item) in results.into_iter().enumerate() {
            let mut tuple = before.clone();
            if is_stream && let Item::Array(inner) = item {
                for (place, bound) in tuple.iter_mut().zip(inner.items) {
                    if !matches!(bound, Item::Unbound) {
                        *place = *bound;
                    }
                }
            } else {
                match step.focus {
                    Some(focus) => tuple[1 + usize::from(focus)] = item,
                    None => tuple[0] = item,
                }
                if let Some(index) = step.index {
                    tuple[1 + usize::from(index)] = Item::Number(number as f64);
                }
                if let Some(ancestor) = step.ancestor {
                    tuple[1 + usize::from(ancestor)] = before[0];
                }
            }
            let tuple = Item::array(&tuple, ArrayKind::Tuple, self.heap);
            self.list.push(tuple);
        }
        Ok(())
    }

    /// The tuples with their numbers in a binding.
    fn numbered(&mut self, stream: Item<'a>, binding: u16) -> Result<Item<'a>, Error> {
        let Some(tuples) = stream.as_array(self.heap.docs) else { return Ok(stream) };
        let mark = self.list.len();
        for (number, tuple) in tuples.iter().enumerate() {
            let Item::Array(tuple) = tuple else { continue };
            let mut items = tuple.items.to_vec();
            if let Some(place) = items.get_mut(1 + usize::from(binding)) {
                *place = Item::Number(number as f64);
            }
            let tuple = Item::array(&items, ArrayKind::Tuple, self.heap);
            self.list.push(tuple);
        }
        self.take(mark, ArrayKind::TupleStream)
    }

    /// Several tuples as one: what each of them has in a place, gathered.
    pub(super) fn merge_tuples(
        &mut self,
        cursor: &mut Cursor<'a>,
        first: Reg,
        tuples: &[Item<'a>],
    ) -> Result<(), Error> {
        let start = usize::from(first.0);
        for place in 0..=usize::from(self.code.tuple_bindings) {
            let bound: Vec<Item<'a>> = tuples
                .iter()
                .filter_map(|tuple| match tuple {
                    Item::Array(tuple) => tuple.items.get(place).copied(),
                    _ => None,
                })
                .filter(|item| !matches!(item, Item::Unbound))
                .collect();
            let merged = if bound.is_empty() { Item::Unbound } else { self.merged(&bound)? };
            cursor.frame[start + place] = merged;
        }
        Ok(())
    }
}

fn context_of(tuple: Item<'_>) -> Item<'_> {
    match tuple {
        Item::Array(array) if array.kind == ArrayKind::Tuple => {
            array.items.first().copied().unwrap_or(Item::Undefined)
        }
        _ => tuple,
    }
}
