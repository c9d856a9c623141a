//! A definition's file: read, named, compiled.

use std::path::Path;

use super::{error::CliError, file, output};
use crate::{
    asl::model::MachineType,
    bytecode::Program,
    compiler::{self, CompileOptions},
    diagnostic::{Diagnostics, Severity, render_text},
    limits::Limits,
};

/// The text of a definition and where it came from.
#[derive(Debug)]
pub(super) struct Definition {
    file_name: String,
    text: String,
}

impl Definition {
    pub(super) fn read(path: &Path) -> Result<Self, CliError> {
        Ok(Self { file_name: path.display().to_string(), text: file::read_text(path)? })
    }

    /// The text itself.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The name of the state machine unless one is given: the file's, less `.asl.json`.
    pub(super) fn state_machine_name(&self) -> String {
        let name = Path::new(&self.file_name).file_name().unwrap_or_default().to_string_lossy();
        let stem = name.strip_suffix(".asl.json").or_else(|| name.strip_suffix(".json")).unwrap_or(&name);
        stem.to_owned()
    }

    /// The program; what is wrong with the definition is shown in full before the error is returned.
    pub(super) fn compile(&self, machine_type: MachineType, limits: &Limits) -> Result<Program, CliError> {
        let options = CompileOptions { machine_type, limits: limits.clone() };
        compiler::compile(&self.text, &options).map_err(|diagnostics| {
            let color = output::stderr_has_colors();
            output::report(&render_text(&diagnostics, &self.file_name, &self.text, color));
            let count = count_by_severity(&diagnostics);
            CliError::unusable(format_args!("{} cannot be run: {count}", self.file_name))
        })
    }
}

/// `2 errors, 1 warning`.
pub(super) fn count_by_severity(diagnostics: &Diagnostics) -> String {
    let counts = [(Severity::Error, "error"), (Severity::Warning, "warning")].map(|(severity, word)| {
        let count = diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
        (count, format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
    });
    let shown = counts.into_iter().filter(|(count, _)| *count > 0).map(|(_, text)| text);
    shown.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_machine_names() {
        let check = |file_name: &str, expected: &str| {
            let definition = Definition { file_name: file_name.to_owned(), text: String::new() };
            assert_eq!(definition.state_machine_name(), expected);
        };
        check("flows/order.asl.json", "order");
        check("order.json", "order");
        check("order", "order");
        check("order.v2.asl.json", "order.v2");
    }
}
