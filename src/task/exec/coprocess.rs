//! Programs that run as long as they are needed and answer many requests at once.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep_until};

use super::connection::Connection;
use super::message::write_request;
use crate::task::process::{Backoff, ProcessCommand, ProcessLog};
use crate::task::{AsyncTaskHandler, Reply, TaskCall, TaskError, TaskFuture};

/// What co-processes run, how many there are, and what bounds them.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CoprocessOptions {
    /// The program.
    pub command: ProcessCommand,
    /// Processes at most; one unless set.
    pub processes: NonZeroUsize,
    /// Requests that one process has at once at most; 64 unless set.
    pub in_flight_max: NonZeroUsize,
    /// The longest response line; 8 MiB unless set.
    pub response_bytes_max: usize,
    /// Where what programs write to standard error goes.
    pub log: ProcessLog,
}

impl CoprocessOptions {
    /// Co-processes that run a program.
    pub fn new(command: ProcessCommand) -> Self {
        const IN_FLIGHT: NonZeroUsize = NonZeroUsize::MIN.saturating_add(63);
        Self {
            command,
            processes: NonZeroUsize::MIN,
            in_flight_max: IN_FLIGHT,
            response_bytes_max: 8 << 20,
            log: ProcessLog::default(),
        }
    }

    /// Requests under way at most.
    pub(super) fn places(&self) -> usize {
        self.processes.get().saturating_mul(self.in_flight_max.get()).min(Semaphore::MAX_PERMITS)
    }
}

/// Answers Task states with programs that read one JSON request a line and write one JSON response a line, in any order:
/// `{"id":1,"resource":"…","state":"…","retryCount":0,"input":…}` gets `{"id":1,"output":…}` or
/// `{"id":1,"error":"OutOfStock","cause":"…"}`.
///
/// A process is started by the first request and again after it has ended, with growing pauses until it answers. It is
/// killed when nobody waits for any of its responses any more, or when it writes what is no response.
///
/// ```no_run
/// use aslx::task::{Coprocess, CoprocessOptions, ProcessCommand, TaskRegistry};
///
/// let command = ProcessCommand::new("python3", ["-u", "price.py"]);
/// let mut tasks = TaskRegistry::new();
/// tasks.handle_async("arn:aws:lambda:*:function:Price", Coprocess::new(CoprocessOptions::new(command)));
/// ```
pub struct Coprocess {
    pool: Arc<Pool>,
}

struct Pool {
    options: CoprocessOptions,
    /// One for each request under way.
    places: Arc<Semaphore>,
    connections: Mutex<Vec<Arc<Connection>>>,
    backoff: Arc<Mutex<Backoff>>,
    started: AtomicU64,
    requests: AtomicU64,
}

impl Coprocess {
    /// Co-processes; the first is started by the first request.
    pub fn new(options: CoprocessOptions) -> Self {
        let places = Arc::new(Semaphore::new(options.places()));
        Self {
            pool: Arc::new(Pool {
                options,
                places,
                connections: Mutex::default(),
                backoff: Arc::default(),
                started: AtomicU64::new(0),
                requests: AtomicU64::new(0),
            }),
        }
    }
}

impl AsyncTaskHandler for Coprocess {
    fn call(&self, call: TaskCall) -> TaskFuture {
        let pool = Arc::clone(&self.pool);
        Box::pin(async move { pool.answer(call).await })
    }
}

impl Pool {
    async fn answer(&self, call: TaskCall) -> Result<Reply, TaskError> {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|error| {
            TaskError::new("States.Runtime", format!("the co-processes are closed: {error}"))
        })?;
        let id = self.requests.fetch_add(1, Ordering::Relaxed);
        let line = write_request(id, &call.as_request());
        drop(call);
        let asked = self.connection().await?.ask(id, line, place);
        asked.response().await
    }

    /// The process with the fewest requests, or a new one if all have some and there may be one more.
    async fn connection(&self) -> Result<Arc<Connection>, TaskError> {
        loop {
            let wait_until = {
                let mut connections = self.lock();
                connections.retain(|connection| connection.load().is_some());
                let least = connections.iter().min_by_key(|connection| connection.load());
                let load = least.and_then(|connection| connection.load()).unwrap_or(usize::MAX);
                let may_start = connections.len() < self.options.processes.get();
                let wait_until = lock(&self.backoff).wait_until(Instant::now());
                let is_usable = load < self.options.in_flight_max.get();
                match least {
                    Some(least) if load == 0 || is_usable && (!may_start || wait_until.is_some()) => {
                        return Ok(Arc::clone(least));
                    }
                    _ if !may_start => Some(Instant::now()),
                    _ if wait_until.is_some() => wait_until,
                    _ => {
                        let connection = self.start()?;
                        connections.push(Arc::clone(&connection));
                        return Ok(connection);
                    }
                }
            };
            match wait_until {
                Some(until) => sleep_until(until).await,
                None => tokio::task::yield_now().await,
            }
        }
    }

    fn start(&self) -> Result<Arc<Connection>, TaskError> {
        let number = self.started.fetch_add(1, Ordering::Relaxed);
        let program = self.options.command.program();
        let tag = format!("{program}#{number}").into();
        Connection::start(&self.options, tag, &self.backoff).map_err(|error| {
            lock(&self.backoff).failed(Instant::now());
            TaskError::new("Exec.StartFailed", format!("failed to start {program}: {error}"))
        })
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Connection>>> {
        lock(&self.connections)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        for connection in self.lock().iter() {
            connection.kill();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Coprocess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Coprocess").field("options", &self.pool.options).finish_non_exhaustive()
    }
}
