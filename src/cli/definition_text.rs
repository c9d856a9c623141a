//! How the text of a definition is read: its format, and what `--substitutions` comes to.

use std::path::Path;

use super::{args::TextArguments, error::CliError, file, output};
use crate::{
    asl::text::{Substitutions, TextFormat},
    diagnostic::render_text,
    limits::Limits,
};

/// The format that was asked for, else the one that the file's name tells.
pub(super) fn format_of(path: &Path, arguments: &TextArguments) -> TextFormat {
    let told = || TextFormat::of_file_name(&path.to_string_lossy());
    arguments.format.map_or_else(told, TextFormat::from)
}

/// All substitutions; of several for one name the last counts.
pub(super) fn substitutions(arguments: &TextArguments) -> Result<Substitutions, CliError> {
    let mut substitutions = Substitutions::default();
    for argument in &arguments.substitutions {
        let path = Path::new(argument);
        if path.exists() {
            read_file(path, &mut substitutions)?;
        } else if let Some((name, value)) = argument.split_once('=').filter(|(name, _)| !name.is_empty()) {
            substitutions.set(name, value);
        } else {
            let message = format!("--substitutions names no file and has no value: {argument}");
            return Err(CliError::unusable(message).help("write a file's name, or NAME=VALUE"));
        }
    }
    Ok(substitutions)
}

fn read_file(path: &Path, substitutions: &mut Substitutions) -> Result<(), CliError> {
    let text = file::read_text(path)?;
    let name = path.display().to_string();
    let format = TextFormat::of_file_name(&name);
    substitutions.read(&text, format, &Limits::default()).map_err(|diagnostics| {
        output::report(&render_text(&diagnostics, &name, &text, output::stderr_has_colors()));
        CliError::unusable(format_args!("{name} holds no substitutions"))
            .help("it has to hold one object: {\"NAME\": \"VALUE\", ...}")
    })
}
