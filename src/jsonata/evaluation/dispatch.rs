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
        match self.steps(&mut cursor, depth) {
            Ok(result) => Ok(result),
            Err(error) => Err(self.located(error, cursor.pc, depth)),
        }
    }

    /// The interpreter's loop. Where it is stands in locals; the cursor is brought up to date for all that is called
    /// and may look at it.
    fn steps(&mut self, cursor: &mut Cursor, depth: usize) -> Result<Item<'a>, Error> {
        let code = self.code;
        let Cursor { mut pc, mut base } = *cursor;
        macro_rules! get {
            ($register:expr) => {
                self.registers[base + usize::from($register.0)]
            };
        }
        macro_rules! set {
            ($register:expr, $item:expr) => {
                self.registers[base + usize::from($register.0)] = $item
            };
        }
        macro_rules! attempt {
            ($result:expr) => {
                match $result {
                    Ok(found) => found,
                    Err(error) => {
                        cursor.pc = pc;
                        return Err(error);
                    }
                }
            };
        }
        // Numbers are computed with in place; everything else is another function's matter.
        macro_rules! numeric {
            ($dst:expr, $left:expr, $right:expr, $op:expr, |$a:ident, $b:ident| $result:expr) => {
                match (self.number(get!($left)), self.number(get!($right))) {
                    (Some($a), Some($b)) => set!($dst, $result),
                    _ => {
                        *cursor = Cursor { pc, base };
                        self.operator(cursor, $op)?;
                    }
                }
            };
        }
        loop {
            let op = code.ops[pc];
            pc += 1;
            match op {
                Op::Literal { dst, literal } => set!(dst, literal_item(literal)),
                Op::Number { dst, number } => set!(dst, Item::Number(code.numbers[usize::from(number)])),
                Op::String { dst, string } => {
                    set!(dst, Item::text(&code.strings[usize::from(string)], self.heap));
                }
                Op::Move { dst, src } => set!(dst, get!(src)),
                Op::MoveIfBound { dst, src, target } => {
                    let item = match get!(src) {
                        Item::Cell(cell) => cell.get(),
                        item => item,
                    };
                    if !matches!(item, Item::Unbound) {
                        set!(dst, item);
                        pc = usize::from(target.0);
                    }
                }
                Op::LoadCell { dst, cell } => {
                    if let Item::Cell(cell) = get!(cell) {
                        set!(dst, cell.get());
                    }
                }
                Op::Field { dst, src, name } => {
                    let item = attempt!(self.field(get!(src), &code.names[usize::from(name)]));
                    set!(dst, item);
                }
                Op::Loop { src, over } => self.start_loop(get!(src), over),
                Op::Next { dst, exit } => match attempt!(self.next_element()) {
                    Some(item) => set!(dst, item),
                    None => pc = usize::from(exit.0),
                },
                Op::Jump { target } => pc = usize::from(target.0),
                Op::JumpIfTrue { test, target } => {
                    if self.is_true(get!(test)) {
                        pc = usize::from(target.0);
                    }
                }
                Op::JumpUnlessTrue { test, target } => {
                    if !self.is_true(get!(test)) {
                        pc = usize::from(target.0);
                    }
                }
                Op::JumpIfDefined { test, target } => {
                    if !get!(test).is_undefined() {
                        pc = usize::from(target.0);
                    }
                }
                Op::JumpIfEmpty { test, target } => {
                    let array = get!(test).as_array(self.heap.docs);
                    if array.is_some_and(Items::is_empty) {
                        pc = usize::from(target.0);
                    }
                }
                Op::Push { src } => {
                    let item = get!(src);
                    if !item.is_undefined() {
                        self.list.push(item);
                    }
                }
                Op::Open => self.marks.push(self.list.len()),
                Op::Add { dst, left, right } => numeric!(dst, left, right, op, |a, b| Item::Number(a + b)),
                Op::Subtract { dst, left, right } => {
                    numeric!(dst, left, right, op, |a, b| Item::Number(a - b));
                }
                Op::Multiply { dst, left, right } => {
                    numeric!(dst, left, right, op, |a, b| Item::Number(a * b));
                }
                Op::Less { dst, left, right } => numeric!(dst, left, right, op, |a, b| Item::bool(a < b)),
                Op::LessOrEqual { dst, left, right } => {
                    numeric!(dst, left, right, op, |a, b| Item::bool(a <= b));
                }
                Op::Greater { dst, left, right } => numeric!(dst, left, right, op, |a, b| Item::bool(a > b)),
                Op::GreaterOrEqual { dst, left, right } => {
                    numeric!(dst, left, right, op, |a, b| Item::bool(a >= b));
                }
                Op::EqualString { dst, left, string } => {
                    let text = &*code.strings[usize::from(string)];
                    let is_equal = get!(left).as_str(self.heap.docs).is_some_and(|left| left == *text);
                    set!(dst, Item::bool(is_equal));
                }
                Op::Return { src } => {
                    let item = get!(src);
                    *cursor = Cursor { pc, base };
                    if let Some(result) = self.leave_frame(cursor, item, depth) {
                        return Ok(result);
                    }
                    Cursor { pc, base } = *cursor;
                }
                _ => {
                    *cursor = Cursor { pc, base };
                    self.other(cursor, op)?;
                    Cursor { pc, base } = *cursor;
                }
            }
        }
    }

    /// A finite number, if this is one.
    #[inline]
    fn number(&self, item: Item<'a>) -> Option<f64> {
        item.as_number(self.heap.docs).filter(|number| number.is_finite())
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
            Op::Regex { dst, regex } => {
                let item = Item::function(Function::Regex(u32::from(regex)), self.heap);
                self.set(cursor, dst, item);
                Ok(())
            }
            Op::Builtin { dst, builtin } => {
                let item = Item::function(Function::Builtin(Builtin(builtin as u8)), self.heap);
                self.set(cursor, dst, item);
                Ok(())
            }
            Op::NewCell { dst } => {
                let cell = self.heap.arena.bump().alloc(std::cell::Cell::new(Item::Unbound));
                self.set(cursor, dst, Item::Cell(cell));
                Ok(())
            }
            Op::StoreCell { cell, src } => {
                if let Item::Cell(cell) = self.get(cursor, cell) {
                    cell.set(self.get(cursor, src));
                }
                Ok(())
            }
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
