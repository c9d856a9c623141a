//! S3 as an [`ObjectStore`].

use std::collections::VecDeque;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::client::{HttpClient, HttpConnector, ReqwestConnector};
use object_store::list::{PaginatedListOptions, PaginatedListResult, PaginatedListStore};
use object_store::path::Path;
use object_store::{BackoffConfig, ClientOptions, ObjectMeta, RetryConfig};

use super::options::{S3Options, S3OptionsError};
use super::reader::RangeReader;
use super::reason::reason;
use super::runtime::Runtime;
use super::writer::PartWriter;
use crate::map_run::object_store::{KEY_REASON, has_plain_parts};
use crate::map_run::{ObjectInfo, ObjectReader, ObjectStore, ObjectWriter, StoreError};
use crate::value::timestamp::Timestamp;

/// How long it may take to reach the endpoint.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long after its first try a request is repeated, and how often.
const RETRY_TIMEOUT: Duration = Duration::from_secs(10);
const RETRIES_MAX: usize = 4;

/// S3, or what speaks like it.
#[derive(Debug, Clone)]
pub struct S3(Arc<Connection>);

/// What all requests share.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) runtime: Runtime,
    options: S3Options,
    client_options: ClientOptions,
    client: HttpClient,
}

/// One pool of connections for all buckets.
#[derive(Debug)]
struct Shared(HttpClient);

impl HttpConnector for Shared {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(self.0.clone())
    }
}

/// An object that is asked for.
#[derive(Clone)]
pub(super) struct Object {
    pub(super) connection: Arc<Connection>,
    pub(super) store: Arc<AmazonS3>,
    pub(super) path: Path,
    bucket: String,
}

impl S3 {
    /// Makes a client; nothing is asked yet.
    ///
    /// # Errors
    /// If there is no thread for it, or its options do not fit together.
    pub fn new(options: S3Options) -> Result<Self, S3OptionsError> {
        let unusable = |reason: String| S3OptionsError::Client { reason };
        let is_plain = options.endpoint.as_ref().is_some_and(|endpoint| endpoint.starts_with("http://"));
        let client_options = ClientOptions::new()
            .with_allow_http(is_plain)
            .with_connect_timeout(CONNECT_TIMEOUT.min(options.request_timeout))
            .with_timeout(options.request_timeout);
        let client = ReqwestConnector::default().connect(&client_options);
        let client = client.map_err(|error| unusable(reason(&error)))?;
        let runtime = Runtime::start().map_err(|error| unusable(error.to_string()))?;
        Ok(Self(Arc::new(Connection { runtime, options, client_options, client })))
    }
}

impl Connection {
    fn bucket(&self, action: &'static str, bucket: &str, key: &str) -> Result<Arc<AmazonS3>, StoreError> {
        let fail = |reason: &str| StoreError::new(action, bucket, key, reason);
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        // The name becomes a part of addresses.
        if !(3..=255).contains(&bucket.len()) || !bucket.bytes().all(is_plain) || bucket.starts_with('.') {
            return Err(fail("this is no name of a bucket"));
        }
        let options = &self.options;
        let backoff = BackoffConfig {
            init_backoff: Duration::from_millis(50),
            max_backoff: Duration::from_secs(2),
            base: 2.0,
        };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(bucket)
            .with_region(&options.region)
            .with_access_key_id(&options.access_key_id)
            .with_secret_access_key(&options.secret_access_key)
            .with_virtual_hosted_style_request(false)
            .with_client_options(self.client_options.clone())
            .with_http_connector(Shared(self.client.clone()))
            .with_retry(RetryConfig { backoff, max_retries: RETRIES_MAX, retry_timeout: RETRY_TIMEOUT });
        if let Some(endpoint) = &options.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        if let Some(token) = &options.session_token {
            builder = builder.with_token(token);
        }
        builder.build().map(Arc::new).map_err(|error| fail(&reason(&error)))
    }
}

