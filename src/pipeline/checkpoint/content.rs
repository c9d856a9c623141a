//! What a checkpoint holds, and its form on disk: one JSON object.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::json::Document;
use crate::sink::Sink;
use crate::source::{InputIdentity, inode};

/// A checkpoint nests less than this.
const NESTING_DEPTH_MAX: u32 = 8;
/// Counts up with every change of the form.
pub(super) const VERSION: u32 = 1;

/// Everything that has to be known to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Checkpoint {
    pub(super) version: u32,
    /// SHA-256 of the definition in hexadecimal digits.
    pub(super) definition_sha256: String,
    /// What results depend on beside it, inputs, seed and handlers, by name.
    pub(super) facts: BTreeMap<String, String>,
    pub(super) seed: u64,
    /// Where a virtual clock starts, in milliseconds since 1970.
    pub(super) clock_start_ms: Option<i64>,
    pub(super) inputs: Vec<InputIdentity>,
    pub(super) output: OutputIdentity,
    pub(super) failures: Option<OutputIdentity>,
    pub(super) position: Position,
    pub(super) totals: Totals,
    /// Whether all of the inputs is committed.
    pub(super) finished: bool,
}

/// A place in the inputs, at the end of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::pipeline) struct Position {
    /// Which input, from 0.
    pub(in crate::pipeline) input: u32,
    /// Bytes of it before the place.
    pub(in crate::pipeline) offset: u64,
    /// Lines of it before the place, blank ones included.
    pub(in crate::pipeline) lines: u64,
    /// Bytes of all inputs before the place whose lines are committed.
    pub(in crate::pipeline) bytes_in: u64,
}

/// What all lines before a place gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::pipeline) struct Totals {
    pub(in crate::pipeline) succeeded: u64,
    pub(in crate::pipeline) failed: u64,
    /// Length of the output.
    pub(in crate::pipeline) output_bytes: u64,
    /// Length of the dead letters.
    pub(in crate::pipeline) failures_bytes: u64,
}

impl std::ops::AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.succeeded += other.succeeded;
        self.failed += other.failed;
        self.output_bytes += other.output_bytes;
        self.failures_bytes += other.failures_bytes;
    }
}

/// A file that is written to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OutputIdentity {
    /// As the user named it.
    pub(super) name: String,
    /// Its number in its file system; 0 where files have none.
    inode: u64,
}

impl OutputIdentity {
    pub(super) fn new(sink: &Sink) -> Self {
        let metadata = sink.as_file().and_then(|file| file.metadata().ok());
        Self { name: sink.name().to_owned(), inode: metadata.as_ref().map_or(0, inode) }
    }

    /// Whether it is the same file: a folder or link on the way to it may have another name.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.inode == other.inode && (self.inode != 0 || self.name == other.name)
    }
}

/// Why bytes are no checkpoint of ours.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Undecodable {
    Damaged(String),
    Version(u32),
}

impl Checkpoint {
    /// One line of JSON.
    pub(super) fn encode(&self) -> Vec<u8> {
        // Strings, integers and maps with string keys always serialise.
        let mut json = simd_json::serde::to_vec(self).unwrap_or_default();
        json.push(b'\n');
        json
    }

    pub(super) fn decode(json: &[u8]) -> Result<Self, Undecodable> {
        /// Of any version.
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        Document::parse(json, NESTING_DEPTH_MAX).map_err(|error| Undecodable::Damaged(error.to_string()))?;
        let damaged = |error: simd_json::Error| Undecodable::Damaged(error.to_string());
        let Versioned { version } = simd_json::serde::from_slice(&mut json.to_vec()).map_err(damaged)?;
        if version != VERSION {
            return Err(Undecodable::Version(version));
        }
        let checkpoint: Self = simd_json::serde::from_slice(&mut json.to_vec()).map_err(damaged)?;
        match checkpoint.inputs.get(checkpoint.position.input as usize) {
            Some(input) if checkpoint.position.offset <= input.bytes => Ok(checkpoint),
            _ => Err(Undecodable::Damaged("its position is outside its inputs".to_owned())),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A checkpoint in its form on disk.
    pub(in super::super) const SAMPLE: &str = r#"{"version":1,"definition_sha256":"00ff","facts":{"type":"EXPRESS"},"seed":18446744073709551615,"clock_start_ms":null,"inputs":[{"name":"in.ndjson","bytes":100,"inode":7,"modified_ns":1790000000000000000,"head_bytes":100,"head_sha256":"ab"}],"output":{"name":"out.ndjson","inode":8},"failures":{"name":"failed.ndjson","inode":0},"position":{"input":0,"offset":90,"lines":9,"bytes_in":90},"totals":{"succeeded":7,"failed":1,"output_bytes":70,"failures_bytes":200},"finished":false}
"#;

    #[test]
    fn a_checkpoint_keeps_its_form() {
        let checkpoint = Checkpoint::decode(SAMPLE.as_bytes()).expect("a checkpoint");
        assert_eq!(checkpoint.seed, u64::MAX);
        assert_eq!(checkpoint.totals.failures_bytes, 200);
        assert_eq!(String::from_utf8(checkpoint.encode()).expect("text"), SAMPLE);
    }

    #[test]
    fn what_is_no_checkpoint_is_told_apart() {
        let check = |text: &str, expected: fn(&Undecodable) -> bool| {
            let error = Checkpoint::decode(text.as_bytes()).expect_err("no checkpoint");
            assert!(expected(&error), "{text}: {error:?}");
        };
        check("", |error| matches!(error, Undecodable::Damaged(_)));
        check("{\"version\":1", |error| matches!(error, Undecodable::Damaged(_)));
        check("[1,2]", |error| matches!(error, Undecodable::Damaged(_)));
        check("{\"version\":1}", |error| matches!(error, Undecodable::Damaged(_)));
        check(&SAMPLE[..SAMPLE.len() / 2], |error| matches!(error, Undecodable::Damaged(_)));
        check(&SAMPLE.replace(":90,\"lines", ":101,\"lines"), |error| {
            matches!(error, Undecodable::Damaged(_))
        });
        check(&SAMPLE.replace("\"input\":0", "\"input\":1"), |error| {
            matches!(error, Undecodable::Damaged(_))
        });
        check("{\"version\":2,\"new\":[]}", |error| *error == Undecodable::Version(2));
    }
}
