//! A fiber on a worker: starting, running, answering, parking.

use std::sync::Arc;

use smallvec::SmallVec;

use super::counters::Counters;
use super::effect::{Step, StrandId, TaskReply};
use super::error::{ExecutionError, ExecutionStatus};
use super::fault::{DATA_LIMIT, Fault, RUNTIME};
use super::fiber::{Fiber, Kept};
use super::history::Moment;
use super::machine::{Flow, Machine};
use super::names::Names;
use super::state::{State, Status};
use crate::asl::model::MachineType;
use crate::bytecode::{GraphId, Program, StateId, StateType};
use crate::json::{Doc, NodeId, ParseError, Parser, Tape, minified_len};
use crate::jsonata::Buffers;
use crate::limits::Limits;
use crate::value::timestamp::Timestamp;
use crate::value::{DocId, Docs, Heap, ParseScratch, Value, to_json, write_value};

/// Arena growth after which a long execution's garbage is dropped.
const COMPACT_GROWTH_BYTES: usize = 1 << 20;
/// A parked execution with a smaller arena is left as it is.
const PARKED_BYTES_SMALL: usize = 2 << 10;
/// Documents with a fixed place in the table: the constants and the input.
const DOCS_FIXED: usize = 2;

/// A worker's buffers: what executions need only while they run; and what it has counted.
#[derive(Debug)]
pub struct Vm {
    parser: Parser,
    tape: Tape,
    scratch: ParseScratch,
    payload: Vec<u8>,
    limits: Limits,
    counters: Counters,
    queries: Buffers,
}

/// How an execution starts.
#[derive(Debug, Clone, Copy)]
pub struct Start<'s> {
    /// The time.
    pub now: Timestamp,
    /// Where its randomness comes from: a seed of its own.
    pub seed: u64,
    /// Names of the run.
    pub names: &'s Arc<Names>,
    /// Whether to record state visits.
    pub trace: bool,
}

/// A recorded state visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The state's name.
    pub name: String,
    /// Its type.
    pub kind: StateType,
    /// Its input, as JSON.
    pub input: String,
    /// Its output, as JSON; none if the visit did not end normally.
    pub output: Option<String>,
}

/// A fiber while a worker runs it.
#[derive(Debug)]
pub struct Active<'v> {
    vm: &'v mut Vm,
    fiber: &'v mut Fiber,
    program: Held<'v, Program>,
    names: Held<'v, Names>,
    input: Input<'v>,
}

/// Borrowed from the worker for an execution that never parks; owned afterwards.
#[derive(Debug)]
enum Held<'v, T> {
    Borrowed(&'v Arc<T>),
    Owned(Arc<T>),
}

impl<T> Held<'_, T> {
    fn arc(&self) -> &Arc<T> {
        match self {
            Self::Borrowed(arc) => arc,
            Self::Owned(arc) => arc,
        }
    }
}

#[derive(Debug)]
enum Input<'v> {
    Borrowed(&'v [u8]),
    Owned(Arc<[u8]>),
}

impl Input<'_> {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Borrowed(bytes) => bytes,
            Self::Owned(bytes) => bytes,
        }
    }
}

impl Vm {
    /// Buffers for executions under these limits.
    pub fn new(limits: &Limits) -> Self {
        Self {
            parser: Parser::new(limits.nesting_depth_max),
            tape: Tape::default(),
            scratch: ParseScratch::new(limits.nesting_depth_max),
            payload: Vec::new(),
            limits: limits.clone(),
            counters: Counters::default(),
            queries: Buffers::default(),
        }
    }

    /// What its executions have done since this was last drained.
    pub fn counters(&mut self) -> &mut Counters {
        &mut self.counters
    }

    /// Makes all buffers anew: what a panic leaves behind may be half done. The counters stay.
    pub fn discard_buffers(&mut self) {
        let counters = std::mem::take(&mut self.counters);
        *self = Self { counters, ..Self::new(&self.limits) };
    }

