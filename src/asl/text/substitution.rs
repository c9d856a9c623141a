//! What stands for `${Name}` placeholders.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::{DefinitionText, TextFormat};
use crate::asl::validate::did_you_mean;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span};
use crate::json::{Document, NodeId, Tag, minify, write_json_string};
use crate::limits::Limits;

/// Values for `${Name}` placeholders, as AWS's `DefinitionSubstitutions` has them.
///
/// A placeholder inside a string is replaced by the value's text. One that stands for a value as a whole (without
/// quotes) becomes that value: numbers, flags and objects as they are, and a text as the JSON that it is, or else as a
/// string.
///
/// ```
/// use aslx::asl::text::Substitutions;
/// use aslx::{CompileOptions, compile};
///
/// let definition = r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":${Delay},"End":true}}}"#;
/// let mut options = CompileOptions::default();
/// assert!(compile(definition, &options).is_err());
/// options.substitutions.set("Delay", "30");
/// assert!(compile(definition, &options).is_ok());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Substitutions(BTreeMap<String, Value>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Text(String),
    /// Minified JSON that is no string.
    Json(String),
}

impl Substitutions {
    /// Sets the text for a name.
    pub fn set(&mut self, name: impl Into<String>, text: impl Into<String>) -> &mut Self {
        self.0.insert(name.into(), Value::Text(text.into()));
        self
    }

    /// Sets what a file holds: one object of names with their values.
    ///
    /// # Errors
    /// What is wrong with the file's text, at its place.
    pub fn read(&mut self, text: &str, format: TextFormat, limits: &Limits) -> Result<(), Diagnostics> {
        let read = DefinitionText::read(text, format, &Self::default(), limits)?;
        let refuse = |message: String, span| {
            let mut diagnostic = Diagnostic::error(Code::InvalidJsonDescription, message, span);
            read.places.locate(&mut diagnostic);
            Diagnostics::from(vec![diagnostic])
        };
        let document = Document::parse(read.json.as_bytes(), limits.nesting_depth_max)
            .map_err(|error| refuse(error.to_string(), Span::new(error.offset, error.offset)))?;
        let doc = document.doc();
        if doc.tag(NodeId::ROOT) != Tag::Object {
            let node = doc.node(NodeId::ROOT);
            let message = "expected one object of names with their values".to_owned();
            return Err(refuse(message, Span::new(node.start, node.end)));
        }
        for (key, value) in doc.members(NodeId::ROOT) {
            let name = doc.string(key).to_text().into_owned();
            let value = if matches!(doc.tag(value), Tag::String | Tag::EscapedString) {
                Value::Text(doc.string(value).to_text().into_owned())
            } else {
                let mut json = Vec::new();
                minify(doc, value, &mut json);
                Value::Json(String::from_utf8_lossy(&json).into_owned())
            };
            self.0.insert(name, value);
        }
        Ok(())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// Placeholders without a value that are remembered, to tell slips from what is really not there.
const MISSED_MAX: usize = 100;

/// Substitutions at work on one text.
#[derive(Debug)]
pub(super) struct Filler<'s> {
    substitutions: &'s Substitutions,
    used: BTreeSet<&'s str>,
    /// Names that were asked for and not given, some of them.
    missed: BTreeSet<String>,
}

impl<'s> Filler<'s> {
    pub(super) fn new(substitutions: &'s Substitutions) -> Self {
        Self { substitutions, used: BTreeSet::new(), missed: BTreeSet::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.substitutions.is_empty()
    }

    /// What stands for a name inside a string, not yet escaped.
    pub(super) fn text(&mut self, name: &str) -> Option<&'s str> {
        match self.take(name)? {
            Value::Text(text) | Value::Json(text) => Some(text),
        }
    }

    /// What stands for a name in place of a whole value: JSON.
    pub(super) fn json(&mut self, name: &str, limits: &Limits) -> Option<Cow<'s, str>> {
        let text = match self.take(name)? {
            Value::Json(json) => return Some(Cow::Borrowed(json)),
            Value::Text(text) => text,
        };
        if Document::parse(text.as_bytes(), limits.nesting_depth_max).is_ok() {
            return Some(Cow::Borrowed(text));
        }
        Some(Cow::Owned(json_string(text)))
    }

    fn take(&mut self, name: &str) -> Option<&'s Value> {
        let Some((name, value)) = self.substitutions.0.get_key_value(name.trim()) else {
            if self.missed.len() < MISSED_MAX {
                self.missed.insert(name.trim().to_owned());
            }
            return None;
        };
        self.used.insert(name);
        Some(value)
    }

    /// Substitutions that the text did not ask for.
    pub(super) fn unused(&self) -> Option<Diagnostic> {
        let unused: Vec<&str> = self.substitutions.names().filter(|name| !self.used.contains(name)).collect();
        if unused.is_empty() {
            return None;
        }
        let names: Vec<String> = unused.iter().map(|name| format!("${{{name}}}")).collect();
        let message = format!("There is a substitution for {}, but no such placeholder", names.join(", "));
        let mut diagnostic = Diagnostic::warning(Code::UnusedSubstitution, message, Span::default());
        let missed = || self.missed.iter().map(String::as_str);
        diagnostic.help = unused.iter().take(MISSED_MAX).find_map(|name| did_you_mean(name, missed()));
        Some(diagnostic)
    }
}

/// A text as a JSON string.
pub(super) fn json_string(text: &str) -> String {
    let mut json = Vec::with_capacity(text.len() + 2);
    write_json_string(text, &mut json);
    String::from_utf8_lossy(&json).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_hold_values_of_any_kind() {
        let mut substitutions = Substitutions::default();
        let text = "{ // ours\n \"A\": \"a\\\"b\", \"B\": 1.50, \"C\": {\"x\": [true, null]} }";
        substitutions.read(text, TextFormat::Json, &Limits::default()).expect("sound");
        let mut filler = Filler::new(&substitutions);
        let texts = ["A", " B ", "C", "D"].map(|name| filler.text(name));
        assert_eq!(texts, [Some("a\"b"), Some("1.50"), Some("{\"x\":[true,null]}"), None]);
        let limits = Limits::default();
        assert_eq!(filler.json("A", &limits).as_deref(), Some("\"a\\\"b\""));
        assert_eq!(filler.json("B", &limits).as_deref(), Some("1.50"));
        assert_eq!(filler.unused(), None);
    }

    #[test]
    fn other_files_are_refused() {
        for (text, expected) in [
            ("[1]", "expected one object of names with their values"),
            ("{\"a\": }", "unexpected character"),
            ("{\"a\": ${x}}", "unexpected character"),
        ] {
            let found = Substitutions::default().read(text, TextFormat::Json, &Limits::default());
            let found = found.expect_err(text);
            let message = &found.iter().next().expect("one").message;
            assert!(message.contains(expected), "{text}: {message}");
        }
    }
}
