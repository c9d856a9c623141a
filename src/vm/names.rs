//! Who runs: names and ARNs of the Context Object that are the same for every execution of a run.

use super::machine::mix;
use super::task_token::TokenKey;
use crate::asl::model::MachineType;
use crate::value::random::Random;

/// Draws that name an execution; far from the counters that strands use.
const NAME_DRAW: u64 = u64::MAX;
const EXPRESS_ID_DRAW: u64 = u64::MAX - 1;

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
    /// What task tokens are made with; none: they are derived from the seed, and nobody can answer them.
    pub token_key: Option<TokenKey>,
}

impl Names {
    /// The names of a Map Run's child executions: their state machine is named after the Map's label too.
    #[must_use]
    pub fn of_children(&self, label: &str, machine_type: MachineType) -> Self {
        let state_machine = format!("{}/{label}", self.state_machine);
        Self { state_machine, execution: None, machine_type, ..self.clone() }
    }

    /// The id and the label of a Map Run with this seed, for a state without a label of its own, and its ARN.
    pub fn map_run(&self, label: Option<&str>, seed: u64) -> MapRunName {
        let mut ids = Random::new(seed);
        let mut id = || String::from_utf8_lossy(&ids.uuid_v4()).into_owned();
        let run_id = id();
        let label = label.map_or_else(id, str::to_owned);
        MapRunName { arn: self.map_run_arn(&label, &run_id), id: run_id, label }
    }

    /// The ARN of a Map Run.
    fn map_run_arn(&self, label: &str, id: &str) -> String {
        let Self { region, account, state_machine, .. } = self;
        format!("arn:aws:states:{region}:{account}:mapRun:{state_machine}/{label}:{id}")
    }

    /// Names for a state machine, with a made-up account.
    pub fn new(state_machine: impl Into<String>, machine_type: MachineType) -> Self {
        Self {
            state_machine: state_machine.into(),
            execution: None,
            role_arn: "arn:aws:iam::123456789012:role/aslx".to_owned(),
            region: "us-east-1".to_owned(),
            account: "123456789012".to_owned(),
            machine_type,
            token_key: None,
        }
    }

    /// `$$.StateMachine.Id`
    pub fn state_machine_id(&self) -> String {
        format!("arn:aws:states:{}:{}:stateMachine:{}", self.region, self.account, self.state_machine)
    }

    /// `$$.Execution.Name` of the execution with this seed.
    pub fn execution_name(&self, seed: u64) -> String {
        self.execution.clone().unwrap_or_else(|| derived_uuid(seed, NAME_DRAW))
    }

    /// `$$.Execution.Id` of the execution with this seed; an Express execution has a UUID of its own at the end.
    pub fn execution_id(&self, seed: u64) -> String {
        let Self { region, account, state_machine, .. } = self;
        let name = self.execution_name(seed);
        let express_id = derived_uuid(seed, EXPRESS_ID_DRAW);
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

fn derived_uuid(seed: u64, draw: u64) -> String {
    String::from_utf8_lossy(&Random::new(mix(seed, draw)).uuid_v4()).into_owned()
}

/// What a Map Run is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapRunName {
    /// Its id.
    pub id: String,
    /// The state's label.
    pub label: String,
    /// Its ARN.
    pub arn: String,
}
