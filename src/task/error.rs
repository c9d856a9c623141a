//! Task and mock files that cannot be used; tasks that nothing answers.

use std::fmt;

/// A task file or mock file that cannot be used: where, why, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileError {
    file: String,
    line: Option<usize>,
    message: String,
    help: Option<String>,
}

impl FileError {
    /// An error at a byte offset of the file's text.
    pub(super) fn at(file: &str, text: &str, offset: usize, message: impl Into<String>) -> Self {
        let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        Self { file: file.to_owned(), line: Some(line), message: message.into(), help: None }
    }

    /// An error of the file as a whole.
    pub(super) fn whole(file: &str, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: None, message: message.into(), help: None }
    }

    /// Adds what to do about it.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)?;
        match &self.help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for FileError {}

/// The name nearest to `given`, if one is near enough to be a slip.
pub(super) fn nearest<'n>(given: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    const DISTANCE_MAX: usize = 3;
    names
        .into_iter()
        .map(|name| (strsim::osa_distance(given, name), name))
        .filter(|(distance, name)| *distance <= DISTANCE_MAX && *distance < name.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// A task of a program that no handler answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnansweredTask {
    /// The state's name.
    pub state: String,
    /// Its Resource.
    pub resource: String,
}

impl fmt::Display for UnansweredTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no handler answers the Resource '{}' of state '{}'", self.resource, self.state)
    }
}

/// Tasks of a program that no handler answers, all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnansweredError {
    /// The tasks in the order of the definition.
    pub tasks: Vec<UnansweredTask>,
}

impl fmt::Display for UnansweredError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for task in &self.tasks {
            writeln!(f, "{task}")?;
        }
        f.write_str(
            "  help: name a handler for it in a task file (--tasks FILE), \
             or mock the state (--mock-config FILE --test-case NAME)",
        )
    }
}

impl std::error::Error for UnansweredError {}
