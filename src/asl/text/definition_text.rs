//! The one way from a definition's text to its JSON.

use std::borrow::Cow;

use super::{PlaceMap, Substitutions, comment::blank_comments, fill::fill_json, substitution::Filler};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span};
use crate::limits::Limits;

/// How a definition is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum TextFormat {
    /// JSON; comments (`//`, `/* */`) are accepted with a warning, as AWS does not.
    #[default]
    Json,
    /// YAML 1.2 with the core schema, merge keys, and the short forms of `CloudFormation`'s `Sub`, `Ref` and `GetAtt`.
    #[cfg(feature = "yaml")]
    Yaml,
}

impl TextFormat {
    /// The format that the ending of a file's name tells: YAML for `.yaml` and `.yml`, JSON for all others.
    ///
    /// ```
    /// use aslx::asl::text::TextFormat;
    /// assert_eq!(TextFormat::of_file_name("order.asl.json"), TextFormat::Json);
    /// ```
    pub fn of_file_name(name: &str) -> Self {
        #[cfg(feature = "yaml")]
        if [".yaml", ".yml"].iter().any(|ending| name.ends_with(ending)) {
            return Self::Yaml;
        }
        let _ = name;
        Self::Json
    }
}

/// The JSON of a definition, and where it comes from.
#[derive(Debug, Clone)]
pub struct DefinitionText<'t> {
    /// The JSON; whether it is well-formed is not known yet.
    pub json: Cow<'t, str>,
    /// Where its pieces stand in the text.
    pub places: PlaceMap,
    /// What was found on the way; the spans are those of the text.
    pub findings: Diagnostics,
}

impl<'t> DefinitionText<'t> {
    /// Reads a text, and fills in placeholders that have a substitution.
    ///
    /// # Errors
    /// What keeps the text from being read at all. Other problems are findings, errors among them.
    pub fn read(
        text: &'t str,
        format: TextFormat,
        substitutions: &Substitutions,
        limits: &Limits,
    ) -> Result<Self, Diagnostics> {
        let mut filler = Filler::new(substitutions);
        let mut read = match format {
            TextFormat::Json => Self::read_json(text, &mut filler, limits),
            #[cfg(feature = "yaml")]
            TextFormat::Yaml => super::yaml::read(text, &mut filler, limits)
                .map_err(|diagnostic| Diagnostics::from(vec![*diagnostic]))?,
        };
        read.findings.extend(filler.unused());
        Ok(read)
    }

    fn read_json(text: &'t str, filler: &mut Filler<'_>, limits: &Limits) -> Self {
        let (json, comments) = blank_comments(text);
        let findings = comments.first().map(|first| warn_of_comments(*first, comments.len()));
        let findings = Diagnostics::from(Vec::from_iter(findings));
        if filler.is_empty() {
            return Self { json, places: PlaceMap::default(), findings };
        }
        let (json, places) = fill_json(&json, filler, limits);
        Self { json: Cow::Owned(json), places, findings }
    }
}

fn warn_of_comments(first: Span, count: usize) -> Diagnostic {
    let message = match count {
        1 => "AWS takes no comments in a definition, and this one has one".to_owned(),
        _ => format!("AWS takes no comments in a definition, and this one has {count}"),
    };
    Diagnostic::warning(Code::Comment, message, first).help(
        "they are skipped here; strip them before the definition is deployed, or use the field `Comment`",
    )
}
