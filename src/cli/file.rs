//! Reading what the command line names: files, standard input, JSON typed in place.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use super::error::CliError;
use crate::{json::Document, limits::Limits};

/// No definition, task file or single input is larger; it bounds what a wrong name (`/dev/zero`) can do.
const FILE_BYTES_MAX: u64 = 64 << 20;
/// Longest input that is kept in memory as a whole.
const INPUT_BYTES_MAX: u64 = 4 << 30;

/// The whole file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, CliError> {
    let bytes = File::open(path).and_then(read_bounded);
    bytes.map_err(|error| CliError::cannot_read(path.display(), &error))
}

/// The whole file as text.
pub(super) fn read_text(path: &Path) -> Result<String, CliError> {
    text(path, read(path)?)
}

/// Lines that are to be in memory: a file's, or those of the standard input.
pub(super) fn read_input(path: &Path) -> Result<Vec<u8>, CliError> {
    let bytes = if path.as_os_str() == "-" {
        read_up_to(INPUT_BYTES_MAX, io::stdin().lock())
    } else {
        File::open(path).and_then(|file| read_up_to(INPUT_BYTES_MAX, file))
    };
    bytes.map_err(|error| CliError::input_output(format_args!("read {}", path.display()), &error))
}

/// What a file holds as text.
pub(super) fn text(path: &Path, bytes: Vec<u8>) -> Result<String, CliError> {
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        CliError::unusable(format_args!(
            "{} is not UTF-8: byte {offset} is no part of a character",
            path.display()
        ))
    })
}

/// What an option like `--input` stands for: standard input, an existing file, or JSON text.
pub(super) fn read_json(option: &str, value: &str, limits: &Limits) -> Result<Document, CliError> {
    let path = Path::new(value);
    let (bytes, what) = if value == "-" {
        let bytes = read_bounded(io::stdin().lock());
        (
            bytes.map_err(|error| CliError::input_output("read standard input", &error))?,
            "standard input".to_owned(),
        )
    } else if path.exists() {
        (read(path)?, value.to_owned())
    } else {
        (value.as_bytes().to_vec(), String::new())
    };
    Document::parse(bytes, limits.nesting_depth_max).map_err(|error| match what.as_str() {
        "" => CliError::unusable(format_args!("{option} names no file and is not JSON: {error}")),
        _ => CliError::unusable(format_args!("{what} is not JSON: {error}")),
    })
}

/// Makes or replaces a file.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let written = fs::write(path, bytes);
    written.map_err(|error| CliError::input_output(format_args!("write {}", path.display()), &error))
}

/// Whether both names lead to one file.
pub(super) fn is_same(first: &Path, second: &Path) -> bool {
    match (fs::canonicalize(first), fs::canonicalize(second)) {
        (Ok(first), Ok(second)) => first == second,
        _ => false,
    }
}

fn read_bounded(from: impl Read) -> io::Result<Vec<u8>> {
    read_up_to(FILE_BYTES_MAX, from)
}

fn read_up_to(bytes_max: u64, from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(bytes_max + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > bytes_max {
        let message = format!("it has more than {bytes_max} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}
