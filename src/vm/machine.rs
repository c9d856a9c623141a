//! The scheduler of one fiber: which strand runs next, how strands end and how errors travel.

use super::counters::Counters;
use super::effect::{Effect, Step};
use super::error::{ExecutionError, ExecutionStatus};
use super::fault::{Fault, TIMEOUT};
use super::history::{EventDetails, EventType, Moment};
use super::names::Names;
use super::state::{Parent, State, Status, Stopping};
use super::{fuel, retry};
use crate::bytecode::{Program, Reg, StateId, StateType};
use crate::jsonata::Buffers;
use crate::limits::Limits;
use crate::value::random::Random;
use crate::value::timestamp::Timestamp;
use crate::value::{Heap, Value};

/// One fiber while it runs.
pub(super) struct Machine<'m, 'h, 'a> {
    pub program: &'m Program,
    pub names: &'m Names,
    pub limits: &'m Limits,
    pub heap: Heap<'h, 'a>,
    pub state: &'m mut State<'a>,
    pub counters: &'m mut Counters,
    pub queries: &'m mut Buffers,
    pub now: Timestamp,
}

/// How a strand stopped.
pub(super) enum Flow {
    /// It ended, or waits for its children.
    Continue,
    /// It needs something from outside.
    Suspend(Effect),
    /// The slice of fuel is used up.
    Yield,
}

impl<'a> Machine<'_, '_, 'a> {
    /// Goes on until the caller must act.
    pub(super) fn run(&mut self) -> Step {
        self.state.fuel_left = self.limits.fuel_slice;
        loop {
            if self.state.failure.is_some() {
                return Step::Failed;
            }
            if self.state.output.is_some() {
                return Step::Done;
            }
            if let Some(status) = self.state.ending {
                self.end(status);
                return Step::Failed;
            }
            if self.state.deadline.is_some_and(|deadline| self.now >= deadline) {
                self.end(ExecutionStatus::TimedOut);
                return Step::Failed;
            }
            if let Some(effect) = self.state.pending.pop_front() {
                return Step::Suspend(effect);
            }
            let Some(slot) = self.next_strand() else { return Step::Parked };
            match self.run_strand(slot) {
                Flow::Continue if self.state.fuel_left > 0 || self.is_over() => continue,
                Flow::Continue => {}
                Flow::Suspend(effect) => return Step::Suspend(effect),
                Flow::Yield => self.state.ready.push_front(slot),
            }
            if self.state.fuel_used <= self.limits.fuel_total_max {
                return Step::Yield;
            }
            self.state.ending = Some(ExecutionStatus::TimedOut);
        }
    }

    fn is_over(&self) -> bool {
        self.state.failure.is_some() || self.state.output.is_some()
    }

    /// A strand that can go on, or a new child of the innermost fork that may start one.
    fn next_strand(&mut self) -> Option<u32> {
        if let Some(slot) = self.state.ready.pop_front() {
            return Some(slot);
        }
        let parent = *self.state.forking.last()?;
        Some(self.start_child(parent))
    }

    /// Uses fuel; whether some is left in this slice.
    #[inline]
    pub(super) fn charge(&mut self, units: u32) -> bool {
        self.state.fuel_used += u64::from(units);
        let left = self.state.fuel_left;
        self.state.fuel_left = left.saturating_sub(units);
        left > units
    }

    /// Ends a strand with its result.
    pub(super) fn finish_strand(&mut self, slot: u32, result: Value<'a>) {
        match self.state.strands[slot as usize].parent {
            None => {
                self.record(slot, || Moment::ExecutionSucceeded(result));
                self.state.output = Some(result);
                self.state.release(slot);
            }
            Some(parent) => {
                self.record_child_ended(slot, parent, true);
                self.state.release(slot);
                self.child_succeeded(parent.slot, parent.index, result);
            }
        }
    }

    /// Has an error answered by Retry or Catch, or ends what it ends.
    pub(super) fn raise(&mut self, slot: u32, mut fault: Fault) -> Flow {
        let failed_in = self.state.strands[slot as usize].state;
        let is_own = fault.unplaced;
        self.place(slot, &mut fault);
        if is_own && fault.is_evaluation() {
            self.record(slot, || Moment::EvaluationFailed(&fault));
        }
        self.propagate(slot, fault, failed_in)
    }

