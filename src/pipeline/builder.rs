//! Putting a run together.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;

use metrics::Recorder;
use tokio::runtime::Handle;

use super::checkpoint::{self, CheckpointOptions, Fresh, Resumption};
use super::commit::{Committer, OnProgress};
use super::drain::Drain;
use super::error::RunError;
use super::line_range::RANGES_PER_CHUNK;
use super::run::{Run, run};
use super::same_file::refuse_same_file;
use super::sinks::Sinks;
use super::summary::{Progress, Summary};
use crate::asl::model::MachineType;
use crate::bytecode::Program;
use crate::executor::{
    Admission, Driver, Executor, ExecutorError, OnOverdue, Options, OverdueTask, RunObserver, Setup, Signal,
    SystemClock, Time, Watchdog, option_setters,
};
use crate::json::write_json_string;
use crate::map_run::require_object_store;
use crate::sink::Sink;
use crate::source::{Feed, Input};
use crate::telemetry::{ExecutionMetrics, PipelineMetrics};
use crate::value::timestamp::Timestamp;

/// Bytes of an escape like `\u0001`.
const ESCAPE_BYTES: u32 = 6;
/// Bytes that a dead letter may have beside its input.
const LETTER_BYTES: u32 = 1 << 20;
/// Bytes of whole lines that a worker claims at a time.
const CHUNK_BYTES: usize = 256 << 10;

/// In which order outputs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum OutputOrder {
    /// That of the inputs.
    #[default]
    Input,
    /// That in which chunks of lines are completed.
    Completion,
}

/// What the lines of the inputs are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum InputForm {
    /// Inputs of executions.
    #[default]
    Input,
    /// Dead letters of an earlier run: their inputs are executed. What fails again is told of with the source and
    /// line of the first time.
    DeadLetter,
}

/// What is written for a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum OutputForm {
    /// The output of an execution that succeeded; nothing for one that failed.
    #[default]
    Output,
    /// One object for every line, with its status: `{"status":"SUCCEEDED","output":…}`.
    Envelope,
}

/// A run over inputs: one execution a line.
///
/// ```
/// use aslx::pipeline::Pipeline;
/// use aslx::sink::Sink;
/// use aslx::source::Input;
///
/// let definition = r#"{"StartAt":"P","States":{"P":{"Type":"Pass","Result":"seen","End":true}}}"#;
/// let program = aslx::compile(definition, &aslx::CompileOptions::default()).expect("a valid definition");
///
/// let mut builder = Pipeline::builder(program);
/// builder.input(Input::memory("orders", *b"{\"id\":1}\n{\"id\":2}\nnot JSON\n"));
/// builder.output(Sink::stream("nowhere", std::io::sink())).workers(2);
/// let summary = builder.build()?.run()?;
/// assert_eq!((summary.lines, summary.succeeded, summary.failed), (3, 2, 1));
/// # Ok::<(), aslx::pipeline::RunError>(())
/// ```
pub struct Pipeline {
    run: Run,
    workers: usize,
    resumption: Option<Resumption>,
}

/// Makes a [`Pipeline`].
pub struct PipelineBuilder {
    program: Arc<Program>,
    options: Options,
    random_seed: Option<u64>,
    workers: usize,
    chunk_bytes: usize,
    inputs: Vec<Input>,
    output: Option<Sink>,
    failures: Option<Sink>,
    order: OutputOrder,
    input_form: InputForm,
    form: OutputForm,
    checkpoint: Option<CheckpointOptions>,
    on_progress: Option<OnProgress>,
    on_overdue: Option<OnOverdue>,
    runtime: Option<Handle>,
    recorder: Option<Arc<dyn Recorder + Send + Sync>>,
}

impl PipelineBuilder {
    option_setters!();

    /// Who watches the executions; nobody unless set.
    #[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "only the command line measures runs"))]
    pub(crate) fn observer(&mut self, observer: Arc<dyn RunObserver>) -> &mut Self {
        self.options.observer = Some(observer);
        self
    }

    fn run_seed(&self) -> u64 {
        self.random_seed.unwrap_or(self.options.seed)
    }

