//! A worker's executions: the one that runs, and those of its own that wait.

use std::sync::Arc;
use std::time::Duration;

use super::call::CallStart;
use super::children::{ChildEntry, Children};
use super::driver::{Answered, Dispatch, Driver};
use super::engine::{Ended, Engine, Suspended};
use super::inbox::Inbox;
use super::setup::Setup;
use super::signal::Signal;
use super::slab::{Slab, SlotKey};
use super::sleeps::millis_ceil;
use super::timer::{TimerId, TimerWheel};
use super::watchdog::Watchdog;
use crate::value::timestamp::Timestamp;
use crate::vm::{ExecutionHistory, Visit};

/// Calls that are handed to the driver at once; fewer if there is nothing else to do.
const OUTBOX_MAX: usize = 256;

/// Runs executions and keeps those that wait, each with a `T` that says where its result belongs.
#[derive(Debug)]
pub(crate) struct Worker<T> {
    engine: Engine,
    suspended: Slab<Waiting<T>>,
    timers: TimerWheel<SlotKey>,
    inbox: Arc<Inbox<Answered>>,
    driver: Option<Arc<Driver>>,
    /// Where children of Map Runs are to run.
    children: Option<Children>,
    /// Calls that the driver does not have yet.
    outbox: Vec<Dispatch>,
    /// Executions whose time has come, in order; empty but while they are resumed.
    due: Vec<SlotKey>,
    /// Answers, by execution; empty but while they are taken.
    answers: Vec<Answered>,
    /// What the last execution was started with: metrics are published by program.
    setup: Arc<Setup>,
}

#[derive(Debug)]
struct Waiting<T> {
    suspended: Suspended,
    timer: Option<TimerId>,
    belongs: T,
}

/// A suspended execution that has ended.
#[derive(Debug)]
pub(crate) struct Resumed<'r, T> {
    /// Where its result belongs.
    pub(crate) belongs: T,
    /// How it ended.
    pub(crate) ended: Ended,
    /// Its output, if it succeeded.
    pub(crate) output: &'r [u8],
    /// Its input, if it failed.
    pub(crate) input: &'r [u8],
    /// When it ended.
    pub(super) ended_at: Timestamp,
    /// The states it visited, if its setup asks for a trace.
    pub(super) visits: Vec<Visit>,
    /// Its history, if its setup keeps it.
    pub(crate) history: Option<Box<ExecutionHistory>>,
}

impl<T> Worker<T> {
    /// `signal` is notified when an answer comes; `driver` is needed if any handler answers later, it
    /// and `children` if there are Distributed Maps.
    pub(crate) fn new(
        setup: Arc<Setup>,
        signal: &Arc<Signal>,
        driver: Option<Arc<Driver>>,
        children: Option<Children>,
    ) -> Self {
        Self {
            engine: Engine::new(&setup),
            suspended: Slab::new(),
            timers: TimerWheel::new(wheel_ms(setup.time.now())),
            inbox: Inbox::new(Arc::clone(signal)),
            driver,
            children,
            outbox: Vec::new(),
            due: Vec::new(),
            answers: Vec::new(),
            setup,
        }
    }

    /// Has a watchdog look after the handlers that run on this thread.
    pub(crate) fn watch(&mut self, watchdog: Arc<Watchdog>, worker: usize) {
        self.engine.watch(watchdog, worker);
    }

    /// Runs the execution of `input` until it ends or has to wait; the output is appended to `out`.
    #[inline]
    pub(crate) fn start(
        &mut self,
        setup: &Arc<Setup>,
        input: &[u8],
        seed: u64,
        now: Timestamp,
        out: &mut Vec<u8>,
    ) -> Ended {
        self.switch(setup);
        self.engine.start(setup, input, seed, now, out)
    }

    /// The same for a child execution of a Map Run.
    pub(super) fn start_child(
        &mut self,
        setup: &Arc<Setup>,
        entry: &ChildEntry,
        input: &[u8],
        seed: u64,
        out: &mut Vec<u8>,
    ) -> Ended {
        self.switch(setup);
        self.engine.start_child(setup, entry, input, seed, out)
    }