impl S3 {
    fn object(&self, action: &'static str, bucket: &str, key: &str) -> Result<Object, StoreError> {
        let store = self.0.bucket(action, bucket, key)?;
        let path = Some(key).filter(|key| has_plain_parts(key)).and_then(|key| Path::parse(key).ok());
        let path = path.ok_or_else(|| StoreError::new(action, bucket, key, KEY_REASON))?;
        Ok(Object { connection: Arc::clone(&self.0), store, path, bucket: bucket.to_owned() })
    }
}

impl Object {
    pub(super) fn error(&self, action: &'static str, reason: impl std::fmt::Display) -> StoreError {
        StoreError::new(action, &self.bucket, self.path.as_ref(), reason)
    }
}

impl ObjectStore for S3 {
    fn read(&self, bucket: &str, key: &str) -> Result<Box<dyn Read + Send>, StoreError> {
        Ok(Box::new(RangeReader::open(self.object("read", bucket, key)?)?))
    }

    fn open(&self, bucket: &str, key: &str) -> Result<Box<dyn ObjectReader>, StoreError> {
        Ok(Box::new(RangeReader::open(self.object("read", bucket, key)?)?))
    }

    fn list(
        &self,
        bucket: &str,
        prefix: &str,
    ) -> Result<Box<dyn Iterator<Item = Result<ObjectInfo, StoreError>> + Send>, StoreError> {
        let store = self.0.bucket("list", bucket, prefix)?;
        let (bucket, prefix) = (bucket.to_owned(), prefix.to_owned());
        let connection = Arc::clone(&self.0);
        let mut listing = Pages { connection, store, bucket, prefix, page: VecDeque::new(), next: None };
        listing.ask()?;
        Ok(Box::new(listing))
    }

    fn write(&self, bucket: &str, key: &str) -> Result<Box<dyn ObjectWriter>, StoreError> {
        Ok(Box::new(PartWriter::new(self.object("write", bucket, key)?)))
    }
}

/// A listing, page by page.
struct Pages {
    connection: Arc<Connection>,
    store: Arc<AmazonS3>,
    bucket: String,
    prefix: String,
    page: VecDeque<ObjectMeta>,
    /// Where the next page begins, if there is one.
    next: Option<String>,
}

impl Pages {
    fn ask(&mut self) -> Result<(), StoreError> {
        let fail = |reason: String| StoreError::new("list", &self.bucket, &self.prefix, reason);
        let (store, prefix) = (Arc::clone(&self.store), self.prefix.clone());
        let options = PaginatedListOptions { page_token: self.next.take(), ..Default::default() };
        let asked = async move {
            store
                .list_paginated(Some(&prefix).filter(|text| !text.is_empty()).map(String::as_str), options)
                .await
        };
        let answer = self.connection.runtime.wait(asked).map_err(|error| fail(error.to_string()))?;
        let PaginatedListResult { result, page_token } = answer.map_err(|error| fail(reason(&error)))?;
        self.page.extend(result.objects);
        self.next = page_token;
        Ok(())
    }

    /// The crate takes `/` from the end of keys. Empty objects with such keys mark folders, and stand before what is in
    /// them; the key of one that nothing follows is not told from that of an empty object.
    fn key(&self, object: &ObjectMeta) -> String {
        let key = object.location.to_string();
        let folder = format!("{key}/");
        let next = self.page.front().map(|next| next.location.as_ref());
        let marks = !key.starts_with(&self.prefix) || next.is_some_and(|next| next.starts_with(&folder));
        if object.size == 0 && marks { folder } else { key }
    }
}

impl Iterator for Pages {
    type Item = Result<ObjectInfo, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(object) = self.page.pop_front() {
                return Some(Ok(ObjectInfo {
                    key: self.key(&object),
                    size: object.size,
                    modified_at: Timestamp::from_millis(object.last_modified.timestamp_millis()),
                    etag: object.e_tag.unwrap_or_default().trim_matches('"').to_owned(),
                }));
            }
            self.next.as_ref()?;
            if let Err(error) = self.ask() {
                return Some(Err(error));
            }
        }
    }
}
