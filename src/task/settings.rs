//! The tables of a task file: members by name, each read once, the unknown ones refused.

use std::cell::RefCell;
use std::ops::Range;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::FileError;
use super::error::nearest;
use super::secret::Secret;

pub(super) type Value<'t> = Spanned<DeValue<'t>>;

/// The text of a task file, for the places of errors.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'t> {
    pub(super) file: &'t str,
    pub(super) text: &'t str,
}

impl Source<'_> {
    pub(super) fn at(&self, span: Range<usize>, message: impl Into<String>) -> FileError {
        FileError::at(self.file, self.text, span.start, message)
    }
}

/// One table.
#[derive(Debug)]
pub(super) struct Settings<'s, 't> {
    source: Source<'s>,
    table: &'s DeTable<'t>,
    span: Range<usize>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'s, 't> Settings<'s, 't> {
    /// The table that a value must be; `what` it is for messages.
    pub(super) fn new(source: Source<'s>, value: &'s Value<'t>, what: &str) -> Result<Self, FileError> {
        match value.get_ref() {
            DeValue::Table(table) => {
                Ok(Self { source, table, span: value.span(), asked: RefCell::default() })
            }
            _ => Err(source.at(value.span(), format!("{what} must be a table"))),
        }
    }

    pub(super) fn error(&self, message: impl Into<String>) -> FileError {
        self.source.at(self.span.clone(), message)
    }

    /// A member as it stands.
    pub(super) fn get(&self, key: &'static str) -> Option<&'s Value<'t>> {
        self.asked.borrow_mut().push(key);
        self.table.get(key)
    }

    pub(super) fn string(&self, key: &'static str) -> Result<Option<&'s str>, FileError> {
        match self.get(key) {
            None => Ok(None),
            Some(value) => match value.get_ref() {
                DeValue::String(text) => Ok(Some(text)),
                _ => Err(self.source.at(value.span(), format!("'{key}' must be a string"))),
            },
        }
    }

    pub(super) fn required(&self, key: &'static str) -> Result<&'s str, FileError> {
        self.string(key)?.ok_or_else(|| self.error(format!("'{key}' is missing")))
    }

    pub(super) fn strings(&self, key: &'static str) -> Result<Vec<&'s str>, FileError> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        let refused = || self.source.at(value.span(), format!("'{key}' must be a list of strings"));
        let DeValue::Array(items) = value.get_ref() else { return Err(refused()) };
        let text = |item: &'s Value<'t>| match item.get_ref() {
            DeValue::String(text) => Ok(text.as_ref()),
            _ => Err(refused()),
        };
        items.iter().map(text).collect()
    }

    pub(super) fn integer(&self, key: &'static str) -> Result<Option<u64>, FileError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let parsed = match value.get_ref() {
            DeValue::Integer(integer) => u64::from_str_radix(integer.as_str(), integer.radix()).ok(),
            _ => None,
        };
        let refused = || self.source.at(value.span(), format!("'{key}' must be a whole number from 0 on"));
        parsed.map(Some).ok_or_else(refused)
    }

    /// A time in milliseconds, at least one.
    pub(super) fn millis(&self, key: &'static str) -> Result<Option<Duration>, FileError> {
        match self.integer(key)? {
            Some(0) => Err(self.error(format!("'{key}' must be 1 or more"))),
            millis => Ok(millis.map(Duration::from_millis)),
        }
    }

    /// A table in this one.
    pub(super) fn table(&self, key: &'static str) -> Result<Option<Settings<'s, 't>>, FileError> {
        self.get(key).map(|value| Settings::new(self.source, value, &format!("'{key}'"))).transpose()
    }

    /// The members of a table of texts, in the order of the file; each a string, or a secret.
    pub(super) fn secrets(&self, key: &'static str) -> Result<Vec<(String, Secret)>, FileError> {
        let Some(table) = self.table(key)? else { return Ok(Vec::new()) };
        let mut members: Vec<_> = table.table.iter().collect();
        members.sort_by_key(|(key, _)| key.span().start);
        let secret = |(name, value): (&Spanned<_>, &'s Value<'t>)| {
            let name: &std::borrow::Cow<'_, str> = name.get_ref();
            let text = match value.get_ref() {
                DeValue::String(text) => Secret::new(text.as_ref()),
                _ => self.read_secret(value, name)?,
            };
            Ok((name.clone().into_owned(), text))
        };
        members.into_iter().map(secret).collect()
    }

    /// The members of a table of strings.
    #[cfg(feature = "aws")]
    pub(super) fn texts(&self, key: &'static str) -> Result<Vec<(String, String)>, FileError> {
        let Some(table) = self.table(key)? else { return Ok(Vec::new()) };
        let text = |(name, value): (&Spanned<std::borrow::Cow<'_, str>>, &'s Value<'t>)| match value.get_ref()
        {
            DeValue::String(text) => Ok((name.get_ref().clone().into_owned(), text.clone().into_owned())),
            _ => Err(self.source.at(value.span(), format!("'{}' must be a string", name.get_ref()))),
        };
        table.table.iter().map(text).collect()
    }

    /// A secret, out of the environment or a file: never out of the task file itself.
    pub(super) fn secret(&self, key: &'static str) -> Result<Secret, FileError> {
        match self.get(key) {
            Some(value) => self.read_secret(value, key),
            None => Err(self.error(format!("'{key}' is missing"))),
        }
    }

    fn read_secret(&self, value: &'s Value<'t>, key: &str) -> Result<Secret, FileError> {
        let refused = |reason: String| {
            let help = format!("write {key} = {{ env = \"VARIABLE\" }} or {key} = {{ file = \"path\" }}");
            self.source.at(value.span(), reason).help(help)
        };
        if !matches!(value.get_ref(), DeValue::Table(_)) {
            return Err(refused(format!("'{key}' is a secret, which a task file only refers to")));
        }
        let place = Settings::new(self.source, value, key)?;
        let (variable, file) = (place.string("env")?, place.string("file")?);
        place.finish()?;
        match (variable, file) {
            (Some(variable), None) => match std::env::var(variable) {
                Ok(text) => Ok(Secret::new(text)),
                Err(_) => {
                    Err(refused(format!("the environment variable '{variable}' for '{key}' is not set")))
                }
            },
            (None, Some(file)) => match std::fs::read_to_string(file) {
                Ok(text) => Ok(Secret::new(text.trim_end_matches(['\r', '\n']))),
                Err(error) => Err(refused(format!("failed to read '{file}' for '{key}': {error}"))),
            },
            _ => Err(refused(format!("'{key}' must name an environment variable or a file"))),
        }
    }

    /// Refuses members that nobody asked for.
    pub(super) fn finish(&self) -> Result<(), FileError> {
        let asked = self.asked.borrow();
        let mut unknown: Vec<_> =
            self.table.keys().filter(|key| !asked.contains(&key.get_ref().as_ref())).collect();
        unknown.sort_by_key(|key| key.span().start);
        let Some(key) = unknown.first() else { return Ok(()) };
        let help = match nearest(key.get_ref(), asked.iter().copied()) {
            Some(near) => format!("did you mean '{near}'?"),
            None => format!("known: {}", asked.join(", ")),
        };
        Err(self.source.at(key.span(), format!("unknown field '{}'", key.get_ref())).help(help))
    }
}