    /// When the last execution left the VM.
    pub(super) fn ended_at(&self) -> Timestamp {
        self.engine.ended_at()
    }

    /// Tells the observer, if there is one, that outputs are handed over while `deliver` runs.
    pub(crate) fn delivering<R>(&mut self, deliver: impl FnOnce() -> R) -> R {
        if let Some(observer) = self.engine.observer() {
            observer.delivering();
        }
        let result = deliver();
        if let Some(observer) = self.engine.observer() {
            observer.delivered();
        }
        result
    }

    /// Publishes what was counted if the last time was long enough ago.
    pub(crate) fn publish_if_due(&mut self) {
        self.engine.publish_if_due();
    }

    /// Publishes what was counted, before a wait.
    pub(crate) fn publish(&mut self) {
        self.engine.publish();
        if let Some(log) = &self.setup.log {
            log.flush();
        }
    }

    /// The history of the execution that [`start`](Self::start) ended, if its setup keeps it.
    pub(crate) fn take_history(&mut self) -> Option<Box<ExecutionHistory>> {
        self.engine.take_history()
    }

    /// The visits of the execution that [`start`](Self::start) ended, if its setup asks for a trace.
    pub(super) fn take_visits(&mut self) -> Vec<Visit> {
        self.engine.take_visits()
    }

    /// Keeps an execution that waits until its time has come or it is answered.
    pub(crate) fn keep(&mut self, suspended: Suspended, belongs: T) -> SlotKey {
        self.engine.metrics().execution_parked();
        let key = self.suspended.insert(Waiting { suspended, timer: None, belongs });
        self.arm(key);
        key
    }

