//! What events say beside their type: one shape for each form of details that the API has.

/// The details of an event (AWS API, the `…EventDetails` of `HistoryEvent`).
///
/// Inputs, outputs and parameters are JSON texts; none if the history leaves data out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventDetails {
    /// The type says it all.
    None,
    /// `ExecutionStarted`
    ExecutionStarted {
        /// The execution's input.
        input: Option<String>,
        /// The role in its Context Object.
        role_arn: String,
    },
    /// `ExecutionSucceeded`, `LambdaFunctionSucceeded`, `ActivitySucceeded`
    Output {
        /// What it produced.
        output: Option<String>,
    },
    /// Failures, time-outs and aborts that have an error.
    Failure {
        /// The error's name.
        error: Option<String>,
        /// Its cause.
        cause: Option<String>,
    },
    /// `…StateEntered`
    StateEntered {
        /// The state.
        name: String,
        /// Its input.
        input: Option<String>,
    },
    /// `…StateExited`
    StateExited {
        /// The state.
        name: String,
        /// Its output.
        output: Option<String>,
        /// The variables it assigned, each with its value.
        assigned_variables: Vec<(String, String)>,
    },
    /// `LambdaFunctionScheduled`, `ActivityScheduled`
    Scheduled {
        /// The ARN.
        resource: String,
        /// The effective input.
        input: Option<String>,
        /// `TimeoutSeconds`, where set.
        timeout_seconds: Option<u64>,
        /// `HeartbeatSeconds`, where set.
        heartbeat_seconds: Option<u64>,
    },
    /// `ActivityStarted`
    ActivityStarted {
        /// Who took it.
        worker_name: Option<String>,
    },
    /// `TaskScheduled`
    TaskScheduled {
        /// The integration.
        task: TaskName,
        /// The region.
        region: String,
        /// The effective input.
        parameters: Option<String>,
        /// `TimeoutSeconds`, where set.
        timeout_seconds: Option<u64>,
        /// `HeartbeatSeconds`, where set.
        heartbeat_seconds: Option<u64>,
    },
    /// `TaskStarted`
    TaskStarted {
        /// The integration.
        task: TaskName,
    },
    /// `TaskSubmitted`, `TaskSucceeded`
    TaskOutput {
        /// The integration.
        task: TaskName,
        /// What it answered.
        output: Option<String>,
    },
    /// `TaskFailed`, `TaskTimedOut`, `TaskStartFailed`, `TaskSubmitFailed`
    TaskFailure {
        /// The integration.
        task: TaskName,
        /// The error's name.
        error: Option<String>,
        /// Its cause.
        cause: Option<String>,
    },
    /// `MapStateStarted`
    MapStateStarted {
        /// How many items; 0 where an `ItemReader` supplies them.
        length: u32,
    },
    /// `MapIteration*`
    MapIteration {
        /// The Map state.
        name: String,
        /// Which item.
        index: u32,
    },
    /// `MapRunStarted`, `MapRunRedriven`
    MapRun {
        /// The Map Run.
        map_run_arn: String,
        /// How often it was redriven, if it was.
        redrive_count: Option<u32>,
    },
    /// `ExecutionRedriven`
    ExecutionRedriven {
        /// How often.
        redrive_count: u32,
    },
    /// `EvaluationFailed`
    EvaluationFailed {
        /// The error's name.
        error: Option<String>,
        /// Its cause.
        cause: Option<String>,
        /// The field with the expression.
        location: Option<String>,
        /// The state.
        state: String,
    },
}

/// A service integration as events name it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TaskName {
    /// `dynamodb`, `aws-sdk:s3` ...
    pub resource_type: String,
    /// `putItem`, `sendMessage.waitForTaskToken` ...
    pub resource: String,
}

