//! The state of an evaluation.

use bumpalo::collections::Vec as BumpVec;
use smallvec::SmallVec;

use super::group::Groups;
use crate::json::{Node, NodeId};
use crate::jsonata::code::{Code, Reg};
use crate::jsonata::error::Error;
use crate::jsonata::item::{Item, ItemsIter};
use crate::value::random::Random;
use crate::value::{DocId, Heap, Value};

/// Functions of the language that call back into the expression may nest this deep.
pub(super) const NESTED_MAX: u32 = 64;
/// Frames of lambdas at once.
pub(super) const FRAMES_MAX: usize = 8192;

/// Elements of lists that have room from the start.
const LIST_EXPECTED: usize = 32;

/// One evaluation.
pub(crate) struct Evaluation<'h, 'a: 'h> {
    /// Documents and arena.
    pub heap: Heap<'h, 'a>,
    /// The time, in milliseconds since 1970; the same during the whole evaluation.
    pub now_millis: i64,
    /// Randomness of this evaluation.
    pub random: Random,
    pub(super) code: &'h Code,
    pub(super) frames: BumpVec<'a, Frame<'a>>,
    /// Registers of frames that have ended, for others to come.
    pub(super) spare: BumpVec<'a, Registers<'a>>,
    /// The innermost loop; one that has ended if there is none.
    pub(super) innermost: Loop<'h, 'a>,
    /// Those around it, the innermost last.
    pub(super) around: SmallVec<[Loop<'h, 'a>; 2]>,
    /// Lists that are being built, one behind the other.
    pub(super) list: BumpVec<'a, Item<'a>>,
    /// Where each of them starts.
    pub(super) marks: Vec<usize>,
    pub(super) groups: Vec<Groups<'a>>,
    /// The strings of the code that were asked for, as values; the others are undefined. Empty until the first.
    pub(super) strings: Registers<'a>,
    /// Text that is being put together.
    pub(super) text: Vec<u8>,
    pub(super) nested: u32,
    pub(super) fuel_left: u64,
    pub(super) arena_bytes_max: u64,
}

/// The registers of a frame; there may be more than it has asked for.
pub(super) type Registers<'a> = &'a mut [Item<'a>];

/// A frame, with what its caller wants to know when it ends.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    /// The caller's registers.
    pub registers: Registers<'a>,
    /// Where the caller goes on.
    pub pc: u16,
    /// The caller's register for the result.
    pub dst: Reg,
    /// Where the call stands.
    pub position: Option<u32>,
}

/// A loop over elements.
#[derive(Debug)]
pub(super) struct Loop<'h, 'a> {
    pub elements: Elements<'h, 'a>,
    /// How many have been taken.
    pub taken: usize,
    /// How many there are.
    pub len: usize,
}

impl Loop<'_, '_> {
    const ENDED: Self = Self { elements: Elements::One(None), taken: 0, len: 0 };
}

impl<'a> Loop<'_, 'a> {
    /// The next element of an array of a document, if it is one and there is one.
    #[inline]
    pub(super) fn next_node(&mut self) -> Option<Item<'a>> {
        match &mut self.elements {
            Elements::Nodes { doc, nodes, at, end } if *at < *end => {
                let node = NodeId(*at);
                *at = nodes[*at as usize].next;
                self.taken += 1;
                Some(Item::Json(Value::Node { doc: *doc, node }))
            }
            _ => None,
        }
    }
}

/// What a loop goes over.
#[derive(Debug)]
pub(super) enum Elements<'h, 'a> {
    /// One item, once.
    One(Option<Item<'a>>),
    /// An array of a document in the table.
    Nodes {
        /// The document, and all of its nodes.
        doc: DocId,
        nodes: &'h [Node],
        /// The next element, and the node after the last.
        at: u32,
        end: u32,
    },
    /// Any array.
    Many(ItemsIter<'h, 'a>),
}

impl<'a> Iterator for Elements<'_, 'a> {
    type Item = Item<'a>;

    #[inline]
    fn next(&mut self) -> Option<Item<'a>> {
        match self {
            Self::Nodes { doc, nodes, at, end } => {
                if *at >= *end {
                    return None;
                }
                let node = NodeId(*at);
                *at = nodes[*at as usize].next;
                Some(Item::Json(Value::Node { doc: *doc, node }))
            }
            Self::One(item) => item.take(),
            Self::Many(items) => items.next(),
        }
    }
}

