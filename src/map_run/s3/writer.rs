//! An object that is written in parts, or at once if it is small.

use std::io::{self, Write};
use std::sync::Arc;

use object_store::{MultipartUpload, ObjectStoreExt as _, PutPayload};

use super::reason::reason;
use super::store::Object;
use crate::map_run::{ObjectWriter, StoreError};

/// Bytes of a part. An object has 10,000 parts at most, so this is enough for 80 GB.
const PART_BYTES: usize = 8 << 20;

/// Collects a part at a time.
pub(super) struct PartWriter {
    object: Object,
    part: Vec<u8>,
    /// There from the first full part on, until the object is complete.
    upload: Option<Box<dyn MultipartUpload>>,
}

impl PartWriter {
    pub(super) fn new(object: Object) -> Self {
        Self { object, part: Vec::new(), upload: None }
    }

    fn upload_part(&mut self) -> Result<(), String> {
        let payload = PutPayload::from(std::mem::take(&mut self.part));
        let (store, path) = (Arc::clone(&self.object.store), self.object.path.clone());
        let begun = self.upload.take();
        let asked = async move {
            let mut upload = match begun {
                Some(upload) => upload,
                None => store.put_multipart(&path).await.map_err(|error| (None, error))?,
            };
            match upload.put_part(payload).await {
                Ok(()) => Ok(upload),
                Err(error) => Err((Some(upload), error)),
            }
        };
        match self.object.connection.runtime.wait(asked).map_err(|error| error.to_string())? {
            Ok(upload) => self.upload = Some(upload),
            Err((upload, error)) => {
                self.upload = upload;
                return Err(reason(&error));
            }
        }
        Ok(())
    }

    fn complete(&mut self) -> Result<(), String> {
        if self.upload.is_some() && !self.part.is_empty() {
            self.upload_part()?;
        }
        let runtime = &self.object.connection.runtime;
        let lost = |error: io::Error| error.to_string();
        let Some(mut upload) = self.upload.take() else {
            let payload = PutPayload::from(std::mem::take(&mut self.part));
            let (store, path) = (Arc::clone(&self.object.store), self.object.path.clone());
            let put = runtime.wait(async move { store.put(&path, payload).await }).map_err(lost)?;
            return put.map(drop).map_err(|error| reason(&error));
        };
        let asked = async move {
            let completed = upload.complete().await;
            (upload, completed)
        };
        let (upload, completed) = runtime.wait(asked).map_err(lost)?;
        completed.map(drop).map_err(|error| {
            self.upload = Some(upload);
            reason(&error)
        })
    }
}

impl Write for PartWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(PART_BYTES - self.part.len());
        self.part.extend_from_slice(&bytes[..count]);
        if self.part.len() == PART_BYTES {
            self.upload_part().map_err(io::Error::other)?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl ObjectWriter for PartWriter {
    fn finish(mut self: Box<Self>) -> Result<(), StoreError> {
        self.complete().map_err(|reason| self.object.error("write", reason))
    }
}

/// Parts of an object that never comes to be are paid for until someone removes them: that is worth to wait for.
impl Drop for PartWriter {
    fn drop(&mut self) {
        if let Some(mut upload) = self.upload.take() {
            // If it fails, there is nobody to tell: the run has failed already.
            drop(self.object.connection.runtime.wait(async move { upload.abort().await }));
        }
    }
}
