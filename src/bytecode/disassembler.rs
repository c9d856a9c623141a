//! The bytecode as stable text, for people and for tests.

use std::fmt::{self, Write as _};

use super::program::{Comparison, Operand, Test};
use super::{ForkKind, Op, Program, Reg};

/// Renders a program: per graph its ops, with states as headings and handlers under them.
///
/// ```
/// let definition = r#"{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}"#;
/// let program = aslx::compile(definition, &aslx::CompileOptions::default()).unwrap();
/// assert!(aslx::bytecode::disassemble(&program).contains("end    r0"));
/// ```
pub fn disassemble(program: &Program) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write_program(program, &mut out);
    out
}

fn write_program(program: &Program, out: &mut String) -> fmt::Result {
    let mut graphs: Vec<usize> = (0..program.graphs.len()).collect();
    graphs.sort_by_key(|index| program.graphs[*index].entry.0);
    let mut graphs = graphs.into_iter().peekable();
    for (pc, op) in program.code.iter().enumerate() {
        while let Some(index) = graphs.next_if(|index| program.graphs[*index].entry.index() == pc) {
            write_graph(program, index, out)?;
        }
        if let Op::Enter { state } = op {
            write_state(program, state.index(), out)?;
        }
        write!(out, "  {pc:>4}  ")?;
        write_op(program, *op, out)?;
        if let Some(site) = u32::try_from(pc).ok().and_then(|pc| program.site(pc)) {
            write!(out, "  ; {site:?}")?;
        }
        out.push('\n');
    }
    Ok(())
}

fn write_graph(program: &Program, index: usize, out: &mut String) -> fmt::Result {
    let graph = &program.graphs[index];
    if graph.entry.index() > 0 {
        out.push('\n');
    }
    write!(out, "graph {index}: {} registers", graph.registers)?;
    for (at, name) in graph.variables.iter().enumerate() {
        let outer = if at < usize::from(graph.variables_outer) { " (outer)" } else { "" };
        write!(out, ", ${name}=r{}{outer}", at + 1)?;
    }
    out.push('\n');
    Ok(())
}

fn write_state(program: &Program, index: usize, out: &mut String) -> fmt::Result {
    let state = &program.states[index];
    writeln!(out, "{} {:?}", state.kind.as_str(), state.name)?;
    for retrier in &state.retriers {
        write!(
            out,
            "        retry {:?}: {} x {}s",
            retrier.error_equals, retrier.max_attempts, retrier.interval_seconds
        )?;
        write!(out, " * {}", retrier.backoff_rate)?;
        if let Some(max) = retrier.max_delay_seconds {
            write!(out, ", at most {max}s")?;
        }
        writeln!(out, "{}", if retrier.jitter == super::JitterStrategy::Full { ", jitter" } else { "" })?;
    }
    for catcher in &state.catchers {
        writeln!(
            out,
            "        catch {:?}: {} -> {}",
            catcher.error_equals,
            Show(catcher.error_output),
            catcher.target.0
        )?;
    }
    Ok(())
}

fn write_op(program: &Program, op: Op, out: &mut String) -> fmt::Result {
    let r = Show;
    match op {
        Op::Enter { state } => write!(out, "enter  state {}", state.0),
        Op::Exit { output, next } => write!(out, "exit   {} -> {}", r(output), next.0),
        Op::End { output } => write!(out, "end    {}", r(output)),
        Op::Fail { error, cause } => write!(out, "fail   {} {}", r(error), r(cause)),
        Op::Jump { target } => write!(out, "jump   -> {}", target.0),
        Op::JumpIf { test, target } => write_test(program, "jumpif", program.test(test), target.0, out),
        Op::JumpUnless { test, target } => write_test(program, "unless", program.test(test), target.0, out),
        Op::JumpOn { test, wanted, target } => write!(out, "jumpon {} {wanted} -> {}", r(test), target.0),
        Op::NoChoiceMatched => write!(out, "nochoice"),
        Op::Clear { dst } => write!(out, "clear  {}", r(dst)),
        Op::Constant { dst, constant } => {
            let text = program.constants.doc().raw(program.constant(constant));
            let text = String::from_utf8_lossy(text);
            let shown: String = text.chars().take(60).collect();
            let more = if shown.len() < text.len() { "…" } else { "" };
            write!(out, "const  {} = {shown}{more}", r(dst))
        }
        Op::Move { dst, src } => write!(out, "move   {} = {}", r(dst), r(src)),
        Op::MoveOptional { dst, src } => write!(out, "moveop {} = {}", r(dst), r(src)),
        Op::Context { dst, field } => write!(out, "contxt {} = $$.{}", r(dst), field.path()),
        Op::Select { dst, src, path } => {
            write!(out, "select {} = {} {}", r(dst), r(src), program.path(path))
        }
        Op::Object { dst, first, shape } => {
            write!(out, "object {} = {{", r(dst))?;
            let shape = &program.shapes[usize::from(shape)];
            for index in 0..shape.len() {
                let comma = if index > 0 { ", " } else { "" };
                write!(out, "{comma}{:?}: {}", shape.key(index), r(first.offset(index)))?;
            }
            write!(out, "}}")
        }
        Op::Array { dst, first, count } => {
            write!(out, "array  {} = [{}; {count}]", r(dst), r(first))
        }
        Op::Intrinsic { dst, first, call } => {
            let site = program.call(call);
            write!(out, "call   {} = {}({}; {})", r(dst), site.function.name(), r(first), site.argument_count)
        }
        Op::SetPath { dst, value, path } => {
            write!(out, "setpth {} = {} with {} := {}", r(dst), r(Reg::INPUT), program.path(path), r(value))
        }
        _ => write_work(program, op, out),
    }
}

