//! What is measured: a program, its handlers, its lines.

use std::io;
use std::sync::Arc;

use super::lines::Lines;
use super::stop::Stop;
use crate::bytecode::Program;
use crate::executor::{RunObserver, Time};
use crate::limits::Limits;
use crate::map_run::ObjectStore;
use crate::pipeline::{Pipeline, PipelineBuilder, RunError, Summary};
use crate::sink::Sink;
use crate::source::Input;
use crate::task::TaskRegistry;
use crate::telemetry::ExecutionLog;
use crate::vm::Names;

/// A program and all that its executions need around it.
#[derive(Debug)]
pub(crate) struct Workload {
    pub(crate) program: Arc<Program>,
    /// Length of the definition's text, which AWS counts as memory.
    pub(crate) definition_bytes: u64,
    pub(crate) names: Names,
    pub(crate) tasks: TaskRegistry,
    pub(crate) object_store: Option<Arc<dyn ObjectStore>>,
    pub(crate) limits: Limits,
    pub(crate) time: Time,
    pub(crate) seed: u64,
    pub(crate) log: Option<ExecutionLog>,
    pub(crate) lines: Lines,
}

/// How a run goes over its lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pass<'p> {
    pub(super) lines: &'p Lines,
    /// How many times.
    pub(super) passes: u32,
    pub(super) workers: usize,
}

impl Workload {
    /// A pipeline over lines in memory whose outputs go nowhere.
    pub(super) fn pipeline(&self, pass: Pass<'_>) -> PipelineBuilder {
        let mut builder = Pipeline::builder(Arc::clone(&self.program));
        builder.names(self.names.clone()).tasks(self.tasks.clone()).limits(self.limits.clone());
        builder.time(self.time.clone()).seed(self.seed).workers(pass.workers);
        if let Some(store) = &self.object_store {
            builder.object_store(Arc::clone(store));
        }
        if let Some(log) = &self.log {
            builder.log(log.clone());
        }
        for _ in 0..pass.passes {
            builder.input(Input::memory(pass.lines.name.clone(), Arc::clone(&pass.lines.bytes)));
        }
        builder.output(Sink::stream("nowhere", io::sink()));
        builder
    }

    /// Runs a pass, and is watched by `observer` if there is one; `None` if the run was stopped.
    pub(super) fn run(
        &self,
        pass: Pass<'_>,
        observer: Option<Arc<dyn RunObserver>>,
        stop: &Stop,
    ) -> Result<Option<Summary>, RunError> {
        let mut builder = self.pipeline(pass);
        if let Some(observer) = observer {
            builder.observer(observer);
        }
        stop.run(builder.build()?)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::asl::model::MachineType;
    use crate::compiler::{CompileOptions, compile};

    /// A workload without tasks.
    pub(in crate::bench) fn workload(definition: &str, lines: Lines) -> Workload {
        let program = compile(definition, &CompileOptions::default()).expect("a valid definition");
        Workload {
            program: Arc::new(program),
            definition_bytes: definition.len() as u64,
            names: Names::new("machine", MachineType::Express),
            tasks: TaskRegistry::new(),
            object_store: None,
            limits: Limits::default(),
            time: Time::default(),
            seed: 7,
            log: None,
            lines,
        }
    }
}