    /// Takes an error from a strand outwards until something answers it or the execution has failed.
    fn propagate(&mut self, slot: u32, mut fault: Fault, failed_in: StateId) -> Flow {
        let mut slot = slot;
        loop {
            let strand = &self.state.strands[slot as usize];
            if strand.in_state
                && !strand.is_caught
                && let Some(flow) = self.answer_fault(slot, &fault)
            {
                return flow;
            }
            let Some(parent) = self.state.strands[slot as usize].parent else {
                self.record(slot, || Moment::ExecutionFailed(&fault));
                let detail = fault.into_detail();
                self.state.failure = Some(ExecutionError {
                    status: ExecutionStatus::Failed,
                    error: detail.error.map(std::borrow::Cow::into_owned),
                    cause: detail.cause,
                    state: Some(self.program.state(failed_in).name.clone()),
                });
                return Flow::Continue;
            };
            self.record_child_ended(slot, parent, false);
            self.state.release(slot);
            match self.child_failed(parent.slot, fault) {
                None => return Flow::Continue,
                Some(again) => fault = again,
            }
            slot = parent.slot;
            self.record_aborts(slot);
            let tasks = self.stop_children(slot);
            if tasks > 0 {
                self.state.stopping.push(Stopping { parent: slot, tasks, fault, failed_in });
                return Flow::Continue;
            }
        }
    }

    /// Ends a strand whose task has stopped; the error of its fork travels on when it was the last one.
    pub(super) fn task_stopped(&mut self, slot: u32) -> Flow {
        let Some(Parent { slot: parent, .. }) = self.state.strands[slot as usize].parent else {
            return Flow::Continue;
        };
        self.state.release(slot);
        let Some(at) = self.state.stopping.iter().position(|stopping| stopping.parent == parent) else {
            return Flow::Continue;
        };
        self.state.stopping[at].tasks -= 1;
        if self.state.stopping[at].tasks > 0 {
            return Flow::Continue;
        }
        let Stopping { fault, failed_in, .. } = self.state.stopping.swap_remove(at);
        self.propagate(parent, fault, failed_in)
    }

    /// Adds where it happened, once, by the innermost state.
    fn place(&self, slot: u32, fault: &mut Fault) {
        if !std::mem::take(&mut fault.unplaced) {
            return;
        }
        let strand = &self.state.strands[slot as usize];
        let name = &self.program.state(strand.state).name;
        let event = strand.entered_event;
        if self.state.inspection.is_some() {
            return;
        }
        let cause = fault.cause.take().unwrap_or_default();
        fault.cause = Some(format!(
            "An error occurred while executing the state '{name}' (entered at the event id #{event}). {cause}"
        ));
    }

    /// The first matching retrier with attempts left, else the first matching catcher.
    fn answer_fault(&mut self, slot: u32, fault: &Fault) -> Option<Flow> {
        let program = self.program;
        self.charge(fuel::STATE);
        let state_id = self.state.strands[slot as usize].state;
        let state = program.state(state_id);
        let retrier = state.retriers.iter().position(|retrier| fault.is_matched_by(&retrier.error_equals));
        self.note_answer(fault, |answered| answered.retrier = retrier.map(|index| index as u32));
        if let Some(index) = retrier {
            let retrier = &state.retriers[index];
            let before = self.state.inspection.as_ref().map_or(0, |inspection| inspection.retries_before);
            let strand = &mut self.state.strands[slot as usize];
            strand.retries.resize(state.retriers.len(), before);
            if strand.retries[index] < retrier.max_attempts {
                strand.retries[index] += 1;
                strand.retry_count = strand.retry_count.saturating_add(1);
                self.counters.at(state_id).retries += 1;
                let attempt = strand.retries[index];
                let mut random = self.random(slot);
                let is_inspected = self.state.inspection.is_some();
                let delay_ms =
                    retry::delay_ms(retrier, attempt, || if is_inspected { 1.0 } else { random.unit_f64() });
                self.note_answer(fault, |answered| answered.delay_ms = Some(delay_ms));
                return Some(self.sleep(slot, state.body.0, self.now.plus_millis(delay_ms)));
            }
        }
        self.fork_failed(slot, fault);
        let index = state.catchers.iter().position(|catcher| fault.is_matched_by(&catcher.error_equals))?;
        let catcher = &state.catchers[index];
        self.note_answer(fault, |answered| answered.catcher = Some(index as u32));
        self.counters.at(state_id).catches += 1;
        let error_output = self.error_output(fault);
        let strand = &mut self.state.strands[slot as usize];
        strand.registers[usize::from(catcher.error_output.0)] = Some(error_output);
        strand.pc = catcher.target.0;
        strand.is_caught = true;
        strand.status = Status::Ready;
        self.state.ready.push_front(slot);
        Some(Flow::Continue)
    }

