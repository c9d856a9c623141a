//! The machine and its graphs of states.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{State, Text};
use crate::asl::text::PlaceMap;
use crate::diagnostic::Span;
use crate::json::Document;

/// How Step Functions would run the machine; decides which integrations are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum MachineType {
    /// Long-lived, exactly once.
    #[default]
    Standard,
    /// Short-lived, at least once.
    Express,
}

/// The language of a state's paths and expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum QueryLanguage {
    /// `JSONPath` with payload templates and intrinsic functions.
    #[default]
    JsonPath,
    /// `JSONata` in `{% %}` strings.
    Jsonata,
}

/// A whole definition.
#[derive(Debug, Clone)]
pub struct StateMachine {
    /// The definition's bytes and tape; every node id of the model belongs to it.
    pub source: Arc<Document>,
    /// Where the spans of the model stand in the text that was given: the document may be derived from it.
    pub places: PlaceMap,
    /// `Comment`.
    pub comment: Option<String>,
    /// `Version`.
    pub version: Option<String>,
    /// The machine's language; each state has its own as well.
    pub query_language: QueryLanguage,
    /// `TimeoutSeconds` of the whole execution.
    pub timeout_seconds: Option<u32>,
    /// The top-level states.
    pub top: StateGraph,
    /// `${Name}` placeholders that stand where the language wants something other than free text (a number, a flag, an
    /// object, a path). The model holds the field's default there, so such a machine can be checked but must not be run.
    pub substitutions: Vec<Text>,
}

/// One `States` map with its `StartAt`: the machine's, a branch's, an item processor's.
#[derive(Debug, Clone, PartialEq)]
pub struct StateGraph {
    /// Where it begins.
    pub start_at: StateIndex,
    /// The states in source order.
    pub states: Vec<State>,
    /// The object that holds `StartAt` and `States`.
    pub span: Span,
    /// Its location in AWS's form: `/`, `/States/P/Branches[0]`, `/States/M/ItemProcessor`.
    pub location: String,
}

impl StateGraph {
    /// The state at `index`.
    pub fn state(&self, index: StateIndex) -> &State {
        &self.states[index.0 as usize]
    }
}

/// Index of a state in its own graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateIndex(pub u32);
