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
    parse_options.format = options.format;
    parse_options.substitutions.clone_from(&options.substitutions);
    let parsed = parse(text, &parse_options);
    let mut diagnostics = Diagnostics::from(parsed.diagnostics);
    let Some(machine) = parsed.state_machine else { return Err(diagnostics) };
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    let mut found = Diagnostics::default();
    for placeholder in &machine.substitutions {
        let message = format!("{} must be filled in before the definition can run", placeholder.text);
        let diagnostic = Diagnostic::error(Code::UnfilledPlaceholder, message, placeholder.span);
        found.push(diagnostic.at(placeholder.location.clone()));
    }
    let program = if found.is_empty() { lower(&machine, options, &mut found) } else { None };
    found.for_each_mut(|diagnostic| machine.places.locate(diagnostic));
    diagnostics.extend(found);
    program.ok_or(diagnostics)
}

fn lower(machine: &StateMachine, options: &CompileOptions, diagnostics: &mut Diagnostics) -> Option<Program> {
    let builder = Lowering::new(machine, diagnostics).run();
    finish(builder, options, diagnostics)
}

/// The program of a lowering that refused nothing.
pub(super) fn finish(
    builder: Option<ProgramBuilder>,
    options: &CompileOptions,
    diagnostics: &mut Diagnostics,
) -> Option<Program> {
    let mut builder = builder?;
    builder.set_machine_type(options.machine_type);
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
    use crate::asl::model::MachineType;
    use crate::bytecode::{ForkId, GraphId, JitterStrategy, Label, Op, Reg, Retrier, Site, StateId, verify};
    use crate::jsonpath::Path;
    use crate::value::Shape;

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

    #[test]
    fn broken_map_runs_are_refused() {
        let text = DEFINITION.replacen(
            "\"ItemProcessor\":{",
            concat!(
                r#""ItemSelector":{"a.$":"$$.Map.Item.Value"},"ItemProcessor":{"ProcessorConfig":"#,
                r#"{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},"#
            ),
            1,
        );
        let options = CompileOptions { machine_type: MachineType::Standard, ..CompileOptions::default() };
        let sound = compile(&text, &options).expect("a sound definition");
        let check = |break_it: fn(&mut Program), what: &str| {
            let mut program = sound.clone();
            break_it(&mut program);
            assert_eq!(verify(&program).expect_err("broken").what, what);
        };
        check(|p| p.map_runs[0].processor = GraphId(99), "a Map Run without a graph");
        check(|p| p.map_runs[0].processor = GraphId(0), "a graph with two forks");
        check(|p| p.map_runs[0].state = StateId(99), "a Map Run outside every state");
        check(|p| p.map_runs.clear(), "an id outside its table");
        let far = |p: &mut Program| {
            p.map_runs[0].selector.iter_mut().for_each(|selector| selector.map_input = Reg(999));
        };
        check(far, "a Map Run's registers outside its graph");
        let seeing =
            |p: &mut Program| p.map_runs[0].selector.iter_mut().for_each(|selector| selector.variables = 1);
        check(seeing, "a Map Run's registers outside its graph");
        check(
            |p| p.code[0] = Op::Return { output: Reg(0) },
            "an op that needs a state before one is entered",
        );
    }

    #[test]
    fn programs_that_would_not_end_are_refused() {
        let turn_back = |p: &mut Program| {
            let last = p.graphs[1].entry.index() - 1;
            p.code[last] = Op::Jump { target: Label(last as u32) };
        };
        check(turn_back, "a cycle that enters no state");
        let stay = |p: &mut Program| {
            let last = p.graphs[1].entry.index() - 1;
            p.code[last] = Op::Exit { output: Reg(0), next: Label(last as u32) };
        };
        check(stay, "a transition that enters no state");
        let call_itself = |p: &mut Program| {
            let last = p.code.len() - 2;
            p.graphs[1].registers = 6;
            p.code[last] = Op::Map { dst: Reg(0), first: Reg(0), fork: ForkId(0) };
        };
        check(call_itself, "a fork that does not lead to a later graph");
    }

    #[test]
    fn programs_that_do_things_too_early_are_refused() {
        check(|p| p.code[0] = Op::Clear { dst: Reg(0) }, "an op that needs a state before one is entered");
        let end_at_once = |p: &mut Program| {
            let at = p.graphs[1].entry.index();
            p.code[at] = Op::End { output: Reg(0) };
        };
        check(end_at_once, "an op that needs a state before one is entered");
    }

    #[test]
    fn unsound_tables_are_refused() {
        let shape = Shape::new(["a", "a"]);
        check(|p| p.shapes[0] = shape, "a shape with a repeated key");
        let path = Path::parse("$$.x").expect("a path");
        check(|p| p.paths[0] = path, "a path whose root is not resolved");
        check(|p| p.graphs[0].registers = 999, "a frame larger than its graph can fill");
        let gather = |p: &mut Program| {
            let ops = p.graphs[1].entry.index();
            let variables = (0..99).map(|n| n.to_string()).collect();
            (p.graphs[0].variables, p.graphs[0].registers) = (variables, 100);
            p.code[ops - 2] = Op::Array { dst: Reg(0), first: Reg(0), count: 99 };
        };
        check(gather, "a graph that gathers more values than it makes");
        let far = Site::Template { field: String::new(), path: String::new(), input: Reg(999) };
        check(|p| p.sites = vec![(0, far)].into(), "a site outside its frame");
        let outside = vec![(u32::MAX, Site::InvalidPath)];
        check(|p| p.sites = outside.into(), "a site outside the code");
        let backwards = vec![(1, Site::InvalidPath), (0, Site::InvalidPath)];
        check(|p| p.sites = backwards.into(), "sites out of order");
        let retrier = Retrier {
            error_equals: vec![],
            interval_seconds: 1,
            max_attempts: 1,
            backoff_rate: f64::NAN,
            max_delay_seconds: None,
            jitter: JitterStrategy::None,
        };
        check(|p| p.states[0].retriers.push(retrier), "a back-off rate below 1 or without end");
    }
}
