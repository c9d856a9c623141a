//! The state machines that can be started, and the executor that runs them.

use std::fmt;
use std::sync::{Arc, Weak};

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use tokio::sync::Semaphore;

use super::request::StartRequest;
use super::start::StartExecution;
use crate::bytecode::Program;
use crate::executor::children::Children;
use crate::executor::job::Job;
use crate::executor::options::{Options, option_setters};
use crate::executor::pool::{Executor, ExecutorError};
use crate::executor::runner::Unanswered;
use crate::executor::setup::Setup;
use crate::executor::sync::{Mutex, lock};
use crate::map_run::require_object_store;
use crate::task::{AsyncTaskHandler, TaskError, TaskRegistry};
use crate::vm::Names;

/// What `startExecution` is called in definitions.
const RESOURCES: [&str; 6] = [
    "arn:*:states:::states:startExecution",
    "arn:*:states:::states:startExecution.sync",
    "arn:*:states:::states:startExecution.sync:2",
    "arn:*:states:::states:startExecution.waitForTaskToken",
    "arn:*:states:::aws-sdk:sfn:startExecution",
    "arn:*:states:::aws-sdk:sfn:startSyncExecution",
];

/// State machines that Task states can start: nested executions, each by its name or ARN.
///
/// [`tasks`](Self::tasks) is the registry that knows them: executors and pipelines that are built with it start
/// executions here, and so do the state machines themselves. They run for as long as this value lives;
/// [`shut_down`](Self::shut_down) lets those finish that nobody waits for.
///
/// ```
/// use aslx::asl::model::MachineType;
/// use aslx::executor::{Executor, StateMachines};
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(async {
/// let mut standard = aslx::CompileOptions::default();
/// standard.machine_type = MachineType::Standard;
/// let child = r#"{"StartAt":"P","States":{"P":{"Type":"Pass","Result":[1,2],"End":true}}}"#;
/// let child = aslx::compile(child, &standard).expect("a valid definition");
/// let parent = r#"{"StartAt":"T","States":{"T":{"Type":"Task","End":true,
///     "Resource":"arn:aws:states:::states:startExecution.sync:2",
///     "Parameters":{"StateMachineArn":"arn:aws:states:us-east-1:123456789012:stateMachine:Child"},
///     "OutputPath":"$.Output"}}}"#;
/// let parent = aslx::compile(parent, &standard).expect("a valid definition");
///
/// let machines = StateMachines::builder().machine("Child", child).build()?;
/// let executor = Executor::builder(parent).tasks(machines.tasks()).build()?;
/// assert_eq!(executor.execute(*b"{}").await?.output, b"[1,2]");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
pub struct StateMachines {
    /// Goes first: its workers use the directory.
    executor: Option<Executor>,
    directory: Arc<Directory>,
    tasks: TaskRegistry,
}

/// Makes [`StateMachines`].
#[derive(Default)]
pub struct StateMachinesBuilder {
    machines: Vec<(String, Arc<Program>)>,
    options: Options,
}

/// What handlers see of the state machines.
pub(super) struct Directory {
    machines: Vec<Machine>,
    options: Options,
    /// Where executions run, once there is an executor.
    children: Mutex<Option<Children>>,
    /// By machine and depth.
    setups: Mutex<HashMap<(usize, u32), Arc<Setup>, RandomState>>,
    /// By depth: how many executions there may be.
    permits: Vec<Arc<Semaphore>>,
}

/// One state machine.
pub(super) struct Machine {
    program: Arc<Program>,
    pub(super) names: Names,
}

impl StateMachinesBuilder {
    option_setters!();

    /// What becomes of a task that no handler answers.
    pub fn unanswered(&mut self, unanswered: Unanswered) -> &mut Self {
        self.options.unanswered = unanswered;
        self
    }

    /// Adds a state machine; of two with one name the later one counts.
    pub fn machine(&mut self, name: impl Into<String>, program: impl Into<Arc<Program>>) -> &mut Self {
        let name = name.into();
        self.machines.retain(|(known, _)| *known != name);
        self.machines.push((name, program.into()));
        self
    }

    /// Finds the handlers of all state machines and starts the threads.
    ///
    /// # Errors
    /// As for an executor of each of the state machines.
    pub fn build(&mut self) -> Result<StateMachines, ExecutorError> {
        let Options { limits, names, .. } = &self.options;
        let machine = |(name, program): &(String, Arc<Program>)| {
            let machine_type = program.machine_type();
            let names = Names { state_machine: name.clone(), execution: None, machine_type, ..names.clone() };
            Machine { program: Arc::clone(program), names }
        };
        let machines: Vec<_> = self.machines.iter().map(machine).collect();
        let count = (limits.in_flight_max.max(1) as usize).min(Semaphore::MAX_PERMITS);
        let permits =
            (0..limits.nested_execution_depth_max).map(|_| Arc::new(Semaphore::new(count))).collect();
        let mut tasks = TaskRegistry::new();
        let directory = Arc::new_cyclic(|directory| {
            let handler: Arc<dyn AsyncTaskHandler> = Arc::new(StartExecution(Weak::clone(directory)));
            for resource in RESOURCES {
                tasks.handle_async_shared(resource, Arc::clone(&handler));
            }
            tasks.extend(self.options.tasks.clone());
            // A test case is the outermost state machine's.
            let options = Options { tasks: tasks.clone().without_test_case(), ..self.options.clone() };
            Directory { machines, options, children: Mutex::new(None), setups: Mutex::default(), permits }
        });
        for machine in &directory.machines {
            directory.check(machine)?;
        }
        let executor = directory.executor()?;
        *lock(&directory.children) = executor.as_ref().map(Executor::children);
        Ok(StateMachines { executor, directory, tasks })
    }
}

impl StateMachines {
    /// A builder without state machines.
    pub fn builder() -> StateMachinesBuilder {
        StateMachinesBuilder::default()
    }

    /// The handlers that the builder was given, with those in front that start executions here.
    pub fn tasks(&self) -> TaskRegistry {
        self.tasks.clone()
    }

    /// Finishes what is under way, and ends the threads. Blocks until then.
    pub fn shut_down(mut self) {
        if let Some(executor) = self.executor.take() {
            executor.shut_down();
        }
    }
}

impl Drop for StateMachines {
    fn drop(&mut self) {
        // What is in the queue knows the executor: none may be added that nobody takes out.
        lock(&self.directory.children).take();
    }
}

impl Directory {
    fn check(&self, machine: &Machine) -> Result<(), ExecutorError> {
        if self.options.unanswered == Unanswered::Refuse {
            self.options.tasks.resolve(&machine.program).require_answers(&machine.program)?;
            require_object_store(&machine.program, self.options.object_store.is_some())?;
        }
        Ok(())
    }

    /// An executor for all of them; any of their programs will do to make it.
    fn executor(&self) -> Result<Option<Executor>, ExecutorError> {
        let Some(machine) = self.machines.first() else { return Ok(None) };
        let mut builder = Executor::builder(Arc::clone(&machine.program));
        builder.with_options(self.options.clone()).build().map(Some)
    }

    /// A state machine by its ARN, with or without a version, or its name.
    pub(super) fn find(&self, arn: &str) -> Option<(usize, &Machine)> {
        let named = arn.split_once(":stateMachine:").map_or(arn, |(_, after)| after);
        let unversioned = named.split(':').next().unwrap_or(named);
        let is_named =
            |name: &str| self.machines.iter().position(|machine| machine.names.state_machine == name);
        let index = is_named(named).or_else(|| is_named(unversioned))?;
        Some((index, &self.machines[index]))
    }

    /// The permits of executions at a depth.
    pub(super) fn permits(&self, request: &StartRequest, depth: u32) -> Result<Arc<Semaphore>, TaskError> {
        let permits = self.permits.get(depth.saturating_sub(1) as usize);
        permits.cloned().ok_or_else(|| {
            let message =
                format!("executions that start one another are {} deep already", self.permits.len());
            request.refuse("ExecutionLimitExceeded", &message)
        })
    }

    /// What executions of a state machine are started with at a depth.
    pub(super) fn setup(&self, index: usize, nesting_depth: u32) -> Arc<Setup> {
        let mut setups = lock(&self.setups);
        let setup = setups.entry((index, nesting_depth)).or_insert_with(|| {
            let Machine { program, names } = &self.machines[index];
            let options = Options { names: names.clone(), trace: false, ..self.options.clone() };
            let tasks = options.tasks.resolve(program);
            Arc::new(Setup { nesting_depth, ..options.setup(program, tasks, None) })
        });
        Arc::clone(setup)
    }

    /// Puts an execution into the queue; without an executor it is dropped, and whoever waits for it knows.
    pub(super) fn push(&self, job: Job) {
        if let Some(children) = &*lock(&self.children) {
            children.push(job);
        }
    }
}

impl fmt::Debug for StateMachines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.directory.machines.iter().map(|machine| &machine.names.state_machine);
        f.debug_list().entries(names).finish()
    }
}

impl fmt::Debug for StateMachinesBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.machines.iter().map(|(name, _)| name)).finish()
    }
}
