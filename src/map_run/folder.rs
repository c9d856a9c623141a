//! A folder that stands in for S3: `ROOT/bucket/key`.
//!
//! Nothing outside the root is read or written: buckets and keys with `..`, empty or absolute parts are refused, and
//! so are links that lead out. A listing leaves such links out.
//!
//! The crate `object_store`, which is behind the feature `s3`, has folders too. They are not used: they follow links out
//! of their root, and would bring 45 crates into every build.

use std::cmp::Reverse;
use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use md5::{Digest, Md5};

use super::object_store::{KEY_REASON, has_plain_parts};
use super::{ObjectInfo, ObjectReader, ObjectStore, ObjectWriter, StoreError};
use crate::value::timestamp::Timestamp;

/// An object up to this size has the MD5 of its content for an `ETag`, as in S3; larger ones are not read for it.
const HASHED_BYTES_MAX: u64 = 8 << 20;

/// A folder with a folder for each bucket.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder at a path.
    ///
    /// # Errors
    /// If there is no folder.
    pub fn new(root: impl AsRef<Path>) -> io::Result<Self> {
        let root = fs::canonicalize(root)?;
        if root.is_dir() { Ok(Self { root }) } else { Err(io::ErrorKind::NotADirectory.into()) }
    }

    fn bucket(&self, action: &'static str, bucket: &str) -> Result<PathBuf, StoreError> {
        if bucket.contains('/') || !is_plain(bucket) {
            return Err(StoreError::new(action, bucket, "", "this is no name of a bucket"));
        }
        Ok(self.root.join(bucket))
    }

    fn path(&self, action: &'static str, bucket: &str, key: &str) -> Result<PathBuf, StoreError> {
        let folder = self.bucket(action, bucket)?;
        if !is_plain(key) {
            return Err(StoreError::new(action, bucket, key, KEY_REASON));
        }
        Ok(folder.join(key))
    }

    fn file(&self, bucket: &str, key: &str) -> Result<File, StoreError> {
        let path = self.path("read", bucket, key)?;
        let open = || {
            if !self.is_inside(&path)? {
                return Err(leads_out());
            }
            let file = File::open(&path)?;
            if file.metadata()?.is_dir() { Err(io::ErrorKind::NotFound.into()) } else { Ok(file) }
        };
        open().map_err(|error| StoreError::new("read", bucket, key, reason(&error)))
    }

    /// Whether what a path leads to, links followed, is inside the root.
    fn is_inside(&self, path: &Path) -> io::Result<bool> {
        Ok(fs::canonicalize(path)?.starts_with(&self.root))
    }

    /// Makes the folders on the way to a path, unless an existing one leads out.
    fn make_folders(&self, folder: &Path) -> io::Result<()> {
        let existing = folder.ancestors().find(|ancestor| ancestor.exists()).unwrap_or(&self.root);
        if !self.is_inside(existing)? {
            return Err(leads_out());
        }
        fs::create_dir_all(folder)
    }
}

impl ObjectStore for Folder {
    fn read(&self, bucket: &str, key: &str) -> Result<Box<dyn Read + Send>, StoreError> {
        Ok(Box::new(self.file(bucket, key)?))
    }

    fn open(&self, bucket: &str, key: &str) -> Result<Box<dyn ObjectReader>, StoreError> {
        Ok(Box::new(self.file(bucket, key)?))
    }

    fn list(
        &self,
        bucket: &str,
        prefix: &str,
    ) -> Result<Box<dyn Iterator<Item = Result<ObjectInfo, StoreError>> + Send>, StoreError> {
        let folder = self.bucket("list", bucket)?;
        // Only the folder that all the keys are in is looked through.
        let within = prefix.rfind('/').map_or("", |end| &prefix[..end]);
        if !within.is_empty() && !is_plain(within) {
            return Err(StoreError::new("list", bucket, prefix, "this is no prefix of a key"));
        }
        let fail = |error: io::Error| StoreError::new("list", bucket, prefix, reason(&error));
        if !self.is_inside(&folder).map_err(fail)? {
            return Err(fail(leads_out()));
        }
        let mut walk = Walk {
            folder: self.clone(),
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
            pending: Vec::new(),
        };
        if folder.join(within).is_dir() {
            let key = if within.is_empty() { String::new() } else { format!("{within}/") };
            walk.pending.push(key);
        }
        Ok(Box::new(walk))
    }

