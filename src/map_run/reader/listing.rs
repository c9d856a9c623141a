//! Items of `s3:listObjectsV2`: what is known of each object, or what each object holds.

use super::open::Formats;
use super::source::{Item, ItemSource};
use crate::json::write_json_string;
use crate::map_run::{MapRunError, ObjectInfo, StoreError};

/// The objects of a listing.
pub(super) type Objects = Box<dyn Iterator<Item = Result<ObjectInfo, StoreError>> + Send>;

/// One item an object: `{Etag, LastModified, Key, Size, StorageClass}`.
pub(super) struct Listing {
    objects: Objects,
    source: String,
}

impl Listing {
    pub(super) fn new(objects: Objects, bucket: &str) -> Self {
        Self { objects, source: format!("S3://{bucket}") }
    }
}

impl ItemSource for Listing {
    fn next(&mut self) -> Result<Option<Item>, MapRunError> {
        match self.objects.next() {
            None => Ok(None),
            Some(info) => Ok(Some(Item::new(metadata(&info?)))),
        }
    }

    fn source(&self) -> &str {
        &self.source
    }
}

fn metadata(info: &ObjectInfo) -> Vec<u8> {
    let mut item = b"{\"Etag\":".to_vec();
    write_json_string(&format!("\"{}\"", info.etag), &mut item);
    item.extend_from_slice(b",\"LastModified\":\"");
    info.modified_at.write_rfc3339_millis(&mut item);
    item.extend_from_slice(b"\",\"Key\":");
    write_json_string(&info.key, &mut item);
    item.extend_from_slice(format!(",\"Size\":{},\"StorageClass\":\"STANDARD\"}}", info.size).as_bytes());
    item
}

/// The items of many objects, one object after the other.
pub(super) struct Contents {
    /// Buckets and keys.
    objects: Box<dyn Iterator<Item = Result<(String, String), MapRunError>> + Send>,
    formats: Formats,
    open: Option<Box<dyn ItemSource>>,
}

impl Contents {
    pub(super) fn new(
        objects: impl Iterator<Item = Result<(String, String), MapRunError>> + Send + 'static,
        formats: Formats,
    ) -> Self {
        Self { objects: Box::new(objects), formats, open: None }
    }
}

impl ItemSource for Contents {
    fn next(&mut self) -> Result<Option<Item>, MapRunError> {
        loop {
            if let Some(open) = &mut self.open
                && let Some(item) = open.next()?
            {
                return Ok(Some(item));
            }
            let Some(object) = self.objects.next() else { return Ok(None) };
            let (bucket, key) = object?;
            self.open = Some(self.formats.open(&bucket, &key)?);
        }
    }

    fn source(&self) -> &str {
        self.open.as_ref().map_or("", |open| open.source())
    }
}
