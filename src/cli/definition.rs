//! A definition's file: read, named, compiled.

use std::borrow::Cow;
use std::path::Path;

use super::{
    args::{TextArguments, TypeArgument},
    definition_text::{format_of, substitutions},
    error::CliError,
    file, output,
};
use crate::{
    asl::{
        self, ParseOptions,
        model::MachineType,
        text::{Substitutions, TextFormat},
    },
    bytecode::{Program, is_artifact},
    compiler::{self, CompileOptions},
    diagnostic::{Code, Diagnostics, Severity, render_text},
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
    Text { text: String, format: TextFormat, substitutions: Substitutions },
    Artifact(Box<Program>),
}

impl Definition {
    pub(super) fn read(path: &Path, arguments: &TextArguments) -> Result<Self, CliError> {
        let file_name = path.display().to_string();
        let bytes = file::read(path)?;
        let content = if is_artifact(&bytes) {
            let program = Program::from_artifact(&bytes);
            let program = program
                .map_err(|error| CliError::unusable(format_args!("failed to load {file_name}: {error}")))?;
            if !arguments.substitutions.is_empty() {
                let message = format!("{file_name} is an artifact: nothing can be filled in any more");
                return Err(CliError::unusable(message).help("give --substitutions to `aslx compile`"));
            }
            Content::Artifact(Box::new(program))
        } else {
            let (format, substitutions) = (format_of(path, arguments), substitutions(arguments)?);
            Content::Text { text: file::text(path, bytes)?, format, substitutions }
        };
        Ok(Self { file_name, content })
    }

    /// What tells it from another definition: its text and what is filled in, or an artifact's bytes.
    pub(super) fn bytes(&self) -> Cow<'_, [u8]> {
        match &self.content {
            Content::Text { text, substitutions, .. } if substitutions.is_empty() => {
                Cow::Borrowed(text.as_bytes())
            }
            Content::Text { text, substitutions, .. } => {
                Cow::Owned(format!("{text}\n{substitutions:?}").into_bytes())
            }
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
        let endings = [".asl.json", ".asl.yaml", ".asl.yml", ".json", ".yaml", ".yml", ".aslx"];
        let stem = endings.iter().find_map(|ending| name.strip_suffix(ending));
        stem.unwrap_or(&name).to_owned()
    }

    /// The type of the state machine: the one asked for, which must be an artifact's own, else `usual`.
    pub(super) fn machine_type(
        &self,
        asked: Option<MachineType>,
        usual: MachineType,
    ) -> Result<MachineType, CliError> {
        let Content::Artifact(program) = &self.content else { return Ok(asked.unwrap_or(usual)) };
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
        let (text, format, substitutions) = match self.content {
            Content::Text { text, format, substitutions } => (text, format, substitutions),
            Content::Artifact(program) => return Ok(*program),
        };
        let options = CompileOptions { machine_type, limits: limits.clone(), format, substitutions };
        let program = compiler::compile(&text, &options);
        let color = output::stderr_has_colors();
        let render = |diagnostics: &Diagnostics| render_text(diagnostics, &self.file_name, &text, color);
        if program.is_ok() && !options.substitutions.is_empty() {
            output::report(&render(&missed_substitutions(&text, options.clone())));
        }
        program.map_err(|diagnostics| {
            output::report(&render(&diagnostics));
            let count = count_by_severity(&diagnostics);
            CliError::unusable(format_args!("{} cannot be run: {count}", self.file_name))
        })
    }
}

/// What was given and not asked for, or asked for and not given, of a definition that is otherwise fine.
fn missed_substitutions(text: &str, options: CompileOptions) -> Diagnostics {
    let mut parse_options = ParseOptions::new(options.machine_type);
    (parse_options.format, parse_options.substitutions) = (options.format, options.substitutions);
    let is_about_them = |code| matches!(code, Code::UnusedSubstitution | Code::SubstitutionPlaceholder);
    let found = asl::parse(text, &parse_options).diagnostics;
    found.into_iter().filter(|diagnostic| is_about_them(diagnostic.code)).collect::<Vec<_>>().into()
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
            let text = String::new();
            let content = Content::Text {
                text,
                format: TextFormat::default(),
                substitutions: Substitutions::default(),
            };
            let definition = Definition { file_name: file_name.to_owned(), content };
            assert_eq!(definition.state_machine_name(), expected);
        };
        check("flows/order.asl.json", "order");
        check("order.json", "order");
        check("order", "order");
        check("order.v2.asl.json", "order.v2");
        check("order.aslx", "order");
        check("order.asl.yaml", "order");
        check("order.yml", "order");
    }
}
