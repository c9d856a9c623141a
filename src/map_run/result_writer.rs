//! `ResultWriter`: files of results and the manifest that names them.
//!
//! `PREFIX/ID/manifest.json` lists `SUCCEEDED_n`, `FAILED_n` and `PENDING_n` files with their sizes; a file that would
//! grow beyond 5 GB is followed by the next (AWS docs, "`ResultWriter` (Map)").

use std::io::Write;
use std::sync::Arc;

use super::reader::text_member;
use super::{MapRunError, ObjectStore, ObjectWriter};
use crate::json::{Document, write_json_string};

/// Most bytes in one file.
const FILE_BYTES_MAX: u64 = 5_000_000_000;

/// The files of a Map Run.
pub(super) struct ResultFiles {
    store: Arc<dyn ObjectStore>,
    bucket: String,
    /// Where the files are, with `/` at the end.
    folder: String,
    map_run_arn: String,
    is_lines: bool,
    succeeded: Files,
    failed: Files,
}

/// The files of one status.
struct Files {
    status: &'static str,
    open: Option<OpenFile>,
    /// Keys and sizes of those that are finished.
    finished: Vec<(String, u64)>,
}

struct OpenFile {
    key: String,
    size: u64,
    writer: Box<dyn ObjectWriter>,
}

impl ResultFiles {
    pub(super) fn new(
        store: Arc<dyn ObjectStore>,
        is_lines: bool,
        parameters: Option<&[u8]>,
        map_run_arn: &str,
        map_run_id: &str,
    ) -> Result<Self, MapRunError> {
        let parameters = parameters.and_then(|text| Document::parse(text, 64).ok());
        let bucket = text_member(parameters.as_ref(), "Bucket");
        let bucket =
            bucket.ok_or_else(|| MapRunError::writer("The ResultWriter's Parameters have no Bucket"))?;
        let prefix = text_member(parameters.as_ref(), "Prefix").unwrap_or_default();
        let slash = if prefix.is_empty() || prefix.ends_with('/') { "" } else { "/" };
        let files = |status| Files { status, open: None, finished: Vec::new() };
        Ok(Self {
            store,
            bucket,
            folder: format!("{prefix}{slash}{map_run_id}/"),
            map_run_arn: map_run_arn.to_owned(),
            is_lines,
            succeeded: files("SUCCEEDED"),
            failed: files("FAILED"),
        })
    }

    /// Adds an element to the files of its status.
    pub(super) fn push(&mut self, element: &[u8], is_failed: bool) -> Result<(), MapRunError> {
        let files = if is_failed { &mut self.failed } else { &mut self.succeeded };
        let needed = element.len() as u64 + 2;
        if files.open.as_ref().is_some_and(|open| open.size + needed > FILE_BYTES_MAX) {
            files.close(self.is_lines)?;
        }
        if let Some(open) = &mut files.open {
            open.write(if self.is_lines { b"\n" } else { b"," })?;
            return open.write(element);
        }
        let extension = if self.is_lines { "jsonl" } else { "json" };
        let key = format!("{}{}_{}.{extension}", self.folder, files.status, files.finished.len());
        let writer = self.store.write(&self.bucket, &key);
        let writer = writer.map_err(|error| MapRunError::writer(error.to_string()))?;
        let open = files.open.insert(OpenFile { key, size: 0, writer });
        if !self.is_lines {
            open.write(b"[")?;
        }
        open.write(element)
    }

    /// Writes the manifest; the state's result.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, MapRunError> {
        self.succeeded.close(self.is_lines)?;
        self.failed.close(self.is_lines)?;
        let key = format!("{}manifest.json", self.folder);
        let mut manifest = b"{\"DestinationBucket\":".to_vec();
        write_json_string(&self.bucket, &mut manifest);
        manifest.extend_from_slice(b",\"MapRunArn\":");
        write_json_string(&self.map_run_arn, &mut manifest);
        manifest.extend_from_slice(b",\"ResultFiles\":{\"FAILED\":");
        self.failed.list(&mut manifest);
        manifest.extend_from_slice(b",\"PENDING\":[],\"SUCCEEDED\":");
        self.succeeded.list(&mut manifest);
        manifest.extend_from_slice(b"}}");
        let write = || {
            let mut writer = self.store.write(&self.bucket, &key).map_err(|error| error.to_string())?;
            writer.write_all(&manifest).map_err(|error| error.to_string())?;
            writer.finish().map_err(|error| error.to_string())
        };
        write().map_err(MapRunError::writer)?;
        let mut result = b"{\"MapRunArn\":".to_vec();
        write_json_string(&self.map_run_arn, &mut result);
        result.extend_from_slice(b",\"ResultWriterDetails\":{\"Bucket\":");
        write_json_string(&self.bucket, &mut result);
        result.extend_from_slice(b",\"Key\":");
        write_json_string(&key, &mut result);
        result.extend_from_slice(b"}}");
        Ok(result)
    }
}

impl Files {
    fn close(&mut self, is_lines: bool) -> Result<(), MapRunError> {
        let Some(mut open) = self.open.take() else { return Ok(()) };
        open.write(if is_lines { b"\n" } else { b"]" })?;
        open.writer.finish().map_err(|error| MapRunError::writer(error.to_string()))?;
        self.finished.push((open.key, open.size));
        Ok(())
    }

    fn list(&self, out: &mut Vec<u8>) {
        out.push(b'[');
        for (index, (key, size)) in self.finished.iter().enumerate() {
            out.extend_from_slice(if index > 0 { b",{\"Key\":" } else { b"{\"Key\":" });
            write_json_string(key, out);
            out.extend_from_slice(format!(",\"Size\":{size}}}").as_bytes());
        }
        out.push(b']');
    }
}

impl OpenFile {
    fn write(&mut self, bytes: &[u8]) -> Result<(), MapRunError> {
        self.size += bytes.len() as u64;
        let fail = |error| MapRunError::writer(format!("failed to write {}: {error}", self.key));
        self.writer.write_all(bytes).map_err(fail)
    }
}
