//! One execution at a time on the calling thread: no other thread, no runtime.

use std::sync::Arc;

use super::clock::Time;
use super::engine::{Ended, Engine};
use super::seed::derive_seed;
use super::setup::Setup;
use crate::asl::model::MachineType;
use crate::bytecode::Program;
use crate::json::ParseError;
use crate::limits::Limits;
use crate::task::{TaskRegistry, UnansweredError};
use crate::value::timestamp::Timestamp;
use crate::vm::{ExecutionError, ExecutionStatus, Names, Visit};

/// Runs executions of one program on the calling thread; a Wait blocks it, unless the clock is virtual.
///
/// ```
/// use aslx::executor::{OutcomeStatus, Runner};
///
/// let definition = r#"{"StartAt":"P","States":{"P":{"Type":"Pass","InputPath":"$.order","End":true}}}"#;
/// let program = aslx::compile(definition, &aslx::CompileOptions::default()).expect("a valid definition");
///
/// let mut runner = Runner::builder(program).build()?;
/// let mut output = Vec::new();
/// let outcome = runner.run(br#"{"order": {"id": 7}}"#, &mut output).expect("the input is JSON");
/// assert_eq!(outcome.status, OutcomeStatus::Succeeded);
/// assert_eq!(output, br#"{"id":7}"#);
/// # Ok::<(), aslx::executor::RunnerError>(())
/// ```
#[derive(Debug)]
pub struct Runner {
    engine: Engine,
    setup: Arc<Setup>,
    seed: u64,
    runs: u64,
}

/// Why a [`Runner`] cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunnerError {
    /// The program has tasks that nothing answers.
    #[error(transparent)]
    Unanswered(#[from] UnansweredError),
    /// A handler answers later, and a `Runner` has nothing that could drive it meanwhile.
    #[error(
        "state '{state}': the handler of '{resource}' is asynchronous, which a Runner cannot drive\n  help: use an Executor or a Pipeline, or a synchronous handler"
    )]
    Asynchronous {
        /// The state's name.
        state: String,
        /// Its `Resource`.
        resource: String,
    },
}

/// How an execution ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// Succeeded, failed or timed out.
    pub status: OutcomeStatus,
    /// The error name; a Fail state may leave it out.
    pub error: Option<String>,
    /// The cause, where there is one.
    pub cause: Option<String>,
    /// The innermost state that failed.
    pub state: Option<String>,
    /// Every visit of a state in order of entry, if a trace was asked for.
    pub visits: Vec<Visit>,
}

/// AWS's words for the end of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutcomeStatus {
    /// `SUCCEEDED`
    Succeeded,
    /// `FAILED`
    Failed,
    /// `TIMED_OUT`
    TimedOut,
}

impl OutcomeStatus {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => ExecutionStatus::Failed.as_str(),
            Self::TimedOut => ExecutionStatus::TimedOut.as_str(),
        }
    }
}

/// What becomes of a task that no handler answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unanswered {
    /// The program is refused before its first execution.
    #[default]
    Refuse,
    /// An execution that reaches it fails with `States.Runtime`.
    FailWhenReached,
}

/// Makes a [`Runner`].
#[derive(Debug, Clone)]
pub struct RunnerBuilder {
    program: Arc<Program>,
    tasks: TaskRegistry,
    unanswered: Unanswered,
    limits: Limits,
    names: Names,
    time: Time,
    seed: u64,
    trace: bool,
}

impl RunnerBuilder {
    /// The handlers; none unless set.
    pub fn tasks(&mut self, tasks: TaskRegistry) -> &mut Self {
        self.tasks = tasks;
        self
    }

    /// What becomes of a task that no handler answers.
    pub fn unanswered(&mut self, unanswered: Unanswered) -> &mut Self {
        self.unanswered = unanswered;
        self
    }

    /// The bounds on an execution.
    pub fn limits(&mut self, limits: Limits) -> &mut Self {
        self.limits = limits;
        self
    }

