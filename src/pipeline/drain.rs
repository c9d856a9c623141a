//! Ending a run early and in order.

use std::sync::Arc;

use crate::executor::{AtomicBool, Ordering, Signal};

/// Asks a run to take no more input: what it has begun is finished and written, then it ends.
#[derive(Debug, Clone)]
pub struct Drain {
    is_requested: Arc<AtomicBool>,
    signal: Arc<Signal>,
}

impl Drain {
    pub(super) fn new(signal: Arc<Signal>) -> Self {
        Self { is_requested: Arc::default(), signal }
    }

    /// Asks for it; workers that wait for input wake up to see.
    pub fn request(&self) {
        self.is_requested.store(true, Ordering::SeqCst); // before `notify`, whose fence a waiter pairs with
        self.signal.notify();
    }

    /// Whether it was asked for.
    pub fn is_requested(&self) -> bool {
        self.is_requested.load(Ordering::SeqCst)
    }
}
