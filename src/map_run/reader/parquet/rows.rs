//! Rows, one by one.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ::parquet::file::reader::{FileReader, Length, SerializedFileReader};
use ::parquet::record::reader::RowIter;
use ::parquet::schema::types::TypePtr;

use super::blocks::Blocks;
use super::footer;
use super::item::write_row;
use crate::map_run::reader::source::{Item, ItemSource};
use crate::map_run::{MapRunError, ObjectReader};

/// Reads an object row by row.
pub(in crate::map_run::reader) struct ParquetRows {
    /// None when there are no more, or one could not be read.
    rows: Option<RowIter<'static>>,
    schema: TypePtr,
    row_bytes_max: u32,
    number: u64,
    total: Option<u64>,
    source: String,
}

impl ParquetRows {
    pub(in crate::map_run::reader) fn new(
        from: Box<dyn ObjectReader>,
        row_bytes_max: u32,
        source: String,
    ) -> Result<Self, MapRunError> {
        let fail = |reason: &dyn fmt::Display| {
            MapRunError::reader(format!("failed to read {source} as Parquet: {reason}"))
        };
        let file = Blocks::new(from).map_err(|error| fail(&error))?;
        footer::check(&file, file.len()).map_err(|error| fail(&error))?;
        let reader = guarded(|| SerializedFileReader::new(file)).ok_or_else(|| fail(&DAMAGED))?;
        let reader = reader.map_err(|error| fail(&error))?;
        let metadata = reader.metadata().file_metadata();
        let (schema, total) =
            (metadata.schema_descr().root_schema_ptr(), u64::try_from(metadata.num_rows()).ok());
        let rows = Some(RowIter::from_file_into(Box::new(reader)));
        Ok(Self { rows, schema, row_bytes_max, number: 0, total, source })
    }

    fn fail(&mut self, reason: impl fmt::Display) -> MapRunError {
        self.rows = None;
        MapRunError::reader(format!("row {} of {}: {reason}", self.number, self.source))
    }
}

const DAMAGED: &str = "it is damaged";

/// What a decoder gives, unless it panics over what it finds.
fn guarded<T>(decode: impl FnOnce() -> T) -> Option<T> {
    // Nothing of a decoder is used again that has panicked.
    catch_unwind(AssertUnwindSafe(decode)).ok()
}

impl ItemSource for ParquetRows {
    fn next(&mut self) -> Result<Option<Item>, MapRunError> {
        let (rows, schema) = (&mut self.rows, &self.schema);
        let Some(rows) = rows else { return Ok(None) };
        self.number += 1;
        let read = guarded(|| {
            rows.next().map(|row| {
                let mut value = Vec::new();
                row.map(|row| write_row(&row, Some(schema), &mut value)).map(|()| value)
            })
        });
        match read {
            None => Err(self.fail(DAMAGED)),
            Some(None) => {
                self.rows = None;
                Ok(None)
            }
            Some(Some(Err(error))) => Err(self.fail(error)),
            Some(Some(Ok(value))) if value.len() > self.row_bytes_max as usize => {
                let reason = format!("longer than {} bytes", self.row_bytes_max);
                Err(self.fail(reason))
            }
            Some(Some(Ok(value))) => Ok(Some(Item::new(value))),
        }
    }

    fn source(&self) -> &str {
        &self.source
    }

    fn total(&self) -> Option<u64> {
        self.total
    }
}