/// Memory that is used again from evaluation to evaluation.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    marks: Vec<usize>,
    text: Vec<u8>,
}

impl<'h, 'a> Evaluation<'h, 'a> {
    pub(super) fn new(
        code: &'h Code,
        heap: Heap<'h, 'a>,
        settings: &super::Settings,
        buffers: &mut Buffers,
    ) -> Self {
        Self {
            heap,
            now_millis: settings.now_millis,
            random: Random::new(settings.seed),
            code,
            frames: BumpVec::new_in(heap.arena.bump()),
            spare: BumpVec::new_in(heap.arena.bump()),
            innermost: Loop::ENDED,
            around: SmallVec::new(),
            list: BumpVec::with_capacity_in(LIST_EXPECTED, heap.arena.bump()),
            marks: std::mem::take(&mut buffers.marks),
            groups: Vec::new(),
            strings: &mut [],
            text: std::mem::take(&mut buffers.text),
            nested: 0,
            fuel_left: settings.fuel_max,
            arena_bytes_max: settings.arena_bytes_max,
        }
    }

    /// Registers for a frame, all undefined.
    pub(super) fn registers(&mut self, count: u16) -> Registers<'a> {
        const COUNT_MIN: usize = 8;
        let count = usize::from(count);
        match self.spare.pop() {
            Some(spare) if spare.len() >= count => {
                spare[..count].fill(Item::Undefined);
                spare
            }
            // One that is too small is not kept: those that are left are large enough before long.
            _ => {
                let count = count.next_power_of_two().max(COUNT_MIN);
                self.heap.arena.bump().alloc_slice_fill_copy(count, Item::Undefined)
            }
        }
    }

    /// A string of the code.
    #[inline]
    pub(super) fn string(&mut self, string: u16) -> Item<'a> {
        match self.strings.get(usize::from(string)) {
            Some(item @ Item::Json(_)) => *item,
            _ => self.new_string(string),
        }
    }

    #[inline(never)]
    fn new_string(&mut self, string: u16) -> Item<'a> {
        let strings = &self.code.strings;
        if self.strings.is_empty() {
            self.strings = self.heap.arena.bump().alloc_slice_fill_copy(strings.len(), Item::Undefined);
        }
        let item = Item::text(&strings[usize::from(string)], self.heap);
        self.strings[usize::from(string)] = item;
        item
    }

    /// Starts a loop inside the innermost one.
    #[inline]
    pub(super) fn push_loop(&mut self, elements: Elements<'h, 'a>, len: usize) {
        let around = std::mem::replace(&mut self.innermost, Loop { elements, taken: 0, len });
        self.around.push(around);
    }

    /// Ends the innermost loop.
    #[inline]
    pub(super) fn pop_loop(&mut self) {
        self.innermost = self.around.pop().unwrap_or(Loop::ENDED);
    }

    /// Gives the memory back.
    pub(super) fn finish(mut self, buffers: &mut Buffers) -> u64 {
        self.marks.clear();
        buffers.marks = self.marks;
        buffers.text = self.text;
        self.fuel_left
    }

    /// The compiled regular expression of a `Function::Regex`.
    pub(crate) fn regex(&self, index: u32) -> Option<&'h regex::Regex> {
        self.code.regexes.get(index as usize).map(crate::jsonata::regexes::Regexp::compiled)
    }

    /// Uses fuel: about one unit per element or 64 bytes looked at. Fails when the evaluation's budget is used up.
    #[inline]
    pub(crate) fn charge(&mut self, units: usize) -> Result<(), Error> {
        match self.fuel_left.checked_sub(units as u64) {
            Some(left) => {
                self.fuel_left = left;
                Ok(())
            }
            None => Err(out_of_fuel()),
        }
    }

    /// Fails if `bytes` more would be more memory than an evaluation may hold: asked before building something large.
    #[inline]
    pub(crate) fn reserve(&mut self, bytes: usize) -> Result<(), Error> {
        let held = self.heap.arena.bytes_held().saturating_add(bytes) as u64;
        if held <= self.arena_bytes_max { Ok(()) } else { Err(out_of_memory(self.arena_bytes_max)) }
    }
}

#[cold]
fn out_of_fuel() -> Error {
    Error::new("").text("The expression took more steps than it may; look for an endless recursion")
}

#[cold]
fn out_of_memory(limit: u64) -> Error {
    Error::new("").text(format!("The expression needs more memory than its limit of {limit} bytes"))
}
