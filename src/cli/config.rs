//! What the command line comes to: defaults filled in, files read, names resolved.

use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hasher},
    num::NonZeroU32,
    path::Path,
    sync::Arc,
    time::Duration,
};

use super::{
    args::{ClockArgument, ExecArguments, ExecutionArguments, RunArguments},
    byte_limit::ByteLimit,
    definition::Definition,
    error::CliError,
    file, output,
};
use crate::{
    asl::model::MachineType,
    executor::{Clock, SystemClock, Time},
    limits::{Limits, PAYLOAD_BYTES_UNLIMITED},
    map_run::ObjectStore,
    pipeline::{CheckpointOptions, OutputForm, OutputOrder},
    task::{Callbacks, MockConfig, StateMachineEntry, TaskFile, TaskRegistry},
    value::timestamp::Timestamp,
    vm::Names,
};

/// What `run`, `exec` and `bench` have in common.
#[derive(Debug)]
pub(super) struct ExecutionConfig {
    pub(super) machine_type: MachineType,
    pub(super) state_machine_name: String,
    pub(super) tasks: TaskRegistry,
    pub(super) object_store: Option<Arc<dyn ObjectStore>>,
    pub(super) callbacks: Option<Callbacks>,
    /// The state machines that the task file names.
    pub(super) nested: Vec<StateMachineEntry>,
    pub(super) is_clock_virtual: bool,
    pub(super) seed: u64,
}

impl ExecutionConfig {
    pub(super) fn new(arguments: &ExecutionArguments, definition: &Definition) -> Result<Self, CliError> {
        let machine_type =
            definition.machine_type(arguments.machine_type.map(MachineType::from), MachineType::Express)?;
        let name = arguments.name.clone().unwrap_or_else(|| definition.state_machine_name());
        let TaskFile { mut tasks, state_machines: nested, .. } = match &arguments.tasks {
            Some(path) => task_file(path)?,
            None => TaskFile::default(),
        };
        if let (Some(path), Some(test_case)) = (&arguments.mock_config, &arguments.test_case) {
            let text = file::read_text(path)?;
            let mocks = MockConfig::parse(&path.display().to_string(), &text);
            let test_case = mocks.and_then(|mocks| mocks.test_case(&name, test_case));
            tasks.mock(test_case.map_err(CliError::unusable)?);
        }
        let callbacks = arguments.callback.callbacks();
        if let Some(callbacks) = &callbacks {
            tasks.callbacks(callbacks);
        }
        Ok(Self {
            machine_type,
            state_machine_name: name,
            tasks,
            object_store: arguments.s3.object_store()?,
            callbacks,
            nested,
            is_clock_virtual: arguments.clock == ClockArgument::Virtual,
            seed: arguments.seed.unwrap_or_else(random_seed),
        })
    }

    /// The names in the Context Object.
    pub(super) fn names(&self) -> Names {
        Names::new(self.state_machine_name.clone(), self.machine_type)
    }

    /// How executions see time; `start` is theirs under a virtual clock.
    pub(super) fn time(&self, start: Option<Timestamp>) -> Time {
        let clock = SystemClock::new();
        if self.is_clock_virtual {
            Time::Virtual { start: start.unwrap_or_else(|| clock.now()) }
        } else {
            Time::Real(Arc::new(clock))
        }
    }
}

/// What `run` comes to; its inputs and outputs are opened when all else is known to be well.
#[derive(Debug)]
pub(super) struct RunConfig {
    pub(super) execution: ExecutionConfig,
    pub(super) limits: Limits,
    pub(super) order: OutputOrder,
    pub(super) form: OutputForm,
    pub(super) checkpoint: Option<CheckpointOptions>,
    pub(super) shows_progress: bool,
}

