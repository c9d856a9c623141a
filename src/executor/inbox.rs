//! What other threads have for a worker: answers of its calls, in batches.
//!
//! A sender adds under the lock and notifies only if the inbox was empty: whoever made it not empty has done so
//! already, and the worker takes everything at once. The worker looks after it has taken a ticket of the same
//! [`Signal`] and before it waits, so it cannot sleep on an inbox that is not empty.

use std::sync::Arc;

use super::signal::Signal;
use super::sync::{AtomicBool, Mutex, Ordering, lock};

/// Messages for one worker.
#[derive(Debug)]
pub(crate) struct Inbox<M> {
    messages: Mutex<Vec<M>>,
    is_filled: AtomicBool,
    signal: Arc<Signal>,
}

impl<M> Inbox<M> {
    /// `signal` is notified when something comes into the empty inbox.
    pub(crate) fn new(signal: Arc<Signal>) -> Arc<Self> {
        Arc::new(Self { messages: Mutex::new(Vec::new()), is_filled: AtomicBool::new(false), signal })
    }

    pub(crate) fn send(&self, message: M) {
        let was_empty = {
            let mut messages = lock(&self.messages);
            messages.push(message);
            // Stored before `notify`, whose fence a waiter pairs with.
            !self.is_filled.swap(true, Ordering::SeqCst)
        };
        if was_empty {
            self.signal.notify();
        }
    }

    /// Whether there is something to take.
    #[inline]
    pub(crate) fn is_filled(&self) -> bool {
        self.is_filled.load(Ordering::SeqCst)
    }

    /// Takes everything: `into` must be empty, its memory is used for what comes next.
    pub(crate) fn take(&self, into: &mut Vec<M>) {
        let mut messages = lock(&self.messages);
        self.is_filled.store(false, Ordering::SeqCst);
        std::mem::swap(&mut *messages, into);
    }
}