    /// Starts an execution of `program` over `input` on a fiber that is new or was reset.
    pub fn start<'v>(
        &'v mut self,
        fiber: &'v mut Fiber,
        program: &'v Arc<Program>,
        input: &'v [u8],
        start: &Start<'v>,
    ) -> Result<Active<'v>, ParseError> {
        self.start_at(fiber, program, input, start, GraphId(0))
    }

    /// As `start`, for an execution that begins at a graph of its own: a Map Run's.
    pub(crate) fn start_at<'v>(
        &'v mut self,
        fiber: &'v mut Fiber,
        program: &'v Arc<Program>,
        input: &'v [u8],
        start: &Start<'v>,
        graph: GraphId,
    ) -> Result<Active<'v>, ParseError> {
        self.parser.parse(input, &mut self.tape)?;
        self.counters.make_room(program);
        let given = minified_len(Doc::new(input, &self.tape), NodeId::ROOT);
        let limits = &self.limits;
        fiber.enter(|state, _, _| {
            begin(state, program, graph, start, limits);
            if given > limits.payload_bytes_max as usize {
                state.failure = Some(input_too_large(given, limits.payload_bytes_max));
            }
        });
        let (program, names) = (Held::Borrowed(program), Held::Borrowed(start.names));
        Ok(Active { vm: self, fiber, program, names, input: Input::Borrowed(input) })
    }

    /// Continues an execution that was parked; `None` if the fiber holds none.
    pub fn attach<'v>(&'v mut self, fiber: &'v mut Fiber) -> Option<Active<'v>> {
        let Kept { program, names, input } = fiber.kept.clone()?;
        // The same bytes give the same nodes, so every handle still holds.
        self.parser.parse(&input, &mut self.tape).ok()?;
        self.counters.make_room(&program);
        let (program, names) = (Held::Owned(program), Held::Owned(names));
        Some(Active { vm: self, fiber, program, names, input: Input::Owned(input) })
    }
}

fn begin(state: &mut State<'_>, program: &Program, graph_id: GraphId, start: &Start<'_>, limits: &Limits) {
    state.tracing = start.trace;
    state.events = 1; // ExecutionStarted
    state.started_at = start.now;
    state.seed = start.seed;
    let own = program.timeout_seconds().filter(|_| graph_id == GraphId(0));
    let own = own.map(|seconds| u64::from(seconds) * 1000);
    let express =
        (start.names.machine_type == MachineType::Express).then_some(limits.execution_duration_ms_max);
    let duration_ms = own.into_iter().chain(express).min();
    state.deadline = duration_ms.map(|millis| start.now.plus_millis(millis));
    let slot = state.acquire();
    let graph = program.graph(graph_id);
    let strand = &mut state.strands[slot as usize];
    strand.graph = graph_id;
    strand.state = StateId(0);
    strand.pc = graph.entry.0;
    strand.registers.clear();
    strand.registers.resize(usize::from(graph.registers), None);
    strand.registers[0] = Some(Value::root(DocId::INPUT));
    strand.status = Status::Ready;
    strand.in_state = false;
    strand.retry_count = 0;
    strand.last_event = 0;
    strand.seed = start.seed;
    strand.draws = 0;
    state.ready.push_back(slot);
}

fn input_too_large(given: usize, limit: u32) -> ExecutionError {
    ExecutionError {
        status: ExecutionStatus::Failed,
        error: Some(DATA_LIMIT.to_owned()),
        cause: Some(format!(
            "The execution's input has a size of {given} bytes, exceeding the maximum number of bytes service limit of {limit}."
        )),
        state: None,
    }
}

