//! The one match over instructions.

use super::state::{Evaluation, Registers};
use crate::jsonata::code::{Comparison, Constant, Literal, Op, Reg, Test};
use crate::jsonata::error::Error;
use crate::jsonata::functions::Builtin;
use crate::jsonata::item::{Function, Item, Items};

/// Where the code is.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    pub pc: usize,
    pub frame: Registers<'a>,
}

impl<'a> Cursor<'a> {
    #[inline]
    pub(super) fn get(&self, register: Reg) -> Item<'a> {
        self.frame[usize::from(register.0)]
    }

    #[inline]
    pub(super) fn set(&mut self, register: Reg, item: Item<'a>) {
        self.frame[usize::from(register.0)] = item;
    }
}

impl<'a> Evaluation<'_, 'a> {
    /// Runs until the frame that is innermost now, which is number `depth`, has returned.
    pub(super) fn run(&mut self, mut cursor: Cursor<'a>, depth: usize) -> Result<Item<'a>, Error> {
        match self.steps(&mut cursor, depth) {
            Ok(result) => Ok(result),
            Err(error) => Err(self.located(error, cursor.pc, depth)),
        }
    }

    /// The interpreter's loop. Where it is stands in locals; the cursor is brought up to date for all that is called
    /// and may look at it.
    fn steps(&mut self, cursor: &mut Cursor<'a>, depth: usize) -> Result<Item<'a>, Error> {
        let code = self.code;
        let mut pc = cursor.pc;
        let mut frame = std::mem::take(&mut cursor.frame);
        macro_rules! get {
            ($register:expr) => {
                frame[usize::from($register.0)]
            };
        }
        macro_rules! set {
            ($register:expr, $item:expr) => {
                frame[usize::from($register.0)] = $item
            };
        }
        macro_rules! range {
            ($first:expr, $count:expr) => {
                usize::from($first.0)..usize::from($first.0) + $count
            };
        }
        macro_rules! with_cursor {
            ($call:expr) => {{
                cursor.pc = pc;
                cursor.frame = frame;
                let result = $call?;
                pc = cursor.pc;
                frame = std::mem::take(&mut cursor.frame);
                result
            }};
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
                    _ => with_cursor!(self.operator(cursor, $op)),
                }
            };
        }
        loop {
            let op = code.ops[pc];
            pc += 1;
            match op {
                Op::Literal { dst, literal } => set!(dst, literal_item(literal)),
                Op::Number { dst, number } => set!(dst, Item::Number(code.numbers[usize::from(number)])),
                Op::String { dst, string } => set!(dst, self.string(string)),
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
                Op::Fields { dst, src, selection } => {
                    let selection = &code.selections[usize::from(selection)];
                    let item = get!(src);
                    let into = &mut frame[range!(dst, selection.names.len())];
                    attempt!(self.fields(item, selection, into));
                }
                Op::Chain { dst, src, chain } => {
                    let mut item = get!(src);
                    for name in &code.chains[usize::from(chain)] {
                        item = attempt!(self.field(item, &code.names[usize::from(*name)]));
                    }
                    set!(dst, item);
                }
                Op::Loop { src, over } => self.start_loop(get!(src), over),
                Op::Next { dst, exit } => {
                    attempt!(self.charge(1));
                    if let Some(item) = self.innermost.next_node() {
                        set!(dst, item);
                    } else if let Some(item) = self.next_element() {
                        set!(dst, item);
                    } else {
                        pc = usize::from(exit.0);
                    }
                }
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
                Op::JumpUnless { src, test, target } => {
                    let test = &code.tests[usize::from(test)];
                    let item = attempt!(self.tested_item(get!(src), test));
                    let is_true = match test.constant {
                        Constant::Number(right) if let Some(left) = self.number(item) => {
                            test.comparison.holds(left, right)
                        }
                        Constant::String(string) if let Some(text) = item.as_str(self.heap.docs) => {
                            let is_equal = text == *code.strings[usize::from(string)];
                            is_equal == (test.comparison == Comparison::Equal)
                        }
                        _ => {
                            let found = attempt!(self.tested(item, test));
                            self.is_true(found)
                        }
                    };
                    if !is_true {
                        pc = usize::from(target.0);
                    }
                }
                Op::Test { dst, src, test } => {
                    let test = &code.tests[usize::from(test)];
                    let item = attempt!(self.tested_item(get!(src), test));
                    let found = match test.constant {
                        Constant::Number(right) if let Some(left) = self.number(item) => {
                            Item::bool(test.comparison.holds(left, right))
                        }
                        _ => attempt!(self.tested(item, test)),
                    };
                    set!(dst, found);
                }
                Op::JumpUnlessCompared { comparison, left, right, target } => {
                    let (left, right) = (get!(left), get!(right));
                    let is_true = if let Some(left) = self.number(left)
                        && let Some(right) = self.number(right)
                    {
                        comparison.holds(left, right)
                    } else {
                        let found = attempt!(self.compared(left, right, comparison));
                        self.is_true(found)
                    };
                    if !is_true {
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
                Op::PushJump { src, target } => {
                    let item = get!(src);
                    if !item.is_undefined() {
                        self.list.push(item);
                    }
                    pc = usize::from(target.0);
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
                Op::Close { dst, close } => {
                    let item = attempt!(self.close(close));
                    set!(dst, item);
                }
                Op::Unwrap { dst } => set!(dst, get!(dst).unwrapped()),
                Op::Object { dst, first, shape } => {
                    let count = code.shape_keys[usize::from(shape)].len();
                    let item = attempt!(self.object(&frame[range!(first, count)], shape));
                    set!(dst, item);
                }
                Op::GroupContext { dst, src } => match get!(src) {
                    item @ Item::Json(value) if value.as_array(self.heap.docs).is_none() => set!(dst, item),
                    item => {
                        let item = attempt!(self.group_context(item));
                        set!(dst, item);
                    }
                },
                Op::CallDirect { dst, first, site } => {
                    let site = &code.sites[usize::from(site)];
                    let arguments = &frame[range!(first, usize::from(site.arguments))];
                    let direct = site.builtin.and_then(Builtin::direct);
                    let found = direct.and_then(|direct| direct(arguments, self.heap.docs));
                    if let Some((item, units)) = found {
                        attempt!(self.charge(1 + units));
                        set!(dst, item);
                    } else {
                        with_cursor!(self.builtin(cursor, dst, first, site));
                    }
                }
                Op::Return { src } => {
                    let item = get!(src);
                    cursor.frame = frame;
                    if let Some(result) = self.leave_frame(cursor, item, depth) {
                        return Ok(result);
                    }
                    pc = cursor.pc;
                    frame = std::mem::take(&mut cursor.frame);
                }
                _ => with_cursor!(self.other(cursor, op)),
            }
        }
    }

    /// What a comparison with a literal is about.
    #[inline]
    fn tested_item(&mut self, item: Item<'a>, test: &Test) -> Result<Item<'a>, Error> {
        match test.name {
            Some(name) => self.field(item, &self.code.names[usize::from(name)]),
            None => Ok(item),
        }
    }

    /// A finite number, if this is one.
    #[inline]
    fn number(&self, item: Item<'a>) -> Option<f64> {
        let number = match item {
            Item::Number(number) => number,
            Item::Json(_) => self.json_number(item),
            _ => return None,
        };
        number.is_finite().then_some(number)
    }

    /// NaN, if this is no number.
    #[inline(never)]
    fn json_number(&self, item: Item<'a>) -> f64 {
        item.as_number(self.heap.docs).unwrap_or(f64::NAN)
    }

    /// The instructions that are not among the most frequent.
    #[inline(never)]
    fn other(&mut self, cursor: &mut Cursor<'a>, op: Op) -> Result<(), Error> {
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
            Op::GroupOpen
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
                cursor.set(dst, item);
                Ok(())
            }
            Op::Builtin { dst, builtin } => {
                let item = Item::function(Function::Builtin(Builtin(builtin as u8)), self.heap);
                cursor.set(dst, item);
                Ok(())
            }
            Op::NewCell { dst } => {
                let cell = self.heap.arena.bump().alloc(std::cell::Cell::new(Item::Unbound));
                cursor.set(dst, Item::Cell(cell));
                Ok(())
            }
            Op::StoreCell { cell, src } => {
                if let Item::Cell(cell) = cursor.get(cell) {
                    cell.set(cursor.get(src));
                }
                Ok(())
            }
            Op::Clone { dst, src } => {
                let copy = self.deep_copy(cursor.get(src))?;
                cursor.set(dst, copy);
                Ok(())
            }
            Op::Update { target, update } => self.update(cursor.get(target), cursor.get(update)),
            Op::Delete { target, names } => self.delete(cursor.get(target), cursor.get(names)),
            _ => self.building(cursor, op),
        }
    }

    /// An error with its place: the call that led to it from the outside, as the reference implementation has it.
    #[cold]
    fn located(&mut self, error: Error, pc: usize, depth: usize) -> Error {
        let at = pc.saturating_sub(1);
        let mut error = match self.code.position(at.min(usize::from(u16::MAX)) as u16) {
            Some(position) => error.at(position),
            None => error,
        };
        if let Some(token) = super::operators::symbol(self.code.ops[at], self.code) {
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
