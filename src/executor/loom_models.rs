//! The waiting protocols under every interleaving that loom can make of them.
//!
//! Run with `RUSTFLAGS="--cfg aslx_loom" cargo test --lib --no-default-features loom`. A model that can lose a
//! wake does not end in a failed assertion but in loom's report of a deadlock.
//!
//! What an execution joins (the branches of a Parallel, the items of a Map and their window) needs no model: it
//! lives in one fiber, which one worker touches at a time. What reaches it from other threads comes through the
//! inbox, which has one.

use std::sync::Arc;

use loom::thread;

use super::admission::Admission;
use super::inbox::Inbox;
use super::job::Whereabouts;
use super::signal::Signal;
use super::slab::Slab;
use super::sync::{AtomicBool, AtomicUsize, Ordering};
use crate::limits::Limits;

/// All interleavings with up to three preemptions: more have not been seen to find more, and take hours.
fn model(check: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(check);
}

#[test]
fn no_wake_is_lost() {
    model(|| {
        let (signal, is_there) = (Arc::new(Signal::default()), Arc::new(AtomicBool::new(false)));
        let (theirs, change) = (Arc::clone(&signal), Arc::clone(&is_there));
        let notifier = thread::spawn(move || {
            change.store(true, Ordering::SeqCst);
            theirs.notify();
        });
        loop {
            let ticket = signal.ticket();
            if is_there.load(Ordering::SeqCst) {
                break;
            }
            ticket.wait(None);
        }
        notifier.join().expect("no panic");
    });
}

#[test]
fn every_message_is_taken_once() {
    model(|| {
        let signal = Arc::new(Signal::default());
        let inbox = Inbox::new(Arc::clone(&signal));
        let send = |messages: &'static [u32]| {
            let inbox = Arc::clone(&inbox);
            thread::spawn(move || messages.iter().for_each(|message| inbox.send(*message)))
        };
        let senders = [send(&[1, 2]), send(&[10])];
        let (mut taken, mut batch) = (Vec::new(), Vec::new());
        while taken.len() < 3 {
            let ticket = signal.ticket();
            if !inbox.is_filled() {
                ticket.wait(None);
                continue;
            }
            inbox.take(&mut batch);
            taken.append(&mut batch);
        }
        for sender in senders {
            sender.join().expect("no panic");
        }
        taken.sort_unstable();
        assert_eq!(taken, [1, 2, 10]);
        assert!(!inbox.is_filled());
    });
}

#[test]
fn a_permit_given_back_reaches_who_waits() {
    model(|| {
        let signal = Arc::new(Signal::default());
        let limits = Limits { in_flight_max: 1, ..Limits::default() };
        let admission = Admission::new(&limits, Arc::clone(&signal));
        let held = admission.admit(1, false).expect("nothing else is held");
        let holder = thread::spawn(move || drop(held));
        loop {
            let ticket = signal.ticket();
            if admission.admit(1, false).is_some() {
                break;
            }
            ticket.wait(None);
        }
        holder.join().expect("no panic");
    });
}

/// The worker learns that an execution was given up, or is told where it has put it; never neither.
#[test]
fn an_execution_that_is_given_up_is_found() {
    model(|| {
        let inbox = Inbox::new(Arc::new(Signal::default()));
        let whereabouts = Arc::new(Whereabouts::default());
        let theirs = Arc::clone(&whereabouts);
        let caller = thread::spawn(move || theirs.abandon());
        let is_wanted = whereabouts.suspended(&inbox, Slab::new().insert(()));
        caller.join().expect("no panic");
        assert_eq!(is_wanted, inbox.is_filled());
    });
}

/// The loop of a worker that waits for work or for the end: both reach it, in whatever order they come.
#[test]
fn shutting_down_reaches_workers_and_loses_no_job() {
    model(|| {
        let signal = Arc::new(Signal::default());
        let (jobs, is_closed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let (to_do, closed, theirs) = (Arc::clone(&jobs), Arc::clone(&is_closed), Arc::clone(&signal));
        let owner = thread::spawn(move || {
            to_do.fetch_add(1, Ordering::SeqCst);
            theirs.notify();
            closed.store(true, Ordering::SeqCst);
            theirs.notify();
        });
        let mut done = 0;
        loop {
            if jobs.load(Ordering::SeqCst) > 0 {
                jobs.fetch_sub(1, Ordering::SeqCst);
                done += 1;
                continue;
            }
            let ticket = signal.ticket();
            let may_leave = is_closed.load(Ordering::SeqCst);
            if jobs.load(Ordering::SeqCst) > 0 {
                continue;
            }
            if may_leave {
                break;
            }
            ticket.wait(None);
        }
        owner.join().expect("no panic");
        assert_eq!(done, 1);
    });
}
