//! What a program keeps of a JSONata expression.

use serde::{Deserialize, Serialize};

use crate::jsonata::Code;

/// A `{% %}` string.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuerySite {
    /// Its code.
    pub(crate) code: Code,
    /// What stands between the delimiters, without blanks around it.
    pub(crate) text: String,
    /// Where in its state it stands, as error texts name it: `Output/total`, `Choices[1]/Condition`.
    pub(crate) field: String,
    /// What it must come to.
    pub(crate) expected: Expected,
}

impl QuerySite {
    /// How many values it is given.
    pub(crate) fn parameter_count(&self) -> usize {
        self.code.parameters.len()
    }
}

/// What an expression must come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Expected {
    /// Any JSON.
    Any,
    /// A string.
    String,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An array, or an object whose members are the items.
    Items,
}

impl Expected {
    /// As error texts name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::String => "string",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Items => "array",
        }
    }
}
