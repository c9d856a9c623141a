//! What stands in for S3.

use std::fmt;
use std::io::{Read, Seek, Write};

use crate::value::timestamp::Timestamp;

/// Objects in buckets: what `s3:getObject`, `s3:listObjectsV2` and `s3:putObject` need.
///
/// Calls may block; they are made on threads of their own, or on the caller's by a
/// [`Runner`](crate::executor::Runner).
pub trait ObjectStore: fmt::Debug + Send + Sync {
    /// Reads an object from its beginning.
    ///
    /// # Errors
    /// If there is no such object, or it cannot be read.
    fn read(&self, bucket: &str, key: &str) -> Result<Box<dyn Read + Send>, StoreError>;

    /// Opens an object to be read at any place, as Parquet needs it. Without this method there is no Parquet.
    ///
    /// # Errors
    /// If there is no such object, or it cannot be read at any place.
    fn open(&self, bucket: &str, key: &str) -> Result<Box<dyn ObjectReader>, StoreError> {
        Err(StoreError::new("read", bucket, key, "it can be read from its beginning only"))
    }

    /// The objects whose keys begin with `prefix`, in the order of their keys' bytes.
    ///
    /// # Errors
    /// If there is no such bucket, or it cannot be read.
    fn list(
        &self,
        bucket: &str,
        prefix: &str,
    ) -> Result<Box<dyn Iterator<Item = Result<ObjectInfo, StoreError>> + Send>, StoreError>;

    /// Begins an object; it is there once its writer has finished.
    ///
    /// # Errors
    /// If the object cannot be written.
    fn write(&self, bucket: &str, key: &str) -> Result<Box<dyn ObjectWriter>, StoreError>;
}

/// An object that can be read at any place.
pub trait ObjectReader: Read + Seek + Send {}

impl<T: Read + Seek + Send> ObjectReader for T {}

/// An object that is being written; it is discarded unless it is finished.
pub trait ObjectWriter: Write + Send {
    /// Puts the object in its place.
    ///
    /// # Errors
    /// If it cannot be written.
    fn finish(self: Box<Self>) -> Result<(), StoreError>;
}

/// What a listing says of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectInfo {
    /// Its key.
    pub key: String,
    /// Its size in bytes.
    pub size: u64,
    /// When it was changed last.
    pub modified_at: Timestamp,
    /// A text that changes with the content, without quotes.
    pub etag: String,
}

/// Why an object cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("failed to {action} s3://{bucket}/{key}: {reason}")]
#[non_exhaustive]
pub struct StoreError {
    /// What was tried: `read`, `list`, `write`.
    pub action: &'static str,
    /// The bucket.
    pub bucket: String,
    /// The key, or the prefix of keys.
    pub key: String,
    /// Why it failed.
    pub reason: String,
}

impl StoreError {
    /// An error about an object.
    pub fn new(action: &'static str, bucket: &str, key: &str, reason: impl fmt::Display) -> Self {
        let (bucket, key) = (bucket.to_owned(), key.to_owned());
        Self { action, bucket, key, reason: reason.to_string() }
    }
}

/// Why a key with such parts is refused: a folder cannot hold it, and addresses of S3 are normalised on their way.
pub(super) const KEY_REASON: &str =
    "a key may not be absolute, and none of its parts may be empty, '.' or '..'";

/// Whether no part of a key leads anywhere but down.
pub(super) fn has_plain_parts(key: &str) -> bool {
    key.split('/').all(|part| !matches!(part, "" | "." | ".."))
}
