//! What survives a crash: files replaced whole, names that stay.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::error::SinkError;

/// Replaces the file at `path`, or makes it: whoever looks, now or after a crash, finds the old bytes or the
/// new ones, whole. They are written to a file beside it first.
pub(crate) fn replace_file(path: &Path, bytes: &[u8]) -> Result<(), SinkError> {
    let beside = path_beside(path);
    let write = || {
        let mut file = File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        drop(file);
        fs::rename(&beside, path)?;
        sync_folder_of(path)
    };
    write().map_err(|error| SinkError::open(&path.display().to_string(), error))
}

/// Where the new bytes are written: `FILE.tmp`.
pub(crate) fn path_beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".tmp");
    name.into()
}

/// Makes names in the folder of `path` survive a crash. Some file systems need no such thing and say so.
#[cfg(unix)]
pub(super) fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match File::open(folder)?.sync_all() {
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
            Ok(())
        }
        result => result,
    }
}

/// Names survive without our doing.
#[cfg(not(unix))]
pub(super) fn sync_folder_of(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state");
        fs::write(folder.path().join("state.tmp"), "left over, and longer than what comes").expect("room");
        for text in ["first", "2nd"] {
            replace_file(&path, text.as_bytes()).expect("room");
            assert_eq!(fs::read_to_string(&path).expect("it is there"), text);
        }
        assert_eq!(fs::read_dir(folder.path()).expect("it is there").count(), 1);
    }

    #[test]
    fn a_file_that_cannot_be_replaced_is_named_and_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state");
        fs::write(&path, "old").expect("room");
        fs::create_dir(folder.path().join("state.tmp")).expect("room");
        let error = replace_file(&path, b"new").expect_err("a folder is in the way").to_string();
        assert!(error.starts_with(&format!("failed to write {}: ", path.display())), "{error}");
        assert_eq!(fs::read_to_string(&path).expect("it is there"), "old");
    }
}