impl Active<'_> {
    /// Goes on until the caller must act.
    pub fn run(&mut self, now: Timestamp) -> Step {
        let step = self.with_machine(now, |machine| {
            let step = machine.run();
            debug_assert!(step != Step::Done || machine.state.output.is_some());
            step
        });
        if step == Step::Yield { self.collect() } else { step }
    }

    /// The task's effective input as minified JSON, borrowed from the source where it stands there.
    pub fn with_payload<R>(&mut self, strand: StrandId, work: impl FnOnce(&[u8]) -> R) -> R {
        let mut buffer = std::mem::take(&mut self.vm.payload);
        buffer.clear();
        let result = self.with_machine(Timestamp::default(), |machine| {
            let Some(Status::Task { payload, .. }) = machine.state.live(strand).map(|strand| strand.status)
            else {
                return work(b"null");
            };
            let frame = &machine.state.strands[strand.slot as usize].registers;
            let value = *Machine::load(frame, payload);
            if let Some((doc, node)) = value.as_node(machine.heap.docs)
                && !doc.flags().contains(crate::json::DocFlags::WHITESPACE)
            {
                return work(doc.raw(node));
            }
            write_value(value, machine.heap.docs, &mut buffer);
            work(&buffer)
        });
        self.vm.payload = buffer;
        result
    }

    /// How often the state that waits for this task has been retried.
    pub fn retry_count(&mut self, strand: StrandId) -> u32 {
        self.fiber.enter(|state, _, _| state.live(strand).map_or(0, |strand| strand.retry_count))
    }

    /// The token that a callback answers the task of this strand with: what `$$.Task.Token` is in its state.
    pub fn task_token(&mut self, strand: StrandId) -> String {
        self.with_machine(Timestamp::default(), |machine| {
            let is_live = machine.state.live(strand).is_some();
            if is_live { machine.task_token(strand.slot) } else { String::new() }
        })
    }

    /// A seed for what the task of this strand starts: another one at each attempt.
    pub fn task_seed(&mut self, strand: StrandId) -> u64 {
        self.with_machine(Timestamp::default(), |machine| machine.task_seed(strand.slot))
    }

    /// Answers a strand that waits for a task; ignored if it does so no longer. Run again afterwards.
    pub fn answer(&mut self, strand: StrandId, reply: TaskReply<'_>, now: Timestamp) {
        let shared = match reply {
            TaskReply::Document(document) => {
                let known = self.fiber.shared.iter().position(|known| Arc::ptr_eq(known, document));
                let index = known.unwrap_or_else(|| {
                    self.fiber.shared.push(Arc::clone(document));
                    self.fiber.shared.len() - 1
                });
                Some(Value::root(DocId((DOCS_FIXED + index) as u32)))
            }
            _ => None,
        };
        self.with_machine(now, |machine| machine.answer(strand, reply, shared));
    }

    /// Says that the task of a strand has stopped, as `Effect::StopTask` asked. Run again afterwards.
    pub fn task_stopped(&mut self, strand: StrandId, now: Timestamp) {
        self.with_machine(now, |machine| {
            let is_stopping = machine.state.live(strand).is_some_and(|live| live.status == Status::Stopping);
            if is_stopping
                && machine.state.failure.is_none()
                && let Flow::Suspend(effect) = machine.task_stopped(strand.slot)
            {
                machine.state.pending.push_back(effect);
            }
        });
    }

    /// Wakes a strand whose `Sleep` is over; ignored if it sleeps no longer. Run again afterwards.
    pub fn wake(&mut self, strand: StrandId) {
        self.fiber.enter(|state, _, _| {
            if let Some(live) = state.live(strand)
                && live.status == Status::Sleeping
            {
                live.status = Status::Ready;
                state.ready.push_back(strand.slot);
            }
        });
    }

    /// Ends the execution with `TIMED_OUT` at the next `run`.
    pub fn time_out(&mut self) {
        self.fiber.enter(|state, _, _| state.ending = Some(ExecutionStatus::TimedOut));
    }

    /// Ends the execution with `ABORTED` at the next `run`.
    pub fn abort(&mut self) {
        self.fiber.enter(|state, _, _| state.ending = Some(ExecutionStatus::Aborted));
    }

    /// When the whole execution must be over.
    pub fn deadline(&mut self) -> Option<Timestamp> {
        self.fiber.enter(|state, _, _| state.deadline)
    }

    /// Appends the output as minified JSON; nothing unless the last step was `Done`.
    pub fn write_output(&mut self, out: &mut Vec<u8>) {
        self.with_machine(Timestamp::default(), |machine| {
            if let Some(output) = machine.state.output {
                write_value(output, machine.heap.docs, out);
            }
        });
    }

    /// Why the execution failed; `None` unless the last step was `Failed`.
    pub fn failure(&mut self) -> Option<ExecutionError> {
        self.fiber.enter(|state, _, _| state.failure.clone())
    }

    /// The recorded state visits, in order of entry.
    pub fn visits(&mut self) -> Vec<Visit> {
        self.with_machine(Timestamp::default(), |machine| {
            let docs = machine.heap.docs;
            let visit = |record: &super::state::VisitRecord<'_>| {
                let info = machine.program.state(record.state);
                (info.name.clone(), info.kind)
            };
            machine
                .state
                .visits
                .iter()
                .map(|record| {
                    let (name, kind) = visit(record);
                    let output = record.output.map(|output| to_json(output, docs));
                    Visit { name, kind, input: to_json(record.input, docs), output }
                })
                .collect()
        })
    }

    /// Takes the execution off the worker: from now on the fiber owns all it needs.
    pub fn park(self) {
        if self.fiber.kept.is_none() {
            self.fiber.kept = Some(Kept {
                program: Arc::clone(self.program.arc()),
                names: Arc::clone(self.names.arc()),
                input: self.input.bytes().into(),
            });
        }
        if self.fiber.arena_bytes() > PARKED_BYTES_SMALL {
            self.fiber.compact();
        }
    }

    /// Drops a long execution's garbage; ends the execution if what is left is too much.
    fn collect(&mut self) -> Step {
        let base = self.fiber.enter(|state, _, _| state.arena_bytes_base);
        if self.fiber.arena_bytes().saturating_sub(base) <= COMPACT_GROWTH_BYTES {
            return Step::Yield;
        }
        self.fiber.compact();
        let (given, limit) = (self.fiber.arena_bytes() as u64, self.vm.limits.arena_bytes_max);
        if given <= limit {
            return Step::Yield;
        }
        self.fiber.enter(|state, _, _| {
            state.failure = Some(ExecutionError {
                status: ExecutionStatus::Failed,
                error: Some(RUNTIME.to_owned()),
                cause: Some(format!(
                    "The execution holds {given} bytes of data, more than its limit of {limit}."
                )),
                state: None,
            });
        });
        Step::Failed
    }

    /// The names of the run that the execution is one of.
    pub fn names(&self) -> Arc<Names> {
        Arc::clone(self.names.arc())
    }

    pub(super) fn with_machine<R>(
        &mut self,
        now: Timestamp,
        work: impl for<'m, 'h, 'a> FnOnce(&mut Machine<'m, 'h, 'a>) -> R,
    ) -> R {
        let (program, names) = (&**self.program.arc(), &**self.names.arc());
        let input = Doc::new(self.input.bytes(), &self.vm.tape);
        let (scratch, limits, counters) = (&self.vm.scratch, &self.vm.limits, &mut self.vm.counters);
        let queries = &mut self.vm.queries;
        self.fiber.enter(|state, arena, shared| {
            let mut table: SmallVec<[Doc<'_>; 4]> = SmallVec::new();
            table.push(program.constants.doc());
            table.push(input);
            table.extend(shared.iter().map(|document| document.doc()));
            let docs = Docs { table: &table, shapes: &program.shapes };
            let heap = Heap { docs: &docs, arena, scratch };
            work(&mut Machine { program, names, limits, heap, state, counters, queries, now })
        })
    }
}

