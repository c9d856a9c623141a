//! An object as a stream of ranges.
//!
//! Each range is a request of its own that is soon over: a reader that is slow for hours holds no connection open. The
//! first range is small; as long as the next one follows it, ranges grow.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use object_store::{GetOptions, GetRange, ObjectStore as _};

use super::reason::{is_behind_the_end, reason};
use super::store::Object;
use crate::map_run::StoreError;

const RANGE_BYTES_MIN: u64 = 1 << 20;
const RANGE_BYTES_MAX: u64 = 8 << 20;

/// Reads an object range by range.
pub(super) struct RangeReader {
    object: Object,
    size: u64,
    /// All ranges are of the content that the first one was of.
    etag: Option<String>,
    position: u64,
    range: Vec<u8>,
    range_at: u64,
    range_bytes: u64,
}

struct Part {
    bytes: Vec<u8>,
    size: u64,
    etag: Option<String>,
}

impl RangeReader {
    /// Asks for the first range.
    pub(super) fn open(object: Object) -> Result<Self, StoreError> {
        let part = fetch(&object, 0, RANGE_BYTES_MIN, None).map_err(|reason| object.error("read", reason))?;
        Ok(Self {
            object,
            size: part.size,
            etag: part.etag,
            position: 0,
            range: part.bytes,
            range_at: 0,
            range_bytes: RANGE_BYTES_MIN,
        })
    }

    /// What is left of the range from the position on.
    fn rest(&self) -> &[u8] {
        let at = self.position.checked_sub(self.range_at).and_then(|at| usize::try_from(at).ok());
        at.and_then(|at| self.range.get(at..)).unwrap_or_default()
    }

    fn advance(&mut self) -> Result<(), String> {
        let follows = self.range_at + self.range.len() as u64 == self.position;
        self.range_bytes =
            if follows { (self.range_bytes * 2).min(RANGE_BYTES_MAX) } else { RANGE_BYTES_MIN };
        // The last one is given back before there is another.
        self.range = Vec::new();
        let part = fetch(&self.object, self.position, self.range_bytes, self.etag.clone())?;
        if part.bytes.is_empty() {
            return Err("it ends before its size".to_owned());
        }
        self.range = part.bytes;
        self.range_at = self.position;
        Ok(())
    }
}

fn fetch(object: &Object, from: u64, bytes: u64, etag: Option<String>) -> Result<Part, String> {
    let (store, path) = (Arc::clone(&object.store), object.path.clone());
    let range = Some(GetRange::Bounded(from..from.saturating_add(bytes)));
    let asked = async move {
        let got = store.get_opts(&path, GetOptions { range, if_match: etag, ..Default::default() }).await?;
        let (size, etag) = (got.meta.size, got.meta.e_tag.clone());
        Ok(Part { bytes: Vec::from(got.bytes().await?), size, etag })
    };
    match object.connection.runtime.wait(asked).map_err(|error| error.to_string())? {
        Ok(part) => Ok(part),
        // No range is in an empty object.
        Err(error) if from == 0 && is_behind_the_end(&error) => {
            Ok(Part { bytes: Vec::new(), size: 0, etag: None })
        }
        Err(error) => Err(reason(&error)),
    }
}

impl Read for RangeReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.size || into.is_empty() {
            return Ok(0);
        }
        if self.rest().is_empty() {
            self.advance().map_err(io::Error::other)?;
        }
        let rest = self.rest();
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for RangeReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.size.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
