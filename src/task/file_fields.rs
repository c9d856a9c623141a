//! Fields of task files, read with their types and bounds.

use std::num::NonZeroUsize;
use std::time::Duration;

use toml::de::DeValue;

use super::FileError;
use super::error::nearest;
use super::file::Reader;
use super::settings::Value;

/// The longest time that a field may say: ten years.
const SECONDS_MAX: f64 = 315_360_000.0;

impl Reader<'_> {
    /// The fields of a table, of which there are these and no others.
    pub(super) fn fields<'v, 't>(
        &self,
        what: &str,
        value: &'v Value<'t>,
        names: &[&str],
    ) -> Result<Vec<(&'v str, &'v Value<'t>)>, FileError> {
        let DeValue::Table(table) = value.get_ref() else {
            return Err(self
                .at(value.span(), format!("the handler '{what}' needs a table"))
                .help(format!("it has the fields {}", names.join(", "))));
        };
        let mut fields = Vec::with_capacity(table.len());
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            if !names.contains(&name) {
                let help = match nearest(name, names.iter().copied()) {
                    Some(near) => format!("did you mean '{near}'?"),
                    None => format!("the handler '{what}' has the fields {}", names.join(", ")),
                };
                return Err(self.at(key.span(), format!("unknown field '{name}'")).help(help));
            }
            fields.push((name, value));
        }
        Ok(fields)
    }

    /// A string.
    pub(super) fn text<'v>(&self, name: &str, value: &'v Value<'_>) -> Result<&'v str, FileError> {
        match value.get_ref() {
            DeValue::String(text) => Ok(text),
            _ => Err(self.at(value.span(), format!("'{name}' must be a string"))),
        }
    }

    /// A list of strings.
    pub(super) fn texts<'v>(&self, name: &str, value: &'v Value<'_>) -> Result<Vec<&'v str>, FileError> {
        let DeValue::Array(items) = value.get_ref() else {
            return Err(self.at(value.span(), format!("'{name}' must be a list of strings")));
        };
        items.iter().map(|item| self.text(name, item)).collect()
    }

    /// A table of strings.
    pub(super) fn pairs<'v>(
        &self,
        name: &str,
        value: &'v Value<'_>,
    ) -> Result<Vec<(&'v str, &'v str)>, FileError> {
        let DeValue::Table(table) = value.get_ref() else {
            return Err(self.at(value.span(), format!("'{name}' must be a table of strings")));
        };
        table
            .iter()
            .map(|(key, value)| Ok((key.get_ref().as_ref(), self.text(key.get_ref(), value)?)))
            .collect()
    }

    /// A whole number, 0 included.
    pub(super) fn count(&self, name: &str, value: &Value<'_>) -> Result<usize, FileError> {
        let number = match value.get_ref() {
            DeValue::Integer(integer) => usize::from_str_radix(integer.as_str(), integer.radix()).ok(),
            _ => None,
        };
        number.ok_or_else(|| self.at(value.span(), format!("'{name}' must be a whole number")))
    }

    /// A whole number above 0.
    pub(super) fn positive(&self, name: &str, value: &Value<'_>) -> Result<NonZeroUsize, FileError> {
        NonZeroUsize::new(self.count(name, value)?)
            .ok_or_else(|| self.at(value.span(), format!("'{name}' must be 1 or more")))
    }

    /// A time above 0, in seconds.
    pub(super) fn seconds(&self, name: &str, value: &Value<'_>) -> Result<Duration, FileError> {
        let number = match value.get_ref() {
            DeValue::Integer(integer) => integer.as_str().parse().ok(),
            DeValue::Float(float) => float.as_str().parse().ok(),
            _ => None,
        };
        match number {
            Some(seconds) if seconds > 0.0 && seconds <= SECONDS_MAX => Ok(Duration::from_secs_f64(seconds)),
            _ => Err(self.at(value.span(), format!("'{name}' must be a number of seconds above 0"))),
        }
    }
}
