//! Putting a run together.

use std::fmt;
use std::fs::File;
use std::num::NonZeroUsize;
use std::sync::Arc;

use metrics::Recorder;
use tokio::runtime::Handle;

use super::commit::{Committer, OnProgress, Sinks};
use super::drain::Drain;
use super::error::RunError;
use super::line_range::RANGES_PER_CHUNK;
use super::run::{Run, run};
use super::summary::{Progress, Summary};
use crate::bytecode::Program;
use crate::executor::{Admission, Driver, OnOverdue, Options, OverdueTask, Signal, Watchdog, option_setters};
use crate::json::write_json_string;
use crate::sink::Sink;
use crate::source::{Feed, Input};
use crate::telemetry::{ExecutionMetrics, PipelineMetrics};

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
}

/// Makes a [`Pipeline`].
pub struct PipelineBuilder {
    program: Arc<Program>,
    options: Options,
    workers: usize,
    chunk_bytes: usize,
    inputs: Vec<Input>,
    output: Option<Sink>,
    failures: Option<Sink>,
    order: OutputOrder,
    form: OutputForm,
    on_progress: Option<OnProgress>,
    on_overdue: Option<OnOverdue>,
    runtime: Option<Handle>,
    recorder: Option<Arc<dyn Recorder + Send + Sync>>,
}

impl PipelineBuilder {
    option_setters!();

    pub(super) fn with_options(&mut self, options: Options) -> &mut Self {
        self.options = options;
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
        let has_async_tasks = tasks.first_async(&self.program).is_some();
        let signal = Arc::new(Signal::default());
        let inputs = std::mem::take(&mut self.inputs);
        let feed = Feed::open(inputs, self.chunk_bytes, self.options.limits.line_bytes_max, &signal)?;
        let sinks =
            Sinks { output: self.output.take().unwrap_or_else(Sink::stdout), failures: self.failures.take() };
        refuse_same_file(&feed, &sinks)?;
        let has_failures = sinks.failures.is_some();
        let recorder = self.recorder.as_deref().map(|recorder| recorder as &dyn Recorder);
        let name = &self.options.names.state_machine;
        let metrics = recorder.map(|recorder| ExecutionMetrics::register(recorder, name, &self.program));
        let setup = self.options.setup(&self.program, tasks, metrics);
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
        let run = Run {
            driver,
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
            seed: self.options.seed,
            is_enveloped: self.form == OutputForm::Envelope,
            has_failures,
        };
        Ok(Pipeline { run, workers: self.workers })
    }
}

impl Pipeline {
    /// A builder for a program.
    pub fn builder(program: impl Into<Arc<Program>>) -> PipelineBuilder {
        PipelineBuilder {
            program: program.into(),
            options: Options::default(),
            workers: std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
            chunk_bytes: CHUNK_BYTES,
            inputs: Vec::new(),
            output: None,
            failures: None,
            order: OutputOrder::default(),
            form: OutputForm::default(),
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

    /// Runs every line. A line that fails is counted and does not end the run.
    ///
    /// # Errors
    /// If an input cannot be read or an output not be written; what was written before is whole lines.
    pub fn run(mut self) -> Result<Summary, RunError> {
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

/// An output that is also an input, or both outputs at once, would destroy data.
fn refuse_same_file(feed: &Feed, sinks: &Sinks) -> Result<(), RunError> {
    let name_of = |sink: &Sink| sink.name().to_owned();
    let outputs = std::iter::once(&sinks.output).chain(&sinks.failures);
    for sink in outputs {
        let Some(file) = sink.as_file() else { continue };
        let input = feed.files().find(|(_, input)| is_same_file(input, file));
        if let Some((input, _)) = input {
            return Err(RunError::SameFile { first: input.to_owned(), second: name_of(sink) });
        }
    }
    if let Some(failures) = &sinks.failures
        && let (Some(first), Some(second)) = (sinks.output.as_file(), failures.as_file())
        && is_same_file(first, second)
    {
        return Err(RunError::SameFile { first: name_of(&sinks.output), second: name_of(failures) });
    }
    Ok(())
}

#[cfg(unix)]
fn is_same_file(first: &File, second: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (first.metadata(), second.metadata()) {
        (Ok(first), Ok(second)) => (first.dev(), first.ino()) == (second.dev(), second.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_same_file(_first: &File, _second: &File) -> bool {
    false
}
