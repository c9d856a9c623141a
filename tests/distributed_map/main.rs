//! Distributed Maps: readers, children, batches, results, tolerated failures; on one thread and on many.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

mod children;
mod harness;
mod items;
mod results;
mod store;
