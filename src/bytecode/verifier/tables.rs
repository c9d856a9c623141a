//! Rules about tables: what stands beside the code.

use foldhash::fast::RandomState;
use hashbrown::HashSet;

use super::VerifyError;
use super::layout::Layout;
use super::rule::fail;
use crate::bytecode::Retrier;
use crate::bytecode::{Comparison, ForkKind, GraphId, Operand, Program, Reg};
use crate::jsonpath::Root;
use crate::value::Shape;

const NANOS_PER_SECOND: u32 = 1_000_000_000;
/// So many keys are compared with each other faster than they are hashed.
const KEYS_FEW: usize = 16;

/// A retry and a catcher continue in the state's own graph: another one's frame may be larger.
pub(super) fn verify_state_code(program: &Program, layout: &Layout) -> Result<(), VerifyError> {
    for (index, state) in program.states.iter().enumerate() {
        let ops = layout.range(state.graph);
        let mut targets = state.catchers.iter().map(|catcher| catcher.target).chain([state.body]);
        if !targets.all(|target| ops.contains(&target.index())) {
            return fail("a state continues outside its graph", index);
        }
    }
    Ok(())
}

pub(super) fn verify_tables(program: &Program) -> Result<(), VerifyError> {
    for (index, graph) in program.graphs.iter().enumerate() {
        if graph.variables.len() + 1 > usize::from(graph.registers)
            || usize::from(graph.variables_outer) > graph.variables.len()
        {
            return fail("variables outside the frame", index);
        }
    }
    for (index, state) in program.states.iter().enumerate() {
        let Some(graph) = program.graphs.get(state.graph.index()) else {
            return fail("a state outside every graph", index);
        };
        if state.retriers.iter().any(|retrier| !is_sound(retrier)) {
            return fail("a back-off rate below 1 or without end", index);
        }
        for catcher in &state.catchers {
            if catcher.error_output.0 >= graph.registers {
                return fail("a catcher outside its graph", index);
            }
        }
    }
    verify_forks(program)?;
    verify_values(program)?;
    for (index, query) in program.queries.iter().enumerate() {
        if query.code.verify(program.shapes.len()).is_err() {
            return fail("an expression whose code is not sound", index);
        }
    }
    let nodes = program.constants.doc().nodes().len();
    match program.constant_nodes.iter().position(|node| node.0 as usize >= nodes) {
        Some(index) => fail("a constant outside the constants", index),
        None => Ok(()),
    }
}

/// What is computed with, whatever op uses it.
fn verify_values(program: &Program) -> Result<(), VerifyError> {
    for (index, path) in program.paths.iter().enumerate() {
        if *path.root() != Root::Input {
            return fail("a path whose root is not resolved", index);
        }
    }
    for (index, shape) in program.shapes.iter().enumerate() {
        if !has_distinct_keys(shape) {
            return fail("a shape with a repeated key", index);
        }
    }
    for (index, test) in program.tests.iter().enumerate() {
        if let Comparison::Timestamp(_, Operand::Literal(timestamp)) = &test.comparison
            && timestamp.nanos >= NANOS_PER_SECOND
        {
            return fail("a time with more than a second of nanoseconds", index);
        }
    }
    match program.tasks.iter().position(|task| task.state_id.index() >= program.states.len()) {
        Some(index) => fail("a task outside every state", index),
        None => Ok(()),
    }
}

fn has_distinct_keys(shape: &Shape) -> bool {
    let key = |at| shape.key(at);
    if shape.len() <= KEYS_FEW {
        return (0..shape.len()).all(|at| (0..at).all(|before| key(before) != key(at)));
    }
    let mut seen = HashSet::with_capacity_and_hasher(shape.len(), RandomState::default());
    (0..shape.len()).all(|at| seen.insert(key(at)))
}

fn is_sound(retrier: &Retrier) -> bool {
    retrier.backoff_rate.is_finite() && retrier.backoff_rate >= 1.0
}

/// Every graph but the first has exactly one fork, whose own graph is another.
fn verify_forks(program: &Program) -> Result<(), VerifyError> {
    let mut seen = vec![false; program.graphs.len()];
    for (index, fork) in program.forks.iter().enumerate() {
        let graphs: &[GraphId] = match &fork.kind {
            ForkKind::Parallel { branches } => branches,
            ForkKind::Map { processor, .. } => std::slice::from_ref(processor),
        };
        for graph in graphs {
            let Some(target) = program.graphs.get(graph.index()) else {
                return fail("a fork without a graph", index);
            };
            if std::mem::replace(&mut seen[graph.index()], true) || graph.index() == 0 {
                return fail("a graph with two forks", index);
            }
            let map_input = match &fork.kind {
                ForkKind::Map { map_input, picked, .. } => map_input.offset(usize::from(picked.count)),
                ForkKind::Parallel { .. } => Reg::INPUT,
            };
            if fork.variables != target.variables_outer || map_input.0 >= target.registers {
                return fail("a fork's registers outside its graph", index);
            }
        }
    }
    verify_map_runs(program, &mut seen)
}

/// Nor do two Map Runs, or a Map Run and a fork, share a graph; a child execution sees no variables.
fn verify_map_runs(program: &Program, seen: &mut [bool]) -> Result<(), VerifyError> {
    for (index, run) in program.map_runs.iter().enumerate() {
        if run.state.index() >= program.states.len() {
            return fail("a Map Run outside every state", index);
        }
        let selector = run.selector.map(|selector| (selector.graph, selector.variables, selector.map_input));
        let graphs = selector.into_iter().chain([(run.processor, 0, Reg::INPUT)]);
        for (graph, variables, map_input) in graphs {
            let Some(target) = program.graphs.get(graph.index()) else {
                return fail("a Map Run without a graph", index);
            };
            if std::mem::replace(&mut seen[graph.index()], true) || graph.index() == 0 {
                return fail("a graph with two forks", index);
            }
            if variables != target.variables_outer || map_input.0 >= target.registers {
                return fail("a Map Run's registers outside its graph", index);
            }
        }
    }
    Ok(())
}

/// Sites follow the code, and the registers they name are in the frame.
pub(super) fn verify_sites(program: &Program, layout: &Layout) -> Result<(), VerifyError> {
    let (mut next, mut index) = (0, 0);
    let mut graphs = layout.graphs();
    let (mut end, mut registers) = (0, 0);
    let visited = program.sites.visit(|pc, register| {
        let pc = pc as usize;
        if pc >= program.code.len() {
            return fail("a site outside the code", index);
        }
        if pc < next {
            return fail("sites out of order", index);
        }
        while pc >= end
            && let Some((graph, ops)) = graphs.next()
        {
            (end, registers) = (ops.end, program.graph(graph).registers);
        }
        if register.is_some_and(|register| register.0 >= registers) {
            return fail("a site outside its frame", index);
        }
        (next, index) = (pc + 1, index + 1);
        Ok(())
    });
    visited.unwrap_or_else(|| fail("sites that cannot be read", 0))
}
