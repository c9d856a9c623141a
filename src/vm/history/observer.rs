//! Who watches states as an execution enters and leaves them.

use std::fmt::Debug;

use super::Moment;
use crate::bytecode::StateId;
use crate::value::timestamp::Timestamp;
use crate::vm::machine::Machine;
use crate::vm::{Active, Fiber};

/// What an observer is told of a strand, which is the execution's main line, a branch or an iteration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StateEvent {
    /// It entered the state.
    Entered,
    /// It left the state.
    Left,
    /// It does something else in the state.
    GoesOn,
    /// The execution has its output, or failed: what it has not left it never will.
    Ended,
}

/// Is told of states; unlike the VM it may read a clock.
pub trait StateObserver: Debug + Send + Sync {
    /// `strand` did something in `state`; numbers of strands that have ended are used again.
    fn observe(&mut self, strand: u32, state: StateId, event: StateEvent);

    /// The execution waits and leaves its worker.
    fn parked(&mut self);

    /// The execution is back on a worker.
    fn resumed(&mut self);
}

impl Machine<'_, '_, '_> {
    /// Tells the observer, if there is one.
    pub(super) fn observe(&mut self, slot: u32, moment: &Moment<'_, '_>) {
        let state = self.state.strands[slot as usize].state;
        let observer = self.state.recording.as_mut().and_then(|recording| recording.observer.as_mut());
        let Some(observer) = observer else { return };
        let event = match moment {
            Moment::StateEntered(_) => StateEvent::Entered,
            Moment::StateExited { .. } | Moment::StateAborted => StateEvent::Left,
            Moment::ExecutionSucceeded(_) | Moment::ExecutionFailed(_) => StateEvent::Ended,
            Moment::Event(event_type, _) if event_type.is_end() => StateEvent::Ended,
            _ => StateEvent::GoesOn,
        };
        observer.observe(slot, state, event);
    }
}

impl Active<'_> {
    /// Has an observer told of the states from now on; [`Fiber::take_state_observer`] gives it back.
    pub fn observe_states(&mut self, observer: Box<dyn StateObserver>) {
        self.with_machine(Timestamp::default(), |machine| {
            machine.state.recording.get_or_insert_default().observer = Some(observer);
        });
    }
}

impl Fiber {
    /// The observer that the execution was given, if it was.
    pub fn take_state_observer(&mut self) -> Option<Box<dyn StateObserver>> {
        self.enter(|state, _, _| state.recording.as_mut().and_then(|recording| recording.observer.take()))
    }

    /// Tells the observer, if there is one, that the execution leaves its worker or is back on one.
    pub(crate) fn tell_state_observer(&mut self, is_parked: bool) {
        self.enter(|state, _, _| {
            let observer = state.recording.as_mut().and_then(|recording| recording.observer.as_mut());
            match observer {
                Some(observer) if is_parked => observer.parked(),
                Some(observer) => observer.resumed(),
                None => {}
            }
        });
    }
}
