//! States, apart from Choice and Map.

use super::{
    Catcher, Choice, IntField, Map, PathField, PayloadTemplate, QueryLanguage, Retrier, StateGraph,
    StateIndex, Text, TextField,
};
use crate::diagnostic::Span;
use crate::json::NodeId;

/// One state: what all types share, and what its type adds.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Its name, unique in the machine.
    pub name: String,
    /// Its key in `States`.
    pub name_span: Span,
    /// Its object.
    pub span: Span,
    /// Its location in AWS's form, such as `/States/A`.
    pub location: String,
    /// `Comment`.
    pub comment: Option<String>,
    /// Its language, inherited from the machine unless it names its own.
    pub query_language: QueryLanguage,
    /// `InputPath` (`JSONPath`).
    pub input_path: PathField,
    /// `OutputPath` (`JSONPath`).
    pub output_path: PathField,
    /// `Assign`.
    pub assign: Option<PayloadTemplate>,
    /// `Output` (`JSONata`).
    pub output: Option<PayloadTemplate>,
    /// What its type adds.
    pub kind: StateKind,
}

/// The eight types.
#[derive(Debug, Clone, PartialEq)]
pub enum StateKind {
    /// Hands its input on, reshaped.
    Pass(Pass),
    /// Calls a Resource.
    Task(Task),
    /// Picks the next state.
    Choice(Choice),
    /// Waits.
    Wait(Wait),
    /// Ends the workflow well.
    Succeed,
    /// Ends the workflow with an error.
    Fail(Fail),
    /// Runs branches side by side.
    Parallel(Parallel),
    /// Runs one workflow per item.
    Map(Map),
}

impl StateKind {
    /// The value of `Type`.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Pass(_) => "Pass",
            Self::Task(_) => "Task",
            Self::Choice(_) => "Choice",
            Self::Wait(_) => "Wait",
            Self::Succeed => "Succeed",
            Self::Fail(_) => "Fail",
            Self::Parallel(_) => "Parallel",
            Self::Map(_) => "Map",
        }
    }
}

/// What follows a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transition {
    /// `Next`.
    Next(StateIndex),
    /// `End: true`.
    End,
}

/// A Pass state.
#[derive(Debug, Clone, PartialEq)]
pub struct Pass {
    /// `Result`: literal JSON, never a template.
    pub result: Option<NodeId>,
    /// `Parameters`.
    pub parameters: Option<PayloadTemplate>,
    /// `ResultPath`.
    pub result_path: PathField,
    /// What follows.
    pub transition: Transition,
}

/// A Task state.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// `Resource`.
    pub resource: Text,
    /// `Parameters` (`JSONPath`).
    pub parameters: Option<PayloadTemplate>,
    /// `Arguments` (`JSONata`).
    pub arguments: Option<PayloadTemplate>,
    /// `ResultSelector`.
    pub result_selector: Option<PayloadTemplate>,
    /// `ResultPath`.
    pub result_path: PathField,
    /// `Credentials`.
    pub credentials: Option<PayloadTemplate>,
    /// `TimeoutSeconds` or `TimeoutSecondsPath`.
    pub timeout_seconds: Option<IntField>,
    /// `HeartbeatSeconds` or `HeartbeatSecondsPath`.
    pub heartbeat_seconds: Option<IntField>,
    /// `Retry`, in order.
    pub retry: Vec<Retrier>,
    /// `Catch`, in order.
    pub catch: Vec<Catcher>,
    /// What follows.
    pub transition: Transition,
}

/// A Wait state.
#[derive(Debug, Clone, PartialEq)]
pub struct Wait {
    /// How long, or until when.
    pub duration: WaitFor,
    /// What follows.
    pub transition: Transition,
}

/// The duration of a Wait state: exactly one of four fields, two of them with two forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitFor {
    /// `Seconds`, `SecondsPath`, or `Seconds` as an expression.
    Seconds(IntField),
    /// `Timestamp` (a valid RFC 3339 text), `TimestampPath`, or `Timestamp` as an expression.
    Timestamp(TextField),
}

/// A Fail state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fail {
    /// `Error` or `ErrorPath`.
    pub error: Option<TextField>,
    /// `Cause` or `CausePath`.
    pub cause: Option<TextField>,
}

/// A Parallel state.
#[derive(Debug, Clone, PartialEq)]
pub struct Parallel {
    /// `Branches`, at least one.
    pub branches: Vec<StateGraph>,
    /// `Parameters` (`JSONPath`).
    pub parameters: Option<PayloadTemplate>,
    /// `Arguments` (`JSONata`).
    pub arguments: Option<PayloadTemplate>,
    /// `ResultSelector`.
    pub result_selector: Option<PayloadTemplate>,
    /// `ResultPath`.
    pub result_path: PathField,
    /// `Retry`, in order.
    pub retry: Vec<Retrier>,
    /// `Catch`, in order.
    pub catch: Vec<Catcher>,
    /// What follows.
    pub transition: Transition,
}