    /// Records the end of a fork whose error no retrier took. An expression that fails ends its Map, too.
    fn fork_failed(&mut self, slot: u32, fault: &Fault) {
        let is_forked = self.state.strands[slot as usize].status == Status::Forked;
        if is_forked || (fault.is_evaluation() && self.is_map(slot)) {
            self.record(slot, || Moment::ForkFailed);
        }
    }

    /// Whether a strand is in a Map state.
    pub(super) fn is_map(&self, slot: u32) -> bool {
        self.program.state(self.state.strands[slot as usize].state).kind == StateType::Map
    }

    /// `{"Error":…,"Cause":…}`; both members are always there.
    fn error_output(&self, fault: &Fault) -> Value<'a> {
        let text = |text: Option<&str>| text.map_or(Value::Null, |text| self.heap.text(text));
        let timeout = fault.error.as_deref() == Some(TIMEOUT);
        let cause = fault.cause.as_deref().or(timeout.then_some(""));
        let members = [("Error", text(fault.error.as_deref())), ("Cause", text(cause))];
        self.heap.object(self.heap.arena.bump().alloc_slice_copy(&members))
    }

    /// Has a strand go on at `pc` once a time has come; at once if it has.
    pub(super) fn sleep(&mut self, slot: u32, pc: u32, until: Timestamp) -> Flow {
        let strand = &mut self.state.strands[slot as usize];
        strand.pc = pc;
        if until <= self.now {
            strand.status = Status::Ready;
            self.state.ready.push_front(slot);
            return Flow::Continue;
        }
        strand.status = Status::Sleeping;
        Flow::Suspend(Effect::Sleep { strand: self.state.id(slot), until })
    }

    /// A generator for the next random draw of a strand.
    pub(super) fn random(&mut self, slot: u32) -> Random {
        let strand = &mut self.state.strands[slot as usize];
        strand.draws += 1;
        Random::new(mix(strand.seed, strand.draws))
    }

    /// Ends the execution as it stands, out of time or aborted.
    fn end(&mut self, status: ExecutionStatus) {
        let (event_type, error) = match status {
            ExecutionStatus::TimedOut => (EventType::ExecutionTimedOut, Some(TIMEOUT.to_owned())),
            _ => (EventType::ExecutionAborted, None),
        };
        let details = || EventDetails::Failure { error: error.clone(), cause: None };
        self.record(0, || Moment::Event(event_type, details()));
        let state = self.state.strands.iter().find(|strand| strand.status != Status::Free && strand.in_state);
        self.state.failure = Some(ExecutionError {
            status,
            error,
            cause: None,
            state: state.map(|strand| self.program.state(strand.state).name.clone()),
        });
    }

    /// The register's value; an empty one reads as `null` (the compiler fills registers before it reads them).
    ///
    /// By reference: choosing between two values copies tag and payload in pieces, which the processor cannot
    /// forward from the store to the next load.
    #[inline]
    pub(super) fn load<'f>(frame: &'f [super::state::Register<'a>], reg: Reg) -> &'f Value<'a> {
        frame[usize::from(reg.0)].as_ref().unwrap_or(&Value::Null)
    }
}

/// Fuel for starting a strand.
pub(super) const STRAND_FUEL: u32 = fuel::STRAND;

/// Mixes a seed with a counter (the finaliser of `SplitMix64`).
pub(super) fn mix(seed: u64, counter: u64) -> u64 {
    let mut z = seed ^ counter.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
