//! A Distributed Map's Map Run as the VM sees it: what is asked for, and what an `ItemSelector` makes of one item.

use std::sync::Arc;

use super::active::{Active, Start, Vm};
use super::effect::{Step, StrandId};
use super::error::{ExecutionError, ExecutionStatus};
use super::fault::{Fault, RUNTIME};
use super::fiber::Fiber;
use super::history::{EventDetails, EventType, Moment};
use super::machine::{Flow, Machine};
use super::names::Names;
use super::state::{Item, Register, Status};
use crate::bytecode::{ItemSelection, MapRunId, Program, StateId};
use crate::json::{Document, NodeId};
use crate::value::timestamp::Timestamp;
use crate::value::{DocId, Value};

/// What a Map Run is to do; the rest is in the program's [`MapRunSite`](crate::bytecode::MapRunSite).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct MapRunRequest {
    /// The site.
    pub run: MapRunId,
    /// Where the run's randomness comes from.
    pub seed: u64,
    /// When it was asked for.
    pub started_at: Timestamp,
    /// The event that entered the state.
    pub entered_event: u32,
    /// What an `ItemSelector` may read: effective input, Context Object, then each variable in an array of its own,
    /// empty if it was never assigned. None without an `ItemSelector`.
    pub environment: Option<Vec<u8>>,
    /// The items, an array or an object, unless an `ItemReader` brings them.
    pub items: Option<Vec<u8>>,
    /// `Parameters` of the `ItemReader`.
    pub reader_parameters: Option<Vec<u8>>,
    /// `Parameters` of the `ResultWriter`.
    pub writer_parameters: Option<Vec<u8>>,
    /// Most items that are read.
    pub items_max: Option<u64>,
    /// Most child executions at once.
    pub concurrency_max: u32,
    /// `ToleratedFailureCount`
    pub tolerated_failure_count: Option<f64>,
    /// `ToleratedFailurePercentage`
    pub tolerated_failure_percentage: Option<f64>,
    /// Most items in a batch.
    pub batch_items_max: Option<u64>,
    /// Most bytes in a batch.
    pub batch_bytes_max: Option<u64>,
    /// `BatchInput`
    pub batch_input: Option<Vec<u8>>,
}

/// What an execution that only selects sees besides its item.
#[derive(Debug)]
pub(super) struct Selection<'a> {
    pub context: Value<'a>,
    pub source: Box<str>,
}

/// An `ItemSelector` with all that is the same for every item.
#[derive(Debug)]
pub struct ItemSelector {
    program: Arc<Program>,
    names: Arc<Names>,
    selection: ItemSelection,
    environment: Arc<Document>,
    state: StateId,
    entered_event: u32,
    started_at: Timestamp,
    fiber: Box<Fiber>,
}

impl ItemSelector {
    /// The `ItemSelector` of a Map Run; none if it has none.
    pub fn new(
        program: &Arc<Program>,
        names: &Arc<Names>,
        request: &MapRunRequest,
        nesting_depth_max: u32,
    ) -> Option<Self> {
        let site = program.map_run(request.run);
        let environment = request.environment.as_deref()?;
        // The value may be nested as deep as any, and stands in an array.
        let environment = Document::parse(environment, nesting_depth_max.saturating_add(2)).ok()?;
        Some(Self {
            program: Arc::clone(program),
            names: Arc::clone(names),
            selection: site.selector?,
            environment: Arc::new(environment),
            state: site.state,
            entered_event: request.entered_event,
            started_at: request.started_at,
            fiber: Fiber::new(),
        })
    }

    /// What the `ItemSelector` makes of an item, as minified JSON. Of an object's members, `item` is the value; `source`
    /// is `Map.Item.Source`.
    ///
    /// # Errors
    /// As the state would fail.
    pub fn select(
        &mut self,
        vm: &mut Vm,
        item: &[u8],
        key: Option<&str>,
        index: u32,
        source: &str,
        seed: u64,
    ) -> Result<Vec<u8>, ExecutionError> {
        let start = Start { now: self.started_at, seed, names: &self.names, trace: false };
        let Self { program, selection, environment, fiber, .. } = self;
        fiber.reset();
        fiber.shared.push(Arc::clone(environment));
        let active = vm.start_at(fiber, program, item, &start, selection.graph);
        let mut active = active.map_err(|error| runtime(format!("An item is not JSON: {error}")))?;
        let given = Given {
            selection: *selection,
            environment,
            state: self.state,
            entered_event: self.entered_event,
            source,
        };
        active.with_machine(self.started_at, |machine| machine.prepare_selection(&given, key, index));
        loop {
            match active.run(self.started_at) {
                Step::Done => {
                    let mut selected = Vec::new();
                    active.write_output(&mut selected);
                    return Ok(selected);
                }
                Step::Yield => {}
                Step::Failed => {
                    let failure = active.failure();
                    return Err(failure.unwrap_or_else(|| runtime("The item was lost.".to_owned())));
                }
                Step::Suspend(_) | Step::Parked => {
                    return Err(runtime("An ItemSelector cannot wait.".to_owned()));
                }
            }
        }
    }
}

