//! A definition's file: read, named, compiled.

use std::borrow::Cow;
use std::path::Path;

use super::{args::TypeArgument, error::CliError, file, output};
use crate::{
    asl::model::MachineType,
    bytecode::{Program, is_artifact},
    compiler::{self, CompileOptions},
    diagnostic::{Diagnostics, Severity, render_text},
    limits::Limits,
};

/// What a DEFINITION names: a definition's text, or a program that was compiled before.
#[derive(Debug)]
pub(super) struct Definition {
    file_name: String,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Text(String),
    Artifact(Box<Program>),
}

impl Definition {
    pub(super) fn read(path: &Path) -> Result<Self, CliError> {
        let file_name = path.display().to_string();
        let bytes = file::read(path)?;
        let content = if is_artifact(&bytes) {
            let program = Program::from_artifact(&bytes);
            let program = program
                .map_err(|error| CliError::unusable(format_args!("failed to load {file_name}: {error}")))?;
            Content::Artifact(Box::new(program))
        } else {
            Content::Text(file::text(path, bytes)?)
        };
        Ok(Self { file_name, content })
    }

    /// What tells it from another definition: its text, or an artifact's bytes.
    pub(super) fn bytes(&self) -> Cow<'_, [u8]> {
        match &self.content {
            Content::Text(text) => Cow::Borrowed(text.as_bytes()),
            Content::Artifact(program) => Cow::Owned(program.to_artifact()),
        }
    }

    /// Whether it is compiled already.
    pub(super) fn is_artifact(&self) -> bool {
        matches!(self.content, Content::Artifact(_))
    }

    /// The name of the state machine unless one is given: an artifact's, else the file's, less `.asl.json`.
    pub(super) fn state_machine_name(&self) -> String {
        if let Content::Artifact(program) = &self.content
            && let Some(name) = program.name()
        {
            return name.to_owned();
        }
        let name = Path::new(&self.file_name).file_name().unwrap_or_default().to_string_lossy();
        let stem = [".asl.json", ".json", ".aslx"].iter().find_map(|ending| name.strip_suffix(ending));
        stem.unwrap_or(&name).to_owned()
    }

    /// The type of the state machine: the one asked for, which must be an artifact's own, else express.
    pub(super) fn machine_type(&self, asked: Option<TypeArgument>) -> Result<MachineType, CliError> {
        let asked = asked.map(MachineType::from);
        let Content::Artifact(program) = &self.content else {
            return Ok(asked.unwrap_or(MachineType::Express));
        };
        let own = program.machine_type();
        match asked {
            Some(asked) if asked != own => {
                let (own, asked) = (TypeArgument::from(own), TypeArgument::from(asked));
                let message = format!("{} was compiled with --type {own}, not {asked}", self.file_name);
                let help = format!("compile the definition with --type {asked}, or leave --type out");
                Err(CliError::unusable(message).help(help))
            }
            _ => Ok(own),
        }
    }

    /// The program; what is wrong with the definition is shown in full before the error is returned.
    pub(super) fn compile(self, machine_type: MachineType, limits: &Limits) -> Result<Program, CliError> {
        let text = match self.content {
            Content::Text(text) => text,
            Content::Artifact(program) => return Ok(*program),
        };
        let options = CompileOptions { machine_type, limits: limits.clone() };
        compiler::compile(&text, &options).map_err(|diagnostics| {
            let color = output::stderr_has_colors();
            output::report(&render_text(&diagnostics, &self.file_name, &text, color));
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
            let content = Content::Text(String::new());
            let definition = Definition { file_name: file_name.to_owned(), content };
            assert_eq!(definition.state_machine_name(), expected);
        };
        check("flows/order.asl.json", "order");
        check("order.json", "order");
        check("order", "order");
        check("order.v2.asl.json", "order.v2");
        check("order.aslx", "order");
    }
}
