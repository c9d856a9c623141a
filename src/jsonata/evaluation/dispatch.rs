//! The one match over instructions.

use super::state::Evaluation;
use crate::jsonata::code::{Label, Literal, Op, Reg};
use crate::jsonata::error::Error;
use crate::jsonata::functions::Builtin;
use crate::jsonata::item::{Function, Item, Items};

/// Where the code is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor {
    pub pc: usize,
    pub base: usize,
}

impl<'a> Evaluation<'_, 'a> {
    /// Runs until the frame that is innermost now, which is number `depth`, has returned.
    pub(super) fn run(&mut self, depth: usize, entry: Label) -> Result<Item<'a>, Error> {
        let base = self.frames.last().map_or(0, |frame| frame.base);
        let mut cursor = Cursor { pc: usize::from(entry.0), base };
        loop {
            match self.step(&mut cursor, depth) {
                Ok(None) => {}
                Ok(Some(result)) => return Ok(result),
                Err(error) => return Err(self.located(error, cursor.pc, depth)),
            }
        }
    }

    /// Runs instructions until something has to be looked at: the end, or nothing in particular.
    #[expect(clippy::inline_always, reason = "the loop around it is the interpreter's")]
    #[inline(always)]
    fn step(&mut self, cursor: &mut Cursor, depth: usize) -> Result<Option<Item<'a>>, Error> {
        let op = self.code.ops[cursor.pc];
        cursor.pc += 1;
        match op {
            Op::Literal { dst, literal } => self.set(cursor, dst, literal_item(literal)),
            Op::Number { dst, number } => {
                let number = self.code.numbers[usize::from(number)];
                self.set(cursor, dst, Item::Number(number));
            }
            Op::String { dst, string } => {
                let item = Item::text(&self.code.strings[usize::from(string)], self.heap);
                self.set(cursor, dst, item);
            }
            Op::Regex { dst, regex } => {
                let item = Item::function(Function::Regex(u32::from(regex)), self.heap);
                self.set(cursor, dst, item);
            }
            Op::Builtin { dst, builtin } => {
                let item = Item::function(Function::Builtin(Builtin(builtin as u8)), self.heap);
                self.set(cursor, dst, item);
            }
            Op::Move { dst, src } => {
                let item = self.get(cursor, src);
                self.set(cursor, dst, item);
            }
            Op::MoveIfBound { dst, src, target } => {
                let item = match self.get(cursor, src) {
                    Item::Cell(cell) => cell.get(),
                    item => item,
                };
                if !matches!(item, Item::Unbound) {
                    self.set(cursor, dst, item);
                    cursor.pc = usize::from(target.0);
                }
            }
            Op::NewCell { dst } => {
                let cell = self.heap.arena.bump().alloc(std::cell::Cell::new(Item::Unbound));
                self.set(cursor, dst, Item::Cell(cell));
            }
            Op::LoadCell { dst, cell } => {
                if let Item::Cell(cell) = self.get(cursor, cell) {
                    self.set(cursor, dst, cell.get());
                }
            }
            Op::StoreCell { cell, src } => {
                if let Item::Cell(cell) = self.get(cursor, cell) {
                    cell.set(self.get(cursor, src));
                }
            }
            Op::Field { dst, src, name } => {
                let code = self.code;
                let item = self.field(self.get(cursor, src), &code.names[usize::from(name)])?;
                self.set(cursor, dst, item);
            }
            Op::Loop { src, over } => self.start_loop(self.get(cursor, src), over),
            Op::Next { dst, exit } => match self.next_element()? {
                Some(item) => self.set(cursor, dst, item),
                None => cursor.pc = usize::from(exit.0),
            },
            Op::Jump { target } => cursor.pc = usize::from(target.0),
            Op::JumpIfTrue { test, target } => {
                if self.is_true(self.get(cursor, test)) {
                    cursor.pc = usize::from(target.0);
                }
            }
            Op::JumpUnlessTrue { test, target } => {
                if !self.is_true(self.get(cursor, test)) {
                    cursor.pc = usize::from(target.0);
                }
            }
            Op::JumpIfDefined { test, target } => {
                if !self.get(cursor, test).is_undefined() {
                    cursor.pc = usize::from(target.0);
                }
            }
            Op::JumpIfEmpty { test, target } => {
                let array = self.get(cursor, test).as_array(self.heap.docs);
                if array.is_some_and(Items::is_empty) {
                    cursor.pc = usize::from(target.0);
                }
            }
            Op::Push { src } => {
                let item = self.get(cursor, src);
                if !item.is_undefined() {
                    self.list.push(item);
                }
            }
            Op::Open => self.marks.push(self.list.len()),
            Op::Return { src } => {
                let item = self.get(cursor, src);
                return Ok(self.leave_frame(cursor, item, depth));
            }
            _ => self.other(cursor, op)?,
        }
        Ok(None)
    }

    /// The instructions that are not among the most frequent.
    fn other(&mut self, cursor: &mut Cursor, op: Op) -> Result<(), Error> {
        match op {
            Op::Negate { .. }
            | Op::Add { .. }
            | Op::Subtract { .. }
            | Op::Multiply { .. }
            | Op::Divide { .. }
            | Op::Remainder { .. }
            | Op::Equal { .. }
            | Op::NotEqual { .. }
            | Op::EqualString { .. }
            | Op::Less { .. }
            | Op::LessOrEqual { .. }
            | Op::Greater { .. }
            | Op::GreaterOrEqual { .. }
            | Op::Concatenate { .. }
            | Op::Range { .. }
            | Op::In { .. }
            | Op::Truth { .. } => self.operator(cursor, op),
            Op::GroupContext { .. }
            | Op::Object { .. }
            | Op::GroupOpen
            | Op::GroupAdd { .. }
            | Op::GroupNext { .. }
            | Op::GroupValue { .. }
            | Op::GroupClose { .. }
            | Op::GroupNextTuple { .. } => self.grouping(cursor, op),
            Op::TupleLoad { .. }
            | Op::TuplePush { .. }
            | Op::TupleNumber { .. }
            | Op::TupleContexts { .. }
            | Op::TupleStart { .. } => self.tuples(cursor, op),
            Op::Closure { .. }
            | Op::CallBuiltin { .. }
            | Op::Call { .. }
            | Op::TailCall { .. }
            | Op::CallEach { .. }
            | Op::Apply { .. }
            | Op::Partial { .. }
            | Op::CheckFunction { .. } => self.calling(cursor, op),
            Op::Clone { dst, src } => {
                let copy = self.deep_copy(self.get(cursor, src))?;
                self.set(cursor, dst, copy);
                Ok(())
            }
            Op::Update { target, update } => self.update(self.get(cursor, target), self.get(cursor, update)),
            Op::Delete { target, names } => self.delete(self.get(cursor, target), self.get(cursor, names)),
            _ => self.building(cursor, op),
        }
    }

    #[inline]
    pub(super) fn get(&self, cursor: &Cursor, register: Reg) -> Item<'a> {
        self.registers[cursor.base + usize::from(register.0)]
    }

    #[inline]
    pub(super) fn set(&mut self, cursor: &Cursor, register: Reg, item: Item<'a>) {
        self.registers[cursor.base + usize::from(register.0)] = item;
    }

    /// An error with its place: the call that led to it from the outside, as the reference implementation has it.
    #[cold]
    fn located(&mut self, error: Error, pc: usize, depth: usize) -> Error {
        let at = pc.saturating_sub(1);
        let mut error = match self.code.position(at.min(usize::from(u16::MAX)) as u16) {
            Some(position) => error.at(position),
            None => error,
        };
        if let Some(token) = super::operators::symbol(self.code.ops[at]) {
            error = error.token(token);
        }
        while self.frames.len() > depth {
            if let Some(position) = self.frames.pop().and_then(|frame| frame.position) {
                error = error.moved(position);
            }
        }
        error
    }
}

fn literal_item<'a>(literal: Literal) -> Item<'a> {
    match literal {
        Literal::Undefined => Item::Undefined,
        Literal::Null => Item::NULL,
        Literal::True => Item::bool(true),
        Literal::False => Item::bool(false),
        Literal::Unbound => Item::Unbound,
    }
}
