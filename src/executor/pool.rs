//! Executions on threads of their own, asked for one by one from asynchronous code.

use std::fmt;
use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_deque::Injector;
use metrics::Recorder;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, oneshot};

use super::children::Children;
use super::driver::Driver;
use super::job::{AnswerTo, Completed, ExecuteError, Job, Pending, Whereabouts};
use super::options::{Options, option_setters, outcome_setters};
use super::pool_worker::PoolWorker;
use super::runner::Unanswered;
use super::seed::derive_seed;
use super::setup::Setup;
use super::signal::Signal;
use super::sync::{AtomicBool, AtomicU64, Mutex, Ordering, lock};
use super::watchdog::{OnOverdue, OverdueTask, Watchdog};
use crate::bytecode::Program;
use crate::map_run::{NoObjectStore, require_object_store};
use crate::task::UnansweredError;
use crate::telemetry::ExecutionMetrics;

/// Runs executions on worker threads of its own; they are asked for one by one and answered as they end.
///
/// [`execute`](Self::execute) can be awaited on any runtime. Executions that wait, for a time or for an
/// asynchronous handler, occupy no thread. Dropping the executor aborts what is under way;
/// [`shut_down`](Self::shut_down) finishes it.
///
/// ```
/// use aslx::executor::Executor;
/// use aslx::task::{TaskCall, TaskRegistry};
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(async {
/// let definition = r#"{"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:lambda:eu-west-1:1:function:Price","End":true}}}"#;
/// let program = aslx::compile(definition, &aslx::CompileOptions::default()).expect("a valid definition");
///
/// let mut tasks = TaskRegistry::new();
/// tasks.handle_async("*:function:Price", |call: TaskCall| async move { Ok(call.into_payload()) });
///
/// let executor = Executor::builder(program).tasks(tasks).workers(2).build()?;
/// let completed = executor.execute(*b"{\"sku\":\"lamp\"}").await?;
/// assert_eq!(completed.output, b"{\"sku\":\"lamp\"}");
/// executor.shut_down();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
pub struct Executor {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

/// Makes an [`Executor`].
pub struct ExecutorBuilder {
    program: Arc<Program>,
    options: Options,
    workers: usize,
    runtime: Option<Handle>,
    recorder: Option<Arc<dyn Recorder + Send + Sync>>,
    on_overdue: Option<OnOverdue>,
}

/// Why an [`Executor`] cannot be made, or its program not be swapped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExecutorError {
    /// The program has tasks that nothing answers.
    #[error(transparent)]
    Unanswered(#[from] UnansweredError),
    /// The program needs S3, and nothing stands in for it.
    #[error(transparent)]
    NoObjectStore(#[from] NoObjectStore),
    /// The program to swap in has a Distributed Map, and the executor was built for one without.
    #[error("the executor was built for a program without Distributed Maps\n  help: build another executor")]
    NoDriver,
    /// No thread could be started.
    #[error("failed to start a thread: {0}")]
    Spawn(#[source] io::Error),
}

/// What the executor and its workers share.
pub(super) struct Shared {
    pub(super) jobs: Injector<Job>,
    pub(super) signal: Arc<Signal>,
    /// No more jobs come; workers leave when nothing of theirs is left.
    pub(super) is_closed: AtomicBool,
    /// What is under way is to be aborted.
    pub(super) is_aborted: AtomicBool,
    pub(super) driver: Option<Arc<Driver>>,
    pub(super) watchdog: Option<Arc<Watchdog>>,
    /// What executions are started with from now on.
    setup: Mutex<Arc<Setup>>,
    permits: Arc<Semaphore>,
    /// For child executions, whose parents hold permits of the others.
    pub(super) child_permits: Arc<Semaphore>,
    started: AtomicU64,
    options: Options,
    workers: usize,
    recorder: Option<Arc<dyn Recorder + Send + Sync>>,
}

impl ExecutorBuilder {
    option_setters!();
    outcome_setters!();

    pub(crate) fn with_options(&mut self, options: Options) -> &mut Self {
        self.options = options;
        self
    }

    /// Threads that run executions; as many as there are cores unless set.
    pub fn workers(&mut self, workers: usize) -> &mut Self {
        self.workers = workers.max(1);
        self
    }

    /// The tokio runtime for asynchronous handlers; one of the executor's own unless set.
    pub fn runtime(&mut self, runtime: Handle) -> &mut Self {
        self.runtime = Some(runtime);
        self
    }

    /// Where the [metrics](crate::telemetry) are registered when the executor is built; nowhere unless set.
    pub fn recorder(&mut self, recorder: Arc<dyn Recorder + Send + Sync>) -> &mut Self {
        self.recorder = Some(recorder);
        self
    }

    /// Called when a handler that runs on a worker's thread is past its `TimeoutSeconds`: it cannot be stopped.
    /// Each call is told of once, within a second or two.
    pub fn on_overdue(&mut self, on_overdue: impl Fn(&OverdueTask) + Send + Sync + 'static) -> &mut Self {
        self.on_overdue = Some(Arc::new(on_overdue));
        self
    }

    /// Finds the handlers and starts the threads.
    pub fn build(&mut self) -> Result<Executor, ExecutorError> {
        let setup = Arc::new(new_setup(&self.options, self.recorder.as_deref(), &self.program)?);
        let driver = if self.options.tasks.is_async() || !self.program.map_runs().is_empty() {
            Some(Arc::new(Driver::new(self.runtime.as_ref()).map_err(ExecutorError::Spawn)?))
        } else {
            None
        };
        let on_overdue = self.on_overdue.clone().filter(|_| !setup.time.is_virtual());
        let in_flight_max = self.options.limits.in_flight_max.max(1) as usize;
        let shared = Arc::new(Shared {
            jobs: Injector::new(),
            signal: Arc::default(),
            is_closed: AtomicBool::new(false),
            is_aborted: AtomicBool::new(false),
            driver,
            watchdog: on_overdue.map(|on_overdue| Arc::new(Watchdog::new(self.workers, on_overdue))),
            setup: Mutex::new(setup),
            permits: Arc::new(Semaphore::new(in_flight_max.min(Semaphore::MAX_PERMITS))),
            child_permits: Arc::new(Semaphore::new(in_flight_max.min(Semaphore::MAX_PERMITS))),
            started: AtomicU64::new(0),
            options: self.options.clone(),
            workers: self.workers,
            recorder: self.recorder.clone(),
        });
        // Made first: if a thread cannot be started, its drop ends those that were.
        let mut executor = Executor { shared, threads: Vec::new() };
        executor.spawn()?;
        Ok(executor)
    }
}

impl Executor {
    /// A builder for a program.
    pub fn builder(program: impl Into<Arc<Program>>) -> ExecutorBuilder {
        ExecutorBuilder {
            program: program.into(),
            options: Options::default(),
            workers: std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
            runtime: None,
            recorder: None,
            on_overdue: None,
        }
    }

    /// Runs one execution. Waits while as many are in flight as `Limits::in_flight_max` allows.
    ///
    /// Dropping the future gives the execution up: it is aborted if it waits, and then its handlers are too.
    ///
    /// # Errors
    /// If `input` is not JSON, or the executor is shut down. An execution that fails is no error here: its
    /// [outcome](Completed::outcome) says so.
    pub async fn execute(&self, input: impl Into<Vec<u8>>) -> Result<Completed, ExecuteError> {
        let permit = Arc::clone(&self.shared.permits).acquire_owned().await;
        let permit = permit.map_err(|_| ExecuteError::ShutDown)?;
        let (answer, answered) = oneshot::channel();
        let whereabouts = Arc::new(Whereabouts::default());
        let answer = AnswerTo::Caller(answer);
        let pending = Pending { answer, whereabouts: Arc::clone(&whereabouts), _permit: Some(permit) };
        let number = self.shared.started.fetch_add(1, Ordering::Relaxed); // any order will do
        let seed = derive_seed(self.shared.options.seed, 0, number);
        let (setup, input) = (self.shared.setup(), input.into());
        self.shared.jobs.push(Job { setup, entry: None, input, seed, pending });
        self.shared.signal.notify();
        let _given_up = GivenUp(whereabouts);
        answered.await.unwrap_or(Err(ExecuteError::ShutDown))
    }

    /// Has new executions run another program; those under way keep theirs to their end.
    ///
    /// # Errors
    /// If nothing answers one of its tasks, or it is the first with a Distributed Map: then nothing has changed.
    pub fn swap(&self, program: impl Into<Arc<Program>>) -> Result<(), ExecutorError> {
        let Shared { options, recorder, driver, .. } = &*self.shared;
        let program = program.into();
        if driver.is_none() && !program.map_runs().is_empty() {
            return Err(ExecutorError::NoDriver);
        }
        let setup = Arc::new(new_setup(options, recorder.as_deref(), &program)?);
        *lock(&self.shared.setup) = setup;
        Ok(())
    }

    /// The program of new executions.
    pub fn program(&self) -> Arc<Program> {
        Arc::clone(&self.shared.setup().program)
    }

    /// Takes no more executions, finishes those under way, and ends the threads. Blocks until then.
    pub fn shut_down(mut self) {
        self.close();
    }

    /// The executor as the place where children of Map Runs run.
    pub(crate) fn children(&self) -> Children {
        Children(Arc::clone(&self.shared))
    }

    pub(crate) fn options(&self) -> &Options {
        &self.shared.options
    }

    pub(crate) fn worker_count(&self) -> usize {
        self.shared.workers
    }

    pub(crate) fn recorder(&self) -> Option<Arc<dyn Recorder + Send + Sync>> {
        self.shared.recorder.clone()
    }

    fn spawn(&mut self) -> Result<(), ExecutorError> {
        for number in 0..self.shared.workers {
            let shared = Arc::clone(&self.shared);
            let thread = std::thread::Builder::new().name(format!("aslx-worker-{number}"));
            let thread = thread.spawn(move || PoolWorker::new(&shared, number).work());
            self.threads.push(thread.map_err(ExecutorError::Spawn)?);
        }
        if self.shared.watchdog.is_some() {
            let shared = Arc::clone(&self.shared);
            let thread = std::thread::Builder::new().name("aslx-watchdog".to_owned());
            let thread = thread.spawn(move || shared.watch());
            self.threads.push(thread.map_err(ExecutorError::Spawn)?);
        }
        Ok(())
    }

    fn close(&mut self) {
        self.shared.permits.close();
        self.shared.is_closed.store(true, Ordering::SeqCst); // before `notify`, whose fence a waiter pairs with
        self.shared.signal.notify();
        if let Some(watchdog) = &self.shared.watchdog {
            watchdog.end();
        }
        for thread in self.threads.drain(..) {
            // A worker that panicked has lost its executions, whose callers know.
            let _ = thread.join();
        }
    }
}

impl Shared {
    pub(super) fn setup(&self) -> Arc<Setup> {
        Arc::clone(&lock(&self.setup))
    }

    fn watch(&self) {
        if let Some(watchdog) = &self.watchdog {
            watchdog.watch(|| self.setup());
        }
    }
}

impl Drop for Executor {
    fn drop(&mut self) {
        self.shared.is_aborted.store(true, Ordering::SeqCst);
        self.close();
    }
}

fn new_setup(
    options: &Options,
    recorder: Option<&(dyn Recorder + Send + Sync)>,
    program: &Arc<Program>,
) -> Result<Setup, ExecutorError> {
    let tasks = options.tasks.resolve(program);
    if options.unanswered == Unanswered::Refuse {
        tasks.require_answers(program)?;
        require_object_store(program, options.object_store.is_some())?;
    }
    let name = &options.names.state_machine;
    let metrics = recorder.map(|recorder| ExecutionMetrics::register(recorder, name, program));
    Ok(options.setup(program, tasks, metrics))
}

/// Gives an execution up when its caller's future is dropped; no matter once it has ended.
pub(super) struct GivenUp(pub(super) Arc<Whereabouts>);

impl Drop for GivenUp {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

impl fmt::Debug for Executor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Executor").field("workers", &self.shared.workers).finish_non_exhaustive()
    }
}

impl fmt::Debug for ExecutorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExecutorBuilder").field("workers", &self.workers).finish_non_exhaustive()
    }
}
