//! One place to wait for anything that another thread may bring about: an event count.
//!
//! A waiter takes a ticket, looks whether what it needs is there, and only then waits with that ticket. Who
//! brings something about does so and then calls `notify`. No wake is lost: the waiter's increment of
//! `waiting` precedes its look, and the notifier's change precedes its read of `waiting`, all sequentially
//! consistent. So either the notifier sees the waiter, and moves the epoch on under the lock, or the waiter's
//! look comes after the change. A waiter whose epoch has passed does not block.

use std::time::Duration;

use super::sync::{AtomicUsize, Condvar, Mutex, Ordering, fence, lock, wait_while};

/// Wakes whoever waits.
#[derive(Debug, Default)]
pub(crate) struct Signal {
    waiting: AtomicUsize,
    epoch: Mutex<u64>,
    moved: Condvar,
}

/// A place in the order of notifications.
#[derive(Debug)]
pub(crate) struct Ticket<'s> {
    signal: &'s Signal,
    epoch: u64,
}

impl Signal {
    /// Announces that the caller may wait; what it needs must be looked for after this.
    pub(crate) fn ticket(&self) -> Ticket<'_> {
        self.waiting.fetch_add(1, Ordering::SeqCst); // pairs with the fence in `notify`
        fence(Ordering::SeqCst);
        Ticket { signal: self, epoch: *lock(&self.epoch) }
    }

    /// Wakes all who wait; free when nobody does.
    pub(crate) fn notify(&self) {
        fence(Ordering::SeqCst); // pairs with `ticket`: our change is visible to a waiter that we do not see
        if self.waiting.load(Ordering::SeqCst) > 0 {
            *lock(&self.epoch) += 1;
            self.moved.notify_all();
        }
    }
}

impl Ticket<'_> {
    /// Blocks until a notification after the ticket was taken, at most for `timeout`.
    pub(crate) fn wait(self, timeout: Option<Duration>) {
        let epoch = lock(&self.signal.epoch);
        drop(wait_while(&self.signal.moved, epoch, timeout, |epoch| *epoch == self.epoch));
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.signal.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(all(test, not(aslx_loom)))]
mod tests {
    use std::sync::atomic::AtomicU32;

    use super::*;

    #[test]
    fn no_wake_is_lost_between_two_threads() {
        const TURNS: u32 = 2_000;
        let (signal, turn) = (Signal::default(), AtomicU32::new(0));
        let player = |parity: u32| {
            loop {
                let ticket = signal.ticket();
                let at = turn.load(Ordering::SeqCst);
                if at >= TURNS {
                    return;
                }
                if at % 2 == parity {
                    drop(ticket);
                    turn.store(at + 1, Ordering::SeqCst);
                    signal.notify();
                } else {
                    ticket.wait(None);
                }
            }
        };
        std::thread::scope(|scope| {
            scope.spawn(|| player(0));
            scope.spawn(|| player(1));
        });
        assert_eq!(turn.into_inner(), TURNS);
    }
}
