//! Which reader an `ItemReader` comes to.

use std::io::BufReader;
use std::sync::Arc;

use super::json_array::{JsonArray, opens_array};
use super::json_document::JsonDocument;
use super::json_lines::JsonLines;
use super::listing::{Contents, Listing};
use super::manifest;
use super::source::{ItemSource, text_member};
use crate::asl::model::{InputType, ManifestType, ReaderAction, ReaderConfig};
use crate::json::Document;
use crate::limits::Limits;
use crate::map_run::{MapRunContext, MapRunError, ObjectStore};
use crate::vm::MapRunRequest;

/// `Map.Item.Source` of items that a state was given.
const STATE_DATA: &str = "STATE_DATA";

/// The items of a Map Run.
pub(in crate::map_run) fn open(
    context: &MapRunContext,
    request: &MapRunRequest,
) -> Result<Box<dyn ItemSource>, MapRunError> {
    let nesting_depth_max = context.limits.nesting_depth_max;
    let Some(config) = &context.program.map_run(request.run).reader else {
        let items = request.items.clone().unwrap_or_default();
        return Ok(Box::new(JsonDocument::new(items, None, nesting_depth_max, STATE_DATA.to_owned())?));
    };
    let store = context.store.clone().ok_or_else(|| MapRunError::no_store(context.state()))?;
    let parameters = request.reader_parameters.as_deref();
    let parameters = parameters.and_then(|text| Document::parse(text, nesting_depth_max).ok());
    let parameter = |name: &str| {
        let missing = || MapRunError::reader(format!("The ItemReader's Parameters have no {name}"));
        text_member(parameters.as_ref(), name).ok_or_else(missing)
    };
    let bucket = parameter("Bucket")?;
    let formats = Formats { store, limits: context.limits.clone(), config: config.clone() };
    match config.action {
        ReaderAction::GetObject => formats.open_object(&bucket, &parameter("Key")?),
        ReaderAction::ListObjects => {
            let prefix = text_member(parameters.as_ref(), "Prefix").unwrap_or_default();
            let objects = formats.store.list(&bucket, &prefix)?;
            if !config.is_flattened {
                return Ok(Box::new(Listing::new(objects, &bucket)));
            }
            let objects = objects.map(move |info| Ok((bucket.clone(), info?.key)));
            Ok(Box::new(Contents::new(objects, formats)))
        }
    }
}

/// How objects are read.
pub(super) struct Formats {
    pub(super) store: Arc<dyn ObjectStore>,
    pub(super) limits: Limits,
    pub(super) config: ReaderConfig,
}

impl Formats {
    /// The items of an object that may be a manifest.
    fn open_object(mut self, bucket: &str, key: &str) -> Result<Box<dyn ItemSource>, MapRunError> {
        let source = format!("S3://{bucket}/{key}");
        match (self.config.manifest_type, self.config.input_type) {
            (Some(ManifestType::AthenaData), _) => {
                if matches!(self.config.input_type, None | Some(InputType::Manifest)) {
                    self.config.input_type = Some(InputType::Csv);
                }
                let from = self.store.read(bucket, key)?;
                Ok(manifest::file_list(from, self, &source))
            }
            (Some(ManifestType::S3Inventory), _) | (None, Some(InputType::Manifest)) => {
                let from = self.store.read(bucket, key)?;
                manifest::inventory(from, self, &source)
            }
            (None, _) => self.open(bucket, key),
        }
    }

    /// The items of an object.
    pub(super) fn open(&self, bucket: &str, key: &str) -> Result<Box<dyn ItemSource>, MapRunError> {
        let source = format!("S3://{bucket}/{key}");
        let from = self.store.read(bucket, key)?;
        let (limits, config) = (&self.limits, &self.config);
        let nesting_depth_max = limits.nesting_depth_max;
        match config.input_type.unwrap_or(InputType::Json) {
            InputType::Json => {
                let pointer = config.items_pointer.as_deref();
                let mut from = BufReader::with_capacity(1 << 16, from);
                let fail = |error| MapRunError::reader(format!("failed to read {source}: {error}"));
                if pointer.is_none_or(str::is_empty) && opens_array(&mut from).map_err(fail)? {
                    let element_bytes_max = limits.line_bytes_max;
                    return Ok(Box::new(JsonArray::new(from, nesting_depth_max, element_bytes_max, source)));
                }
                let from = Box::new(from);
                let bytes_max = limits.json_object_bytes_max;
                Ok(Box::new(JsonDocument::read(from, pointer, nesting_depth_max, bytes_max, source)?))
            }
            InputType::JsonLines => {
                Ok(Box::new(JsonLines::new(from, nesting_depth_max, limits.line_bytes_max, source)))
            }
            #[cfg(feature = "distributed-map")]
            InputType::Csv => {
                let headers = config.csv_headers.as_deref();
                let rows = super::csv::CsvRows::new(
                    from,
                    config.csv_delimiter,
                    headers,
                    limits.line_bytes_max,
                    source,
                );
                Ok(Box::new(rows?))
            }
            #[cfg(not(feature = "distributed-map"))]
            InputType::Csv => {
                Err(MapRunError::reader(format!("{source}: CSV needs the feature `distributed-map`")))
            }
            InputType::Parquet => {
                Err(MapRunError::reader(format!("{source}: PARQUET cannot be read by this version")))
            }
            InputType::Manifest => {
                Err(MapRunError::reader(format!("{source}: a manifest may not be listed in another")))
            }
        }
    }
}