/// Ops that do a state's work.
fn write_work(program: &Program, op: Op, out: &mut String) -> fmt::Result {
    let r = Show;
    match op {
        Op::WaitSeconds { seconds } => write!(out, "wait   {} seconds", r(seconds)),
        Op::WaitUntil { timestamp } => write!(out, "wait   until {}", r(timestamp)),
        Op::Task { dst, first, task } => {
            write!(out, "task   {} = {:?} ({})", r(dst), program.task(task).resource, r(first))
        }
        Op::Parallel { dst, input, fork } => {
            write!(out, "parall {} = graphs {:?} ({})", r(dst), graphs(program, fork.index()), r(input))
        }
        Op::Map { dst, first, fork } => {
            write!(
                out,
                "map    {} = graph {:?} over {}",
                r(dst),
                graphs(program, fork.index()),
                r(first.offset(1))
            )
        }
        Op::MapRun { dst, first, run } => {
            let site = program.map_run(run);
            let selector = site.selector.map(|selector| selector.graph.0);
            write!(out, "maprun {} = graph {} over {}", r(dst), site.processor.0, r(first.offset(1)))?;
            selector.map_or(Ok(()), |graph| write!(out, ", each by graph {graph}"))
        }
        Op::Return { output } => write!(out, "return {}", r(output)),
        Op::Query { dst, first, query } => {
            let site = program.query(query);
            write!(out, "query  {} = {:?}", r(dst), site.text)?;
            let given = site.code.parameters.iter().enumerate();
            for (index, parameter) in given {
                write!(out, "{} {parameter}: {}", if index == 0 { "," } else { "" }, r(first.offset(index)))?;
            }
            Ok(())
        }
        Op::Pick { dst, src, shape } => {
            write!(out, "pick   ")?;
            let shape = &program.shapes[usize::from(shape)];
            for index in 0..shape.len() {
                let comma = if index > 0 { ", " } else { "" };
                write!(out, "{comma}{}: {:?}", r(dst.offset(index)), shape.key(index))?;
            }
            write!(out, " of {}", r(src))
        }
        Op::Inspect { src, aspect } => write!(out, "inspct {} as {aspect:?}", r(src)),
        // Everything else is written by `write_op`.
        _ => Ok(()),
    }
}

fn graphs(program: &Program, fork: usize) -> Vec<u32> {
    match &program.forks[fork].kind {
        ForkKind::Parallel { branches } => branches.iter().map(|graph| graph.0).collect(),
        ForkKind::Map { processor, .. } => vec![processor.0],
    }
}

fn write_test(program: &Program, name: &str, test: &Test, target: u32, out: &mut String) -> fmt::Result {
    write!(out, "{name} {} {} ", Show(test.source), program.path(test.variable))?;
    match &test.comparison {
        Comparison::String(ordering, operand) => {
            write!(out, "string {ordering:?} ")?;
            write_operand(program, operand, out)?;
        }
        Comparison::Numeric(ordering, operand) => {
            write!(out, "numeric {ordering:?} ")?;
            write_operand(program, operand, out)?;
        }
        Comparison::Timestamp(ordering, operand) => {
            write!(out, "timestamp {ordering:?} ")?;
            write_operand(program, operand, out)?;
        }
        Comparison::Boolean(operand) => {
            write!(out, "boolean Equal ")?;
            write_operand(program, operand, out)?;
        }
        Comparison::Matches(_, pattern) => write!(out, "matches {pattern:?}")?,
        other => write!(out, "{other:?}")?,
    }
    write!(out, " -> {target}")
}

fn write_operand<T: fmt::Debug>(program: &Program, operand: &Operand<T>, out: &mut String) -> fmt::Result {
    match operand {
        Operand::Literal(value) => write!(out, "{value:?}"),
        Operand::Path { source, path } => write!(out, "{} {}", Show(*source), program.path(*path)),
    }
}

struct Show(Reg);

impl fmt::Display for Show {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "r{}", self.0.0)
    }
}
