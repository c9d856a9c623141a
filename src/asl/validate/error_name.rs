//! The language's own error names.

use super::did_you_mean;

/// AWS docs, "Error names", and the States Language, "Appendix A".
const RESERVED: [&str; 16] = [
    "States.ALL",
    "States.TaskFailed",
    "States.Timeout",
    "States.HeartbeatTimeout",
    "States.Permissions",
    "States.Runtime",
    "States.DataLimitExceeded",
    "States.ResultPathMatchFailure",
    "States.ParameterPathFailure",
    "States.IntrinsicFailure",
    "States.QueryEvaluationError",
    "States.NoChoiceMatched",
    "States.BranchFailed",
    "States.ExceedToleratedFailureThreshold",
    "States.ItemReaderFailed",
    "States.ResultWriterFailed",
];

/// Whether the language or one of its integrations reports this name.
pub(in crate::asl) fn is_reserved_error(name: &str) -> bool {
    RESERVED.contains(&name) || name.starts_with("States.Http.")
}

/// Whether only states around other states report this name.
pub(in crate::asl) fn is_workflow_error(name: &str) -> bool {
    const NAMES: [&str; 5] = [
        "States.NoChoiceMatched",
        "States.BranchFailed",
        "States.ExceedToleratedFailureThreshold",
        "States.ItemReaderFailed",
        "States.ResultWriterFailed",
    ];
    NAMES.contains(&name)
}

/// Help for a name that looks like a reserved one, misspelt.
pub(in crate::asl) fn did_you_mean_error(name: &str) -> Option<String> {
    let is_like = name.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("state"));
    is_like.then(|| did_you_mean(name, RESERVED)).flatten()
}
