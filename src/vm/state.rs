//! An execution's data: strands, their frames and what is pending.

use std::collections::VecDeque;

use super::effect::{Effect, StrandId};
use super::error::{ExecutionError, ExecutionStatus};
use super::fault::Fault;
use super::history::Recording;
use super::inspection::Inspection;
use super::map_run::{MapRunRequest, Selection};
use crate::bytecode::{ForkId, GraphId, Reg, StateId};
use crate::value::Value;
use crate::value::timestamp::Timestamp;

/// A register: empty, or a value.
pub(super) type Register<'a> = Option<Value<'a>>;

/// Everything an execution keeps between two steps.
#[derive(Debug, Default)]
pub(super) struct State<'a> {
    /// Strand slots; free ones keep their buffers.
    pub strands: Vec<Strand<'a>>,
    /// Free slots.
    pub free: Vec<u32>,
    /// Effects that `run` has yet to report.
    pub pending: VecDeque<Effect>,
    /// Forks that failed while tasks of their children were under way.
    pub stopping: Vec<Stopping>,
    /// Slots that can go on, in order.
    pub ready: VecDeque<u32>,
    /// Slots whose fork can start another child; the innermost last.
    pub forking: Vec<u32>,
    /// Map Runs that nobody has begun yet.
    pub map_runs: Vec<(StrandId, Box<MapRunRequest>)>,
    /// What an execution sees that only selects an item.
    pub selection: Option<Box<Selection<'a>>>,
    /// State visits, if they are recorded.
    pub visits: Vec<VisitRecord<'a>>,
    /// Whether to record them.
    pub tracing: bool,
    /// What is kept for whoever inspects the execution, if somebody does.
    pub inspection: Option<Box<Inspection<'a>>>,
    /// Who is told of events, if somebody is.
    pub recording: Option<Box<Recording>>,
    /// Number of the last history event.
    pub events: u32,
    /// Fuel used in all.
    pub fuel_used: u64,
    /// Fuel left in this slice.
    pub fuel_left: u32,
    /// The output, once there is one.
    pub output: Option<Value<'a>>,
    /// The failure, once there is one.
    pub failure: Option<ExecutionError>,
    /// Set when the execution is to end as it stands.
    pub ending: Option<ExecutionStatus>,
    /// When it started.
    pub started_at: Timestamp,
    /// When it must be over.
    pub deadline: Option<Timestamp>,
    /// Where its randomness comes from.
    pub seed: u64,
    /// Arena bytes after the last compaction.
    pub arena_bytes_base: usize,
}

/// A recorded state visit.
#[derive(Debug, Clone, Copy)]
pub(super) struct VisitRecord<'a> {
    pub state: StateId,
    pub input: Value<'a>,
    pub output: Option<Value<'a>>,
}

/// One line of control: the top level, a Parallel branch or a Map iteration.
#[derive(Debug)]
pub(super) struct Strand<'a> {
    pub generation: u32,
    pub status: Status,
    pub graph: GraphId,
    pub pc: u32,
    pub registers: Vec<Register<'a>>,
    /// The current state; before the first `Enter`, the parent's.
    pub state: StateId,
    /// Whether `state` is this strand's own: only then do its handlers apply.
    pub in_state: bool,
    /// Whether a catcher of `state` has taken over: what fails now is not for the state's handlers.
    pub is_caught: bool,
    pub entered_at: Timestamp,
    pub entered_event: u32,
    /// What the history's next event follows, and what the entry of the state followed; while a history is kept.
    pub last_event: u32,
    pub entered_after: u32,
    /// Its entry in the visits, if they are recorded.
    pub visit: u32,
    /// Retries so far, by retrier of the current state.
    pub retries: Vec<u32>,
    pub retry_count: u32,
    pub parent: Option<Parent>,
    /// The innermost Map iteration.
    pub item: Option<Item<'a>>,
    pub seed: u64,
    pub draws: u64,
    pub fork: ForkState<'a>,
}

/// What a strand is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Status {
    /// The slot is free.
    #[default]
    Free,
    /// Can go on.
    Ready,
    /// Waits for a task's reply.
    Task {
        /// Where the result goes.
        dst: Reg,
        /// Where the effective input is.
        payload: Reg,
        /// Which task.
        task: crate::bytecode::TaskId,
    },
    /// Waits for a Map Run.
    MapRun {
        /// Where the result goes.
        dst: Reg,
    },
    /// Its task is to be stopped, and then it ends.
    Stopping,
    /// Waits for a time.
    Sleeping,
    /// Waits for its children.
    Forked,
}

/// A fork that has failed, and whose error travels on once the tasks of its children have stopped.
#[derive(Debug)]
pub(super) struct Stopping {
    /// The strand that forked.
    pub parent: u32,
    /// Tasks still under way.
    pub tasks: u32,
    pub fault: Fault,
    /// The innermost state that failed.
    pub failed_in: StateId,
}

/// A strand's place in its parent's fork.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parent {
    pub slot: u32,
    pub index: u32,
}

/// A Map iteration's item.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item<'a> {
    pub index: u32,
    /// The key, if the items are the members of an object.
    pub key: Register<'a>,
    pub value: Value<'a>,
}