    /// The names in the Context Object.
    pub fn names(&mut self, names: Names) -> &mut Self {
        self.names = names;
        self
    }

    /// How executions see time; the machine's clock unless set.
    pub fn time(&mut self, time: Time) -> &mut Self {
        self.time = time;
        self
    }

    /// Where randomness comes from; each run of the runner has a seed of its own derived from it.
    pub fn seed(&mut self, seed: u64) -> &mut Self {
        self.seed = seed;
        self
    }

    /// Whether to record state visits.
    pub fn trace(&mut self, trace: bool) -> &mut Self {
        self.trace = trace;
        self
    }

    /// Finds the handlers.
    ///
    /// # Errors
    /// If a task has none and that is to be refused, or one that answers later.
    pub fn build(&self) -> Result<Runner, RunnerError> {
        let tasks = self.tasks.resolve(&self.program);
        if self.unanswered == Unanswered::Refuse {
            tasks.require_answers(&self.program)?;
        }
        if let Some(site) = tasks.first_async(&self.program) {
            let (state, resource) = (site.state.clone(), site.resource.clone());
            return Err(RunnerError::Asynchronous { state, resource });
        }
        let setup = Setup {
            program: Arc::clone(&self.program),
            tasks,
            limits: self.limits.clone(),
            names: Arc::new(self.names.clone()),
            time: self.time.clone(),
            trace: self.trace,
            metrics: None,
        };
        let engine = Engine::new(&setup.limits);
        Ok(Runner { engine, setup: Arc::new(setup), seed: self.seed, runs: 0 })
    }
}

impl Runner {
    /// A builder for a program.
    pub fn builder(program: impl Into<Arc<Program>>) -> RunnerBuilder {
        RunnerBuilder {
            program: program.into(),
            tasks: TaskRegistry::new(),
            unanswered: Unanswered::default(),
            limits: Limits::default(),
            names: Names::new("StateMachine", MachineType::Express),
            time: Time::default(),
            seed: 0,
            trace: false,
        }
    }

    /// Runs one execution; its output, if it succeeds, is appended to `out` as minified JSON.
    ///
    /// # Errors
    /// If `input` is not JSON: there is no execution then.
    pub fn run(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<Outcome, ParseError> {
        let seed = derive_seed(self.seed, 0, self.runs);
        self.runs = self.runs.wrapping_add(1);
        let now = self.setup.time.now();
        let mut ended = self.engine.start(&self.setup, input, seed, now, out);
        loop {
            let failure = match ended {
                Ended::Succeeded => None,
                Ended::Failed(failure) => Some(failure),
                Ended::Malformed(error) => return Err(error),
                Ended::Suspended(suspended) => {
                    let now = suspended.wake_at.map_or(now, |until| self.block_until(until));
                    ended = self.engine.resume(suspended, std::iter::empty(), now, out, &mut Vec::new());
                    continue;
                }
            };
            return Ok(self.outcome(failure));
        }
    }

    fn outcome(&mut self, failure: Option<ExecutionError>) -> Outcome {
        let visits = self.engine.take_visits();
        match failure {
            None => {
                Outcome { status: OutcomeStatus::Succeeded, error: None, cause: None, state: None, visits }
            }
            Some(ExecutionError { status, error, cause, state }) => {
                let status = match status {
                    ExecutionStatus::Failed => OutcomeStatus::Failed,
                    ExecutionStatus::TimedOut => OutcomeStatus::TimedOut,
                };
                Outcome { status, error, cause, state, visits }
            }
        }
    }

    /// Blocks the thread; nobody unparks it but the time-out.
    fn block_until(&self, until: Timestamp) -> Timestamp {
        let Time::Real(clock) = &self.setup.time else { return until };
        loop {
            let now = clock.now();
            if now >= until {
                return now;
            }
            std::thread::park_timeout(clock.block_for(until));
        }
    }
}
