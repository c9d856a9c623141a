//! A pool of warm workers for one handler.

use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::available_parallelism;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep_until};

use super::invocation::{Outcome, RequestId, invoked_arn, request_id, trace_id};
use super::worker::{Request, Worker};
use crate::task::process::{Backoff, ProcessCommand, ProcessLog};
use crate::task::{AsyncTaskHandler, Reply, Resource, TaskCall, TaskError, TaskFuture};
use crate::value::random::Random;

/// What workers run, how many there are, and what bounds an invocation.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LambdaWorkersOptions {
    /// The program: a runtime interface client with its handler, or a handler that brings its own.
    pub command: ProcessCommand,
    /// The handler's name for programs that take it from `_HANDLER`.
    pub handler: Option<String>,
    /// Processes at most; as many as there are cores unless set.
    pub workers: NonZeroUsize,
    /// The longest invocation (AWS: 15 minutes at most).
    pub timeout: Duration,
    /// How long a process may take until it asks for its first invocation.
    pub init_timeout: Duration,
    /// What the handler is told of its memory; nothing enforces it.
    pub memory_mb: u32,
    /// The largest response (AWS: 6 MB and 100 bytes).
    pub response_bytes_max: usize,
    /// Where what handlers log goes.
    pub log: ProcessLog,
}

impl LambdaWorkersOptions {
    /// Workers that run a program.
    pub fn new(command: ProcessCommand) -> Self {
        Self {
            command,
            handler: None,
            workers: available_parallelism().unwrap_or(NonZeroUsize::MIN),
            timeout: Duration::from_mins(15),
            init_timeout: Duration::from_mins(1),
            memory_mb: 128,
            response_bytes_max: 6_291_556,
            log: ProcessLog::default(),
        }
    }
}

/// Answers Task states with unmodified Lambda handlers, which run as local processes and ask this one for work over
/// the Lambda Runtime API.
///
/// A process is started when an invocation finds none idle and there may be one more; it answers one invocation after
/// the other and is replaced when it dies. An invocation that takes too long, or that nobody waits for any more, ends
/// with its process.
///
/// ```no_run
/// use aslx::task::{LambdaWorkers, LambdaWorkersOptions, ProcessCommand, TaskRegistry};
///
/// let command = ProcessCommand::new("python3", ["-m", "awslambdaric", "price.handler"]).directory("functions/price");
/// let mut tasks = TaskRegistry::new();
/// tasks.handle_async("arn:aws:lambda:*:function:Price", LambdaWorkers::new(LambdaWorkersOptions::new(command)));
/// ```
pub struct LambdaWorkers {
    pool: Arc<Pool>,
}

struct Pool {
    options: LambdaWorkersOptions,
    places: Semaphore,
    state: Mutex<State>,
}

struct State {
    /// Those that wait for work, the one used last at the end.
    idle: Vec<Worker>,
    /// Workers started so far.
    started: u64,
    backoff: Backoff,
    random: Random,
}

impl LambdaWorkers {
    /// A pool; its first process is started by the first invocation.
    pub fn new(options: LambdaWorkersOptions) -> Self {
        let places = Semaphore::new(options.workers.get().min(Semaphore::MAX_PERMITS));
        // Identities that differ from run to run, and no secrets.
        let seed = std::collections::hash_map::RandomState::new().build_hasher().finish();
        let (idle, backoff, random) = (Vec::new(), Backoff::default(), Random::new(seed));
        let state = Mutex::new(State { idle, started: 0, backoff, random });
        Self { pool: Arc::new(Pool { options, places, state }) }
    }
}

impl AsyncTaskHandler for LambdaWorkers {
    fn call(&self, call: TaskCall) -> TaskFuture {
        let pool = Arc::clone(&self.pool);
        Box::pin(async move { pool.answer(call).await })
    }
}

impl Pool {
    async fn answer(&self, call: TaskCall) -> Result<Reply, TaskError> {
        // A worker is dropped before the place is given back: there are never more of them than places.
        let _place = self.places.acquire().await.map_err(|error| {
            TaskError::new("States.Runtime", format!("the pool of workers is closed: {error}"))
        })?;
        let is_minified = matches!(Resource::parse(call.resource()), Resource::Integration(_));
        let (id, trace_id) = self.identity();
        let arn = invoked_arn(&call);
        let request = Request { id, trace_id, arn, payload: call.into_payload().into() };
        loop {
            let worker = match self.worker(&request.arn).await {
                Ok(worker) => worker,
                Err(why) => return Outcome::NotStarted(why).into_result(&id, is_minified),
            };
            // A process may end after its last response, before anybody knows: then the function was not invoked.
            if let Some(outcome) = worker.invoke(&self.options, &request).await {
                self.give_back(worker, &outcome);
                return outcome.into_result(&id, is_minified);
            }
        }
    }

    fn identity(&self) -> (RequestId, String) {
        let random = &mut self.lock().random;
        (request_id(random), trace_id(random))
    }

    /// An idle worker, or a new one.
    async fn worker(&self, arn: &str) -> Result<Worker, String> {
        loop {
            let wait_until = {
                let mut state = self.lock();
                while let Some(worker) = state.idle.pop() {
                    if worker.is_alive() {
                        return Ok(worker);
                    }
                }
                state.backoff.wait_until(Instant::now())
            };
            let Some(until) = wait_until else { break };
            sleep_until(until).await;
        }
        let number = {
            let mut state = self.lock();
            state.started += 1;
            state.started - 1
        };
        let started = Worker::start(&self.options, arn, number).await;
        started.map_err(|error| {
            self.lock().backoff.failed(Instant::now());
            format!("failed to start {}: {error}", self.options.command.program())
        })
    }

    /// Keeps a worker that can go on; another one is killed.
    fn give_back(&self, worker: Worker, outcome: &Outcome) {
        let mut state = self.lock();
        if worker.is_ready() {
            state.backoff.succeeded();
        } else {
            state.backoff.failed(Instant::now());
        }
        // What a worker that was cut off would do with the next invocation is unknown.
        if !matches!(outcome, Outcome::TimedOut(_)) && worker.is_alive() {
            state.idle.push(worker);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for LambdaWorkers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LambdaWorkers").field("options", &self.pool.options).finish_non_exhaustive()
    }
}
