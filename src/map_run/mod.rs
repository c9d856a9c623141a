//! Map Runs: what a Distributed Map does between its effective input and its result.
//!
//! Items are read one by one (`reader`), made into what `ItemSelector` says, grouped by `ItemBatcher`, and so become
//! inputs of child executions (`feed`). `MapRun` says which child may start, takes how each of them ended, and
//! counts failures; results are taken in the order of the items, whatever the order of completion (`results`). It
//! starts nothing by itself: whoever drives it runs the children, on many threads or on one.
//!
//! Invariants:
//! - Only a window of items is in memory: a child is started when the oldest unfinished one is not too far behind.
//! - Items and results travel as JSON text; nothing of an execution is shared with another.
//! - Results depend on items, seed and handlers only, failures included, unless a threshold stops the run.
//!
//! S3 is an [`ObjectStore`]: a [`Folder`], or with the feature `s3` an endpoint that speaks S3.

mod batcher;
mod error;
mod feed;
mod folder;
mod object_store;
mod reader;
mod result_writer;
mod results;
mod run;
#[cfg(feature = "s3")]
mod s3;

pub use error::NoObjectStore;
pub use folder::Folder;
pub use object_store::{ObjectInfo, ObjectReader, ObjectStore, ObjectWriter, StoreError};
#[cfg(feature = "s3")]
pub use s3::{S3, S3Options, S3OptionsError};

pub(crate) use error::{MapRunError, require_object_store};
pub(crate) use feed::Child;
pub(crate) use run::{ChildEnd, MapRun, MapRunContext};
