//! What a compilation may be told.

use crate::asl::model::MachineType;
use crate::asl::text::{Substitutions, TextFormat};
use crate::limits::Limits;

/// Options of [`super::compile`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CompileOptions {
    /// Which kind of state machine the definition is checked as.
    pub machine_type: MachineType,
    /// Bounds on the definition.
    pub limits: Limits,
    /// How the definition is written.
    pub format: TextFormat,
    /// What stands for `${Name}` placeholders.
    pub substitutions: Substitutions,
}

impl Default for CompileOptions {
    fn default() -> Self {
        Self {
            machine_type: MachineType::Express,
            limits: Limits::default(),
            format: TextFormat::default(),
            substitutions: Substitutions::default(),
        }
    }
}
