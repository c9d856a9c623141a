//! Lists that become arrays and sequences; what unwraps and keeps them.

use super::dispatch::Cursor;
use super::state::Evaluation;
use super::steps::inner_of_whole;
use crate::jsonata::code::{Close, Op};
use crate::jsonata::error::Error;
use crate::jsonata::item::{ArrayKind, Item, ItemArray};

impl<'a> Evaluation<'_, 'a> {
    /// The instructions of this file.
    pub(super) fn building(&mut self, cursor: &mut Cursor<'a>, op: Op) -> Result<(), Error> {
        match op {
            Op::Context { dst, src } => {
                let item = inner_of_whole(cursor.get(src));
                cursor.set(dst, item);
            }
            Op::Wildcard { dst, src } => {
                let item = self.wildcard(cursor.get(src))?;
                cursor.set(dst, item);
            }
            Op::Descendants { dst, src } => {
                let item = self.descendants(cursor.get(src))?;
                cursor.set(dst, item);
            }
            Op::Index { dst, src, number } => {
                let number = self.code.numbers[usize::from(number)];
                let item = self.index(cursor.get(src), number);
                cursor.set(dst, item);
            }
            Op::KeepArray { dst } => {
                let item = self.kept(cursor.get(dst));
                cursor.set(dst, item);
            }
            Op::KeepSingleton { dst } => {
                let item = self.kept_singleton(cursor.get(dst));
                cursor.set(dst, item);
            }
            _ => return self.listing(cursor, op),
        }
        Ok(())
    }

    /// Loops' elements and lists.
    fn listing(&mut self, cursor: &mut Cursor<'a>, op: Op) -> Result<(), Error> {
        match op {
            Op::Position { dst } => {
                let taken = self.innermost.taken;
                cursor.set(dst, Item::Number(taken.saturating_sub(1) as f64));
            }
            Op::PushSpread { src } => {
                let item = cursor.get(src);
                self.push_spread(item)?;
            }
            Op::PushMatch { item, test } => {
                self.push_match(cursor.get(item), cursor.get(test))?;
            }
            Op::PushKeys { item, first, count } => {
                let item = cursor.get(item);
                self.list.push(item);
                let first = usize::from(first.0);
                let keys = first..first + usize::from(count);
                self.list.extend_from_slice(&cursor.frame[keys]);
            }
            Op::CloseSorted { dst, sort } => {
                let code = self.code;
                let item = self.close_sorted(&code.sorts[usize::from(sort)])?;
                cursor.set(dst, item);
            }
            Op::Array { dst, target } => {
                let item = cursor.get(dst);
                if item.is_undefined() {
                    cursor.pc = usize::from(target.0);
                } else if item.as_array(self.heap.docs).is_none() {
                    let array = Item::array(&[item], ArrayKind::Plain, self.heap);
                    cursor.set(dst, array);
                }
            }
            // Everything else is dispatched before.
            _ => {}
        }
        Ok(())
    }

    fn push_spread(&mut self, item: Item<'a>) -> Result<(), Error> {
        match item.as_array(self.heap.docs) {
            Some(items) => {
                self.charge(items.len())?;
                self.list.extend(items.iter());
            }
            None if item.is_undefined() => {}
            None => self.list.push(item),
        }
        Ok(())
    }

    /// Adds the loop's element if a predicate's value is true, or names its position.
    fn push_match(&mut self, item: Item<'a>, test: Item<'a>) -> Result<(), Error> {
        let docs = self.heap.docs;
        let (position, len) = (self.innermost.taken.saturating_sub(1), self.innermost.len);
        let is_here = |number: f64| {
            let number = number.floor();
            let number = if number < 0.0 { len as f64 + number } else { number };
            (number - position as f64).abs() < 0.5 // both are whole
        };
        if let Some(number) = test.as_number(docs) {
            super::operators::finite(number)?;
            if is_here(number) {
                self.list.push(item);
            }
            return Ok(());
        }
        // An array of numbers names several positions; an empty one names none.
        if let Some(numbers) = test.as_array(docs)
            && numbers.iter().all(|number| number.as_number(docs).is_some())
        {
            self.charge(numbers.len())?;
            for number in numbers.iter() {
                if number.as_number(docs).is_some_and(is_here) {
                    self.list.push(item);
                }
            }
            return Ok(());
        }
        if self.is_true(test) {
            self.list.push(item);
        }
        Ok(())
    }

    /// Ends the innermost list.
    #[inline(never)]
    pub(super) fn close(&mut self, close: Close) -> Result<Item<'a>, Error> {
        let mark = self.marks.pop().unwrap_or(0).min(self.list.len());
        Ok(match close {
            Close::Sequence => self.take(mark, ArrayKind::Sequence)?,
            Close::Unwrapped => match self.list[mark..] {
                [] => Item::Undefined,
                [only] => {
                    self.list.truncate(mark);
                    only
                }
                _ => self.take(mark, ArrayKind::Sequence)?,
            },
            Close::Step => self.take_flattened(mark, ArrayKind::Sequence)?,
            Close::LastStep => self.take_last_step(mark)?,
            Close::Path => self.take_last_step(mark)?.unwrapped(),
            Close::Array => self.take(mark, ArrayKind::Plain)?,
            Close::Constructed => self.take(mark, ArrayKind::Constructed)?,
            Close::Tuples => self.take(mark, ArrayKind::TupleStream)?,
        })
    }

    /// The list from `mark` on as an array.
    pub(super) fn take(&mut self, mark: usize, kind: ArrayKind) -> Result<Item<'a>, Error> {
        self.reserve(size_of_val(&self.list[mark..]))?;
        let array = Item::array(&self.list[mark..], kind, self.heap);
        self.list.truncate(mark);
        Ok(array)
    }

    fn take_last_step(&mut self, mark: usize) -> Result<Item<'a>, Error> {
        if let [only] = self.list[mark..]
            && let Some(kind) = only.array_kind(self.heap.docs)
            && !kind.is_sequence()
        {
            self.list.truncate(mark);
            return Ok(only);
        }
        self.take_flattened(mark, ArrayKind::Sequence)
    }

    /// The same with the elements of arrays in place of the arrays; constructed ones stay.
    pub(super) fn take_flattened(&mut self, mark: usize, kind: ArrayKind) -> Result<Item<'a>, Error> {
        let docs = self.heap.docs;
        let is_spread = |item: &Item<'a>| match item {
            Item::Array(array) => array.kind != ArrayKind::Constructed,
            Item::Json(value) => value.as_array(docs).is_some(),
            _ => false,
        };
        if !self.list[mark..].iter().any(is_spread) {
            return self.take(mark, kind);
        }
        let end = self.list.len();
        for at in mark..end {
            let item = self.list[at];
            match item.as_array(docs) {
                Some(items) if is_spread(&item) => {
                    self.charge(items.len())?;
                    self.list.extend(items.iter());
                }
                _ => self.list.push(item),
            }
        }
        let array = self.take(end, kind);
        self.list.truncate(mark);
        array
    }

    /// A sequence that stays an array.
    pub(super) fn kept(&self, item: Item<'a>) -> Item<'a> {
        match item {
            Item::Array(ItemArray { items, kind: ArrayKind::Sequence }) => {
                Item::array_in_arena(items, ArrayKind::KeptSequence, self.heap)
            }
            _ => item,
        }
    }

    /// A path's result that stays an array: single values are wrapped.
    fn kept_singleton(&self, item: Item<'a>) -> Item<'a> {
        match item {
            Item::Undefined | Item::Unbound => item,
            Item::Array(ItemArray { kind: ArrayKind::Constructed, .. }) => {
                Item::array(&[item], ArrayKind::KeptSequence, self.heap)
            }
            _ if item.as_array(self.heap.docs).is_some() => self.kept(item),
            _ => Item::array(&[item], ArrayKind::KeptSequence, self.heap),
        }
    }

    /// The elements among elements and keys, in the order of the keys.
    fn close_sorted(&mut self, descending: &[bool]) -> Result<Item<'a>, Error> {
        let mark = self.marks.pop().unwrap_or(0).min(self.list.len());
        let width = 1 + descending.len();
        let count = (self.list.len() - mark) / width;
        self.charge(count)?;
        let mut order: Vec<usize> = (0..count).collect();
        let list = &self.list[mark..];
        let keys = |element: usize| &list[element * width + 1..][..descending.len()];
        crate::jsonata::functions::merge_sort(&mut order, &mut |a: usize, b: usize| {
            self.is_behind(keys(a), keys(b), descending)
        })?;
        let kind = match list.first() {
            Some(Item::Array(ItemArray { kind: ArrayKind::Tuple, .. })) => ArrayKind::TupleStream,
            _ if count > 1 => ArrayKind::Plain,
            _ => ArrayKind::Sequence,
        };
        let bump = self.heap.arena.bump();
        let sorted = bump.alloc_slice_fill_iter(order.iter().map(|element| list[element * width]));
        let array = Item::array_in_arena(sorted, kind, self.heap);
        self.list.truncate(mark);
        Ok(array)
    }

    /// Whether the element with keys `a` belongs behind that with keys `b`.
    fn is_behind(&self, a: &[Item<'a>], b: &[Item<'a>], descending: &[bool]) -> Result<bool, Error> {
        for ((a, b), descending) in a.iter().zip(b).zip(descending) {
            match (a.is_undefined(), b.is_undefined()) {
                (true, true) => continue,
                (true, false) => return Ok(true),
                (false, true) => return Ok(false),
                (false, false) => {}
            }
            let order = self.sort_order(*a, *b)?;
            let order = if *descending { order.reverse() } else { order };
            if order.is_ne() {
                return Ok(order.is_gt());
            }
        }
        Ok(false)
    }
}
