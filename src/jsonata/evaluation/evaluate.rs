//! From a compiled expression and what it is given to its result.

use super::dispatch::Cursor;
use super::state::{Buffers, Evaluation, Frame};
use crate::jsonata::code::{Code, LambdaId, Parameter, Reg};
use crate::jsonata::error::Error;
use crate::jsonata::item::{ArrayKind, Item};
use crate::value::Heap;

/// What an evaluation depends on besides its input.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The time, in milliseconds since 1970.
    pub now_millis: i64,
    /// Where randomness comes from.
    pub seed: u64,
    /// Steps that it may take.
    pub fuel_max: u64,
    /// Bytes that the arena may hold.
    pub arena_bytes_max: u64,
}

/// Evaluates. `given` says what each parameter is; the second result is the fuel that was used.
pub(crate) fn evaluate<'a>(
    code: &Code,
    heap: Heap<'_, 'a>,
    input: Item<'a>,
    given: &mut dyn FnMut(&Parameter) -> Item<'a>,
    settings: &Settings,
    buffers: &mut Buffers,
) -> (Result<Item<'a>, Error>, u64) {
    // Everything that the evaluation borrows lives at least as long as this call.
    let mut evaluation = Evaluation::new(code, heap, settings, buffers);
    let main = &code.lambdas[usize::from(LambdaId::MAIN.0)];
    let frame = evaluation.registers(main.registers);
    frame[0] = whole(input, heap);
    for (target, source) in main.captures.iter().zip(&main.sources) {
        frame[usize::from(target.0)] = given(&code.parameters[usize::from(source.0)]);
    }
    let outermost = Frame { registers: &mut [], pc: 0, dst: Reg::CONTEXT, position: None };
    evaluation.frames.push(outermost);
    let result = evaluation.run(Cursor { pc: usize::from(main.entry.0), frame }, 0);
    let left = evaluation.finish(buffers);
    (result, settings.fuel_max - left)
}

/// An input that is an array counts as one item.
fn whole<'a>(input: Item<'a>, heap: Heap<'_, 'a>) -> Item<'a> {
    match input.as_array(heap.docs) {
        Some(_) => Item::array(&[input], ArrayKind::Whole, heap),
        None => input,
    }
}