impl RunConfig {
    pub(super) fn new(arguments: &RunArguments, definition: &Definition) -> Result<Self, CliError> {
        Ok(Self {
            execution: ExecutionConfig::new(&arguments.execution, definition)?,
            limits: limits(arguments.payload_bytes_max, arguments.line_bytes_max, arguments.max_in_flight),
            order: if arguments.unordered { OutputOrder::Completion } else { OutputOrder::Input },
            form: if arguments.envelope { OutputForm::Envelope } else { OutputForm::Output },
            checkpoint: checkpoint(arguments, definition)?,
            shows_progress: !arguments.quiet && output::stderr_is_terminal(),
        })
    }
}

/// What `exec` comes to.
#[derive(Debug)]
pub(super) struct ExecConfig {
    pub(super) execution: ExecutionConfig,
    pub(super) names: Names,
    pub(super) time: Time,
}

impl ExecConfig {
    pub(super) fn new(arguments: &ExecArguments, definition: &Definition) -> Result<Self, CliError> {
        let execution = ExecutionConfig::new(&arguments.execution, definition)?;
        let mut names = execution.names();
        names.execution.clone_from(&arguments.execution_name);
        let start = match &arguments.clock_start {
            None => None,
            Some(_) if !execution.is_clock_virtual => {
                return Err(CliError::unusable("--clock-start needs --clock virtual"));
            }
            Some(text) => Some(Timestamp::parse_rfc3339(text.as_bytes()).ok_or_else(|| {
                CliError::unusable(format_args!("--clock-start is no time: {text}"))
                    .help("write it as in 2026-01-02T03:04:05Z")
            })?),
        };
        Ok(Self { names, time: execution.time(start), execution })
    }
}

fn task_file(path: &Path) -> Result<TaskFile, CliError> {
    let text = file::read_text(path)?;
    TaskFile::from_toml(&path.display().to_string(), &text).map_err(CliError::unusable)
}

/// The checkpoint, if what it needs was typed; whether those are regular files is found out when they are opened.
fn checkpoint(
    arguments: &RunArguments,
    definition: &Definition,
) -> Result<Option<CheckpointOptions>, CliError> {
    let Some(path) = &arguments.checkpoint else { return Ok(None) };
    let refused =
        |reason: &str, help: &str| Err(CliError::unusable(format_args!("--checkpoint {reason}")).help(help));
    let mut inputs = arguments.inputs.iter().chain(&arguments.replay).peekable();
    if inputs.peek().is_none() || inputs.any(|input| input.as_os_str() == "-") {
        return refused(
            "needs files as INPUT: standard input cannot be read again",
            "name files, or leave --checkpoint out",
        );
    }
    if arguments.output.is_none() {
        return refused("needs -o: standard output cannot be taken back", "add -o FILE");
    }
    if arguments.failures.is_none() && !arguments.envelope {
        return refused("needs --failures: standard error cannot be taken back", "add --failures FILE");
    }
    if arguments.unordered {
        return refused("needs the outputs in the order of the input", "leave --unordered out");
    }
    let mut options = CheckpointOptions::new(path, definition.bytes());
    if let Some(interval_ms) = arguments.checkpoint_interval_ms {
        options = options.interval(Duration::from_millis(interval_ms));
    }
    Ok(Some(options))
}

/// The bounds, with those of the command line in place.
pub(super) fn limits(
    payload_bytes_max: Option<ByteLimit>,
    line_bytes_max: Option<u32>,
    in_flight_max: Option<NonZeroU32>,
) -> Limits {
    let mut limits = Limits::default();
    match payload_bytes_max {
        Some(ByteLimit::Bytes(bytes)) => limits.payload_bytes_max = bytes,
        Some(ByteLimit::None) => limits.payload_bytes_max = PAYLOAD_BYTES_UNLIMITED,
        None => {}
    }
    if let Some(bytes) = line_bytes_max {
        limits.line_bytes_max = bytes;
    }
    if let Some(count) = in_flight_max {
        limits.in_flight_max = count.get();
    }
    limits
}

/// A seed that differs from run to run.
pub(super) fn random_seed() -> u64 {
    RandomState::new().build_hasher().finish()
}
