//! What an inspected execution keeps besides its result: values on the way, and how an error was answered.

use super::active::Active;
use super::fault::Fault;
use super::machine::Machine;
use super::state::Register;
use crate::bytecode::{Aspect, Reg, StateId};
use crate::value::timestamp::Timestamp;
use crate::value::{Value, to_json};

/// What is kept while an execution runs; each aspect as it was seen last.
#[derive(Debug, Default)]
pub(super) struct Inspection<'a> {
    pub values: Vec<(Aspect, Value<'a>)>,
    /// Retries that every retrier is said to have made before.
    pub retries_before: u32,
    pub answered: Option<Answered>,
}

/// How Retry and Catch took an error.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Answered {
    /// The error's name.
    pub error: Option<String>,
    /// Its cause, without the place where it happened.
    pub cause: Option<String>,
    /// The retrier that matches it.
    pub retrier: Option<u32>,
    /// Milliseconds to the retry, before jitter; none if the retrier has no attempts left.
    pub delay_ms: Option<u64>,
    /// The catcher that took it.
    pub catcher: Option<u32>,
}

/// What was kept of an execution.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Inspected {
    /// Values as JSON, in the order in which they came up first.
    pub values: Vec<(Aspect, String)>,
    /// The state that was entered last, if state visits are recorded.
    pub last_entered: Option<StateId>,
    /// The last error that Retry or Catch had a handler for.
    pub answered: Option<Answered>,
}

impl<'a> Inspection<'a> {
    fn keep(&mut self, aspect: Aspect, value: Value<'a>) {
        match self.values.iter_mut().find(|(known, _)| *known == aspect) {
            Some((_, kept)) => *kept = value,
            None => self.values.push((aspect, value)),
        }
    }
}

impl<'a> Machine<'_, '_, 'a> {
    /// Keeps a register's value if the execution is inspected; not one that is over the payload limit, which no
    /// answer could hold.
    pub(super) fn inspect(&mut self, frame: &[Register<'a>], src: Reg, aspect: Aspect) {
        let Some(value) = frame[usize::from(src.0)] else { return };
        if self.state.inspection.is_none() || self.is_over_limit(value) {
            return;
        }
        if let Some(inspection) = &mut self.state.inspection {
            inspection.keep(aspect, value);
        }
    }

    /// Notes what becomes of an error if the execution is inspected.
    pub(super) fn note_answer(&mut self, fault: &Fault, note: impl FnOnce(&mut Answered)) {
        let Some(inspection) = &mut self.state.inspection else { return };
        let (error, cause) = (fault.error.as_deref().map(str::to_owned), fault.cause.clone());
        let answered = inspection.answered.get_or_insert_default();
        if (&answered.error, &answered.cause) != (&error, &cause) {
            *answered = Answered { error, cause, ..Answered::default() };
        }
        note(answered);
    }
}

impl Active<'_> {
    /// Has the execution keep what its program's [`Op::Inspect`](crate::bytecode::Op::Inspect) sees and how errors are
    /// answered, from now on. Retriers count as if they had been used `retries_before` times, delays have no jitter,
    /// and causes do not say where an error happened.
    pub fn inspect(&mut self, retries_before: u32) {
        self.with_machine(Timestamp::default(), |machine| {
            machine.state.inspection = Some(Box::new(Inspection { retries_before, ..Inspection::default() }));
        });
    }

    /// What was kept; empty without [`Self::inspect`].
    pub fn inspected(&mut self) -> Inspected {
        self.with_machine(Timestamp::default(), |machine| {
            let docs = machine.heap.docs;
            let Some(inspection) = &machine.state.inspection else { return Inspected::default() };
            let json = |(aspect, value): &(Aspect, Value<'_>)| (*aspect, to_json(*value, docs));
            Inspected {
                values: inspection.values.iter().map(json).collect(),
                last_entered: machine.state.visits.last().map(|visit| visit.state),
                answered: inspection.answered.clone(),
            }
        })
    }
}
