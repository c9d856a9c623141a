//! Predecessors: which event an event follows. Only while a history is kept.

use super::{EventType, HistoryEvent, Moment};
use crate::vm::machine::Machine;
use crate::vm::state::Parent;

/// Where a failed expression stands that is evaluated inside the state's work, not before or after it.
const INSIDE_THE_WORK: &str = "Timestamp";

impl<'a> Machine<'_, '_, 'a> {
    /// Keeps the event that was numbered last.
    pub(super) fn keep(&mut self, slot: u32, moment: &Moment<'_, 'a>) {
        if self.history().is_none() {
            return;
        }
        let id = self.state.events;
        let event_type = self.event_type(slot, moment);
        let previous_event_id = self.predecessor(slot, moment);
        let Some(history) = self.history() else { return };
        history.pass(id, event_type);
        let is_wanted = history.wants(event_type);
        let strand = &mut self.state.strands[slot as usize];
        if event_type.is_predecessor() {
            strand.last_event = id;
        }
        if let Moment::StateEntered(_) = moment {
            strand.entered_after = previous_event_id;
        }
        if is_wanted {
            let details = self.details(slot, moment);
            let event = HistoryEvent { id, previous_event_id, timestamp: self.now, event_type, details };
            if let Some(history) = self.history() {
                history.push(event);
            }
        }
    }

    fn predecessor(&self, slot: u32, moment: &Moment<'_, 'a>) -> u32 {
        let strand = &self.state.strands[slot as usize];
        match moment {
            // What comes from outside the execution follows nothing in it.
            Moment::Event(EventType::ExecutionAborted | EventType::ExecutionTimedOut, _) => 0,
            Moment::EvaluationFailed(fault) if fault.location.as_deref() != Some(INSIDE_THE_WORK) => {
                strand.entered_after
            }
            _ => strand.last_event,
        }
    }

    /// Starts the chain of a fork's new child: the first batch follows the fork's start, a later child what the
    /// one that made room for it did last.
    #[cold]
    pub(in crate::vm) fn begin_chain(&mut self, parent: u32, child: u32, index: u32) {
        let fork = &self.state.strands[parent as usize].fork;
        let last_event = if index < fork.limit { fork.started_event } else { fork.freed_event };
        self.state.strands[child as usize].last_event = last_event;
    }

    /// Records that a fork's child ends; a Parallel's branch does so without an event.
    #[inline]
    pub(in crate::vm) fn record_child_ended(&mut self, slot: u32, parent: Parent, is_success: bool) {
        let is_iteration = !self.state.strands[parent.slot as usize].fork.items.is_empty();
        if is_iteration {
            self.record(slot, || Moment::IterationEnded { is_success });
        }
        if self.state.recording.is_some() {
            self.end_chain(slot, parent, is_iteration && is_success);
        }
    }

    /// Has what a fork does next follow its child's last event, or the end of the iteration that was numbered last.
    #[cold]
    fn end_chain(&mut self, slot: u32, parent: Parent, is_iteration_end: bool) {
        let last_event = self.state.strands[slot as usize].last_event;
        let up = &mut self.state.strands[parent.slot as usize];
        up.fork.freed_event = last_event;
        up.last_event = if is_iteration_end { self.state.events } else { last_event };
    }
}
