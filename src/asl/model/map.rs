//! The Map state, inline and distributed.

use super::map_io::{ItemBatcher, ItemReader, ResultWriter};
use super::{Catcher, FloatField, IntField, PathField, PayloadTemplate, Retrier, StateGraph, Transition};

/// A Map state.
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    /// `ItemsPath` (`JSONPath`).
    pub items_path: PathField,
    /// `Items` (`JSONata`): an expression, or an array or object with expressions in it.
    pub items: Option<PayloadTemplate>,
    /// `ItemSelector`, or `Parameters` as it was called before.
    pub item_selector: Option<PayloadTemplate>,
    /// `ItemProcessor`, or `Iterator` as it was called before.
    pub processor: StateGraph,
    /// `ProcessorConfig` of the item processor.
    pub mode: ProcessorMode,
    /// `MaxConcurrency` or `MaxConcurrencyPath`.
    pub max_concurrency: Option<IntField>,
    /// `ToleratedFailureCount` or `ToleratedFailureCountPath`.
    pub tolerated_failure_count: Option<IntField>,
    /// `ToleratedFailurePercentage` or `ToleratedFailurePercentagePath`.
    pub tolerated_failure_percentage: Option<FloatField>,
    /// `ItemReader`.
    pub item_reader: Option<Box<ItemReader>>,
    /// `ItemBatcher`.
    pub item_batcher: Option<Box<ItemBatcher>>,
    /// `ResultWriter`.
    pub result_writer: Option<Box<ResultWriter>>,
    /// `Label`.
    pub label: Option<String>,
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

/// Where the iterations of a Map run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProcessorMode {
    /// In the execution itself.
    #[default]
    Inline,
    /// In child executions.
    Distributed {
        /// What the children are.
        execution_type: ExecutionType,
    },
}

/// What the child executions of a Distributed Map are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExecutionType {
    /// Standard workflows.
    Standard,
    /// Express workflows.
    Express,
}
