//! Where a Distributed Map's items come from, how they are grouped, and where its results go.

use serde::{Deserialize, Serialize};

use super::{IntField, PayloadTemplate};

/// `ItemReader`.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemReader {
    /// What it does and how it reads.
    pub config: ReaderConfig,
    /// `Parameters` or `Arguments`.
    pub parameters: Option<PayloadTemplate>,
    /// `MaxItems` or `MaxItemsPath`.
    pub max_items: Option<IntField>,
}

/// The action of an `ItemReader` and the literal fields of its `ReaderConfig`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReaderConfig {
    /// The action in `Resource`.
    pub action: ReaderAction,
    /// `InputType`.
    pub input_type: Option<InputType>,
    /// `ManifestType`.
    pub manifest_type: Option<ManifestType>,
    /// Whether `Transformation` is `LOAD_AND_FLATTEN`: listed objects are read, not named.
    pub is_flattened: bool,
    /// The character that `CSVDelimiter` names.
    pub csv_delimiter: u8,
    /// `CSVHeaders`; none: the first row has them.
    pub csv_headers: Option<Vec<String>>,
    /// `ItemsPointer`.
    pub items_pointer: Option<String>,
}

impl ReaderConfig {
    /// An action with the defaults of all fields.
    pub fn new(action: ReaderAction) -> Self {
        Self {
            action,
            input_type: None,
            manifest_type: None,
            is_flattened: false,
            csv_delimiter: b',',
            csv_headers: None,
            items_pointer: None,
        }
    }
}

/// What an `ItemReader` calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReaderAction {
    /// `s3:getObject`
    GetObject,
    /// `s3:listObjectsV2`
    ListObjects,
}

/// `InputType`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum InputType {
    /// `CSV`
    Csv,
    /// `JSON`
    Json,
    /// `JSONL`
    JsonLines,
    /// `PARQUET`
    Parquet,
    /// `MANIFEST`
    Manifest,
}

/// `ManifestType`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ManifestType {
    /// `ATHENA_DATA`
    AthenaData,
    /// `S3_INVENTORY`
    S3Inventory,
}

/// `ItemBatcher`.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemBatcher {
    /// `MaxItemsPerBatch` or its path.
    pub items_max: Option<IntField>,
    /// `MaxInputBytesPerBatch` or its path.
    pub bytes_max: Option<IntField>,
    /// `BatchInput`.
    pub input: Option<PayloadTemplate>,
}

/// `ResultWriter`.
#[derive(Debug, Clone, PartialEq)]
pub struct ResultWriter {
    /// `WriterConfig`, and whether results are written at all.
    pub config: WriterConfig,
    /// `Parameters` or `Arguments`.
    pub parameters: Option<PayloadTemplate>,
}

/// The literal fields of a `ResultWriter`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriterConfig {
    /// Whether there is a `Resource`: else results are only formed.
    pub is_exported: bool,
    /// Whether `OutputType` is `JSONL`.
    pub is_lines: bool,
    /// `Transformation`.
    pub transformation: Transformation,
}

/// `Transformation` of a `ResultWriter`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Transformation {
    /// Outputs with all that is known of their executions.
    None,
    /// Outputs alone.
    Compact,
    /// Outputs alone; those that are arrays, element by element.
    Flatten,
}