    fn write(&self, bucket: &str, key: &str) -> Result<Box<dyn ObjectWriter>, StoreError> {
        let path = self.path("write", bucket, key)?;
        let fail = |error: &io::Error| StoreError::new("write", bucket, key, reason(error));
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let part = path.with_file_name(name);
        let create = || {
            self.make_folders(path.parent().unwrap_or(&self.root))?;
            // A link in the place of the part would be followed.
            match fs::remove_file(&part) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            File::create_new(&part)
        };
        let file = BufWriter::new(create().map_err(|error| fail(&error))?);
        let (bucket, key) = (bucket.to_owned(), key.to_owned());
        Ok(Box::new(Part { file, written_at: part, path, bucket, key, is_finished: false }))
    }
}

/// Whether no part of a bucket's name or a key leads anywhere but down.
fn is_plain(text: &str) -> bool {
    !text.contains(['\0', '\\']) && has_plain_parts(text)
}

fn leads_out() -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, "a link leads out of the folder that stands in for S3")
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => "there is no such object".to_owned(),
        _ => error.to_string(),
    }
}

/// A file that takes its place when it is finished.
struct Part {
    file: BufWriter<File>,
    written_at: PathBuf,
    path: PathBuf,
    bucket: String,
    key: String,
    is_finished: bool,
}

impl Write for Part {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl ObjectWriter for Part {
    fn finish(mut self: Box<Self>) -> Result<(), StoreError> {
        let done = self.file.flush().and_then(|()| fs::rename(&self.written_at, &self.path));
        done.map_err(|error| StoreError::new("write", &self.bucket, &self.key, reason(&error)))?;
        self.is_finished = true;
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.is_finished {
            // What cannot be removed is left: it is under no object's name.
            let _ = fs::remove_file(&self.written_at);
        }
    }
}

/// Objects in the order of their keys: folders are looked into when their turn comes.
struct Walk {
    folder: Folder,
    bucket: String,
    prefix: String,
    /// Keys, the next last; of folders with `/` at the end, the bucket's own being empty.
    pending: Vec<String>,
}

impl Walk {
    /// Puts what is in a folder before what is pending.
    fn look_into(&mut self, key: &str, path: &Path) -> io::Result<()> {
        let mut found = Vec::new();
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            // Links are followed; what leads out or nowhere is no object.
            let Ok(metadata) = fs::metadata(entry.path()) else { continue };
            if entry.file_type()?.is_symlink() && !self.folder.is_inside(&entry.path()).unwrap_or(false) {
                continue;
            }
            let key = format!("{key}{name}{}", if metadata.is_dir() { "/" } else { "" });
            let is_wanted =
                key.starts_with(&self.prefix) || (key.ends_with('/') && self.prefix.starts_with(&key));
            if is_wanted && key.matches('/').count() <= FOLDERS_MAX {
                found.push(key);
            }
        }
        found.sort_unstable_by(|a, b| Reverse(a).cmp(&Reverse(b)));
        self.pending.append(&mut found);
        Ok(())
    }

    fn info(key: String, path: &Path) -> io::Result<ObjectInfo> {
        let metadata = fs::metadata(path)?;
        let since_epoch = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        let modified_at = Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX));
        let etag = etag(path, &metadata, modified_at)?;
        Ok(ObjectInfo { key, size: metadata.len(), modified_at, etag })
    }
}

/// A link to a folder above itself would otherwise never end.
const FOLDERS_MAX: usize = 64;

impl Iterator for Walk {
    type Item = Result<ObjectInfo, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let key = self.pending.pop()?;
            let path = self.folder.root.join(&self.bucket).join(&key);
            let result = if key.is_empty() || key.ends_with('/') {
                match self.look_into(&key, &path) {
                    Ok(()) => continue,
                    Err(error) => Err(error),
                }
            } else {
                Self::info(key, &path)
            };
            let fail = |error| StoreError::new("list", &self.bucket, &self.prefix, reason(&error));
            return Some(result.map_err(fail));
        }
    }
}