    /// Ends an execution that waits, at once or when its calls have been stopped; `ended` gets it then, or
    /// [`resume`](Self::resume)'s does.
    pub(crate) fn abort(&mut self, key: SlotKey, now: Timestamp, mut ended: impl FnMut(Resumed<'_, T>)) {
        self.go_on(key, now, (&mut Vec::new(), &mut Vec::new()), &mut ended, |engine, suspended, _, _| {
            engine.abort(suspended, now)
        });
    }

    /// All executions that wait.
    pub(crate) fn keys(&self) -> Vec<SlotKey> {
        self.suspended.keys()
    }

    /// Whether any execution waits.
    pub(crate) fn is_waiting(&self) -> bool {
        self.suspended.len() > 0
    }

    /// A time not later than that at which the next waiting execution can go on by itself.
    pub(crate) fn next_wake(&self) -> Option<Timestamp> {
        let next_ms = self.timers.next_ms()?;
        Some(Timestamp::from_millis(i64::try_from(next_ms).unwrap_or(i64::MAX)))
    }

    /// Whether answers have come. To be asked before waiting, after the signal's ticket was taken.
    #[inline]
    pub(crate) fn is_answered(&self) -> bool {
        self.inbox.is_filled()
    }

    /// Hands the calls that came up to the driver. To be done before waiting.
    pub(crate) fn flush(&mut self) {
        if self.outbox.is_empty() {
            return;
        }
        let calls = std::mem::take(&mut self.outbox);
        match &self.driver {
            Some(driver) => driver.start(calls),
            // Each delivers "stopped" as it goes, and so fails its task.
            None => drop(calls),
        }
    }

    /// Goes on with the executions that were answered and those whose time has come; `ended` gets those that
    /// end.
    pub(crate) fn resume(&mut self, now: Timestamp, mut ended: impl FnMut(Resumed<'_, T>)) {
        let (mut output, mut input) = (Vec::new(), Vec::new());
        if self.inbox.is_filled() {
            let mut answers = std::mem::take(&mut self.answers);
            self.inbox.take(&mut answers);
            // All of one execution at once, in the order of its calls: that of its branches and items.
            answers.sort_unstable_by_key(|answer| (answer.key, answer.number));
            let mut rest = answers.drain(..).peekable();
            while let Some(first) = rest.next() {
                let key = first.key;
                let more = std::iter::from_fn(|| rest.next_if(|answer| answer.key == key));
                let answers = std::iter::once(first).chain(more);
                let answers = answers.map(|answered| (answered.number, answered.answer));
                self.go_on(
                    key,
                    now,
                    (&mut output, &mut input),
                    &mut ended,
                    |engine, suspended, out, input| engine.resume(suspended, answers, now, out, input),
                );
            }
            drop(rest);
            self.answers = answers;
        }
        let mut due = std::mem::take(&mut self.due);
        self.timers.advance(wheel_ms(now), &mut due);
        for key in due.drain(..) {
            if let Some(waiting) = self.suspended.get_mut(key) {
                waiting.timer = None;
            }
            self.go_on(key, now, (&mut output, &mut input), &mut ended, |engine, suspended, out, input| {
                engine.resume(suspended, std::iter::empty(), now, out, input)
            });
        }
        self.due = due;
        self.flush();
    }

    fn go_on(
        &mut self,
        key: SlotKey,
        now: Timestamp,
        (output, input): (&mut Vec<u8>, &mut Vec<u8>),
        ended: &mut impl FnMut(Resumed<'_, T>),
        resume: impl FnOnce(&mut Engine, Suspended, &mut Vec<u8>, &mut Vec<u8>) -> Ended,
    ) {
        // An execution may have ended since: it panicked.
        let Some(Waiting { suspended, timer, belongs }) = self.suspended.take(key) else { return };
        if let Some(timer) = timer {
            self.timers.cancel(timer);
        }
        self.engine.metrics().execution_resumed();
        self.switch(suspended.setup());
        let started_at = suspended.started_at();
        output.clear();
        input.clear();
        match resume(&mut self.engine, suspended, output, input) {
            Ended::Suspended(suspended) => {
                self.engine.metrics().execution_parked();
                self.suspended.put_back(key, Waiting { suspended, timer: None, belongs });
                self.arm(key);
            }
            end => {
                self.suspended.remove(key);
                let took_ms = now.to_millis().saturating_sub(started_at.unwrap_or(now).to_millis());
                self.engine
                    .metrics()
                    .add_suspended_duration(Duration::from_millis(took_ms.max(0).unsigned_abs()));
                let (ended_at, history) = (self.engine.ended_at(), self.engine.take_history());
                let visits = self.engine.take_visits();
                ended(Resumed { belongs, ended: end, output, input, ended_at, visits, history });
            }
        }
    }

    /// Counts for the program of another setup from now on.
    #[inline]
    fn switch(&mut self, setup: &Arc<Setup>) {
        if !Arc::ptr_eq(&self.setup, setup) {
            self.switch_to(setup);
        }
    }

    #[cold]
    fn switch_to(&mut self, setup: &Arc<Setup>) {
        self.engine.switch(setup);
        self.setup = Arc::clone(setup);
    }

    /// Sets the timer of an execution that waits, and takes over the calls it has begun.
    fn arm(&mut self, key: SlotKey) {
        let Some(waiting) = self.suspended.get_mut(key) else { return };
        if let Some(wake_at) = waiting.suspended.wake_at {
            waiting.timer = Some(self.timers.insert(wheel_ms(wake_at), key));
        }
        let starts = waiting.suspended.take_starts();
        let (inbox, children) = (&self.inbox, &self.children);
        let dispatch = |start: CallStart| {
            let children = if start.is_map_run() { children.clone() } else { None };
            Dispatch::new(start, key, Arc::clone(inbox), children)
        };
        self.outbox.extend(starts.into_iter().map(dispatch));
        if self.outbox.len() >= OUTBOX_MAX {
            self.flush();
        }
    }
}

impl<T> Drop for Worker<T> {
    fn drop(&mut self) {
        self.publish();
    }
}

/// Milliseconds on the wheel; times before 1970 are all past.
fn wheel_ms(time: Timestamp) -> u64 {
    u64::try_from(millis_ceil(time)).unwrap_or(0)
}
