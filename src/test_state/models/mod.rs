//! What the responses of AWS services look like: `shapes.txt`, made by `generate.py` from AWS's public models.
//!
//! The models are those of November 2025, when the mocked results were recorded that tests compare with.

mod table;

pub(super) use table::{Bounds, Service, Type};
