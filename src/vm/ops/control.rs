//! Entering, leaving and failing states.

use crate::bytecode::{Reg, StateId};
use crate::value::{Value, is_longer};
use crate::vm::fault::{Fault, NO_CHOICE};
use crate::vm::fuel;
use crate::vm::history::Moment;
use crate::vm::machine::Machine;
use crate::vm::state::{Register, VisitRecord};

type Outcome<T> = Result<T, Fault>;

impl<'a> Machine<'_, '_, 'a> {
    /// Enters a state; whether there is fuel to go on.
    pub(in crate::vm) fn enter(&mut self, slot: u32, state: StateId, frame: &[Register<'a>]) -> bool {
        self.counters.at(state).entries += 1;
        let visit = self.state.visits.len() as u32;
        if self.state.tracing {
            let input = *Self::load(frame, Reg::INPUT);
            self.state.visits.push(VisitRecord { state, input, output: None });
        }
        let now = self.now;
        let strand = &mut self.state.strands[slot as usize];
        strand.state = state;
        strand.in_state = true;
        strand.is_caught = false;
        strand.entered_at = now;
        strand.visit = visit;
        strand.retry_count = 0;
        strand.retries.clear();
        let event = self.record(slot, || Moment::StateEntered(*Self::load(frame, Reg::INPUT)));
        self.state.strands[slot as usize].entered_event = event;
        // A slice may be long enough to fill the memory: garbage is collected between slices only.
        let growth = self.heap.arena.bytes_held().saturating_sub(self.state.arena_bytes_base) as u64;
        self.charge(fuel::STATE) && growth <= self.limits.arena_bytes_max / 4
    }

    /// Leaves the current state by the op at `pc`.
    #[inline]
    pub(in crate::vm) fn exit(
        &mut self,
        slot: u32,
        frame: &[Register<'a>],
        output: Reg,
        pc: u32,
    ) -> Outcome<()> {
        let output = *Self::load(frame, output);
        if self.is_over_limit(output) {
            let state = self.state.strands[slot as usize].state;
            return Err(Fault::data_limit(&self.program.state(state).name, true));
        }
        self.record(slot, || Moment::StateExited { output, frame, pc });
        if self.state.tracing {
            let visit = self.state.strands[slot as usize].visit;
            self.state.visits[visit as usize].output = Some(output);
        }
        Ok(())
    }

    /// Whether a payload is larger than AWS's limit.
    #[inline]
    pub(in crate::vm) fn is_over_limit(&self, value: Value<'a>) -> bool {
        is_longer(value, self.limits.payload_bytes_max as usize, self.heap.docs)
    }

    /// The error a Fail state raises.
    pub(in crate::vm) fn fail_state(&self, frame: &[Register<'a>], error: Reg, cause: Reg) -> Fault {
        let text = |reg: Reg| {
            frame[usize::from(reg.0)].map(|value| match value.as_str(self.heap.docs) {
                Some(text) => text.to_text().into_owned(),
                None => crate::value::to_json(value, self.heap.docs),
            })
        };
        Fault::reported(text(error), text(cause))
    }

    /// The error of a Choice that has no answer.
    pub(in crate::vm) fn no_choice_matched() -> Fault {
        Fault::states(
            NO_CHOICE,
            "Failed to transition out of the state. The state does not point to a next state.",
        )
    }
}
