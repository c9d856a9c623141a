//! Resources of Task states (AWS docs, "Integrating services" and "Optimized integrations").

use super::did_you_mean;

/// What a Resource is to AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::asl) enum Recognition {
    /// A Lambda function, an activity, an integration.
    Known,
    /// Of the form of those, but not one of them.
    Unknown {
        /// What may have been meant.
        help: Option<String>,
    },
    /// Something else: AWS would refuse it, a local handler may answer it.
    Foreign,
}

/// How a Resource is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::asl) enum IntegrationPattern {
    /// Call, take the response.
    RequestResponse,
    /// `.sync`, `.sync:2`: wait until the job is done.
    RunJob,
    /// `.waitForTaskToken`: wait until the token comes back.
    TaskToken,
    /// An activity: a worker asks for the task.
    Activity,
}

/// Which patterns an optimized integration has beside request and response.
const NONE: u8 = 0;
const JOB: u8 = 1;
const TOKEN: u8 = 2;
const BOTH: u8 = JOB | TOKEN;

/// A service with its actions; an empty list stands for any.
struct Service {
    name: &'static str,
    actions: &'static [(&'static str, u8)],
}

const fn service(name: &'static str, actions: &'static [(&'static str, u8)]) -> Service {
    Service { name, actions }
}

const SERVICES: [Service; 23] = [
    service("apigateway", &[("invoke", TOKEN)]),
    service(
        "athena",
        &[
            ("startQueryExecution", JOB),
            ("stopQueryExecution", NONE),
            ("getQueryExecution", NONE),
            ("getQueryResults", NONE),
        ],
    ),
    service("aws-sdk", &[]),
    service("batch", &[("submitJob", JOB)]),
    service("bedrock", &[("invokeModel", BOTH), ("createModelCustomizationJob", BOTH)]),
    service("bedrock-agentcore", &[]),
    service(
        "codebuild",
        &[
            ("startBuild", JOB),
            ("stopBuild", NONE),
            ("batchDeleteBuilds", NONE),
            ("batchGetReports", NONE),
            ("startBuildBatch", JOB),
            ("stopBuildBatch", NONE),
            ("retryBuildBatch", JOB),
            ("deleteBuildBatch", NONE),
        ],
    ),
    service("databrew", &[("startJobRun", JOB)]),
    service("dynamodb", &[("getItem", NONE), ("putItem", NONE), ("deleteItem", NONE), ("updateItem", NONE)]),
    service("ecs", &[("runTask", BOTH)]),
    service(
        "eks",
        &[
            ("call", TOKEN),
            ("createCluster", BOTH),
            ("deleteCluster", BOTH),
            ("createFargateProfile", BOTH),
            ("deleteFargateProfile", BOTH),
            ("createNodegroup", BOTH),
            ("deleteNodegroup", BOTH),
            ("runJob", BOTH),
        ],
    ),
    service(
        "elasticmapreduce",
        &[
            ("createCluster", JOB),
            ("setClusterTerminationProtection", NONE),
            ("terminateCluster", JOB),
            ("addStep", JOB),
            ("cancelStep", NONE),
            ("modifyInstanceFleetByName", NONE),
            ("modifyInstanceGroupByName", NONE),
        ],
    ),
    service(
        "emr-containers",
        &[("createVirtualCluster", NONE), ("deleteVirtualCluster", JOB), ("startJobRun", JOB)],
    ),
    service(
        "emr-serverless",
        &[
            ("createApplication", JOB),
            ("startApplication", JOB),
            ("stopApplication", JOB),
            ("deleteApplication", JOB),
            ("startJobRun", JOB),
            ("cancelJobRun", JOB),
        ],
    ),
    service("events", &[("putEvents", TOKEN)]),
    service("glue", &[("startJobRun", JOB)]),
    service("http", &[("invoke", NONE)]),
    service("lambda", &[("invoke", TOKEN)]),
    service("mediaconvert", &[("createJob", JOB)]),
    service(
        "sagemaker",
        &[
            ("createEndpoint", NONE),
            ("createEndpointConfig", NONE),
            ("createHyperParameterTuningJob", JOB),
            ("createLabelingJob", JOB),
            ("createModel", NONE),
            ("createProcessingJob", JOB),
            ("createTrainingJob", JOB),
            ("createTransformJob", JOB),
            ("updateEndpoint", NONE),
        ],
    ),
    service("sns", &[("publish", TOKEN)]),
    service("sqs", &[("sendMessage", TOKEN)]),
    service("states", &[("startExecution", BOTH)]),
];

/// Says what a Resource is.
pub(in crate::asl) fn recognize(resource: &str) -> Recognition {
    let parts: Vec<&str> = resource.splitn(6, ':').collect();
    let &["arn", _partition, service, _region, account, rest] = &parts[..] else {
        return Recognition::Foreign;
    };
    match service {
        "lambda" if rest.starts_with("function:") && rest.len() > "function:".len() => Recognition::Known,
        "lambda" => {
            let help = Some("a function's ARN ends in `:function:NAME`".to_owned());
            Recognition::Unknown { help }
        }
        "states" => integration(rest, account),
        _ => Recognition::Foreign,
    }
}

/// `service:action` with a pattern at its end, or `activity:name`.
fn integration(rest: &str, account: &str) -> Recognition {
    let (name, action) = rest.split_once(':').unwrap_or((rest, ""));
    if name == "activity" {
        let is_complete = !account.is_empty() && !action.is_empty();
        let help =
            Some("an activity's ARN has the form `arn:aws:states:REGION:ACCOUNT:activity:NAME`".to_owned());
        return if is_complete { Recognition::Known } else { Recognition::Unknown { help } };
    }
    let Some(service) = SERVICES.iter().find(|service| service.name == name) else {
        let help = did_you_mean(name, SERVICES.iter().map(|service| service.name));
        return Recognition::Unknown { help };
    };
    let (action, pattern) = split_pattern(action);
    if name == "aws-sdk" {
        return sdk_action(action, pattern);
    }
    if service.actions.is_empty() && !action.is_empty() && pattern == IntegrationPattern::RequestResponse {
        return Recognition::Known;
    }
    let Some(&(_, patterns)) = service.actions.iter().find(|(known, _)| *known == action) else {
        let help = did_you_mean(action, service.actions.iter().map(|(known, _)| *known)).or_else(|| {
            Some(format!("`arn:aws:states:::aws-sdk:{name}:{action}` calls any action of the service"))
        });
        return Recognition::Unknown { help };
    };
    let needed = match pattern {
        IntegrationPattern::RunJob => JOB,
        IntegrationPattern::TaskToken => TOKEN,
        _ => NONE,
    };
    let second_form = rest.ends_with(".sync:2") && name != "states";
    if patterns & needed == needed && !second_form {
        Recognition::Known
    } else {
        Recognition::Unknown { help: Some(format!("`{name}:{action}` has no such integration pattern")) }
    }
}

/// `service:action` of the SDK integrations: hundreds of services, so only the form is checked.
fn sdk_action(action: &str, pattern: IntegrationPattern) -> Recognition {
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase()) && word.chars().all(|c| c.is_ascii_alphanumeric())
    };
    let is_action =
        action.split_once(':').is_some_and(|(service, action)| is_word(service) && is_word(action));
    if is_action && pattern != IntegrationPattern::RunJob {
        return Recognition::Known;
    }
    let help =
        "SDK integrations have the form `arn:aws:states:::aws-sdk:service:camelCaseAction`, without `.sync`";
    Recognition::Unknown { help: Some(help.to_owned()) }
}