/// A fork in progress; its buffers stay with the strand.
#[derive(Debug, Default)]
pub(super) struct ForkState<'a> {
    pub fork: Option<ForkId>,
    pub dst: Destination,
    /// A Map's effective input or a Parallel's.
    pub input: Register<'a>,
    /// A Map's items.
    pub items: Vec<Value<'a>>,
    /// Their keys, if they are the members of an object; else empty.
    pub keys: Vec<Value<'a>>,
    pub results: Vec<Register<'a>>,
    /// Children in all, started, and running.
    pub total: u32,
    pub started: u32,
    pub running: u32,
    pub limit: u32,
    /// Events of the start, and of the last child that ended: what children follow in the history.
    pub started_event: u32,
    pub freed_event: u32,
    pub failed: u32,
    pub failed_max: Option<f64>,
    /// Whether the strand stands in `State::forking`.
    pub listed: bool,
}

/// Where a fork's results go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Destination(pub Reg);

impl Default for Destination {
    fn default() -> Self {
        Self(Reg::INPUT)
    }
}

impl Default for Strand<'_> {
    fn default() -> Self {
        Self {
            generation: 0,
            status: Status::Free,
            graph: GraphId(0),
            pc: 0,
            registers: Vec::new(),
            state: StateId(0),
            in_state: false,
            is_caught: false,
            entered_at: Timestamp::default(),
            entered_event: 0,
            last_event: 0,
            entered_after: 0,
            visit: 0,
            retries: Vec::new(),
            retry_count: 0,
            parent: None,
            item: None,
            seed: 0,
            draws: 0,
            fork: ForkState::default(),
        }
    }
}

impl Strand<'_> {
    /// Tells one attempt at a state from every other one of the strand.
    pub(super) fn attempt(&self) -> u64 {
        u64::from(self.entered_event) << 20 | u64::from(self.retry_count)
    }
}

impl<'a> State<'a> {
    /// Forgets the execution; buffers stay.
    pub(super) fn clear(&mut self) {
        for slot in 0..self.strands.len() as u32 {
            if self.strands[slot as usize].status != Status::Free {
                self.release(slot);
            }
        }
        self.pending.clear();
        self.stopping.clear();
        self.ready.clear();
        self.forking.clear();
        self.map_runs.clear();
        self.selection = None;
        self.visits.clear();
        self.tracing = false;
        self.inspection = None;
        self.recording = None;
        self.events = 0;
        self.fuel_used = 0;
        self.fuel_left = 0;
        self.output = None;
        self.failure = None;
        self.ending = None;
        self.deadline = None;
        self.arena_bytes_base = 0;
    }

    /// Takes a free slot, or makes one.
    pub(super) fn acquire(&mut self) -> u32 {
        if let Some(slot) = self.free.pop() {
            return slot;
        }
        self.strands.push(Strand::default());
        self.strands.len() as u32 - 1
    }

    /// Frees a slot: answers to it are ignored from now on.
    pub(super) fn release(&mut self, slot: u32) {
        let strand = &mut self.strands[slot as usize];
        strand.status = Status::Free;
        strand.generation = strand.generation.wrapping_add(1);
        strand.registers.clear();
        strand.retries.clear();
        strand.item = None;
        strand.parent = None;
        strand.fork.clear();
        self.free.push(slot);
    }

    /// The strand an id names, unless it was released since.
    pub(super) fn live(&mut self, id: StrandId) -> Option<&mut Strand<'a>> {
        let strand = self.strands.get_mut(id.slot as usize)?;
        (strand.generation == id.generation && strand.status != Status::Free).then_some(strand)
    }

    /// The id of what runs in a slot.
    pub(super) fn id(&self, slot: u32) -> StrandId {
        StrandId { slot, generation: self.strands[slot as usize].generation }
    }

    /// Calls `each` with every value the execution still holds.
    pub(super) fn for_each_value(&mut self, mut each: impl FnMut(&mut Value<'a>)) {
        for strand in self.strands.iter_mut().filter(|strand| strand.status != Status::Free) {
            strand.registers.iter_mut().flatten().for_each(&mut each);
            if let Some(item) = &mut strand.item {
                each(&mut item.value);
                item.key.iter_mut().for_each(&mut each);
            }
            strand.fork.input.iter_mut().for_each(&mut each);
            strand.fork.items.iter_mut().for_each(&mut each);
            strand.fork.keys.iter_mut().for_each(&mut each);
            strand.fork.results.iter_mut().flatten().for_each(&mut each);
        }
        for visit in &mut self.visits {
            each(&mut visit.input);
            visit.output.iter_mut().for_each(&mut each);
        }
        if let Some(selection) = &mut self.selection {
            each(&mut selection.context);
        }
        if let Some(inspection) = &mut self.inspection {
            inspection.values.iter_mut().for_each(|(_, value)| each(value));
        }
        self.output.iter_mut().for_each(&mut each);
    }
}

impl ForkState<'_> {
    /// Forgets the fork; buffers stay.
    pub(super) fn clear(&mut self) {
        self.fork = None;
        self.input = None;
        self.items.clear();
        self.keys.clear();
        self.results.clear();
        self.listed = false;
    }
}
