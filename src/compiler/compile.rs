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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytecode::{Label, Op, Reg, StateId, verify};

    const DEFINITION: &str = r#"{"StartAt":"M","States":{
        "M":{"Type":"Map","ItemsPath":"$.list","ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Pass",
            "Parameters":{"a.$":"$.a","b.$":"$.b"},"End":true}}},
            "Catch":[{"ErrorEquals":["States.ALL"],"Next":"F"}],"End":true},
        "F":{"Type":"Fail"}}}"#;

    /// A sound program with one thing broken must be refused for that reason.
    #[track_caller]
    fn check(break_it: impl FnOnce(&mut Program), what: &str) {
        let mut program = compile(DEFINITION, &CompileOptions::default()).expect("a sound definition");
        assert_eq!(verify(&program), Ok(()));
        break_it(&mut program);
        assert_eq!(verify(&program).expect_err("broken").what, what);
    }

    #[test]
    fn broken_programs_are_refused() {
        check(|p| p.graphs[0].registers = 2, "a catcher outside its graph");
        check(|p| p.graphs[1].registers = 1, "a fork's registers outside its graph");
        check(|p| p.code.truncate(1), "a graph without ops");
        check(|p| p.code.push(Op::Clear { dst: Reg(0) }), "control can run out of a graph");
        let run_on = |p: &mut Program| {
            let last = p.graphs[1].entry.index() - 1;
            p.code[last] = Op::Clear { dst: Reg(0) };
        };
        check(run_on, "control can run out of a graph");
        check(|p| p.code[0] = Op::Jump { target: p.graphs[1].entry }, "a jump outside its graph");
        check(|p| p.code[0] = Op::Clear { dst: Reg(9999) }, "a register outside the frame");
        check(|p| p.code[0] = Op::Enter { state: StateId(77) }, "an id outside its table");
        check(|p| p.code[0] = Op::Enter { state: StateId(2) }, "a state entered from outside its graph");
        check(|p| p.states[0].catchers[0].target = p.graphs[1].entry, "a state continues outside its graph");
        check(|p| p.states[0].body = Label(u32::MAX), "a state continues outside its graph");
    }
}
