//! What a run reads.

use std::fmt;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

/// One input of a run.
pub struct Input {
    pub(super) name: String,
    pub(super) kind: InputKind,
}

pub(super) enum InputKind {
    Path(PathBuf),
    Stream(Box<dyn Read + Send>),
    Memory(Arc<[u8]>),
}

impl Input {
    /// A file; its path is its name. A pipe or device at that path is read as a stream.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self { name: path.display().to_string(), kind: InputKind::Path(path) }
    }

    /// The standard input, under the name that command lines give it: `-`.
    pub fn stdin() -> Self {
        Self::stream("-", std::io::stdin())
    }

    /// A stream; `name` is what dead letters and messages call it.
    pub fn stream(name: impl Into<String>, stream: impl Read + Send + 'static) -> Self {
        Self { name: name.into(), kind: InputKind::Stream(Box::new(stream)) }
    }

    /// Lines in memory.
    pub fn memory(name: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self { name: name.into(), kind: InputKind::Memory(bytes.into()) }
    }

    /// What dead letters and messages call it.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input").field("name", &self.name).finish_non_exhaustive()
    }
}