    pub(super) fn with_options(&mut self, options: Options) -> &mut Self {
        // No caller sees the outcome of a line.
        self.options = Options { keeps_history: false, ..options };
        self
    }

    /// A seed that could as well be another one, in place of [`seed`](Self::seed)'s: a run that goes on from a
    /// checkpoint takes that of the run before.
    pub fn random_seed(&mut self, seed: u64) -> &mut Self {
        self.random_seed = Some(seed);
        self
    }

    /// Threads that run executions, the calling one included; as many as there are cores unless set.
    pub fn workers(&mut self, workers: usize) -> &mut Self {
        self.workers = workers.max(1);
        self
    }

    /// Bytes of whole lines that a worker claims at a time. Results do not depend on it.
    pub fn chunk_bytes(&mut self, chunk_bytes: usize) -> &mut Self {
        self.chunk_bytes = chunk_bytes;
        self
    }

    /// Adds an input behind those there are.
    pub fn input(&mut self, input: Input) -> &mut Self {
        self.inputs.push(input);
        self
    }

    /// What the lines of the inputs are.
    pub fn input_form(&mut self, form: InputForm) -> &mut Self {
        self.input_form = form;
        self
    }

    /// Where outputs go; the standard output unless set.
    pub fn output(&mut self, output: Sink) -> &mut Self {
        self.output = Some(output);
        self
    }

    /// Where dead letters go; nowhere unless set.
    pub fn failures(&mut self, failures: Sink) -> &mut Self {
        self.failures = Some(failures);
        self
    }

    /// In which order outputs are written.
    pub fn order(&mut self, order: OutputOrder) -> &mut Self {
        self.order = order;
        self
    }

    /// What is written for a line.
    pub fn form(&mut self, form: OutputForm) -> &mut Self {
        self.form = form;
        self
    }

    /// Notes in a file how far the run is, and goes on from there if the file tells of a run before: each line's
    /// output is then written exactly once, whenever a run was killed, while handlers may be asked again.
    ///
    /// Inputs, output and failures must be regular files, the outputs in the order of the inputs. Of what
    /// results depend on only the handlers may change between the runs; inputs may grow. A virtual clock starts
    /// where that of the first run did.
    pub fn checkpoint(&mut self, options: CheckpointOptions) -> &mut Self {
        self.checkpoint = Some(options);
        self
    }

    /// Called with the counts whenever something was written, by whichever worker wrote it; never by two at
    /// once.
    pub fn on_progress(&mut self, on_progress: impl Fn(&Progress) + Send + Sync + 'static) -> &mut Self {
        self.on_progress = Some(Box::new(on_progress));
        self
    }

    /// Called when a handler that runs on a worker's thread is past its `TimeoutSeconds`: it cannot be stopped.
    /// Each call is told of once, within a second or two.
    pub fn on_overdue(&mut self, on_overdue: impl Fn(&OverdueTask) + Send + Sync + 'static) -> &mut Self {
        self.on_overdue = Some(Arc::new(on_overdue));
        self
    }

    /// Where the [metrics](crate::telemetry) of the run are registered when it is built; nowhere unless set.
    pub fn recorder(&mut self, recorder: Arc<dyn Recorder + Send + Sync>) -> &mut Self {
        self.recorder = Some(recorder);
        self
    }

    /// The tokio runtime for asynchronous handlers; one of the pipeline's own unless set.
    pub fn runtime(&mut self, runtime: Handle) -> &mut Self {
        self.runtime = Some(runtime);
        self
    }