fn etag(path: &Path, metadata: &Metadata, modified_at: Timestamp) -> io::Result<String> {
    let mut hash = Md5::new();
    if metadata.len() <= HASHED_BYTES_MAX {
        hash.update(fs::read(path)?);
        return Ok(hex(&hash.finalize()));
    }
    hash.update(metadata.len().to_le_bytes());
    hash.update(modified_at.to_millis().to_le_bytes());
    // The form of objects that were uploaded in parts, whose ETag is not the MD5 of the content either.
    Ok(format!("{}-1", hex(&hash.finalize())))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, Folder) {
        let root = tempfile::tempdir().expect("a folder");
        for (path, text) in [("b/a/x", "1"), ("b/a.txt", "22"), ("b/a/b/y", "3"), ("b/c", "")] {
            let path = root.path().join("s3").join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            fs::write(path, text).expect("written");
        }
        fs::write(root.path().join("secret"), "secret").expect("written");
        let folder = Folder::new(root.path().join("s3")).expect("a folder");
        (root, folder)
    }

    fn keys(folder: &Folder, prefix: &str) -> Vec<String> {
        folder.list("b", prefix).expect("lists").map(|info| info.expect("reads").key).collect()
    }

    #[test]
    fn keys_are_listed_in_the_order_of_their_bytes() {
        let (_root, folder) = store();
        assert_eq!(keys(&folder, ""), ["a.txt", "a/b/y", "a/x", "c"]);
        assert_eq!(keys(&folder, "a/"), ["a/b/y", "a/x"]);
        assert_eq!(keys(&folder, "a"), ["a.txt", "a/b/y", "a/x"]);
        assert_eq!(keys(&folder, "a/b/y"), ["a/b/y"]);
        assert!(keys(&folder, "no/such").is_empty());
        assert!(folder.list("none", "").is_err());
        let info = folder.list("b", "c").expect("lists").next().expect("one").expect("reads");
        assert_eq!((info.size, info.etag.as_str()), (0, "d41d8cd98f00b204e9800998ecf8427e"));
    }

    #[test]
    fn nothing_outside_is_reached() {
        let (root, folder) = store();
        for (bucket, key) in [
            ("b", "../../secret"),
            ("..", "secret"),
            ("b", "/etc/passwd"),
            ("b", "a//x"),
            (".", "b"),
            ("", "b"),
        ] {
            assert!(folder.read(bucket, key).is_err(), "{bucket} {key}");
            assert!(folder.write(bucket, key).is_err(), "{bucket} {key}");
        }
        #[cfg(unix)]
        {
            let link = |to: &Path, at: &str| std::os::unix::fs::symlink(to, root.path().join("s3").join(at));
            link(&root.path().join("secret"), "b/link").expect("linked");
            link(root.path(), "b/out").expect("linked");
            link(&root.path().join("s3/b/c"), "b/in").expect("linked");
            assert!(folder.read("b", "link").is_err());
            assert!(folder.read("b", "out/secret").is_err());
            assert!(folder.write("b", "out/new").is_err());
            assert!(folder.read("b", "in").is_ok());
            assert_eq!(keys(&folder, ""), ["a.txt", "a/b/y", "a/x", "c", "in"]);
        }
        assert!(!root.path().join("new").exists());
    }

    #[test]
    fn an_object_is_there_once_it_is_finished() {
        let (_root, folder) = store();
        let mut text = String::new();
        drop(folder.write("b", "new/o").map(|mut part| part.write_all(b"lost")));
        assert!(folder.read("b", "new/o").is_err());
        let mut part = folder.write("new-bucket", "p/q").expect("begins");
        part.write_all(b"kept").expect("writes");
        part.finish().expect("finishes");
        folder.read("new-bucket", "p/q").expect("opens").read_to_string(&mut text).expect("reads");
        assert_eq!(text, "kept");
    }
}
