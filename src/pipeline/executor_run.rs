//! An executor's batches: a run with what the executor was made with.

use super::builder::{Pipeline, PipelineBuilder};
use super::error::RunError;
use super::summary::Summary;
use crate::executor::Executor;
use crate::sink::Sink;
use crate::source::Input;

impl Executor {
    /// Runs every line of an input as one execution of the present program; outputs are written in the order of
    /// the lines, dead letters to `failures` if that is given. Blocks until all is done.
    ///
    /// The run has workers of its own beside the executor's, and bounds of its own under the same limits.
    ///
    /// # Errors
    /// As for [`Pipeline::run`].
    pub fn run(&self, input: Input, output: Sink, failures: Option<Sink>) -> Result<Summary, RunError> {
        let mut pipeline = self.pipeline();
        pipeline.input(input).output(output);
        if let Some(failures) = failures {
            pipeline.failures(failures);
        }
        pipeline.build()?.run()
    }

    /// A pipeline's builder with the executor's present program, handlers and options.
    pub fn pipeline(&self) -> PipelineBuilder {
        let mut builder = Pipeline::builder(self.program());
        builder.with_options(self.options().clone()).workers(self.worker_count());
        if let Some(recorder) = self.recorder() {
            builder.recorder(recorder);
        }
        builder
    }
}