    /// Finds the handlers and opens the inputs. Nothing is written yet: if this fails, output files hold what
    /// they held before.
    ///
    /// The inputs and sinks that were set are the pipeline's from then on.
    pub fn build(&mut self) -> Result<Pipeline, RunError> {
        let tasks = self.options.tasks.resolve(&self.program);
        tasks.require_answers(&self.program)?;
        require_object_store(&self.program, self.options.object_store.is_some())?;
        let has_map_runs = !self.program.map_runs().is_empty();
        let has_async_tasks = has_map_runs || tasks.first_async(&self.program).is_some();
        let signal = Arc::new(Signal::default());
        let (feed, sinks) = self.open(&signal)?;
        let (mut seed, mut time, mut resumption) = (self.run_seed(), self.options.time.clone(), None);
        if let Some(journal) = &sinks.journal {
            seed = journal.seed();
            if let Some(start_ms) = journal.clock_start_ms() {
                time = Time::Virtual { start: Timestamp::from_millis(start_ms) };
            }
            resumption = journal.resumption();
        }
        let has_failures = sinks.failures.is_some();
        let recorder = self.recorder.as_deref().map(|recorder| recorder as &dyn Recorder);
        let name = &self.options.names.state_machine;
        let metrics = recorder.map(|recorder| ExecutionMetrics::register(recorder, name, &self.program));
        let setup = Setup { time, ..self.options.setup(&self.program, tasks, metrics) };
        let committer = Committer::new(
            sinks,
            feed.names().map(json_string).collect(),
            self.order == OutputOrder::Input,
            feed.bytes_total(),
            Arc::clone(&signal),
            self.on_progress.take(),
            recorder.map_or_else(PipelineMetrics::none, |recorder| PipelineMetrics::register(recorder, name)),
        );
        let driver = if has_async_tasks {
            Some(Arc::new(Driver::new(self.runtime.as_ref()).map_err(RunError::Spawn)?))
        } else {
            None
        };
        let watched = self.on_overdue.take().filter(|_| setup.tasks.may_block() && !setup.time.is_virtual());
        let executor = if has_map_runs { Some(self.executor()?) } else { None };
        let run = Run {
            driver,
            executor,
            watchdog: watched.map(|on_overdue| Arc::new(Watchdog::new(self.workers, on_overdue))),
            siblings: Vec::new(),
            range_bytes: if self.workers > 1 { self.chunk_bytes / RANGES_PER_CHUNK } else { usize::MAX },
            needs_exact_time: setup.needs_exact_time(),
            admission: Admission::new(&self.options.limits, Arc::clone(&signal)),
            setup: Arc::new(setup),
            feed,
            committer,
            drain: Drain::new(Arc::clone(&signal)),
            signal,
            seed,
            line_bytes_max: self.line_bytes_max(),
            is_replay: self.input_form == InputForm::DeadLetter,
            is_enveloped: self.form == OutputForm::Envelope,
            has_failures,
        };
        Ok(Pipeline { run, workers: self.workers, resumption })
    }

    /// An executor for the child executions of Map Runs.
    fn executor(&self) -> Result<Executor, RunError> {
        let mut builder = Executor::builder(Arc::clone(&self.program));
        builder.with_options(Options { observer: None, ..self.options.clone() }).workers(self.workers);
        if let Some(runtime) = &self.runtime {
            builder.runtime(runtime.clone());
        }
        builder.build().map_err(|error| match error {
            ExecutorError::Unanswered(error) => error.into(),
            ExecutorError::NoObjectStore(error) => error.into(),
            ExecutorError::Spawn(error) => RunError::Spawn(error),
            error @ ExecutorError::NoDriver => RunError::Spawn(io::Error::other(error)),
        })
    }

    /// Opens the inputs, finds the place in them to go on from, and takes the outputs.
    fn open(&mut self, signal: &Arc<Signal>) -> Result<(Feed, Sinks), RunError> {
        let inputs = std::mem::take(&mut self.inputs);
        let mut feed = Feed::open(inputs, self.chunk_bytes, self.line_bytes_max(), signal)?;
        let mut output = self.output.take().unwrap_or_else(Sink::stdout);
        let failures = self.failures.take();
        refuse_same_file(&feed, &output, failures.as_ref())?;
        let journal = match &self.checkpoint {
            None => None,
            Some(options) => {
                checkpoint::lock_output(&mut output)?;
                let fresh = Fresh {
                    feed: &feed,
                    output: &output,
                    failures: failures.as_ref(),
                    is_ordered: self.order == OutputOrder::Input,
                    facts: self.facts(),
                    seed: self.run_seed(),
                    is_seed_fixed: self.random_seed.is_none(),
                    clock_start_ms: match self.options.time {
                        Time::Virtual { start } => Some(start.to_millis()),
                        Time::Real(_) => None,
                    },
                };
                let clock = SystemClock::new();
                Some(checkpoint::open(options, &fresh, Box::new(move || clock.elapsed()))?)
            }
        };
        if let Some(journal) = &journal {
            feed.seek(journal.position().input, journal.position().offset);
        }
        Ok((feed, Sinks { output, failures, journal }))
    }

