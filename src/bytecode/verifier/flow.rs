//! Rules about the order of ops: where control can go, and what has happened before.

use super::VerifyError;
use super::rule::fail;
use crate::bytecode::{GraphId, Label, Op, Program};

/// Whether control never goes on to the op that follows.
fn leaves(op: Op) -> bool {
    matches!(
        op,
        Op::Exit { .. }
            | Op::End { .. }
            | Op::Fail { .. }
            | Op::Jump { .. }
            | Op::NoChoiceMatched
            | Op::Return { .. }
    )
}

/// The ops that may come next, errors aside.
fn successors(code: &[Op], pc: usize) -> impl Iterator<Item = usize> {
    let jump = match code[pc] {
        Op::Jump { target } | Op::JumpIf { target, .. } | Op::JumpUnless { target, .. } => Some(target),
        Op::Exit { next, .. } => Some(next),
        _ => None,
    };
    let next = (!leaves(code[pc])).then_some(pc + 1);
    next.into_iter().chain(jump.map(Label::index))
}

/// No op at the end of a graph lets control run on.
pub(super) fn verify_ends(program: &Program, owners: &[GraphId]) -> Result<(), VerifyError> {
    for (pc, op) in program.code.iter().enumerate() {
        let is_last = owners.get(pc + 1) != Some(&owners[pc]);
        if is_last && !leaves(*op) {
            return fail("control can run out of a graph", pc);
        }
    }
    Ok(())
}

/// Without the ways that lead out of an `Enter`, the code has no cycle: it can be put in order.
pub(super) fn verify_cycles(program: &Program) -> Result<(), VerifyError> {
    let code = &program.code;
    let is_enter = |pc: usize| matches!(code[pc], Op::Enter { .. });
    // As the compiler orders code, control goes back to an `Enter` only; then there is nothing to put in order.
    let goes_forward = |pc: usize| successors(code, pc).all(|next| next > pc || is_enter(next));
    if (0..code.len()).all(|pc| is_enter(pc) || goes_forward(pc)) {
        return Ok(());
    }
    let mut ways_in = vec![0_u32; code.len()];
    for pc in (0..code.len()).filter(|pc| !is_enter(*pc)) {
        successors(code, pc).for_each(|next| ways_in[next] += 1);
    }
    let mut ready: Vec<usize> = (0..code.len()).filter(|pc| ways_in[*pc] == 0).collect();
    while let Some(pc) = ready.pop() {
        if is_enter(pc) {
            continue;
        }
        for next in successors(code, pc) {
            ways_in[next] -= 1;
            if ways_in[next] == 0 {
                ready.push(next);
            }
        }
    }
    match ways_in.iter().position(|ways| *ways > 0) {
        Some(pc) => fail("a cycle that enters no state", pc),
        None => Ok(()),
    }
}

/// From a graph's entry to the first `Enter` there is only what an `ItemSelector` needs.
pub(super) fn verify_preparations(program: &Program) -> Result<(), VerifyError> {
    let mut is_seen = vec![false; program.code.len()];
    for (graph, pending) in program.graphs.iter().enumerate() {
        let mut pending = vec![pending.entry.index()];
        while let Some(pc) = pending.pop() {
            if std::mem::replace(&mut is_seen[pc], true) || matches!(program.code[pc], Op::Enter { .. }) {
                continue;
            }
            if !prepares(program.code[pc], graph == 0) {
                return fail("an op that needs a state before one is entered", pc);
            }
            pending.extend(successors(&program.code, pc));
        }
    }
    Ok(())
}

/// Whether an op needs no state of its own. What fails in a child is its parent's matter; the machine has none.
fn prepares(op: Op, is_machine: bool) -> bool {
    match op {
        Op::Jump { .. } => true,
        Op::Clear { .. }
        | Op::Constant { .. }
        | Op::Move { .. }
        | Op::Context { .. }
        | Op::Select { .. }
        | Op::Object { .. }
        | Op::Array { .. }
        | Op::Intrinsic { .. }
        | Op::SetPath { .. }
        | Op::Return { .. } => !is_machine,
        _ => false,
    }
}

/// Memory is in proportion to code: each temporary is filled by an op (or by a caught error), each gathered value
/// was put in place by one.
pub(super) fn verify_sizes(program: &Program, owners: &[GraphId]) -> Result<(), VerifyError> {
    let mut ops = vec![0_usize; program.graphs.len()];
    let mut gathered = vec![0_usize; program.graphs.len()];
    for (op, graph) in program.code.iter().zip(owners) {
        ops[graph.index()] += 1;
        gathered[graph.index()] += match op {
            Op::Object { shape, .. } => program.shapes[usize::from(*shape)].len(),
            Op::Array { count, .. } => usize::from(*count),
            Op::Intrinsic { call, .. } => usize::from(program.call(*call).argument_count),
            _ => 0,
        };
    }
    let mut fillable = ops.clone();
    for state in &program.states {
        fillable[state.graph.index()] += state.catchers.len();
    }
    for (index, graph) in program.graphs.iter().enumerate() {
        // The input; a Map's effective input; the variables; the rest.
        if usize::from(graph.registers) > 2 + graph.variables.len() + fillable[index] {
            return fail("a frame larger than its graph can fill", index);
        }
        if gathered[index] > ops[index] {
            return fail("a graph that gathers more values than it makes", index);
        }
    }
    Ok(())
}
