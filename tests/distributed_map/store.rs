//! S3 for tests.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Write};
use std::sync::{Arc, Mutex};

use aslx::map_run::{ObjectInfo, ObjectStore, ObjectWriter, StoreError};
use aslx::value::timestamp::Timestamp;

use super::harness::START_MS;

/// S3 in memory.
#[derive(Debug, Default, Clone)]
pub(crate) struct Store(Arc<Mutex<BTreeMap<String, Vec<u8>>>>);

impl Store {
    pub(crate) fn with(objects: &[(&str, &str)]) -> Self {
        let objects = objects.iter().map(|(key, text)| ((*key).to_owned(), text.as_bytes().to_vec()));
        Self(Arc::new(Mutex::new(objects.collect())))
    }

    pub(crate) fn text(&self, key: &str) -> String {
        let objects = self.0.lock().unwrap();
        let found = objects.iter().find(|(known, _)| known.ends_with(key));
        String::from_utf8(found.unwrap_or_else(|| panic!("no {key} in {:?}", objects.keys())).1.clone())
            .unwrap()
    }
}

impl ObjectStore for Store {
    fn read(&self, bucket: &str, key: &str) -> Result<Box<dyn Read + Send>, StoreError> {
        if key == "generated.csv" {
            return Ok(Box::new(Generated { row: 0, rows: 50_000, left: Vec::new() }));
        }
        match self.0.lock().unwrap().get(&format!("{bucket}/{key}")) {
            Some(text) => Ok(Box::new(Cursor::new(text.clone()))),
            None => Err(StoreError::new("read", bucket, key, "there is no such object")),
        }
    }

    fn list(
        &self,
        bucket: &str,
        prefix: &str,
    ) -> Result<Box<dyn Iterator<Item = Result<ObjectInfo, StoreError>> + Send>, StoreError> {
        let within = format!("{bucket}/{prefix}");
        let info = |(key, text): (&String, &Vec<u8>)| ObjectInfo {
            key: key[bucket.len() + 1..].to_owned(),
            size: text.len() as u64,
            modified_at: Timestamp::from_millis(START_MS),
            etag: "0123".to_owned(),
        };
        let objects = self.0.lock().unwrap();
        let found: Vec<_> =
            objects.iter().filter(|(key, _)| key.starts_with(&within)).map(info).map(Ok).collect();
        Ok(Box::new(found.into_iter()))
    }

    fn write(&self, bucket: &str, key: &str) -> Result<Box<dyn ObjectWriter>, StoreError> {
        if bucket == "read-only" {
            return Err(StoreError::new("write", bucket, key, "not allowed"));
        }
        Ok(Box::new(Writing { store: self.clone(), key: format!("{bucket}/{key}"), text: Vec::new() }))
    }
}

struct Writing {
    store: Store,
    key: String,
    text: Vec<u8>,
}

impl Write for Writing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl ObjectWriter for Writing {
    fn finish(self: Box<Self>) -> Result<(), StoreError> {
        self.store.0.lock().unwrap().insert(self.key, self.text);
        Ok(())
    }
}

/// Rows of a kilobyte that nobody holds.
struct Generated {
    row: u32,
    rows: u32,
    left: Vec<u8>,
}

impl Read for Generated {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.left.is_empty() && self.row < self.rows {
            self.row += 1;
            self.left = format!("{},{}\n", self.row, "x".repeat(1000)).into_bytes();
        }
        let count = self.left.len().min(into.len());
        into[..count].copy_from_slice(&self.left[..count]);
        self.left.drain(..count);
        Ok(count)
    }
}
