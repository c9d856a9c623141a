//! What an inspected execution keeps of a state.

use serde::{Deserialize, Serialize};

/// A step of a state's data, as `TestState` reports it (`InspectionData`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Aspect {
    /// The input after `InputPath`.
    AfterInputPath,
    /// The input after `Parameters`.
    AfterParameters,
    /// The input after `Arguments`.
    AfterArguments,
    /// What the state's work came to.
    Result,
    /// The result after `ResultSelector`.
    AfterResultSelector,
    /// The result combined with the input by `ResultPath`.
    AfterResultPath,
    /// A Map's items.
    AfterItemsPath,
    /// What a Map's iterations receive.
    AfterItemSelector,
    /// `MaxConcurrency`.
    MaxConcurrency,
    /// `ToleratedFailureCount`.
    ToleratedFailureCount,
    /// `ToleratedFailurePercentage`.
    ToleratedFailurePercentage,
    /// A variable, by its index in its graph.
    Variable(u16),
}

impl Aspect {
    /// Its member of `InspectionData`; a variable has none of its own.
    pub fn as_str(self) -> Option<&'static str> {
        Some(match self {
            Self::AfterInputPath => "afterInputPath",
            Self::AfterParameters => "afterParameters",
            Self::AfterArguments => "afterArguments",
            Self::Result => "result",
            Self::AfterResultSelector => "afterResultSelector",
            Self::AfterResultPath => "afterResultPath",
            Self::AfterItemsPath => "afterItemsPath",
            Self::AfterItemSelector => "afterItemSelector",
            Self::MaxConcurrency => "maxConcurrency",
            Self::ToleratedFailureCount => "toleratedFailureCount",
            Self::ToleratedFailurePercentage => "toleratedFailurePercentage",
            Self::Variable(_) => return None,
        })
    }
}
