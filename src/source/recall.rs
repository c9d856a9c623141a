//! Lines that were too long to be kept, read again from where they are.

use std::fs::File;
use std::io;

use super::file::{BYTE_ORDER_MARK, read_all_at};

/// The line of `length` bytes at `offset` of the file `name`, without its line break; or why it cannot be had.
///
/// The file may be another one than it was: what is there must at least be a line of that length.
pub(crate) fn recall_line(name: &str, offset: u64, length: u64) -> Result<Vec<u8>, String> {
    if name == "-" {
        return Err("its source is the standard input".to_owned());
    }
    let text = |error: io::Error| error.to_string();
    let file = File::open(name).map_err(text)?;
    let metadata = file.metadata().map_err(text)?;
    if !metadata.is_file() {
        return Err("its source is no regular file".to_owned());
    }
    let moved = || format!("its source has no line of {length} bytes there any more");
    let end = offset.checked_add(length).filter(|end| *end <= metadata.len()).ok_or_else(moved)?;
    // With the bytes around it, which must be line breaks or the ends of the file.
    let (from, to) = (offset.saturating_sub(1), end.saturating_add(1).min(metadata.len()));
    let mut bytes = vec![0; usize::try_from(to - from).map_err(|error| error.to_string())?];
    read_all_at(&file, &mut bytes, from).map_err(text)?;
    let mut line = bytes.as_slice();
    if offset > from {
        let begins_file = offset == BYTE_ORDER_MARK.len() as u64 && begins_with_mark(&file);
        line = match bytes.split_first() {
            Some((before, line)) if *before == b'\n' || begins_file => line,
            _ => return Err(moved()),
        };
    }
    if end < to {
        line = line.strip_suffix(b"\n").ok_or_else(moved)?;
    }
    if memchr::memchr(b'\n', line).is_some() {
        return Err(moved());
    }
    Ok(line.to_vec())
}

fn begins_with_mark(file: &File) -> bool {
    let mut start = [0; BYTE_ORDER_MARK.len()];
    read_all_at(file, &mut start, 0).is_ok() && start == *BYTE_ORDER_MARK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_had_only_where_one_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("in.ndjson");
        std::fs::write(&path, "\u{feff}first\nsecond\r\nlast").expect("room");
        let check = |offset, length, expected: Result<&str, &str>| {
            let line = recall_line(path.to_str().expect("text"), offset, length);
            let line = line.map(|line| String::from_utf8(line).expect("text"));
            assert_eq!(line, expected.map(str::to_owned).map_err(str::to_owned));
        };
        check(3, 5, Ok("first"));
        check(9, 7, Ok("second\r"));
        check(17, 4, Ok("last"));
        for (offset, length) in [(10, 6), (9, 6), (9, 8), (17, 3), (17, 5), (3, 13), (0, 8), (u64::MAX, 2)] {
            let moved = format!("its source has no line of {length} bytes there any more");
            let expected = if (offset, length) == (0, 8) { Ok("\u{feff}first") } else { Err(moved.as_str()) };
            check(offset, length, expected);
        }
        assert_eq!(recall_line("-", 0, 1), Err("its source is the standard input".to_owned()));
        assert_eq!(recall_line("/dev/null", 0, 1), Err("its source is no regular file".to_owned()));
        assert!(recall_line("no/such/file", 0, 1).expect_err("none").starts_with("No such file"));
    }
}
