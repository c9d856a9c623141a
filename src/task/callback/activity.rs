//! Activities: tasks that workers ask for (AWS docs, "Learn about Activities in Step Functions").

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::quality::RandomState;
use hashbrown::HashMap;
use tokio::sync::Notify;

use super::callbacks::Callbacks;
use super::error::CallbackError;
use crate::bytecode::Resource;
use crate::task::{AsyncTaskHandler, TaskCall, TaskFuture};

/// Workers that may wait for one activity at a time (AWS: 1,000 pollers).
const WORKERS_MAX: usize = 1_000;
/// A shorter queue is not swept.
const SWEEP_TASKS_MIN: usize = 64;

/// A task that a worker has asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ActivityAssignment {
    /// What the worker answers it with.
    pub task_token: String,
    /// The task's input, as JSON.
    pub input: Vec<u8>,
}

/// The activities that definitions name.
#[derive(Debug, Default)]
pub(super) struct Activities {
    by_arn: Mutex<HashMap<String, Arc<Activity>, RandomState>>,
}

#[derive(Debug, Default)]
struct Activity {
    queue: Mutex<Queue>,
    /// A permit for a task that is in the queue.
    filled: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    /// Those that no longer wait are skipped when it is their turn, or swept out.
    tasks: VecDeque<ActivityAssignment>,
    /// The length at which the queue is swept.
    sweep_at: usize,
    workers: usize,
}

impl Activities {
    pub(super) fn declare(&self, arn: &str) {
        lock(&self.by_arn).entry_ref(arn).or_default();
    }

    fn find(&self, arn: &str) -> Option<Arc<Activity>> {
        lock(&self.by_arn).get(arn).cloned()
    }

    fn put(&self, arn: &str, task: ActivityAssignment, is_waiting: impl Fn(&str) -> bool) {
        let Some(activity) = self.find(arn) else { return };
        {
            let mut queue = lock(&activity.queue);
            // Seldom enough that a task is looked at twice on average, often enough that half of them wait.
            if queue.tasks.len() >= queue.sweep_at {
                queue.tasks.retain(|task| is_waiting(&task.task_token));
                queue.sweep_at = (2 * queue.tasks.len()).max(SWEEP_TASKS_MIN);
            }
            queue.tasks.push_back(task);
        }
        activity.filled.notify_one();
    }

    /// The next task of an activity's queue, once there is one.
    pub(super) async fn next(&self, arn: &str) -> Result<ActivityAssignment, CallbackError> {
        if !matches!(Resource::parse(arn), Resource::Activity { .. }) {
            return Err(CallbackError::InvalidArn(arn.to_owned()));
        }
        let activity = self.find(arn).ok_or_else(|| CallbackError::ActivityDoesNotExist(arn.to_owned()))?;
        let _place = WorkerPlace::take(&activity, arn)?;
        loop {
            let filled = activity.filled.notified();
            let (task, has_more) = {
                let mut queue = lock(&activity.queue);
                (queue.tasks.pop_front(), !queue.tasks.is_empty())
            };
            if let Some(task) = task {
                // One permit stands for any number of tasks that were put there before somebody waited.
                if has_more {
                    activity.filled.notify_one();
                }
                return Ok(task);
            }
            filled.await;
        }
    }
}

/// One worker that waits.
struct WorkerPlace<'a>(&'a Activity);

impl<'a> WorkerPlace<'a> {
    fn take(activity: &'a Activity, arn: &str) -> Result<Self, CallbackError> {
        let mut queue = lock(&activity.queue);
        if queue.workers >= WORKERS_MAX {
            return Err(CallbackError::ActivityWorkerLimitExceeded(arn.to_owned()));
        }
        queue.workers += 1;
        Ok(Self(activity))
    }
}

impl Drop for WorkerPlace<'_> {
    fn drop(&mut self) {
        lock(&self.0.queue).workers -= 1;
    }
}

/// The handler of an activity's tasks: puts them into the queue and waits for a worker's answer.
pub(in crate::task) struct ActivityTask {
    callbacks: Callbacks,
}

impl ActivityTask {
    pub(in crate::task) fn new(callbacks: Callbacks) -> Self {
        Self { callbacks }
    }
}

impl AsyncTaskHandler for ActivityTask {
    fn call(&self, call: TaskCall) -> TaskFuture {
        let callbacks = self.callbacks.clone();
        Box::pin(async move {
            let registration = callbacks.register(&call)?;
            let heartbeat = call.heartbeat();
            let task_token = call.task_token().unwrap_or_default().to_owned();
            let arn = call.resource().to_owned();
            let task = ActivityAssignment { task_token, input: call.into_payload() };
            callbacks.activities().put(&arn, task, |token| callbacks.is_waiting(token));
            drop(arn);
            // No sign of life is expected before a worker has the task.
            if heartbeat.is_some() {
                registration.taken().await;
            }
            registration.outcome(heartbeat).await
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
