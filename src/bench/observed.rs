//! What observers share: a clock, and what calling them costs.

use std::hint::black_box;
use std::sync::{Arc, Mutex, PoisonError};

use crate::executor::SystemClock;

/// Calls that are timed together, and how often.
const CALLS: u32 = 20_000;
const TRIALS: u32 = 9;

/// A clock in whole nanoseconds.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Nanoseconds(SystemClock);

impl Nanoseconds {
    pub(super) fn now(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// What one call takes, in nanoseconds: the least of some trials, as everything else only adds to it.
pub(super) fn cost_ns(mut call: impl FnMut()) -> f64 {
    let clock = Nanoseconds::default();
    let trial = |_| {
        let began = clock.now();
        for _ in 0..CALLS {
            call();
        }
        (clock.now() - began) as f64 / f64::from(CALLS)
    };
    (0..TRIALS).map(trial).fold(f64::INFINITY, f64::min)
}

/// What reading the clock takes, in nanoseconds.
pub(super) fn clock_cost_ns() -> f64 {
    let clock = Nanoseconds::default();
    cost_ns(|| {
        black_box(clock.now());
    })
}

/// Totals that all workers add to.
#[derive(Debug, Default)]
pub(super) struct Totals<T>(Arc<Mutex<T>>);

impl<T> Totals<T> {
    pub(super) fn new(value: T) -> Self {
        Self(Arc::new(Mutex::new(value)))
    }

    pub(super) fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T> Clone for Totals<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}
