//! Items of a Parquet file: one a row, an object with the columns in the order of the file.
//!
//! The file is read block by block and page by page, so that a row group is never in memory as a whole. The crate that
//! decodes it trusts the file's schema: `footer` looks at that before. Where it panics all the same, the file is refused.

mod blocks;
mod footer;
mod item;
mod rows;
#[cfg(test)]
mod tests;

pub(super) use rows::ParquetRows;
