//! The state machines that a task file names, ready to be started.

use std::sync::Arc;

use super::{
    args::{ExecutionArguments, TextArguments},
    config::ExecutionConfig,
    definition::Definition,
    error::CliError,
};
use crate::{
    asl::model::MachineType,
    executor::{StateMachines, Time, Unanswered},
    limits::Limits,
    telemetry::ExecutionLog,
};

/// What nested executions share with those that start them.
pub(super) struct Surroundings<'s> {
    pub(super) limits: &'s Limits,
    pub(super) time: &'s Time,
    pub(super) log: Option<&'s ExecutionLog>,
    pub(super) unanswered: Unanswered,
}

/// Compiles the state machines, if there are any; from then on the tasks of `config` can start them.
pub(super) fn prepare(
    arguments: &ExecutionArguments,
    config: &mut ExecutionConfig,
    surroundings: &Surroundings<'_>,
) -> Result<Option<StateMachines>, CliError> {
    let (Some(task_file), false) = (&arguments.tasks, config.nested.is_empty()) else { return Ok(None) };
    let mut builder = StateMachines::builder();
    let text = TextArguments { substitutions: arguments.text.substitutions.clone(), format: None };
    for entry in &config.nested {
        let definition = Definition::read(&entry.path(task_file), &text)?;
        let machine_type = definition.machine_type(entry.machine_type, MachineType::Standard)?;
        let name = entry.name.clone().unwrap_or_else(|| definition.state_machine_name());
        builder.machine(name, definition.compile(machine_type, surroundings.limits)?);
    }
    builder.tasks(config.tasks.clone()).limits(surroundings.limits.clone()).time(surroundings.time.clone());
    builder.names(config.names()).unanswered(surroundings.unanswered);
    if let Some(store) = &config.object_store {
        builder.object_store(Arc::clone(store));
    }
    if let Some(log) = surroundings.log {
        builder.log(log.clone());
    }
    let machines = builder.build().map_err(CliError::unusable)?;
    config.tasks = machines.tasks();
    Ok(Some(machines))
}
