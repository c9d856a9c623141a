//! Handlers that run on a worker's thread past their deadline: they cannot be stopped, but they can be told of.
//!
//! A worker marks a call that has a deadline with two stores, and takes the mark back with one; a thread of its
//! own looks at all marks once a second. What it reports may be over a moment later; what stays is reported once.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

use crossbeam_utils::CachePadded;

use super::setup::Setup;
use super::sync::{Condvar, Mutex, lock, wait_while};
use crate::bytecode::{Program, TaskId};
use crate::value::timestamp::Timestamp;

const LOOK_EVERY: Duration = Duration::from_secs(1);
/// No call is marked.
const NONE: i64 = i64::MIN;

/// A handler that runs past its deadline on a worker's thread.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OverdueTask {
    /// The state's `Resource`.
    pub resource: String,
    /// The name of the state.
    pub state: String,
    /// How long ago `TimeoutSeconds` were over.
    pub overdue: Duration,
}

/// Told of handlers that are overdue.
pub(crate) type OnOverdue = Arc<dyn Fn(&OverdueTask) + Send + Sync>;

/// What one worker is calling.
#[derive(Debug)]
pub(super) struct CallMark {
    deadline_ms: AtomicI64,
    task: AtomicU32,
}

impl CallMark {
    /// Marks a call. Relaxed: a mark that is seen late is reported late, and a task that is seen with another
    /// call's deadline is reported under the wrong name at worst.
    #[inline]
    pub(super) fn set(&self, task: TaskId, deadline: Timestamp) {
        self.task.store(task.0.into(), Ordering::Relaxed);
        self.deadline_ms.store(deadline.to_millis(), Ordering::Relaxed);
    }

    #[inline]
    pub(super) fn clear(&self) {
        self.deadline_ms.store(NONE, Ordering::Relaxed);
    }
}

/// The marks of a run's workers.
pub(crate) struct Watchdog {
    marks: Box<[CachePadded<CallMark>]>,
    /// The deadline that was last reported of each worker.
    reported: Mutex<Vec<i64>>,
    is_over: Mutex<bool>,
    ended: Condvar,
    on_overdue: OnOverdue,
}

impl Watchdog {
    pub(crate) fn new(workers: usize, on_overdue: OnOverdue) -> Self {
        let mark =
            || CachePadded::new(CallMark { deadline_ms: AtomicI64::new(NONE), task: AtomicU32::new(0) });
        Self {
            marks: std::iter::repeat_with(mark).take(workers).collect(),
            reported: Mutex::new(vec![NONE; workers]),
            is_over: Mutex::new(false),
            ended: Condvar::new(),
            on_overdue,
        }
    }

    pub(super) fn mark(&self, worker: usize) -> Option<&CallMark> {
        self.marks.get(worker).map(|mark| &**mark)
    }

    /// Reports every call that is past its deadline and was not reported before.
    pub(super) fn look(&self, program: &Program, now: Timestamp) {
        for (mark, reported) in self.marks.iter().zip(lock(&self.reported).iter_mut()) {
            let deadline_ms = mark.deadline_ms.load(Ordering::Relaxed);
            let task = TaskId(mark.task.load(Ordering::Relaxed) as u16);
            if deadline_ms == NONE || deadline_ms == *reported || now.to_millis() <= deadline_ms {
                continue;
            }
            *reported = deadline_ms;
            let Some(site) = program.tasks().get(task.index()) else { continue };
            let overdue_ms = now.to_millis().saturating_sub(deadline_ms).unsigned_abs();
            (self.on_overdue)(&OverdueTask {
                resource: site.resource.clone(),
                state: site.state.clone(),
                overdue: Duration::from_millis(overdue_ms),
            });
        }
    }

    /// Looks once a second until [`end`](Self::end).
    pub(crate) fn watch(&self, setup: impl Fn() -> Arc<Setup>) {
        let mut is_over = lock(&self.is_over);
        while !*is_over {
            is_over = wait_while(&self.ended, is_over, Some(LOOK_EVERY), |is_over| !is_over);
            if !*is_over {
                let setup = setup();
                self.look(&setup.program, setup.time.now());
            }
        }
    }

    /// Ends [`watch`](Self::watch).
    pub(crate) fn end(&self) {
        *lock(&self.is_over) = true;
        self.ended.notify_all();
    }
}

impl fmt::Debug for Watchdog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watchdog").field("marks", &self.marks).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_past_its_deadline_is_told_of_once() {
        let definition = r#"{"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:x:y","TimeoutSeconds":1,"End":true}}}"#;
        let options = crate::compiler::CompileOptions::default();
        let program = crate::compiler::compile(definition, &options).expect("valid");
        let told = Arc::new(Mutex::new(Vec::new()));
        let tell = Arc::clone(&told);
        let watchdog = Watchdog::new(2, Arc::new(move |task: &OverdueTask| lock(&tell).push(task.clone())));
        let at = Timestamp::from_millis;

        let mark = watchdog.mark(1).expect("two workers");
        mark.set(TaskId(0), at(5_000));
        watchdog.look(&program, at(5_000));
        assert!(lock(&told).is_empty(), "not yet");
        watchdog.look(&program, at(5_400));
        watchdog.look(&program, at(6_400));
        mark.clear();
        watchdog.look(&program, at(9_000));
        let overdue = Duration::from_millis(400);
        let expected = OverdueTask { resource: "arn:x:y".to_owned(), state: "T".to_owned(), overdue };
        assert_eq!(*lock(&told), [expected]);
    }
}
