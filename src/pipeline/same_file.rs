//! Files that must be different ones.

use std::fs::File;

use super::error::RunError;
use crate::sink::Sink;
use crate::source::Feed;

/// An output that is also an input, or both outputs at once, would destroy data.
pub(super) fn refuse_same_file(feed: &Feed, output: &Sink, failures: Option<&Sink>) -> Result<(), RunError> {
    let name_of = |sink: &Sink| sink.name().to_owned();
    for sink in std::iter::once(output).chain(failures) {
        let Some(file) = sink.as_file() else { continue };
        let input = feed.files().find(|(_, input)| is_same_file(input, file));
        if let Some((input, _)) = input {
            return Err(RunError::SameFile { first: input.to_owned(), second: name_of(sink) });
        }
    }
    if let Some(failures) = failures
        && let (Some(first), Some(second)) = (output.as_file(), failures.as_file())
        && is_same_file(first, second)
    {
        return Err(RunError::SameFile { first: name_of(output), second: name_of(failures) });
    }
    Ok(())
}

#[cfg(unix)]
pub(super) fn is_same_file(first: &File, second: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (first.metadata(), second.metadata()) {
        (Ok(first), Ok(second)) => (first.dev(), first.ino()) == (second.dev(), second.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
pub(super) fn is_same_file(_first: &File, _second: &File) -> bool {
    false
}
