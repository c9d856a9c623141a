//! One execution at a time on the calling thread: no other thread, no runtime.

use std::sync::Arc;

use super::clock::Time;
use super::engine::{Ended, Engine};
use super::nested::Nested;
use super::options::{Options, option_setters, outcome_setters};
use super::outcome::Outcome;
use super::seed::derive_seed;
use super::setup::Setup;
use crate::bytecode::Program;
use crate::json::ParseError;
use crate::map_run::{NoObjectStore, require_object_store};
use crate::task::UnansweredError;
use crate::value::timestamp::Timestamp;

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
    /// The program needs S3, and nothing stands in for it.
    #[error(transparent)]
    NoObjectStore(#[from] NoObjectStore),
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
    options: Options,
}

impl RunnerBuilder {
    option_setters!();
    outcome_setters!();

    /// Finds the handlers.
    ///
    /// # Errors
    /// If a task has none and that is to be refused, or one that answers later.
    pub fn build(&self) -> Result<Runner, RunnerError> {
        let tasks = self.options.tasks.resolve(&self.program);
        if self.options.unanswered == Unanswered::Refuse {
            tasks.require_answers(&self.program)?;
            require_object_store(&self.program, self.options.object_store.is_some())?;
        }
        if let Some(site) = tasks.first_async(&self.program) {
            let (state, resource) = (site.state.clone(), site.resource.clone());
            return Err(RunnerError::Asynchronous { state, resource });
        }
        let setup = self.options.setup(&self.program, tasks, None);
        let engine = Engine::new(&setup);
        Ok(Runner { engine, setup: Arc::new(setup), seed: self.options.seed, runs: 0 })
    }
}

impl Runner {
    /// A builder for a program.
    pub fn builder(program: impl Into<Arc<Program>>) -> RunnerBuilder {
        RunnerBuilder { program: program.into(), options: Options::default() }
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
        if matches!(ended, Ended::Suspended(_)) {
            let time = &self.setup.time;
            let mut nested = Nested::new(&mut self.engine, &self.setup);
            ended = nested.finish(ended, out, |until| block_until(time, until));
        }
        let failure = match ended {
            Ended::Succeeded | Ended::Suspended(_) => None,
            Ended::Failed(failure) => Some(failure),
            Ended::Malformed(error) => return Err(error),
        };
        if let Some(log) = &self.setup.log {
            log.flush();
        }
        Ok(Outcome::new(failure, self.engine.take_visits(), self.engine.take_history()))
    }
}

/// Blocks the thread; nobody unparks it but the time-out.
fn block_until(time: &Time, until: Timestamp) -> Timestamp {
    let Time::Real(clock) = time else { return until };
    loop {
        let now = clock.now();
        if now >= until {
            return now;
        }
        std::thread::park_timeout(clock.block_for(until));
    }
}
