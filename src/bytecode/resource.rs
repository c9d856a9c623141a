//! Resource strings: Lambda ARNs, service integrations, activities (AWS docs, "Task workflow state").

use serde::{Deserialize, Serialize};

/// Which family of history events tells of a Task's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskKind {
    /// `LambdaFunction*`: a function named by its ARN, and whatever is not recognised.
    Function,
    /// `Activity*`
    Activity,
    /// `Task*`: an integration that gets the service's response.
    Integration,
    /// `Task*`, `TaskSubmitted` among them: an integration that waits for a job or a callback.
    AwaitedIntegration,
}

/// What a Task's `Resource` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resource<'r> {
    /// A Lambda function named by its ARN; the payload is the state's input, the reply its result.
    Function {
        /// The function's name without version or alias.
        name: &'r str,
    },
    /// A service integration, `arn:aws:states:::SERVICE:ACTION`.
    Integration(Integration<'r>),
    /// An activity.
    Activity {
        /// The activity's name.
        name: &'r str,
    },
    /// Anything else: matched as it stands.
    Other,
}

/// A service integration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Integration<'r> {
    /// `lambda`, `sqs`, `aws-sdk:s3` ...
    pub service: &'r str,
    /// `invoke`, `sendMessage` ...
    pub action: &'r str,
    /// What the state waits for.
    pub pattern: IntegrationPattern,
}

/// What a service integration waits for (AWS docs, "Service integration patterns").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntegrationPattern {
    /// The service's response.
    RequestResponse,
    /// The end of the job (`.sync`).
    RunJob,
    /// The end of the job, its output as JSON (`.sync:2`).
    RunJobJson,
    /// A call back with the task token (`.waitForTaskToken`).
    WaitForTaskToken,
}

impl IntegrationPattern {
    /// What stands behind the action in a Resource.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::RequestResponse => "",
            Self::RunJob => ".sync",
            Self::RunJobJson => ".sync:2",
            Self::WaitForTaskToken => ".waitForTaskToken",
        }
    }
}

impl<'r> Resource<'r> {
    /// Reads a Resource; whatever is not recognised is [`Resource::Other`].
    pub fn parse(text: &'r str) -> Self {
        let Some((service, rest)) = arn_service_and_rest(text) else { return Self::Other };
        match service {
            "lambda" => match function_name(text) {
                Some(name) => Self::Function { name },
                None => Self::Other,
            },
            "states" => parse_states(rest),
            _ => Self::Other,
        }
    }

    /// Whether the state gets a service's response (and not the output of what it waited for).
    pub fn has_response_envelope(&self) -> bool {
        matches!(self, Self::Integration(Integration { pattern, .. }) if *pattern != IntegrationPattern::WaitForTaskToken)
    }

    /// Which history events tell of it.
    pub fn task_kind(&self) -> TaskKind {
        match self {
            Self::Function { .. } | Self::Other => TaskKind::Function,
            Self::Activity { .. } => TaskKind::Activity,
            Self::Integration(Integration { pattern: IntegrationPattern::RequestResponse, .. }) => {
                TaskKind::Integration
            }
            Self::Integration(_) => TaskKind::AwaitedIntegration,
        }
    }

    /// Whether this is `arn:aws:states:::lambda:invoke`, in any integration pattern.
    pub fn is_lambda_invoke(&self) -> bool {
        matches!(self, Self::Integration(Integration { service: "lambda", action: "invoke", .. }))
    }
}

/// The service of an ARN, and what follows the service's colon.
fn arn_service_and_rest(text: &str) -> Option<(&str, &str)> {
    let (partition, rest) = text.strip_prefix("arn:")?.split_once(':')?;
    if !partition.starts_with("aws") {
        return None;
    }
    rest.split_once(':')
}

/// `rest`: `REGION:ACCOUNT:...` after `arn:aws:states:`.
fn parse_states(rest: &str) -> Resource<'_> {
    let mut parts = rest.splitn(3, ':');
    let (Some(region), Some(account), Some(resource)) = (parts.next(), parts.next(), parts.next()) else {
        return Resource::Other;
    };
    if let Some(name) = resource.strip_prefix("activity:") {
        return Resource::Activity { name };
    }
    if !region.is_empty() || !account.is_empty() {
        return Resource::Other;
    }
    let (path, pattern) = match resource.split_once('.') {
        None => (resource, IntegrationPattern::RequestResponse),
        Some((path, "sync")) => (path, IntegrationPattern::RunJob),
        Some((path, "sync:2")) => (path, IntegrationPattern::RunJobJson),
        Some((path, "waitForTaskToken")) => (path, IntegrationPattern::WaitForTaskToken),
        Some(_) => return Resource::Other,
    };
    match path.rsplit_once(':') {
        Some((service, action)) => Resource::Integration(Integration { service, action, pattern }),
        None => Resource::Other,
    }
}

/// The bare name in whatever Lambda accepts as a `FunctionName`: a name, `ACCOUNT:function:NAME` or an ARN,
/// each with an optional `:VERSION` or `:ALIAS` (AWS docs, "Invoke").
pub(crate) fn function_name(text: &str) -> Option<&str> {
    let name = if let Some((_, after)) = text.split_once(":function:") {
        after.split(':').next()?
    } else if let Some(after) = text.strip_prefix("function:") {
        after.split(':').next()?
    } else if text.starts_with("arn:") {
        return None;
    } else {
        text.split(':').next()?
    };
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_told_apart() {
        let check = |text, expected| assert_eq!(Resource::parse(text), expected, "{text}");
        let integration =
            |service, action, pattern| Resource::Integration(Integration { service, action, pattern });
        check("arn:aws:lambda:us-east-1:1:function:Pay", Resource::Function { name: "Pay" });
        check("arn:aws-cn:lambda:cn-north-1:1:function:Pay:live", Resource::Function { name: "Pay" });
        check(
            "arn:aws:states:::lambda:invoke",
            integration("lambda", "invoke", IntegrationPattern::RequestResponse),
        );
        check(
            "arn:aws:states:::lambda:invoke.waitForTaskToken",
            integration("lambda", "invoke", IntegrationPattern::WaitForTaskToken),
        );
        check("arn:aws:states:::ecs:runTask.sync", integration("ecs", "runTask", IntegrationPattern::RunJob));
        check(
            "arn:aws:states:::states:startExecution.sync:2",
            integration("states", "startExecution", IntegrationPattern::RunJobJson),
        );
        check(
            "arn:aws:states:::aws-sdk:s3:getObject",
            integration("aws-sdk:s3", "getObject", IntegrationPattern::RequestResponse),
        );
        check("arn:aws:states:eu-west-1:1:activity:Sign", Resource::Activity { name: "Sign" });
        for other in
            ["", "activity_arn", "arn:aws:states:::lambda", "arn:aws:lambda:x", "arn:aws:states:::a:b.c"]
        {
            check(other, Resource::Other);
        }
    }

    #[test]
    fn function_names_in_all_their_forms() {
        let check = |text, expected| assert_eq!(function_name(text), expected, "{text}");
        check("Pay", Some("Pay"));
        check("Pay:$LATEST", Some("Pay"));
        check("123456789012:function:Pay", Some("Pay"));
        check("function:Pay:3", Some("Pay"));
        check("arn:aws:lambda:us-east-1:123456789012:function:Pay:live", Some("Pay"));
        check("arn:aws:sns:us-east-1:1:topic", None);
        check("", None);
    }
}
