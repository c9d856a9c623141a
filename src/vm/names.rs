//! Who runs: names and ARNs of the Context Object that are the same for every execution of a run.

use crate::asl::model::MachineType;

/// Names of a run, shared by its executions.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Names {
    /// The state machine's name.
    pub state_machine: String,
    /// The execution's name; none: each execution gets one derived from its seed.
    pub execution: Option<String>,
    /// The role in `$$.Execution.RoleArn`.
    pub role_arn: String,
    /// Region in ARNs.
    pub region: String,
    /// Account in ARNs.
    pub account: String,
    /// Decides the form of `$$.Execution.Id`.
    pub machine_type: MachineType,
}

impl Names {
    /// Names for a state machine, with a made-up account.
    pub fn new(state_machine: impl Into<String>, machine_type: MachineType) -> Self {
        Self {
            state_machine: state_machine.into(),
            execution: None,
            role_arn: "arn:aws:iam::123456789012:role/aslx".to_owned(),
            region: "us-east-1".to_owned(),
            account: "123456789012".to_owned(),
            machine_type,
        }
    }

    /// `$$.StateMachine.Id`
    pub(super) fn state_machine_id(&self) -> String {
        format!("arn:aws:states:{}:{}:stateMachine:{}", self.region, self.account, self.state_machine)
    }

    /// `$$.Execution.Id`; an Express execution has a UUID of its own at the end.
    pub(super) fn execution_id(&self, name: &str, express_id: &str) -> String {
        let Self { region, account, state_machine, .. } = self;
        match self.machine_type {
            MachineType::Standard => {
                format!("arn:aws:states:{region}:{account}:execution:{state_machine}:{name}")
            }
            MachineType::Express => {
                format!("arn:aws:states:{region}:{account}:express:{state_machine}:{name}:{express_id}")
            }
        }
    }
}
