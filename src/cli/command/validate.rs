//! `aslx validate`: every problem of a definition, each with its place.

use std::path::Path;

use crate::{
    asl::{self, ParseOptions, text::Substitutions},
    bytecode::is_artifact,
    cli::{
        args::ValidateArguments,
        definition::count_by_severity,
        definition_text::{format_of, substitutions},
        error::CliError,
        exit_code::ExitStatus,
        file, output,
    },
    diagnostic::{Code, Diagnostic, Diagnostics, Span, render_json, render_text},
};

/// Checks each definition; the worst outcome decides.
pub(in crate::cli) fn validate(arguments: &ValidateArguments) -> Result<ExitStatus, CliError> {
    let substitutions = substitutions(&arguments.text)?;
    let mut worst = ExitStatus::Success;
    for path in &arguments.definitions {
        let status = match file::read(path).and_then(|bytes| refuse_artifact(path, bytes)) {
            Ok(bytes) => validate_one(path, bytes, arguments, &substitutions)?,
            Err(error) => {
                output::report(&error);
                error.status()
            }
        };
        worst = worst.max(status);
    }
    Ok(worst)
}

/// There is no text in an artifact to point at, and what was wrong with it was said when it was compiled.
fn refuse_artifact(path: &Path, bytes: Vec<u8>) -> Result<Vec<u8>, CliError> {
    if !is_artifact(&bytes) {
        return Ok(bytes);
    }
    let message = format!("{} is an artifact of `aslx compile`, not a definition", path.display());
    let help = "validate the definition that it was compiled from; `aslx disassemble` shows what is in it";
    Err(CliError::unusable(message).help(help))
}

fn validate_one(
    path: &Path,
    bytes: Vec<u8>,
    arguments: &ValidateArguments,
    substitutions: &Substitutions,
) -> Result<ExitStatus, CliError> {
    let (text, diagnostics) = match String::from_utf8(bytes) {
        Ok(text) => {
            let machine_type = arguments.machine_type.into();
            let format = format_of(path, &arguments.text);
            let substitutions = substitutions.clone();
            let options = ParseOptions { format, substitutions, ..ParseOptions::new(machine_type) };
            let diagnostics = Diagnostics::from(asl::parse(&text, &options).diagnostics);
            (text, diagnostics)
        }
        Err(error) => not_utf8(&error),
    };
    let answer = if arguments.json {
        render_json(&diagnostics, &text) + "\n"
    } else {
        render(path, &text, &diagnostics)
    };
    output::print(answer.as_bytes())?;
    Ok(if diagnostics.has_errors() { ExitStatus::Failed } else { ExitStatus::Success })
}

fn render(path: &Path, text: &str, diagnostics: &Diagnostics) -> String {
    let name = path.display().to_string();
    let findings = render_text(diagnostics, &name, text, output::stdout_has_colors());
    let verdict = if diagnostics.is_empty() { "ok".to_owned() } else { count_by_severity(diagnostics) };
    format!("{findings}{name}: {verdict}\n")
}

/// What can be shown of a text that is none: its beginning, and where it ends to be text.
fn not_utf8(error: &std::string::FromUtf8Error) -> (String, Diagnostics) {
    let offset = error.utf8_error().valid_up_to();
    let text = String::from_utf8_lossy(&error.as_bytes()[..offset]).into_owned();
    let message = format!("Invalid UTF-8 at byte {offset}");
    let end = offset as u32;
    let finding = Diagnostic::error(Code::InvalidJsonDescription, message, Span { start: end, end });
    (text, Diagnostics::from(vec![finding]))
}
