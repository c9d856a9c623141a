//! One task that waits for a callback.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::callbacks::Callbacks;
use crate::task::{Reply, TaskError};
use crate::vm::TokenId;

/// Where a callback finds the task that waits.
#[derive(Debug, Default)]
pub(super) struct Waiting(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// What the task came to; taken by the one that waits.
    outcome: Option<Outcome>,
    /// Whether a sign of life has come since it was last looked for.
    has_beaten: bool,
    waker: Option<Waker>,
}

/// What a callback says a task came to.
#[derive(Debug)]
pub(super) enum Outcome {
    Succeeded(Vec<u8>),
    Failed(TaskError),
}

impl Outcome {
    fn into_result(self) -> Result<Reply, TaskError> {
        match self {
            Self::Succeeded(output) => {
                let mut reply = Reply::default();
                *reply.json() = output;
                Ok(reply)
            }
            Self::Failed(error) => Err(error),
        }
    }
}

/// What a task that waits is woken for.
enum Event {
    Outcome(Outcome),
    Beat,
}

impl Waiting {
    /// Ends the wait.
    pub(super) fn end(&self, outcome: Outcome) {
        self.wake(|state| state.outcome = Some(outcome));
    }

    /// Gives a sign of life.
    pub(super) fn beat(&self) {
        self.wake(|state| state.has_beaten = true);
    }

    fn wake(&self, change: impl FnOnce(&mut State)) {
        let waker = {
            let mut state = self.lock();
            change(&mut state);
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn take_outcome(&self) -> Option<Outcome> {
        self.lock().outcome.take()
    }

    fn poll(&self, context: &Context<'_>) -> Poll<Event> {
        let mut state = self.lock();
        if let Some(outcome) = state.outcome.take() {
            return Poll::Ready(Event::Outcome(outcome));
        }
        if std::mem::take(&mut state.has_beaten) {
            return Poll::Ready(Event::Beat);
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A task's place in the table, for as long as this value lives.
#[derive(Debug)]
pub(super) struct Registration {
    callbacks: Callbacks,
    id: TokenId,
    waiting: Arc<Waiting>,
}

impl Registration {
    pub(super) fn new(callbacks: Callbacks, id: TokenId, waiting: Arc<Waiting>) -> Self {
        Self { callbacks, id, waiting }
    }

    /// Waits for what the task comes to; `heartbeat` is how long it may go without a sign of life.
    pub(super) async fn outcome(&self, heartbeat: Option<Duration>) -> Result<Reply, TaskError> {
        loop {
            let event = std::future::poll_fn(|context| self.waiting.poll(context));
            let event = match heartbeat {
                None => Ok(event.await),
                Some(period) => tokio::time::timeout(period, event).await,
            };
            match event {
                Ok(Event::Outcome(outcome)) => return outcome.into_result(),
                Ok(Event::Beat) => {}
                // Whoever was told that the callback came in time must be right.
                Err(_) => return self.close().unwrap_or_else(|| Err(TaskError::timed_out())),
            }
        }
    }

    /// Waits for the first sign of life: that somebody has taken the task. Its end counts as one.
    pub(super) async fn taken(&self) {
        let waiting = &self.waiting;
        std::future::poll_fn(|context| {
            let mut state = waiting.lock();
            if state.outcome.is_some() || std::mem::take(&mut state.has_beaten) {
                return Poll::Ready(());
            }
            state.waker = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Takes no more callbacks; the outcome, if one has come before.
    pub(super) fn close(&self) -> Option<Result<Reply, TaskError>> {
        self.callbacks.forget(self.id);
        self.waiting.take_outcome().map(Outcome::into_result)
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.callbacks.forget(self.id);
    }
}

/// Polls a future that may be gone already.
pub(super) fn poll_some<T>(
    future: &mut Option<Pin<Box<dyn Future<Output = T> + Send>>>,
    context: &mut Context<'_>,
) -> Poll<T> {
    future.as_mut().map_or(Poll::Pending, |future| future.as_mut().poll(context))
}
