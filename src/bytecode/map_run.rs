//! What a program keeps of a Distributed Map.

use serde::{Deserialize, Serialize};

use super::{Field, GraphId, StateId, Tolerance};
use crate::asl::model::{MachineType, ReaderConfig, WriterConfig};

/// A Distributed Map state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapRunSite {
    /// The state.
    pub state: StateId,
    /// `Label`.
    pub label: Option<String>,
    /// The item processor's graph: where child executions begin.
    pub processor: GraphId,
    /// The graph that makes an item into what `ItemSelector` says.
    pub selector: Option<ItemSelection>,
    /// What the child executions are.
    pub execution_type: MachineType,
    /// `ItemReader`.
    pub reader: Option<ReaderConfig>,
    /// `ResultWriter`.
    pub writer: Option<WriterConfig>,
    /// Whether there is an `ItemBatcher`.
    pub is_batched: bool,
    /// How `MaxItems` is given, for error texts; so are the next three.
    pub max_items: Option<Field>,
    /// `MaxConcurrency`
    pub max_concurrency: Option<Field>,
    /// `MaxItemsPerBatch`
    pub batch_items_max: Option<Field>,
    /// `MaxInputBytesPerBatch`
    pub batch_bytes_max: Option<Field>,
    /// Tolerated failures.
    pub tolerance: Tolerance,
}

/// An `ItemSelector` that runs by itself, for one item at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemSelection {
    /// Its graph.
    pub graph: GraphId,
    /// Variables it may read: those of the Map's scope, in registers `1..=variables`.
    pub variables: u16,
    /// Where it finds the Map's effective input.
    pub map_input: super::Reg,
}

/// The registers of an [`Op::MapRun`](super::Op::MapRun), counted from its first; all but the first may be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum MapRunInput {
    /// The effective input.
    EffectiveInput,
    /// The items, unless an `ItemReader` brings them.
    Items,
    /// `Parameters` of the `ItemReader`.
    ReaderParameters,
    /// `MaxItems`
    MaxItems,
    /// `MaxConcurrency`
    MaxConcurrency,
    /// `ToleratedFailureCount`
    ToleratedFailureCount,
    /// `ToleratedFailurePercentage`
    ToleratedFailurePercentage,
    /// `MaxItemsPerBatch`
    BatchItemsMax,
    /// `MaxInputBytesPerBatch`
    BatchBytesMax,
    /// `BatchInput`
    BatchInput,
    /// `Parameters` of the `ResultWriter`.
    WriterParameters,
    /// The Context Object, where an `ItemSelector` may read it.
    Context,
}

impl MapRunInput {
    /// How many there are.
    pub const COUNT: usize = Self::Context as usize + 1;
}
