//! The entry point.

use super::lowering::Lowering;
use super::options::CompileOptions;
use crate::asl::model::StateMachine;
use crate::asl::{ParseOptions, parse};
use crate::bytecode::{BuildError, Program, ProgramBuilder};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span};

/// Compiles a definition.
///
/// # Errors
/// Every problem of the definition, if one of them is an error: what AWS would refuse, and what this version
/// cannot run yet.
///
/// ```
/// let definition = r#"{"StartAt":"P","States":{"P":{"Type":"Pass","Next":"Q"}}}"#;
/// let problems = aslx::compile(definition, &aslx::CompileOptions::default()).unwrap_err();
/// assert_eq!(problems.iter().next().unwrap().message, "Missing 'Next' target: Q");
/// ```
pub fn compile(text: &str, options: &CompileOptions) -> Result<Program, Diagnostics> {
    let mut parse_options = ParseOptions::new(options.machine_type);
    parse_options.limits.clone_from(&options.limits);
    let parsed = parse(text, &parse_options);
    let mut diagnostics = Diagnostics::from(parsed.diagnostics);
    let Some(machine) = parsed.state_machine else { return Err(diagnostics) };
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    for placeholder in &machine.substitutions {
        let message = format!("{} must be filled in before the definition can run", placeholder.text);
        let diagnostic = Diagnostic::error(Code::UnfilledPlaceholder, message, placeholder.span);
        diagnostics.push(diagnostic.at(placeholder.location.clone()));
    }
    lower(&machine, options, &mut diagnostics).ok_or(diagnostics)
}

fn lower(machine: &StateMachine, options: &CompileOptions, diagnostics: &mut Diagnostics) -> Option<Program> {
    let lowering = Lowering::new(machine, diagnostics);
    let builder: ProgramBuilder = lowering.run()?;
    match builder.finish(options.limits.nesting_depth_max) {
        Ok(program) => Some(program),
        Err(error) => {
            let code = match error {
                BuildError::TooLarge(_) => Code::ProgramTooLarge,
                _ => Code::NotCompiled,
            };
            diagnostics.push(Diagnostic::error(code, error.to_string(), Span { start: 0, end: 0 }));
            None
        }
    }
}