/// A member of an event's details.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum DetailMember<'e> {
    /// A text.
    Text(&'e str),
    /// A number.
    Number(u64),
    /// A JSON text with data of the execution.
    Data(&'e str),
    /// Variables and their values as JSON texts.
    Variables(&'e [(String, String)]),
}

impl EventDetails {
    /// Calls `each` with every member that is there, by the API's names and in its order.
    pub fn for_each_member<'e>(&'e self, mut each: impl FnMut(&'static str, DetailMember<'e>)) {
        let mut out = Members(&mut each);
        match self {
            Self::None => {}
            Self::ExecutionStarted { input, role_arn } => {
                out.data("input", input.as_ref());
                out.text("roleArn", role_arn);
            }
            Self::Output { output } => out.data("output", output.as_ref()),
            Self::Failure { error, cause } => out.failure(error.as_ref(), cause.as_ref()),
            Self::StateEntered { name, input } => {
                out.text("name", name);
                out.data("input", input.as_ref());
            }
            Self::StateExited { name, output, assigned_variables } => {
                out.text("name", name);
                out.data("output", output.as_ref());
                out.variables(assigned_variables);
            }
            Self::Scheduled { resource, input, timeout_seconds, heartbeat_seconds } => {
                out.text("resource", resource);
                out.data("input", input.as_ref());
                out.seconds(*timeout_seconds, *heartbeat_seconds);
            }
            Self::ActivityStarted { worker_name } => out.optional("workerName", worker_name.as_ref()),
            Self::TaskScheduled { task, region, parameters, timeout_seconds, heartbeat_seconds } => {
                out.task(task);
                out.text("region", region);
                out.data("parameters", parameters.as_ref());
                out.seconds(*timeout_seconds, *heartbeat_seconds);
            }
            Self::TaskStarted { task } => out.task(task),
            Self::TaskOutput { task, output } => {
                out.task(task);
                out.data("output", output.as_ref());
            }
            Self::TaskFailure { task, error, cause } => {
                out.task(task);
                out.failure(error.as_ref(), cause.as_ref());
            }
            Self::MapStateStarted { length } => out.number("length", u64::from(*length)),
            Self::MapIteration { name, index } => {
                out.text("name", name);
                out.number("index", u64::from(*index));
            }
            Self::MapRun { map_run_arn, redrive_count } => {
                out.text("mapRunArn", map_run_arn);
                if let Some(count) = redrive_count {
                    out.number("redriveCount", u64::from(*count));
                }
            }
            Self::ExecutionRedriven { redrive_count } => {
                out.number("redriveCount", u64::from(*redrive_count));
            }
            Self::EvaluationFailed { error, cause, location, state } => {
                out.failure(error.as_ref(), cause.as_ref());
                out.optional("location", location.as_ref());
                out.text("state", state);
            }
        }
    }
}

/// Members on their way to whoever asked for them.
struct Members<'m, F>(&'m mut F);

impl<'e, F: FnMut(&'static str, DetailMember<'e>)> Members<'_, F> {
    fn text(&mut self, name: &'static str, text: &'e str) {
        (self.0)(name, DetailMember::Text(text));
    }

    fn optional(&mut self, name: &'static str, text: Option<&'e String>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    fn number(&mut self, name: &'static str, number: u64) {
        (self.0)(name, DetailMember::Number(number));
    }

    fn data(&mut self, name: &'static str, json: Option<&'e String>) {
        if let Some(json) = json {
            (self.0)(name, DetailMember::Data(json));
        }
    }

    fn variables(&mut self, variables: &'e [(String, String)]) {
        if !variables.is_empty() {
            (self.0)("assignedVariables", DetailMember::Variables(variables));
        }
    }

    fn task(&mut self, task: &'e TaskName) {
        self.text("resourceType", &task.resource_type);
        self.text("resource", &task.resource);
    }

    fn failure(&mut self, error: Option<&'e String>, cause: Option<&'e String>) {
        self.optional("error", error);
        self.optional("cause", cause);
    }

    fn seconds(&mut self, timeout: Option<u64>, heartbeat: Option<u64>) {
        for (name, seconds) in [("timeoutInSeconds", timeout), ("heartbeatInSeconds", heartbeat)] {
            if let Some(seconds) = seconds {
                self.number(name, seconds);
            }
        }
    }
}
