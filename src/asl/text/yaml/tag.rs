//! Tags: those of the core schema, and `CloudFormation`'s short forms of intrinsic functions.

use std::borrow::Cow;

use saphyr_parser::Tag;

/// What a tag makes of the value behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TagKind<'t> {
    /// As without it.
    Natural,
    /// A string, however it is written (`!!str`, `!`).
    String,
    /// `!Sub`: text with placeholders.
    Sub,
    /// `!Ref`: a placeholder.
    Ref,
    /// `!GetAtt`: a placeholder with a dot.
    GetAtt,
    /// Another function of `CloudFormation`.
    Function(&'t str),
    /// Anything else.
    Unknown,
}

/// `CloudFormation`'s functions besides those that a placeholder can stand for.
const FUNCTIONS: [&str; 16] = [
    "And",
    "Base64",
    "Cidr",
    "Condition",
    "Equals",
    "FindInMap",
    "GetAZs",
    "If",
    "ImportValue",
    "Join",
    "Length",
    "Not",
    "Or",
    "Select",
    "Split",
    "Transform",
];

/// Tells tags apart.
pub(super) fn kind(tag: Option<&Tag>) -> TagKind<'_> {
    let Some(tag) = tag else { return TagKind::Natural };
    if tag.is_yaml_core_schema() {
        return match &*tag.suffix {
            "str" => TagKind::String,
            "null" | "bool" | "int" | "float" | "seq" | "map" => TagKind::Natural,
            _ => TagKind::Unknown,
        };
    }
    match (&*tag.handle, &*tag.suffix) {
        ("", "!") => TagKind::String,
        ("!", "Sub") => TagKind::Sub,
        ("!", "Ref") => TagKind::Ref,
        ("!", "GetAtt") => TagKind::GetAtt,
        ("!", name) if FUNCTIONS.contains(&name) => TagKind::Function(name),
        _ => TagKind::Unknown,
    }
}

/// The tag as it is written.
pub(super) fn written(tag: &Tag) -> String {
    match (&*tag.handle, &*tag.suffix) {
        ("tag:yaml.org,2002:", suffix) => format!("!!{suffix}"),
        (handle, suffix) => format!("{handle}{suffix}"),
    }
}

/// `!Sub`'s `${!Literal}` is `${Literal}` in the end.
pub(super) fn unescape_sub(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains("${!") { Cow::Owned(text.replace("${!", "${")) } else { text }
}