impl Machine<'_, '_, '_> {
    fn answer(&mut self, id: StrandId, reply: TaskReply<'_>, shared: Option<Value<'static>>) {
        let Some(strand) = self.state.live(id) else { return };
        let (dst, payload, task) = match (strand.status, reply) {
            (Status::Task { dst, payload, task }, _) => (dst, payload, task),
            (Status::MapRun { .. }, TaskReply::Failed { error, cause }) => {
                return self.answer_map_run(id, Err((error.unwrap_or_default(), cause)));
            }
            _ => return,
        };
        let payload = *Self::load(&strand.registers, payload);
        let resource = &self.program.task(task).resource;
        let result = match reply {
            TaskReply::Input => Ok(payload),
            TaskReply::Document(_) => Ok(shared.unwrap_or(Value::Null)),
            TaskReply::Json(text) => self
                .heap
                .parse(text)
                .map_err(|error| Fault::runtime(format!("The result of {resource} is not JSON: {error}"))),
            TaskReply::Failed { error, cause } => {
                Err(Fault::reported(error.map(str::to_owned), cause.map(str::to_owned)))
            }
            TaskReply::TimedOut => Err(Fault::timeout()),
        };
        let result = match result {
            Ok(value) if self.is_over_limit(value) => Err(Fault::data_limit(resource, false)),
            other => other,
        };
        match result {
            Ok(value) => {
                self.record(id.slot, || Moment::TaskSucceeded(task, value));
                let strand = &mut self.state.strands[id.slot as usize];
                strand.registers[usize::from(dst.0)] = Some(value);
                strand.status = Status::Ready;
                self.state.ready.push_front(id.slot);
            }
            Err(fault) => {
                self.record(id.slot, || Moment::TaskFailed(task, &fault));
                if let Flow::Suspend(effect) = self.raise(id.slot, fault) {
                    self.state.pending.push_back(effect);
                }
            }
        }
    }
}
