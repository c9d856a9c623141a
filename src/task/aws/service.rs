//! The services that Task states may ask, and what each speaks.

use crate::task::Integration;

/// How a service is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    /// AWS JSON, of this version, with this prefix of the operation's name.
    Json { version: &'static str, target: &'static str },
    /// AWS Query, of this version of the API.
    Query { version: &'static str },
    /// Lambda's Invoke.
    Lambda,
    /// S3's REST.
    S3,
}

/// A service under one of its two names: its optimised integration's, or that of `aws-sdk`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Service {
    /// What stands in the Resource.
    pub(super) id: &'static str,
    /// What errors begin with.
    pub(super) prefix: &'static str,
    /// Optimised: the name of the service and of its errors that have none, in the older SDK's words.
    pub(super) optimised: Option<(&'static str, &'static str)>,
    /// The name in hosts, in signatures and in the settings of endpoints.
    pub(super) host: &'static str,
    pub(super) protocol: Protocol,
    /// Members of requests and responses begin with a small letter on the wire.
    pub(super) is_camel: bool,
    /// Members that are text for the service, and may be any JSON in the state.
    pub(super) texts: &'static [&'static str],
    /// Errors that have a name of their own; if this is empty, all of them.
    pub(super) errors: &'static [&'static str],
}

const DYNAMODB: Protocol = Protocol::Json { version: "1.0", target: "DynamoDB_20120810" };
const SQS: Protocol = Protocol::Json { version: "1.0", target: "AmazonSQS" };
const SNS: Protocol = Protocol::Query { version: "2010-03-31" };
const EVENTS: Protocol = Protocol::Json { version: "1.1", target: "AWSEvents" };
const STATES: Protocol = Protocol::Json { version: "1.0", target: "AWSStepFunctions" };

const DYNAMODB_ERRORS: &[&str] = &[
    "BackupInUse",
    "BackupNotFound",
    "ConditionalCheckFailed",
    "ContinuousBackupsUnavailable",
    "DuplicateItem",
    "ExportConflict",
    "ExportNotFound",
    "GlobalTableAlreadyExists",
    "GlobalTableNotFound",
    "IdempotentParameterMismatch",
    "ImportConflict",
    "ImportNotFound",
    "IndexNotFound",
    "InternalServerError",
    "InvalidExportTime",
    "InvalidRestoreTime",
    "ItemCollectionSizeLimitExceeded",
    "LimitExceeded",
    "PointInTimeRecoveryUnavailable",
    "PolicyNotFound",
    "ProvisionedThroughputExceeded",
    "ReplicaAlreadyExists",
    "ReplicaNotFound",
    "ReplicatedWriteConflict",
    "RequestLimitExceeded",
    "ResourceInUse",
    "ResourceNotFound",
    "TableAlreadyExists",
    "TableInUse",
    "TableNotFound",
    "Throttling",
    "TransactionCanceled",
    "TransactionConflict",
    "TransactionInProgress",
];
const SQS_ERRORS: &[&str] = &[
    "BatchEntryIdsNotDistinct",
    "BatchRequestTooLong",
    "EmptyBatchRequest",
    "InvalidAddress",
    "InvalidAttributeName",
    "InvalidAttributeValue",
    "InvalidBatchEntryId",
    "InvalidIdFormat",
    "InvalidMessageContents",
    "InvalidSecurity",
    "KmsAccessDenied",
    "KmsDisabled",
    "KmsInvalidKeyUsage",
    "KmsInvalidState",
    "KmsNotFound",
    "KmsOptInRequired",
    "KmsThrottled",
    "MessageNotInflight",
    "OverLimit",
    "PurgeQueueInProgress",
    "QueueDeletedRecently",
    "QueueDoesNotExist",
    "QueueNameExists",
    "ReceiptHandleIsInvalid",
    "RequestThrottled",
    "ResourceNotFound",
    "TooManyEntriesInBatchRequest",
    "UnsupportedOperation",
];
const SNS_ERRORS: &[&str] = &[
    "AuthorizationError",
    "BatchEntryIdsNotDistinct",
    "BatchRequestTooLong",
    "ConcurrentAccess",
    "EmptyBatchRequest",
    "EndpointDisabled",
    "FilterPolicyLimitExceeded",
    "InternalError",
    "InvalidBatchEntryId",
    "InvalidParameter",
    "InvalidParameterValue",
    "InvalidSecurity",
    "KMSAccessDenied",
    "KMSDisabled",
    "KMSInvalidState",
    "KMSNotFound",
    "KMSOptInRequired",
    "KMSThrottling",
    "NotFound",
    "OptedOut",
    "PlatformApplicationDisabled",
    "ReplayLimitExceeded",
    "ResourceNotFound",
    "StaleTag",
    "SubscriptionLimitExceeded",
    "TagLimitExceeded",
    "TagPolicy",
    "Throttled",
    "TooManyEntriesInBatchRequest",
    "TopicLimitExceeded",
    "UserError",
    "Validation",
    "Verification",
];
const EVENTS_ERRORS: &[&str] = &[
    "AccessDenied",
    "ConcurrentModification",
    "IllegalStatus",
    "Internal",
    "InvalidEventPattern",
    "InvalidState",
    "LimitExceeded",
    "ManagedRule",
    "OperationDisabled",
    "PolicyLengthExceeded",
    "ResourceAlreadyExists",
    "ResourceNotFound",
    "Throttling",
];
const STATES_ERRORS: &[&str] = &[
    "ActivityAlreadyExists",
    "ActivityDoesNotExist",
    "ActivityLimitExceeded",
    "ActivityWorkerLimitExceeded",
    "Conflict",
    "ExecutionAlreadyExists",
    "ExecutionDoesNotExist",
    "ExecutionLimitExceeded",
    "ExecutionNotRedrivable",
    "InvalidArn",
    "InvalidDefinition",
    "InvalidEncryptionConfiguration",
    "InvalidExecutionInput",
    "InvalidLoggingConfiguration",
    "InvalidName",
    "InvalidOutput",
    "InvalidToken",
    "InvalidTracingConfiguration",
    "KmsAccessDenied",
    "KmsInvalidState",
    "KmsThrottling",
    "MissingRequiredParameter",
    "ResourceNotFound",
    "ServiceQuotaExceeded",
    "StateMachineAlreadyExists",
    "StateMachineDeleting",
    "StateMachineDoesNotExist",
    "StateMachineLimitExceeded",
    "StateMachineTypeNotSupported",
    "TaskDoesNotExist",
    "TaskTimedOut",
    "TooManyTags",
    "Validation",
];
const SECRETS_ERRORS: &[&str] = &[
    "DecryptionFailure",
    "EncryptionFailure",
    "InternalServiceError",
    "InvalidNextToken",
    "InvalidParameter",
    "InvalidRequest",
    "LimitExceeded",
    "MalformedPolicyDocument",
    "PreconditionNotMet",
    "PublicPolicy",
    "ResourceExists",
    "ResourceNotFound",
];
const S3_ERRORS: &[&str] = &[
    "BucketAlreadyExists",
    "BucketAlreadyOwnedByYou",
    "EncryptionTypeMismatch",
    "IdempotencyParameterMismatch",
    "InvalidObjectState",
    "InvalidRequest",
    "InvalidWriteOffset",
    "NoSuchBucket",
    "NoSuchKey",
    "NoSuchUpload",
    "NotFound",
    "ObjectAlreadyInActiveTier",
    "ObjectNotInActiveTier",
    "TooManyParts",
];

