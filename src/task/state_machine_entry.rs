//! `[[state_machine]]` of a task file: a definition that states can start.

use std::path::{Path, PathBuf};

use crate::asl::model::MachineType;

/// A state machine that a task file names.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StateMachineEntry {
    /// What it is called; none: as its file is.
    pub name: Option<String>,
    /// Where its definition is, as seen from the task file.
    pub definition: PathBuf,
    /// Its type; none: that of an artifact, else standard.
    pub machine_type: Option<MachineType>,
}

impl StateMachineEntry {
    /// Where its definition is, if the task file is at `task_file`.
    pub fn path(&self, task_file: &Path) -> PathBuf {
        task_file.parent().unwrap_or(Path::new("")).join(&self.definition)
    }
}

/// What a task file says.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct TaskFile {
    /// Who answers which Resource.
    pub tasks: super::TaskRegistry,
    /// The state machines that states can start.
    pub state_machines: Vec<StateMachineEntry>,
}
