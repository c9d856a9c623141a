//! Map Runs on the caller's thread: what a [`Runner`](super::Runner) does with them.
//!
//! Children run one after the other, each to its end, on the same thread as their parent; a run inside a run is one
//! level more of a stack, so that the depth of a definition is no depth of calls.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::oneshot;

use super::call::{Answer, Work};
use super::children::{ChildEntry, child_end};
use super::engine::{Ended, Engine, Suspended};
use super::map_run::MapRunStart;
use super::setup::Setup;
use crate::map_run::{Child, MapRun};
use crate::value::timestamp::Timestamp;

/// A Map Run that an execution has asked for.
struct Asked {
    /// Which call of the execution it is, and what stops it.
    number: u32,
    stopped: oneshot::Receiver<()>,
    run: Run,
}

enum Run {
    Start(MapRunStart),
    Begun(Box<MapRun>),
}

/// An execution that waits for a Map Run of its own.
struct Level {
    suspended: Suspended,
    number: u32,
    stopped: oneshot::Receiver<()>,
    run: Box<MapRun>,
    /// Map Runs that it has asked for besides.
    asked: VecDeque<Asked>,
    /// The child that runs, and when it started.
    child: Option<(u64, Timestamp)>,
}

/// What is under way on the thread: the innermost execution runs, the others wait for it.
pub(super) struct Nested<'n> {
    engine: &'n mut Engine,
    setup: &'n Arc<Setup>,
    levels: Vec<Level>,
    /// Map Runs that the innermost execution has asked for.
    asked: VecDeque<Asked>,
    /// The output of the child that runs.
    output: Vec<u8>,
}

impl<'n> Nested<'n> {
    pub(super) fn new(engine: &'n mut Engine, setup: &'n Arc<Setup>) -> Self {
        Self { engine, setup, levels: Vec::new(), asked: VecDeque::new(), output: Vec::new() }
    }

    /// Goes on until the outermost execution has ended; `block_until` waits for a time.
    pub(super) fn finish(
        &mut self,
        mut ended: Ended,
        out: &mut Vec<u8>,
        mut block_until: impl FnMut(Timestamp) -> Timestamp,
    ) -> Ended {
        loop {
            ended = match ended {
                Ended::Suspended(suspended) => self.go_on(suspended, out, &mut block_until),
                ended if self.levels.is_empty() => return ended,
                ended => self.child_ended(ended, out),
            };
        }
    }

    /// What an execution that waits does next: a Map Run, if it has asked for one.
    fn go_on(
        &mut self,
        mut suspended: Suspended,
        out: &mut Vec<u8>,
        block_until: &mut impl FnMut(Timestamp) -> Timestamp,
    ) -> Ended {
        for start in suspended.take_starts() {
            // A runner has no asynchronous handlers: `RunnerBuilder::build` refuses them.
            if let Work::MapRun(run) = start.work {
                let (number, stopped) = (start.number, start.stopped);
                self.asked.push_back(Asked { number, stopped, run: Run::Start(run) });
            }
        }
        let Some(Asked { number, mut stopped, run }) = self.asked.pop_front() else {
            let now = suspended.wake_at.map_or_else(|| self.setup.time.now(), block_until);
            return self.resume(suspended, None, now, out);
        };
        if is_stopped(&mut stopped) {
            let now = self.setup.time.now();
            return self.resume(suspended, Some((number, Answer::Stopped)), now, out);
        }
        let run = match run {
            Run::Start(start) => start.begin(),
            Run::Begun(run) => run,
        };
        let asked = std::mem::take(&mut self.asked);
        self.levels.push(Level { suspended, number, stopped, run, asked, child: None });
        self.step(out)
    }

    /// Starts the next child of the innermost Map Run, or goes back to the execution that asked for it.
    fn step(&mut self, out: &mut Vec<u8>) -> Ended {
        let now = self.setup.time.now();
        let Some(mut level) = self.levels.pop() else { return Ended::Succeeded };
        // Its execution may have run out of time meanwhile: then it will have the run stopped.
        let wake_at = level.suspended.wake_at.filter(|_| !self.setup.time.is_virtual());
        let is_due = wake_at.is_some_and(|wake_at| wake_at <= now);
        if !is_due && let Some(child) = level.run.next() {
            return self.start_child(level, &child, now);
        }
        let Level { suspended, number, stopped, run, asked, .. } = level;
        self.asked = asked;
        if is_due {
            self.asked.push_front(Asked { number, stopped, run: Run::Begun(run) });
            return self.resume(suspended, None, now, out);
        }
        let ended_at = run.ended_at();
        let answer = Answer::MapRun { result: run.finish(), ended_at };
        self.resume(suspended, Some((number, answer)), now, out)
    }

    fn start_child(&mut self, mut level: Level, child: &Child, now: Timestamp) -> Ended {
        let started_at = if self.setup.time.is_virtual() { child.started_at } else { now };
        let (graph, names) = level.run.entry();
        let entry = ChildEntry { graph, names: Arc::clone(names), started_at };
        level.child = Some((child.number, started_at));
        self.levels.push(level);
        self.output.clear();
        self.engine.start_child(self.setup, &entry, &child.input, child.seed, &mut self.output)
    }

    fn child_ended(&mut self, ended: Ended, out: &mut Vec<u8>) -> Ended {
        let ended_at = self.engine.ended_at();
        if let Some(level) = self.levels.last_mut()
            && let Some((number, started_at)) = level.child.take()
            && let Some(end) = child_end(ended, std::mem::take(&mut self.output), started_at, ended_at)
        {
            level.run.ended(number, end);
        }
        self.step(out)
    }

    /// Goes on with the innermost execution.
    fn resume(
        &mut self,
        suspended: Suspended,
        answer: Option<(u32, Answer)>,
        now: Timestamp,
        out: &mut Vec<u8>,
    ) -> Ended {
        let out = if self.levels.is_empty() { out } else { &mut self.output };
        self.engine.resume(suspended, answer.into_iter(), now, out, &mut Vec::new())
    }
}

fn is_stopped(stopped: &mut oneshot::Receiver<()>) -> bool {
    !matches!(stopped.try_recv(), Err(oneshot::error::TryRecvError::Empty))
}
