//! The handler that starts nested executions.

use std::sync::{Arc, Weak};

use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::describe::Started;
use super::directory::{Directory, Machine};
use super::request::{Form, StartRequest};
use crate::asl::model::MachineType;
use crate::bytecode::GraphId;
use crate::executor::children::ChildEntry;
use crate::executor::job::{AnswerTo, Completed, ExecuteError, Job, Pending, Whereabouts};
use crate::executor::pool::GivenUp;
use crate::task::{AsyncTaskHandler, IntoReply, Reply, TaskCall, TaskError, TaskFuture};
use crate::value::timestamp::Timestamp;
use crate::vm::Names;

/// Starts executions of the state machines in a directory.
///
/// It does not keep the directory: whoever owns the state machines does, and their executor runs this very handler.
pub(super) struct StartExecution(pub(super) Weak<Directory>);

/// What a call says of where it comes from.
struct Origin {
    seed: u64,
    now: Timestamp,
    nesting_depth: u32,
}

/// An execution that runs.
struct Running {
    started: Started,
    answered: oneshot::Receiver<Result<Completed, ExecuteError>>,
    whereabouts: Arc<Whereabouts>,
}

impl AsyncTaskHandler for StartExecution {
    fn call(&self, call: TaskCall) -> TaskFuture {
        let directory = Weak::clone(&self.0);
        let context = call.context();
        let origin = Origin {
            seed: context.seed,
            now: context.now,
            nesting_depth: context.nesting_depth.saturating_add(1),
        };
        let request = StartRequest::new(&call);
        drop(call);
        Box::pin(async move {
            let request = request?;
            let permits = present(&directory)?.permits(&request, origin.nesting_depth)?;
            let permit = permits.acquire_owned().await.map_err(|_| gone())?;
            // The directory must not be held while an execution is waited for: it may be dropped meanwhile.
            let running = present(&directory)?.start(request, &origin, permit)?;
            let reply = running.finish().await?;
            let mut answer = Reply::default();
            reply.into_reply(&mut answer);
            Ok(answer)
        })
    }
}

fn present(directory: &Weak<Directory>) -> Result<Arc<Directory>, TaskError> {
    directory.upgrade().ok_or_else(gone)
}

fn gone() -> TaskError {
    TaskError::new("States.Runtime", "the state machines that could be started are gone")
}

impl Directory {
    fn start(
        &self,
        request: StartRequest,
        origin: &Origin,
        permit: OwnedSemaphorePermit,
    ) -> Result<Running, TaskError> {
        let (index, machine) = self.find(&request.machine).ok_or_else(|| {
            let message = format!("State Machine Does Not Exist: '{}'", request.machine);
            request.refuse("StateMachineDoesNotExist", &message)
        })?;
        if request.form == Form::Synchronous && machine.names.machine_type == MachineType::Standard {
            let message = "This operation is not supported by this type of state machine";
            return Err(request.refuse("StateMachineTypeNotSupported", message));
        }
        let setup = self.setup(index, origin.nesting_depth);
        let started_at = if setup.time.is_virtual() { origin.now } else { setup.time.now() };
        let names = Names { execution: request.name.clone(), ..(*setup.names).clone() };
        let started = describe(machine, &names, &request, origin.seed, started_at);
        let (answer, answered) = oneshot::channel();
        let whereabouts = Arc::new(Whereabouts::default());
        let pending = Pending {
            answer: AnswerTo::Caller(answer),
            whereabouts: Arc::clone(&whereabouts),
            _permit: Some(permit),
        };
        let entry = ChildEntry { graph: GraphId(0), names: Arc::new(names), started_at };
        self.push(Job { setup, entry: Some(entry), input: request.input, seed: origin.seed, pending });
        Ok(Running { started, answered, whereabouts })
    }
}

fn describe(
    machine: &Machine,
    names: &Names,
    request: &StartRequest,
    seed: u64,
    started_at: Timestamp,
) -> Started {
    let input = if request.form == Form::Started { Vec::new() } else { request.input.clone() };
    Started {
        form: request.form,
        is_sdk: request.is_sdk,
        execution_arn: names.execution_id(seed),
        state_machine_arn: machine.names.state_machine_id(),
        name: names.execution_name(seed),
        input,
        start_date: started_at,
    }
}

impl Running {
    /// Waits for as much as the state does. Whoever waits no longer for the end gives the execution up.
    async fn finish(self) -> Result<Vec<u8>, TaskError> {
        let Self { started, answered, whereabouts } = self;
        if started.form == Form::Started {
            return Ok(started.response());
        }
        let _given_up = GivenUp(whereabouts);
        let completed = answered.await.unwrap_or(Err(ExecuteError::ShutDown));
        let completed = completed.map_err(|error| TaskError::new("States.Runtime", error.to_string()))?;
        let has_succeeded = completed.outcome.status == crate::executor::OutcomeStatus::Succeeded;
        let description = started.description(&completed);
        if has_succeeded || started.form == Form::Synchronous {
            return Ok(description);
        }
        Err(TaskError::new("States.TaskFailed", String::from_utf8_lossy(&description)))
    }
}
