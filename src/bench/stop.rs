//! Ending a measurement early.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::pipeline::{Drain, Pipeline, RunError, Summary};

/// Asks a measurement to end: the run that is under way is drained, and no other one begins.
#[derive(Debug, Default)]
pub(crate) struct Stop(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    is_requested: bool,
    /// The run that is under way.
    drain: Option<Drain>,
}

impl Stop {
    /// Asks for it.
    pub(crate) fn request(&self) {
        let mut state = self.lock();
        state.is_requested = true;
        if let Some(drain) = &state.drain {
            drain.request();
        }
    }

    /// Whether it was asked for.
    pub(crate) fn is_requested(&self) -> bool {
        self.lock().is_requested
    }

    /// Runs a pipeline; `None` if it was stopped before its end.
    pub(super) fn run(&self, pipeline: Pipeline) -> Result<Option<Summary>, RunError> {
        let mut state = self.lock();
        if state.is_requested {
            return Ok(None);
        }
        state.drain = Some(pipeline.drain());
        drop(state);
        let summary = pipeline.run();
        let mut state = self.lock();
        state.drain = None;
        Ok(Some(summary?).filter(|_| !state.is_requested))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
