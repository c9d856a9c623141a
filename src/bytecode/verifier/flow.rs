//! Rules about the order of ops: where control can go, and what has happened before.

use super::VerifyError;
use super::layout::Layout;
use super::rule::fail;
use crate::bytecode::{ForkKind, Label, Op, Program};
use crate::value::Shape;

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

/// Where else control may go on than at the op that follows.
fn jump(op: Op) -> Option<Label> {
    match op {
        Op::Jump { target } | Op::JumpIf { target, .. } | Op::JumpUnless { target, .. } => Some(target),
        Op::Exit { next, .. } => Some(next),
        _ => None,
    }
}

/// The ops that may come next, errors aside.
fn successors(code: &[Op], pc: usize) -> impl Iterator<Item = usize> {
    let next = (!leaves(code[pc])).then_some(pc + 1);
    next.into_iter().chain(jump(code[pc]).map(Label::index))
}

/// No op at the end of a graph lets control run on.
pub(super) fn verify_ends(program: &Program, layout: &Layout) -> Result<(), VerifyError> {
    for (_, ops) in layout.graphs() {
        let last = ops.end - 1;
        if !leaves(program.code[last]) {
            return fail("control can run out of a graph", last);
        }
    }
    Ok(())
}

/// Without the ways that lead out of an `Enter`, the code has no cycle: it can be put in order.
pub(super) fn verify_cycles(program: &Program) -> Result<(), VerifyError> {
    let code = &program.code;
    let is_enter = |pc: usize| matches!(code[pc], Op::Enter { .. });
    // As the compiler orders code, control goes back to an `Enter` only; then there is nothing to put in order.
    let goes_forward =
        |(pc, op): (usize, &Op)| jump(*op).is_none_or(|next| next.index() > pc || is_enter(next.index()));
    if code.iter().enumerate().all(goes_forward) {
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
    let mut pending = Vec::new();
    for (index, graph) in program.graphs.iter().enumerate() {
        pending.push(graph.entry.index());
        while let Some(pc) = pending.pop() {
            if std::mem::replace(&mut is_seen[pc], true) || matches!(program.code[pc], Op::Enter { .. }) {
                continue;
            }
            if !prepares(program.code[pc], index == 0) {
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
        | Op::MoveOptional { .. }
        | Op::Query { .. }
        | Op::Pick { .. }
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

/// Frames are in proportion to code: each temporary is filled by an op (of what it picks, each), a caught error, or a Map for its children.
pub(super) fn verify_sizes(program: &Program, layout: &Layout) -> Result<(), VerifyError> {
    // By graph: registers that something else than its own ops fills.
    let mut given = vec![0_usize; program.graphs.len()];
    for state in &program.states {
        given[state.graph.index()] += state.catchers.len();
    }
    for fork in &program.forks {
        if let ForkKind::Map { processor, picked, .. } = &fork.kind
            && let Some(filled) = given.get_mut(processor.index())
        {
            *filled += usize::from(picked.count);
        }
    }
    for (id, ops) in layout.graphs() {
        let graph = program.graph(id);
        let picked = program.code[ops.clone()].iter().map(|op| match op {
            Op::Pick { shape, .. } => program.shapes.get(usize::from(*shape)).map_or(0, Shape::len),
            _ => 0,
        });
        let filled = ops.len() + picked.sum::<usize>() + given[id.index()];
        // The input; a Map's effective input; the variables; the rest.
        if usize::from(graph.registers) > 2 + graph.variables.len() + filled {
            return fail("a frame larger than its graph can fill", id.index());
        }
    }
    Ok(())
}
