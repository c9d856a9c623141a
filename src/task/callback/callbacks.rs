//! The tasks that wait for a callback, and the calls that answer them.

use std::fmt;
use std::hash::{BuildHasher, RandomState as SecretState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::activity::{Activities, ActivityAssignment};
use super::error::CallbackError;
use super::waiting::{Outcome, Registration, Waiting};
use crate::json::{Document, NodeId, minify};
use crate::task::{TaskCall, TaskError};
use crate::vm::{TokenId, TokenKey};

/// Parts of the table with a lock each: workers and callbacks seldom wait for one another.
const SHARDS: usize = 16;
const NESTING_DEPTH_MAX: u32 = 1024;

/// Answers tasks that wait for a callback: what `SendTaskSuccess`, `SendTaskFailure`, `SendTaskHeartbeat` and
/// `GetActivityTask` are in AWS's API.
///
/// Given to a [`TaskRegistry`](crate::task::TaskRegistry), it has every `.waitForTaskToken` state wait until its token
/// comes back, and every activity's task until a worker has answered it. Tokens are unguessable, and belong to this value:
/// clones of it are the same. A task is answered once, and not after it has timed out or was stopped.
///
/// ```
/// use aslx::asl::model::MachineType;
/// use aslx::executor::Executor;
/// use aslx::task::{Callbacks, TaskCall, TaskRegistry};
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(async {
/// let definition = r#"{"StartAt":"Ask","States":{"Ask":{"Type":"Task","End":true,
///     "Resource":"arn:aws:states:::lambda:invoke.waitForTaskToken",
///     "Parameters":{"FunctionName":"Ask","Payload":{"token.$":"$$.Task.Token"}}}}}"#;
/// let mut options = aslx::CompileOptions::default();
/// options.machine_type = MachineType::Standard;
/// let program = aslx::compile(definition, &options).expect("a valid definition");
///
/// let callbacks = Callbacks::new();
/// let answer = callbacks.clone();
/// let mut tasks = TaskRegistry::new();
/// tasks.callbacks(&callbacks).handle_async("Ask", move |call: TaskCall| {
///     let token = call.task_token().unwrap_or_default().to_owned();
///     answer.send_task_success(&token, br#""approved""#).expect("it waits");
///     async { Ok("null") }
/// });
/// let executor = Executor::builder(program).tasks(tasks).build()?;
/// assert_eq!(executor.execute(*b"{}").await?.output, b"\"approved\"");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct Callbacks(Arc<Shared>);

struct Shared {
    key: TokenKey,
    shards: [Mutex<HashMap<TokenId, Arc<Waiting>, RandomState>>; SHARDS],
    activities: Activities,
}

impl Callbacks {
    /// Callbacks with tokens of their own.
    pub fn new() -> Self {
        Self::with_key(TokenKey::new(random_secret()))
    }

    /// Callbacks whose tokens are made with this key; whoever knows it can make tokens.
    pub fn with_key(key: TokenKey) -> Self {
        let shards = [(); SHARDS].map(|()| Mutex::default());
        Self(Arc::new(Shared { key, shards, activities: Activities::default() }))
    }

    /// Answers a task with its result, as JSON.
    pub fn send_task_success(&self, token: &str, output: &[u8]) -> Result<(), CallbackError> {
        let id = self.genuine(token)?;
        let output = Document::parse(output, NESTING_DEPTH_MAX)
            .map_err(|error| CallbackError::InvalidOutput(error.to_string()))?;
        let mut minified = Vec::new();
        minify(output.doc(), NodeId::ROOT, &mut minified);
        self.take(id)?.end(Outcome::Succeeded(minified));
        Ok(())
    }

    /// Fails a task.
    pub fn send_task_failure(
        &self,
        token: &str,
        error: Option<&str>,
        cause: Option<&str>,
    ) -> Result<(), CallbackError> {
        let id = self.genuine(token)?;
        let (error, cause) = (error.unwrap_or_default().to_owned(), cause.map(str::to_owned));
        self.take(id)?.end(Outcome::Failed(TaskError { error, cause }));
        Ok(())
    }

    /// Says that a task is still being worked on: its `HeartbeatSeconds` begin anew.
    pub fn send_task_heartbeat(&self, token: &str) -> Result<(), CallbackError> {
        let id = self.genuine(token)?;
        let waiting = self.shard(id).get(&id).cloned();
        waiting.ok_or(CallbackError::TaskTimedOut)?.beat();
        Ok(())
    }

    /// Waits for a task of an activity. Whoever drops the future waits no longer.
    pub async fn get_activity_task(&self, activity_arn: &str) -> Result<ActivityAssignment, CallbackError> {
        loop {
            let assignment = self.0.activities.next(activity_arn).await?;
            // The task may have timed out while it stood in the queue.
            if self.send_task_heartbeat(&assignment.task_token).is_ok() {
                return Ok(assignment);
            }
        }
    }

    /// Whether the task of this token waits.
    pub(super) fn is_waiting(&self, token: &str) -> bool {
        self.genuine(token).is_ok_and(|id| self.shard(id).contains_key(&id))
    }

    /// How many tasks wait.
    pub fn waiting_count(&self) -> usize {
        self.0.shards.iter().map(|shard| lock(shard).len()).sum()
    }

    pub(in crate::task) fn key(&self) -> &TokenKey {
        &self.0.key
    }

    pub(super) fn activities(&self) -> &Activities {
        &self.0.activities
    }

    /// Lets workers ask for the tasks of an activity.
    pub(in crate::task) fn declare_activity(&self, arn: &str) {
        self.0.activities.declare(arn);
    }

    /// Has the task of a call wait.
    pub(super) fn register(&self, call: &TaskCall) -> Result<Registration, TaskError> {
        let refused =
            |cause: &str| TaskError::new("States.Runtime", format!("{cause}: state '{}'", call.state()));
        let id = call.task_token().and_then(|token| self.0.key.verify(token));
        let id = id.ok_or_else(|| refused("the task has no token that could come back"))?;
        let waiting = Arc::new(Waiting::default());
        let known = self.shard(id).try_insert(id, Arc::clone(&waiting)).is_err();
        if known {
            return Err(refused("another task waits with the same token"));
        }
        Ok(Registration::new(self.clone(), id, waiting))
    }

    pub(super) fn forget(&self, id: TokenId) {
        self.shard(id).remove(&id);
    }

    fn genuine(&self, token: &str) -> Result<TokenId, CallbackError> {
        self.0.key.verify(token).ok_or(CallbackError::InvalidToken)
    }

    /// Takes a task out of the table: it is the caller's to answer, and nobody else's.
    fn take(&self, id: TokenId) -> Result<Arc<Waiting>, CallbackError> {
        self.shard(id).remove(&id).ok_or(CallbackError::TaskTimedOut)
    }

    fn shard(&self, id: TokenId) -> MutexGuard<'_, HashMap<TokenId, Arc<Waiting>, RandomState>> {
        lock(&self.0.shards[id.shard(SHARDS)])
    }
}

impl Default for Callbacks {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Callbacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callbacks").field("waiting", &self.waiting_count()).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// 32 bytes with the 128 random bits that the system gave the standard library's hashes: what their keyed hash
/// makes of four numbers. The numbers are no secret, what comes of them is seen by nobody.
fn random_secret() -> [u8; 32] {
    let state = SecretState::new();
    let mut secret = [0; 32];
    for (number, part) in (0_u64..).zip(secret.chunks_exact_mut(8)) {
        part.copy_from_slice(&state.hash_one(number).to_le_bytes());
    }
    secret
}
