//! Permits: how many executions, and how many bytes of their inputs, may be suspended at once.
//!
//! A full bound holds back new lines, it never drops one. The oldest uncommitted line always gets its permit,
//! over the bound if need be: everything behind it waits for its output, so refusing it could leave every
//! permit in the hands of lines that cannot be committed before it. The bound is thus passed by one execution
//! at most.

use std::sync::Arc;

use super::signal::Signal;
use super::sync::{Mutex, lock};
use crate::limits::Limits;

/// The permits of a run.
#[derive(Debug)]
pub(crate) struct Admission {
    count_max: u64,
    bytes_max: u64,
    held: Mutex<Held>,
    signal: Arc<Signal>,
}

#[derive(Debug, Default)]
struct Held {
    count: u64,
    bytes: u64,
}

/// One execution's permit; given back when dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    admission: Arc<Admission>,
    bytes: u64,
}

impl Admission {
    /// `signal` is notified when a permit is given back.
    pub(crate) fn new(limits: &Limits, signal: Arc<Signal>) -> Arc<Self> {
        Arc::new(Self {
            count_max: u64::from(limits.in_flight_max.max(1)),
            bytes_max: limits.in_flight_bytes_max,
            held: Mutex::default(),
            signal,
        })
    }

    /// A permit for an execution whose input has `bytes`, if there is one or it is the oldest line's.
    pub(crate) fn admit(self: &Arc<Self>, bytes: u64, is_oldest: bool) -> Option<Permit> {
        let mut held = lock(&self.held);
        let fits = held.count < self.count_max && held.bytes.saturating_add(bytes) <= self.bytes_max;
        // With nothing held, an input larger than the whole bound is let through too: it could never fit.
        if !fits && !is_oldest && held.count > 0 {
            return None;
        }
        held.count += 1;
        held.bytes = held.bytes.saturating_add(bytes);
        Some(Permit { admission: Arc::clone(self), bytes })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        {
            let mut held = lock(&self.admission.held);
            held.count -= 1;
            held.bytes = held.bytes.saturating_sub(self.bytes);
        }
        self.admission.signal.notify();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn admission(count_max: u32, bytes_max: u64) -> Arc<Admission> {
        let limits = Limits { in_flight_max: count_max, in_flight_bytes_max: bytes_max, ..Limits::default() };
        Admission::new(&limits, Arc::default())
    }

    #[test]
    fn the_oldest_line_and_a_lone_giant_are_let_through() {
        let admission = admission(2, 100);
        let giant = admission.admit(1_000, false).expect("nothing else is held");
        assert!(admission.admit(1, false).is_none());
        let oldest = admission.admit(1, true).expect("the oldest line");
        drop(giant);
        let second = admission.admit(99, false).expect("one of two, 100 of 100 bytes");
        assert!(admission.admit(0, false).is_none());
        drop((oldest, second));
        assert!(admission.admit(100, false).is_some());
    }

    proptest! {
        #[test]
        fn bounds_hold_whatever_the_order(
            steps in proptest::collection::vec((any::<bool>(), 0..60_u64, any::<prop::sample::Index>()), 0..200)
        ) {
            let admission = admission(4, 100);
            let mut permits: Vec<Permit> = Vec::new();
            for (admit, bytes, index) in steps {
                if admit {
                    let held: u64 = permits.iter().map(|permit| permit.bytes).sum();
                    let permit = admission.admit(bytes, false);
                    let expected = permits.is_empty() || (permits.len() < 4 && held + bytes <= 100);
                    prop_assert_eq!(permit.is_some(), expected);
                    permits.extend(permit);
                } else if !permits.is_empty() {
                    permits.swap_remove(index.index(permits.len()));
                }
            }
            drop(permits);
            let held = lock(&admission.held);
            prop_assert_eq!((held.count, held.bytes), (0, 0));
        }
    }
}
