//! One worker of an executor: takes executions from the queue, and goes on with its own that waited.

use std::sync::Arc;

use crossbeam_deque::Steal;

use super::children::Children;
use super::engine::Ended;
use super::inbox::Inbox;
use super::job::{AnswerTo, Completed, ExecuteError, Job, Pending};
use super::outcome::Outcome;
use super::pool::Shared;
use super::slab::SlotKey;
use super::sync::Ordering;
use super::worker::{Resumed, Worker};
use crate::value::timestamp::Timestamp;
use crate::vm::{ExecutionHistory, Visit};

pub(super) struct PoolWorker<'p> {
    shared: &'p Shared,
    worker: Worker<Pending>,
    /// Executions that were given up while they wait here.
    abandoned: Arc<Inbox<SlotKey>>,
    keys: Vec<SlotKey>,
    /// Whether everything that waits has been aborted.
    has_aborted: bool,
}

impl<'p> PoolWorker<'p> {
    pub(super) fn new(shared: &'p Arc<Shared>, number: usize) -> Self {
        let children = Some(Children(Arc::clone(shared)));
        let mut worker = Worker::new(shared.setup(), &shared.signal, shared.driver.clone(), children);
        if let Some(watchdog) = &shared.watchdog {
            worker.watch(Arc::clone(watchdog), number);
        }
        let abandoned = Inbox::new(Arc::clone(&shared.signal));
        Self { shared, worker, abandoned, keys: Vec::new(), has_aborted: false }
    }

    /// Works until the executor is closed and nothing is left to do.
    pub(super) fn work(&mut self) {
        let shared = self.shared;
        loop {
            self.go_on();
            match shared.jobs.steal() {
                Steal::Success(job) => self.run(job),
                Steal::Retry => {}
                Steal::Empty => {
                    let ticket = shared.signal.ticket();
                    self.worker.flush();
                    self.worker.publish();
                    // Each of these is looked at after the ticket was taken.
                    let is_closed = shared.is_closed.load(Ordering::SeqCst);
                    let is_idle = shared.jobs.is_empty()
                        && !self.worker.is_answered()
                        && !self.abandoned.is_filled()
                        && self.has_aborted == self.is_aborted();
                    if is_idle && is_closed && !self.worker.is_waiting() {
                        return;
                    }
                    if is_idle {
                        let time = &shared.setup().time;
                        ticket.wait(self.worker.next_wake().map(|until| time.block_for(until)));
                    }
                }
            }
        }
    }

    fn is_aborted(&self) -> bool {
        self.shared.is_aborted.load(Ordering::SeqCst)
    }

    fn run(&mut self, job: Job) {
        let Job { setup, mut entry, input, seed, pending } = job;
        if pending.whereabouts.is_abandoned() || self.is_aborted() {
            return; // who may still wait learns that the executor is gone
        }
        let now = setup.time.now();
        let mut output = Vec::new();
        let ended = match &mut entry {
            None => self.worker.start(&setup, &input, seed, now, &mut output),
            Some(entry) => {
                if !setup.time.is_virtual() {
                    entry.started_at = now;
                }
                self.worker.start_child(&setup, entry, &input, seed, &mut output)
            }
        };
        match ended {
            Ended::Suspended(suspended) => {
                let whereabouts = Arc::clone(&pending.whereabouts);
                let key = self.worker.keep(suspended, pending);
                if !whereabouts.suspended(&self.abandoned, key) {
                    self.worker.abort(key, now, answer_resumed);
                }
            }
            ended => {
                let told = (self.worker.take_visits(), self.worker.take_history());
                answer(pending, ended, output, self.worker.ended_at(), told);
            }
        }
    }

    /// Goes on with what was answered, whose time has come, and what is not wanted any more.
    fn go_on(&mut self) {
        let has_news = self.abandoned.is_filled() || self.has_aborted != self.is_aborted();
        if !has_news && !self.worker.is_waiting() {
            return;
        }
        let now = self.shared.setup().time.now();
        if has_news {
            let mut keys = std::mem::take(&mut self.keys);
            self.abandoned.take(&mut keys);
            if !self.has_aborted && self.is_aborted() {
                self.has_aborted = true;
                keys = self.worker.keys();
            }
            for key in keys.drain(..) {
                self.worker.abort(key, now, answer_resumed);
            }
            self.keys = keys;
        }
        if self.worker.is_answered() || self.worker.next_wake().is_some_and(|wake| wake <= now) {
            self.worker.resume(now, answer_resumed);
        }
    }
}

fn answer_resumed(resumed: Resumed<'_, Pending>) {
    let Resumed { belongs, ended, output, ended_at, visits, history, .. } = resumed;
    answer(belongs, ended, output.to_vec(), ended_at, (visits, history));
}

fn answer(
    pending: Pending,
    ended: Ended,
    output: Vec<u8>,
    ended_at: Timestamp,
    (visits, history): (Vec<Visit>, Option<Box<ExecutionHistory>>),
) {
    // The permit goes first: whoever learns of the end may want to start the next.
    let Pending { answer, _permit: permit, .. } = pending;
    drop(permit);
    let caller = match answer {
        AnswerTo::Caller(caller) => caller,
        AnswerTo::MapRun(answer) => return answer.send(ended, output, ended_at),
    };
    let failure = match ended {
        Ended::Succeeded | Ended::Suspended(_) => None,
        Ended::Failed(failure) => Some(failure),
        Ended::Malformed(error) => {
            let _ = caller.send(Err(ExecuteError::Malformed(error)));
            return;
        }
    };
    let output = if failure.is_none() { output } else { Vec::new() };
    let completed = Completed { outcome: Outcome::new(failure, visits, history), output, ended_at };
    // Whoever gave the execution up wants no answer.
    let _ = caller.send(Ok(completed));
}