fn runtime(cause: String) -> ExecutionError {
    let (status, error) = (ExecutionStatus::Failed, Some(RUNTIME.to_owned()));
    ExecutionError { status, error, cause: Some(cause), state: None }
}

struct Given<'g> {
    selection: ItemSelection,
    environment: &'g Document,
    state: StateId,
    entered_event: u32,
    source: &'g str,
}

/// Where the environment stands in the table of documents.
const ENVIRONMENT: DocId = DocId(2);

impl<'a> Machine<'_, '_, 'a> {
    fn prepare_selection(&mut self, given: &Given<'_>, key: Option<&str>, index: u32) {
        let doc = given.environment.doc();
        let node = |node: NodeId| Value::Node { doc: ENVIRONMENT, node };
        let mut parts = doc.elements(NodeId::ROOT);
        let (input, context) = (parts.next(), parts.next());
        let (context, source) = (context.map_or(Value::Null, node), given.source.into());
        let selection = Selection { context, source };
        let key = key.map(|key| self.heap.text(key));
        self.state.selection = Some(Box::new(selection));
        let Some(slot) = self.state.ready.front().copied() else { return };
        let strand = &mut self.state.strands[slot as usize];
        strand.item = Some(Item { index, key, value: Value::root(DocId::INPUT) });
        (strand.state, strand.entered_event) = (given.state, given.entered_event);
        strand.registers[usize::from(given.selection.map_input.0)] = input.map(node);
        let variables = &mut strand.registers[1..=usize::from(given.selection.variables)];
        for (register, variable) in variables.iter_mut().zip(parts) {
            *register = doc.elements(variable).next().map(node);
        }
    }

    /// Answers the strand that waits for a Map Run.
    pub(super) fn answer_map_run(&mut self, id: StrandId, answer: Result<&[u8], (&str, Option<&str>)>) {
        let Some(strand) = self.state.live(id) else { return };
        let Status::MapRun { dst } = strand.status else { return };
        let state = strand.state;
        match answer {
            Ok(_) => {
                self.record(id.slot, || Moment::Event(EventType::MapRunSucceeded, EventDetails::None));
                self.record(id.slot, || Moment::ForkSucceeded);
            }
            Err((error, cause)) => {
                self.record(id.slot, || {
                    let (error, cause) = (Some(error.to_owned()), cause.map(str::to_owned));
                    Moment::Event(EventType::MapRunFailed, EventDetails::Failure { error, cause })
                });
                self.record(id.slot, || Moment::ForkFailed);
            }
        }
        let result: Result<Register<'a>, Fault> = match answer {
            Ok(text) => match self.heap.parse(text) {
                Ok(value) if self.is_over_limit(value) => {
                    Err(Fault::data_limit(&self.program.state(state).name, false))
                }
                Ok(value) => Ok(Some(value)),
                Err(error) => Err(Fault::runtime(format!("The result of the Map Run is not JSON: {error}"))),
            },
            Err((error, cause)) => Err(Fault::reported(Some(error.to_owned()), cause.map(str::to_owned))),
        };
        match result {
            Ok(value) => {
                let strand = &mut self.state.strands[id.slot as usize];
                strand.registers[usize::from(dst.0)] = value;
                strand.status = Status::Ready;
                self.state.ready.push_front(id.slot);
            }
            Err(fault) => {
                if let Flow::Suspend(effect) = self.raise(id.slot, fault) {
                    self.state.pending.push_back(effect);
                }
            }
        }
    }
}

impl Active<'_> {
    /// What the Map Run of a strand is to do; once, after the effect that asks for it.
    pub fn take_map_run(&mut self, strand: StrandId) -> Option<Box<MapRunRequest>> {
        self.with_machine(Timestamp::default(), |machine| {
            let requests = &mut machine.state.map_runs;
            let at = requests.iter().position(|(waiting, _)| *waiting == strand)?;
            Some(requests.swap_remove(at).1)
        })
    }

    /// Answers a strand that waits for a Map Run with the run's result as JSON, or an error's name and cause; ignored
    /// if it does so no longer. Run again afterwards.
    pub fn answer_map_run(
        &mut self,
        strand: StrandId,
        answer: Result<&[u8], (&str, Option<&str>)>,
        now: Timestamp,
    ) {
        self.with_machine(now, |machine| machine.answer_map_run(strand, answer));
    }
}