/// How a Resource is called.
pub(in crate::asl) fn integration_pattern(resource: &str) -> IntegrationPattern {
    let mut parts = resource.splitn(6, ':');
    let is_states = parts.next() == Some("arn") && parts.nth(1) == Some("states");
    match parts.nth(2) {
        Some(rest) if is_states && rest.starts_with("activity:") => IntegrationPattern::Activity,
        Some(rest) if is_states => split_pattern(rest).1,
        _ => IntegrationPattern::RequestResponse,
    }
}

fn split_pattern(action: &str) -> (&str, IntegrationPattern) {
    let suffixes = [
        (".sync", IntegrationPattern::RunJob),
        (".sync:2", IntegrationPattern::RunJob),
        (".waitForTaskToken", IntegrationPattern::TaskToken),
    ];
    let stripped = |&(suffix, pattern)| Some((action.strip_suffix(suffix)?, pattern));
    suffixes.iter().find_map(stripped).unwrap_or((action, IntegrationPattern::RequestResponse))
}

#[cfg(test)]
mod tests {
    use super::{IntegrationPattern, Recognition, integration_pattern, recognize};

    #[test]
    fn recognizes_what_aws_does() {
        let known = [
            "arn:aws:lambda:eu-west-1:123456789012:function:Check:$LATEST",
            "arn:aws:states:eu-west-1:123456789012:activity:Pack",
            "arn:aws:states:::lambda:invoke.waitForTaskToken",
            "arn:aws-cn:states:::states:startExecution.sync:2",
            "arn:aws:states:::aws-sdk:dynamodb:query",
            "arn:aws:states:eu-west-1:123456789012:aws-sdk:s3:getObject",
            "arn:aws:states:::batch:submitJob.sync",
        ];
        for resource in known {
            assert_eq!(recognize(resource), Recognition::Known, "{resource}");
        }
        let unknown = [
            "arn:aws:lambda:eu-west-1:123456789012:Check",
            "arn:aws:states:::activity:Pack",
            "arn:aws:states:::dynamodb:query",
            "arn:aws:states:::lambda:invoke.sync",
            "arn:aws:states:::batch:submitJob.sync:2",
            "arn:aws:states:::batch:submitJob.waitForTaskToken",
            "arn:aws:states:::aws-sdk:s3:ListBuckets",
            "arn:aws:states:::aws-sdk:s3:getObject.sync",
            "arn:aws:states:::sqz:sendMessage",
            "arn:aws:states:::",
        ];
        for resource in unknown {
            assert!(matches!(recognize(resource), Recognition::Unknown { .. }), "{resource}");
        }
        for resource in ["", "validate", "arn:aws:swf:eu-west-1:123456789012:task:X"] {
            assert_eq!(recognize(resource), Recognition::Foreign, "{resource}");
        }
    }

    #[test]
    fn tells_the_patterns_apart() {
        let cases = [
            ("arn:aws:states:::sqs:sendMessage.waitForTaskToken", IntegrationPattern::TaskToken),
            ("arn:aws:states:::states:startExecution.sync:2", IntegrationPattern::RunJob),
            ("arn:aws:states:eu-west-1:1:activity:a.sync", IntegrationPattern::Activity),
            ("arn:aws:lambda:eu-west-1:1:function:a.sync", IntegrationPattern::RequestResponse),
            ("a.sync", IntegrationPattern::RequestResponse),
        ];
        for (resource, expected) in cases {
            assert_eq!(integration_pattern(resource), expected, "{resource}");
        }
    }
}
