//! The entry: text to JSON.

use std::borrow::Cow;

use super::build::{Builder, Built};
use super::emit::{EmitError, Emitter};
use crate::asl::text::DefinitionText;
use crate::asl::text::place_map::DerivedText;
use crate::asl::text::substitution::Filler;
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::limits::Limits;

/// Reads YAML. What JSON cannot say is a finding, and something harmless stands in its place; only a text that is no
/// YAML, or is too much of it, is refused.
pub(in crate::asl::text) fn read<'t>(
    text: &'t str,
    filler: &mut Filler<'_>,
    limits: &Limits,
) -> Result<DefinitionText<'t>, Box<Diagnostic>> {
    let Built { tree, root, findings } = Builder::new(text, limits).build()?;
    let mut emitter = Emitter { tree: &tree, text, filler, limits, out: DerivedText::default() };
    emitter.emit(root).map_err(|error| match error {
        EmitError::TooLarge => {
            let message = format!(
                "As JSON the definition has more bytes than the limit of {}",
                limits.definition_bytes_max
            );
            let diagnostic = Diagnostic::error(Code::InvalidYaml, message, Span::default());
            Box::new(diagnostic.help("each alias stands for a copy of its anchor's value"))
        }
        EmitError::TooDeep(node) => Box::new(too_deep(tree.node(node).span, limits)),
    })?;
    let (json, places) = emitter.out.finish();
    Ok(DefinitionText { json: Cow::Owned(json), places, findings: findings.into() })
}

/// Collections inside one another, beyond the bound.
pub(super) fn too_deep(span: Span, limits: &Limits) -> Diagnostic {
    let message = format!("The values are nested deeper than {} levels", limits.nesting_depth_max);
    Diagnostic::error(Code::InvalidYaml, message, span)
}
