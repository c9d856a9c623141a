//! One execution and everything it owns.
//!
//! # Invariant
//! `state` is stored as `State<'static>`, but its references point into `arena`, which the same `Fiber` owns and
//! which is never handed out mutably while `state` holds a value: [`Fiber::reset`] clears `state` before it
//! resets `arena`, and [`Fiber::compact`] swaps both at once. Outside this file `state` is only reachable
//! through [`Fiber::enter`], whose closure must work for every lifetime `'a`: nothing borrowed from the arena can
//! leave it, and nothing but what lives in this arena (or is `'static`) can be stored. Arena chunks are separate
//! allocations, so moving a `Fiber`, also to another thread, moves no value.
#![expect(unsafe_code, reason = "the one self-reference: values point into the arena that the fiber owns")]

use std::fmt;
use std::sync::Arc;

use super::names::Names;
use super::state::State;
use crate::bytecode::Program;
use crate::json::Document;
use crate::value::Arena;

/// One execution: registers, strands and its arena. Reused from execution to execution.
pub struct Fiber {
    state: State<'static>,
    arena: Arena,
    /// Documents that task replies share, by `DocId` less the two fixed ones.
    pub(super) shared: Vec<Arc<Document>>,
    /// What a parked execution keeps of its worker's borrowed data.
    pub(super) kept: Option<Kept>,
}

/// Owned copies of what a running execution borrows.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub program: Arc<Program>,
    pub names: Arc<Names>,
    pub input: Arc<[u8]>,
}

/// A fiber may be resumed by another thread than the one that parked it.
const _: () = {
    const fn is_send<T: Send>() {}
    is_send::<Fiber>();
};

impl Fiber {
    /// An empty fiber.
    pub fn new() -> Box<Self> {
        Box::new(Self { state: State::default(), arena: Arena::default(), shared: Vec::new(), kept: None })
    }

    /// Forgets the execution; the largest chunk of its arena stays for the next.
    pub fn reset(&mut self) {
        self.state.clear();
        self.arena.reset();
        self.shared.clear();
        self.kept = None;
    }

    /// Bytes the execution holds from the system for its values.
    pub fn arena_bytes(&self) -> usize {
        self.arena.bytes_held()
    }

    /// The input of a parked execution.
    pub fn input(&self) -> Option<Arc<[u8]>> {
        self.kept.as_ref().map(|kept| Arc::clone(&kept.input))
    }

    /// Reads and changes the execution's data.
    pub(super) fn enter<R>(
        &mut self,
        work: impl for<'a> FnOnce(&mut State<'a>, &'a Arena, &mut Vec<Arc<Document>>) -> R,
    ) -> R {
        let state: *mut State<'static> = &raw mut self.state;
        // SAFETY: by the invariant above, the references in `state` are valid as long as `arena` is neither reset
        // nor dropped, which cannot happen while `self.arena` is borrowed for this call. The closure is generic
        // over `'a`, so it can neither keep a value nor store a shorter-lived one.
        let state = unsafe { &mut *state.cast::<State<'_>>() };
        work(state, &self.arena, &mut self.shared)
    }

    /// Moves what is alive into an arena of its own, and frees the old one with its garbage.
    pub(super) fn compact(&mut self) {
        let fresh = Arena::default();
        let state: *mut State<'static> = &raw mut self.state;
        {
            // SAFETY: as in `enter`. The lifetime chosen here ends with this block, within which both arenas live.
            let state = unsafe { &mut *state.cast::<State<'_>>() };
            let mut roots = Vec::new();
            state.for_each_value(|value| roots.push(*value));
            let mut moved = super::compact::copy(&roots, &fresh).into_iter();
            state.for_each_value(|value| {
                if let Some(copied) = moved.next() {
                    *value = copied;
                }
            });
            state.arena_bytes_base = fresh.bytes_held();
        }
        // `for_each_value` visits every value there is, so `state` now points into `fresh` alone.
        self.arena = fresh;
    }
}

impl fmt::Debug for Fiber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fiber").field("arena_bytes", &self.arena.bytes_held()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Docs, deep_equal};
    use crate::value::{Heap, ParseScratch, Value, to_json};

    fn with_heap<R>(
        fiber: &mut Fiber,
        work: impl for<'h, 'a> FnOnce(Heap<'h, 'a>, &mut State<'a>) -> R,
    ) -> R {
        fiber.enter(|state, arena, _| {
            let docs = Docs { table: &[], shapes: &[] };
            let scratch = ParseScratch::new(64);
            work(Heap { docs: &docs, arena, scratch: &scratch }, state)
        })
    }

    fn build(fiber: &mut Fiber) {
        with_heap(fiber, |heap, state| {
            let document = heap.parse(br#"{"a":[1,2,{"b":"x"}],"c":null}"#).expect("valid");
            let text = heap.text("hello \u{1F600}");
            let shared = heap.array(&[text, document, Value::Int(7), text]);
            let overlay = heap.with_member(document, "d", shared);
            let again = heap.with_member(overlay, "a", Value::Float(1.5));
            state.output = Some(heap.array(&[again, overlay, shared]));
        });
    }

    fn output(fiber: &mut Fiber) -> String {
        with_heap(fiber, |heap, state| to_json(state.output.expect("set"), heap.docs))
    }

    #[test]
    fn values_survive_moves_to_another_thread_and_compaction() {
        let mut fiber = Fiber::new();
        build(&mut fiber);
        let before = output(&mut fiber);
        let (mut fiber, after) = std::thread::spawn(move || {
            fiber.compact();
            let after = output(&mut fiber);
            (fiber, after)
        })
        .join()
        .expect("no panic");
        assert_eq!(before, after);
        fiber.compact();
        assert_eq!(output(&mut fiber), before);
        fiber.reset();
        with_heap(&mut fiber, |_, state| assert!(state.output.is_none()));
    }

    #[test]
    fn compaction_drops_garbage_and_keeps_sharing() {
        let mut fiber = Fiber::new();
        with_heap(&mut fiber, |heap, state| {
            for index in 0..20_000 {
                state.output = Some(heap.text(&format!("garbage {index}")));
            }
            let text = heap.text(&"kept ".repeat(100));
            state.output = Some(heap.array(&[text; 50]));
        });
        let before = fiber.arena_bytes();
        let text = output(&mut fiber);
        fiber.compact();
        assert!(fiber.arena_bytes() * 20 < before, "{} of {before} bytes left", fiber.arena_bytes());
        assert!(fiber.arena_bytes() < 50 * 500, "the shared string was copied more than once");
        assert_eq!(output(&mut fiber), text);
    }

    #[test]
    fn deeply_nested_values_do_not_exhaust_the_stack() {
        let mut fiber = Fiber::new();
        with_heap(&mut fiber, |heap, state| {
            let mut value = Value::Null;
            for _ in 0..100_000 {
                value = heap.array(&[value]);
            }
            state.output = Some(value);
        });
        fiber.compact();
        with_heap(&mut fiber, |heap, state| {
            let value = state.output.expect("set");
            assert!(deep_equal(value, value, heap.docs));
            assert_eq!(to_json(value, heap.docs).len(), 200_004);
        });
    }
}