const STATES_TEXTS: &[&str] = &["Input", "Output"];

const OPTIMISED: [Service; 6] = [
    optimised(
        "dynamodb",
        "DynamoDB",
        "AmazonDynamoDBv2",
        "AmazonDynamoDBException",
        "dynamodb",
        DYNAMODB,
        DYNAMODB_ERRORS,
    ),
    Service {
        texts: &["MessageBody"],
        ..optimised("sqs", "SQS", "AmazonSQS", "AmazonSQSException", "sqs", SQS, SQS_ERRORS)
    },
    Service {
        texts: &["Message"],
        ..optimised("sns", "SNS", "AmazonSNS", "AmazonSNSException", "sns", SNS, SNS_ERRORS)
    },
    Service {
        texts: &["Detail"],
        ..optimised(
            "events",
            "EventBridge",
            "AmazonEventBridge",
            "AmazonEventBridgeException",
            "events",
            EVENTS,
            EVENTS_ERRORS,
        )
    },
    Service {
        texts: STATES_TEXTS,
        is_camel: true,
        ..optimised(
            "states",
            "StepFunctions",
            "AWSStepFunctions",
            "AWSStepFunctionsException",
            "states",
            STATES,
            STATES_ERRORS,
        )
    },
    optimised("lambda", "Lambda", "AWSLambda", "AWSLambdaException", "lambda", Protocol::Lambda, &[]),
];

const SDK: [Service; 12] = [
    sdk("dynamodb", "DynamoDb", "dynamodb", DYNAMODB, DYNAMODB_ERRORS),
    Service { texts: &["MessageBody"], ..sdk("sqs", "Sqs", "sqs", SQS, SQS_ERRORS) },
    Service { texts: &["Message"], ..sdk("sns", "Sns", "sns", SNS, SNS_ERRORS) },
    Service { texts: &["Detail"], ..sdk("eventbridge", "EventBridge", "events", EVENTS, EVENTS_ERRORS) },
    Service { texts: STATES_TEXTS, is_camel: true, ..sdk("sfn", "Sfn", "states", STATES, STATES_ERRORS) },
    Service {
        texts: &["SecretString"],
        ..sdk("secretsmanager", "SecretsManager", "secretsmanager", json11("secretsmanager"), SECRETS_ERRORS)
    },
    sdk("ssm", "Ssm", "ssm", json11("AmazonSSM"), &[]),
    sdk("athena", "Athena", "athena", json11("AmazonAthena"), &[]),
    sdk("glue", "Glue", "glue", json11("AWSGlue"), &[]),
    sdk(
        "cognitoidentityprovider",
        "CognitoIdentityProvider",
        "cognito-idp",
        json11("AWSCognitoIdentityProviderService"),
        &[],
    ),
    sdk("lambda", "Lambda", "lambda", Protocol::Lambda, &[]),
    sdk("s3", "S3", "s3", Protocol::S3, S3_ERRORS),
];

