//! What tells whether an input is still the one it was.
//!
//! A file that is only appended to keeps its number in the file system and its first bytes. The device's number
//! is no part of that: it may be another one after the machine was started again.

use std::fs::{File, Metadata};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::SourceError;
use super::feed::{Feed, Kind, Source};
use super::file::{Store, read_all_at};

/// Bytes at the start of an input that are compared.
const HEAD_BYTES: u64 = 4096;

/// A regular file as it was when a run began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InputIdentity {
    /// As the user named it.
    pub(crate) name: String,
    /// Its length.
    pub(crate) bytes: u64,
    /// Its number in its file system; 0 where files have none.
    inode: u64,
    /// When it was last written to, in nanoseconds since 1970; none where that is not known.
    modified_ns: Option<u64>,
    /// How many of its first bytes were digested: all if it was short.
    head_bytes: u64,
    /// Their SHA-256 in hexadecimal digits.
    head_sha256: String,
}

impl InputIdentity {
    /// How the input differs from what it was; `None` if it is the same, or the same with more at its end.
    pub(crate) fn difference(&self, source: usize, feed: &Feed) -> Result<Option<String>, SourceError> {
        let (file, length) = feed.regular(source)?;
        let now = identify(&self.name, file, length, self.head_bytes)?;
        let (name, before) = (&self.name, self.bytes);
        Ok(if now.inode != self.inode {
            Some(format!("{name} is another file now"))
        } else if length < before {
            Some(format!("{name} had {before} bytes and has {length} now"))
        } else if now.head_sha256 != self.head_sha256 {
            Some(format!("{name} begins with other bytes now"))
        } else if length == before && now.modified_ns != self.modified_ns {
            Some(format!("{name} was modified since"))
        } else {
            None
        })
    }
}

impl Feed {
    /// The first input that is no regular file, if there is one: it cannot be read again.
    pub(crate) fn first_irregular(&self) -> Option<&str> {
        let is_regular = |source: &Source| matches!(source.kind, Kind::Store(Store::File { .. }));
        self.sources.iter().find(|source| !is_regular(source)).map(|source| source.name.as_str())
    }

    /// What the inputs are, in their order; they are regular files.
    pub(crate) fn identities(&self) -> Result<Vec<InputIdentity>, SourceError> {
        let identity = |(source, name): (usize, &str)| {
            let (file, length) = self.regular(source)?;
            identify(name, file, length, HEAD_BYTES)
        };
        self.names().enumerate().map(identity).collect()
    }

    /// Whether the byte at `offset` continues a line that began before: what a run took for the last line has
    /// been written on since.
    pub(crate) fn is_inside_line(&self, source: usize, offset: u64) -> Result<bool, SourceError> {
        let (file, length) = self.regular(source)?;
        if offset == 0 || offset >= length {
            return Ok(false);
        }
        let name = &self.sources[source].name;
        let mut around = [0; 2];
        read_all_at(file, &mut around, offset - 1)
            .map_err(|error| SourceError::read(name, offset - 1, error))?;
        // A line that was too long is committed without its line break.
        Ok(!around.contains(&b'\n'))
    }

    fn regular(&self, source: usize) -> Result<(&File, u64), SourceError> {
        let Source { name, kind } = &self.sources[source];
        match kind {
            Kind::Store(Store::File { file, length }) => Ok((file, *length)),
            _ => Err(SourceError::irregular(name)),
        }
    }
}

fn identify(name: &str, file: &File, length: u64, head_bytes: u64) -> Result<InputIdentity, SourceError> {
    let metadata = file.metadata().map_err(|error| SourceError::open(name, error))?;
    let mut head = vec![0; head_bytes.min(length).min(HEAD_BYTES) as usize];
    read_all_at(file, &mut head, 0).map_err(|error| SourceError::read(name, 0, error))?;
    Ok(InputIdentity {
        name: name.to_owned(),
        bytes: length,
        inode: inode(&metadata),
        modified_ns: modified_ns(&metadata),
        head_bytes: head.len() as u64,
        head_sha256: hexadecimal(&Sha256::digest(&head)),
    })
}

/// The file's number in its file system.
#[cfg(unix)]
pub(crate) fn inode(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

/// 0: files have no numbers here.
#[cfg(not(unix))]
pub(crate) fn inode(_metadata: &Metadata) -> u64 {
    0
}

fn modified_ns(metadata: &Metadata) -> Option<u64> {
    let since_1970 = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    u64::try_from(since_1970.as_nanos()).ok()
}

/// Bytes as hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;
    use std::path::Path;
    use std::sync::Arc;

    use super::super::Input;
    use super::*;
    use crate::executor::Signal;

    fn open(path: &Path) -> Feed {
        Feed::open(vec![Input::file(path)], 100, 100, &Arc::new(Signal::default())).expect("it is there")
    }

    fn append(path: &Path, bytes: &[u8]) {
        fs::OpenOptions::new()
            .append(true)
            .open(path)
            .and_then(|mut file| file.write_all(bytes))
            .expect("room");
    }

    #[test]
    fn an_input_is_the_same_as_long_as_it_only_grows() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("in.ndjson");
        fs::write(&path, "1\n2\n").expect("room");
        let before = open(&path).identities().expect("readable").remove(0);
        let check = |expected: Option<&str>| {
            let difference = before.difference(0, &open(&path)).expect("readable");
            let text = difference.as_deref().and_then(|text| text.strip_prefix(&before.name));
            assert_eq!(text, expected);
        };
        check(None);
        append(&path, &[b'x'; 10_000]);
        check(None);
        fs::write(&path, "2\n1\n3\n").expect("room");
        check(Some(" begins with other bytes now"));
        fs::write(&path, "1\n").expect("room");
        check(Some(" had 4 bytes and has 2 now"));
        fs::write(&path, "1\n2\n").expect("room");
        let later = UNIX_EPOCH + std::time::Duration::from_secs(2_000_000_000);
        File::options().append(true).open(&path).and_then(|file| file.set_modified(later)).expect("ours");
        check(Some(" was modified since"));
        fs::write(folder.path().join("other"), "1\n2\n").expect("room");
        fs::rename(folder.path().join("other"), &path).expect("the same folder");
        if cfg!(unix) {
            check(Some(" is another file now"));
        }
    }

    #[test]
    fn an_empty_file_is_a_regular_one_and_a_stream_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("empty");
        fs::write(&path, "").expect("room");
        assert_eq!(open(&path).first_irregular(), None);
        assert_eq!(open(Path::new("/dev/null")).first_irregular(), Some("/dev/null"));
    }

    #[test]
    fn a_last_line_that_goes_on_is_noticed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("in.ndjson");
        fs::write(&path, "1\n22\n3").expect("room");
        let is_inside = |offset| open(&path).is_inside_line(0, offset).expect("readable");
        assert_eq!([0, 1, 2, 3, 4, 5, 6].map(is_inside), [false, false, false, true, false, false, false]);
        append(&path, b"3\n");
        assert!(open(&path).is_inside_line(0, 6).expect("readable"));
    }
}