    /// Longest line that is read: in a letter every byte of an input may be an escape.
    fn line_bytes_max(&self) -> u32 {
        match self.input_form {
            InputForm::Input => self.options.limits.line_bytes_max,
            InputForm::DeadLetter => {
                self.options.limits.line_bytes_max.saturating_mul(ESCAPE_BYTES).saturating_add(LETTER_BYTES)
            }
        }
    }

    /// What results depend on beside inputs, definition, seed and handlers, by name.
    fn facts(&self) -> BTreeMap<String, String> {
        let Options { names, limits, .. } = &self.options;
        let clock = if self.options.time.is_virtual() { "virtual" } else { "real" };
        let machine_type = match names.machine_type {
            MachineType::Standard => "standard",
            MachineType::Express => "express",
        };
        let input_form = match self.input_form {
            InputForm::Input => "inputs",
            InputForm::DeadLetter => "dead letters",
        };
        let form = match self.form {
            OutputForm::Output => "outputs",
            OutputForm::Envelope => "envelopes",
        };
        let facts = [
            ("name", names.state_machine.clone()),
            ("type", machine_type.to_owned()),
            ("execution name", names.execution.clone().unwrap_or_default()),
            ("role", names.role_arn.clone()),
            ("region", names.region.clone()),
            ("account", names.account.clone()),
            ("clock", clock.to_owned()),
            ("input form", input_form.to_owned()),
            ("output form", form.to_owned()),
            ("payload_bytes_max", limits.payload_bytes_max.to_string()),
            ("line_bytes_max", limits.line_bytes_max.to_string()),
            ("nesting_depth_max", limits.nesting_depth_max.to_string()),
            ("execution_duration_ms_max", limits.execution_duration_ms_max.to_string()),
            ("arena_bytes_max", limits.arena_bytes_max.to_string()),
            ("fuel_total_max", limits.fuel_total_max.to_string()),
            ("map_concurrency_default", limits.map_concurrency_default.to_string()),
        ];
        facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

impl Pipeline {
    /// A builder for a program.
    pub fn builder(program: impl Into<Arc<Program>>) -> PipelineBuilder {
        PipelineBuilder {
            program: program.into(),
            options: Options::default(),
            random_seed: None,
            workers: std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
            chunk_bytes: CHUNK_BYTES,
            inputs: Vec::new(),
            output: None,
            failures: None,
            order: OutputOrder::default(),
            input_form: InputForm::default(),
            form: OutputForm::default(),
            checkpoint: None,
            on_progress: None,
            on_overdue: None,
            runtime: None,
            recorder: None,
        }
    }

    /// What ends the run early, from another thread.
    pub fn drain(&self) -> Drain {
        self.run.drain.clone()
    }

    /// The run before that this one goes on from, if there is one.
    pub fn resumption(&self) -> Option<&Resumption> {
        self.resumption.as_ref()
    }

    /// Runs every line. A line that fails is counted and does not end the run.
    ///
    /// # Errors
    /// If an input cannot be read or an output not be written; what was written before is whole lines.
    pub fn run(mut self) -> Result<Summary, RunError> {
        if self.resumption.as_ref().is_some_and(|resumption| resumption.is_finished) {
            return Ok(self.run.committer.summary());
        }
        self.run.committer.begin()?;
        run(self.run, self.workers)
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline").field("workers", &self.workers).finish_non_exhaustive()
    }
}

impl fmt::Debug for PipelineBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PipelineBuilder")
            .field("inputs", &self.inputs)
            .field("output", &self.output)
            .field("failures", &self.failures)
            .field("workers", &self.workers)
            .finish_non_exhaustive()
    }
}

fn json_string(text: &str) -> Vec<u8> {
    let mut json = Vec::new();
    write_json_string(text, &mut json);
    json
}
