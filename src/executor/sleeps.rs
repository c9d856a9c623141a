//! What the strands of one execution wait for: times, the earliest first.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use crate::value::timestamp::Timestamp;
use crate::vm::StrandId;

/// Sleeping strands; of those that wake at the same time, the first to sleep wakes first.
#[derive(Debug, Default)]
pub(super) struct Sleeps {
    heap: BinaryHeap<Reverse<Sleep>>,
    order: u32,
}

#[derive(Debug)]
struct Sleep {
    until_ms: i64,
    order: u32,
    strand: StrandId,
}

impl Sleeps {
    pub(super) fn reset(&mut self) {
        self.heap.clear();
        self.order = 0;
    }

    pub(super) fn push(&mut self, until: Timestamp, strand: StrandId) {
        self.heap.push(Reverse(Sleep { until_ms: millis_ceil(until), order: self.order, strand }));
        self.order = self.order.wrapping_add(1);
    }

    pub(super) fn earliest(&self) -> Option<Timestamp> {
        self.heap.peek().map(|Reverse(sleep)| Timestamp::from_millis(sleep.until_ms))
    }

    /// The next strand whose time has come.
    pub(super) fn pop_due(&mut self, now: Timestamp) -> Option<StrandId> {
        let Reverse(sleep) = self.heap.peek()?;
        if sleep.until_ms > now.to_millis() {
            return None;
        }
        self.heap.pop().map(|Reverse(sleep)| sleep.strand)
    }
}

/// Milliseconds, rounded up: waking early would be waking before the time that was asked for.
pub(super) fn millis_ceil(time: Timestamp) -> i64 {
    time.to_millis().saturating_add(i64::from(time.nanos % 1_000_000 != 0))
}

impl Ord for Sleep {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.until_ms, self.order).cmp(&(other.until_ms, other.order))
    }
}

impl PartialOrd for Sleep {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Sleep {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Sleep {}