const fn json11(target: &'static str) -> Protocol {
    Protocol::Json { version: "1.1", target }
}

const fn sdk(
    id: &'static str,
    prefix: &'static str,
    host: &'static str,
    protocol: Protocol,
    errors: &'static [&'static str],
) -> Service {
    Service { id, prefix, optimised: None, host, protocol, is_camel: false, texts: &[], errors }
}

const fn optimised(
    id: &'static str,
    prefix: &'static str,
    name: &'static str,
    unnamed: &'static str,
    host: &'static str,
    protocol: Protocol,
    errors: &'static [&'static str],
) -> Service {
    Service { optimised: Some((name, unnamed)), ..sdk(id, prefix, host, protocol, errors) }
}

impl Service {
    /// The service of an integration, if it is one of those that are known here.
    pub(super) fn find(integration: Integration<'_>) -> Option<&'static Self> {
        static OPTIMISED_SERVICES: [Service; 6] = OPTIMISED;
        static SDK_SERVICES: [Service; 12] = SDK;
        match integration.service.strip_prefix("aws-sdk:") {
            Some(id) => SDK_SERVICES.iter().find(|service| service.id == id),
            None => OPTIMISED_SERVICES.iter().find(|service| service.id == integration.service),
        }
    }

    /// The names of all hosts, for the settings of endpoints.
    pub(super) fn hosts() -> impl Iterator<Item = &'static str> {
        SDK.iter().map(|service| service.host).collect::<Vec<_>>().into_iter()
    }

    /// The operation of an action: `putItem` is `PutItem`.
    pub(super) fn operation(action: &str) -> String {
        super::rewrite::pascal(action.into()).into_owned()
    }

    /// The name of an error in the state's `ErrorEquals`.
    pub(super) fn error_name(&self, code: &str) -> String {
        let stem = code.strip_suffix("Exception").unwrap_or(code);
        let is_named = self.errors.is_empty() || self.errors.contains(&stem);
        match self.optimised {
            _ if is_named => format!("{}.{stem}Exception", self.prefix),
            Some((_, unnamed)) => format!("{}.{unnamed}", self.prefix),
            None => format!("{}.{}Exception", self.prefix, self.prefix),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::Resource;

    fn service(resource: &str) -> &'static Service {
        let Resource::Integration(integration) = Resource::parse(resource) else { panic!("{resource}") };
        Service::find(integration).unwrap_or_else(|| panic!("{resource}"))
    }

    #[test]
    fn errors_are_named_as_each_integration_names_them() {
        let check = |resource: &str, code: &str, expected: &str| {
            assert_eq!(service(resource).error_name(code), expected, "{resource}: {code}");
        };
        let optimised = "arn:aws:states:::dynamodb:putItem";
        let sdk = "arn:aws:states:::aws-sdk:dynamodb:putItem";
        check(optimised, "ResourceNotFoundException", "DynamoDB.ResourceNotFoundException");
        check(sdk, "ResourceNotFoundException", "DynamoDb.ResourceNotFoundException");
        check(optimised, "ValidationException", "DynamoDB.AmazonDynamoDBException");
        check(sdk, "ValidationException", "DynamoDb.DynamoDbException");
        check(sdk, "RequestLimitExceeded", "DynamoDb.RequestLimitExceededException");
        check(
            "arn:aws:states:::states:startExecution",
            "StateMachineDoesNotExist",
            "StepFunctions.StateMachineDoesNotExistException",
        );
        check("arn:aws:states:::aws-sdk:sfn:sendTaskSuccess", "InvalidToken", "Sfn.InvalidTokenException");
        check("arn:aws:states:::aws-sdk:s3:getObject", "NoSuchKey", "S3.NoSuchKeyException");
        check("arn:aws:states:::aws-sdk:s3:getObject", "AccessDenied", "S3.S3Exception");
        check(
            "arn:aws:states:::aws-sdk:secretsmanager:createSecret",
            "ValidationException",
            "SecretsManager.SecretsManagerException",
        );
        check(
            "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "QueueDoesNotExist",
            "SQS.QueueDoesNotExistException",
        );
    }

    #[test]
    fn actions_name_operations() {
        assert_eq!(Service::operation("putItem"), "PutItem");
        assert_eq!(Service::operation("listObjectsV2"), "ListObjectsV2");
    }
}
