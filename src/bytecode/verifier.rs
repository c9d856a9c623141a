//! What the VM may rely on.
//!
//! A verified program has: every register below its graph's frame size; every id inside its table; every jump,
//! retry and catcher inside the same graph's ops; no op after which control would run out of its graph;
//! every graph reached from at most one fork, which precedes it in nesting, so that frames nest and end.

use super::program::{Comparison, Test};
use super::{ForkKind, GraphId, Label, Op, Operand, Program, Reg};

/// A rule that a program breaks, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid program: {what} at op {pc}")]
pub struct VerifyError {
    /// The rule.
    pub what: &'static str,
    /// The op, or the table entry for rules about tables.
    pub pc: usize,
}

/// Checks a program. Every program that a [`super::ProgramBuilder`] hands over has passed this.
pub fn verify(program: &Program) -> Result<(), VerifyError> {
    verify_tables(program)?;
    let owners = graph_of_each_op(program)?;
    verify_state_code(program, &owners)?;
    for (pc, op) in program.code.iter().enumerate() {
        let frame = program.graph(owners[pc]);
        let check = Check { program, pc, registers: frame.registers, owners: &owners };
        check.op(*op)?;
    }
    for (pc, op) in program.code.iter().enumerate() {
        let is_last = owners.get(pc + 1) != Some(&owners[pc]);
        let leaves = matches!(
            op,
            Op::Exit { .. } | Op::End { .. } | Op::Fail { .. } | Op::Jump { .. } | Op::NoChoiceMatched
        );
        if is_last && !leaves {
            return fail("control can run out of a graph", pc);
        }
    }
    Ok(())
}

fn fail<T>(what: &'static str, pc: usize) -> Result<T, VerifyError> {
    Err(VerifyError { what, pc })
}

/// A graph's ops are contiguous and graphs stand in the order of their entries.
fn graph_of_each_op(program: &Program) -> Result<Vec<GraphId>, VerifyError> {
    let mut order: Vec<usize> = (0..program.graphs.len()).collect();
    order.sort_by_key(|index| program.graphs[*index].entry.0);
    if order.first().is_none_or(|first| program.graphs[*first].entry != Label(0)) {
        return fail("no graph starts at op 0", 0);
    }
    let mut owners = Vec::with_capacity(program.code.len());
    for (position, index) in order.iter().enumerate() {
        let end =
            order.get(position + 1).map_or(program.code.len(), |next| program.graphs[*next].entry.index());
        if program.graphs[*index].entry.index() >= program.code.len()
            || end <= program.graphs[*index].entry.index()
        {
            return fail("a graph without ops", *index);
        }
        let id = GraphId::new(*index).ok_or(VerifyError { what: "too many graphs", pc: *index })?;
        owners.resize(end, id);
    }
    Ok(owners)
}

/// A retry and a catcher continue in the state's own graph: another one's frame may be larger.
fn verify_state_code(program: &Program, owners: &[GraphId]) -> Result<(), VerifyError> {
    for (index, state) in program.states.iter().enumerate() {
        let targets = state.catchers.iter().map(|catcher| catcher.target).chain([state.body]);
        for target in targets {
            if owners.get(target.index()) != Some(&state.graph) {
                return fail("a state continues outside its graph", index);
            }
        }
    }
    Ok(())
}

fn verify_tables(program: &Program) -> Result<(), VerifyError> {
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
        for catcher in &state.catchers {
            if catcher.error_output.0 >= graph.registers {
                return fail("a catcher outside its graph", index);
            }
        }
    }
    verify_forks(program)?;
    let nodes = program.constants.doc().nodes().len();
    match program.constant_nodes.iter().position(|node| node.0 as usize >= nodes) {
        Some(index) => fail("a constant outside the constants", index),
        None => Ok(()),
    }
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
                ForkKind::Map { map_input, .. } => *map_input,
                ForkKind::Parallel { .. } => Reg::INPUT,
            };
            if fork.variables != target.variables_outer || map_input.0 >= target.registers {
                return fail("a fork's registers outside its graph", index);
            }
        }
    }
    Ok(())
}

struct Check<'p> {
    program: &'p Program,
    pc: usize,
    registers: u16,
    owners: &'p [GraphId],
}

impl Check<'_> {
    fn reg(&self, reg: Reg) -> Result<(), VerifyError> {
        self.regs(reg, 1)
    }

    /// `count` registers from `first` on.
    fn regs(&self, first: Reg, count: usize) -> Result<(), VerifyError> {
        if usize::from(first.0) + count <= usize::from(self.registers) {
            return Ok(());
        }
        fail("a register outside the frame", self.pc)
    }

    fn label(&self, label: Label) -> Result<(), VerifyError> {
        if self.owners.get(label.index()).is_some_and(|owner| *owner == self.owners[self.pc]) {
            return Ok(());
        }
        fail("a jump outside its graph", self.pc)
    }

    fn within(&self, index: usize, len: usize) -> Result<(), VerifyError> {
        if index < len { Ok(()) } else { fail("an id outside its table", self.pc) }
    }

    fn op(&self, op: Op) -> Result<(), VerifyError> {
        let program = self.program;
        match op {
            Op::Enter { state } => {
                self.within(state.index(), program.states.len())?;
                if program.state(state).graph == self.owners[self.pc] {
                    return Ok(());
                }
                fail("a state entered from outside its graph", self.pc)
            }
            Op::Exit { output, next } => self.reg(output).and_then(|()| self.label(next)),
            Op::End { output } => self.reg(output),
            Op::Fail { error, cause } => self.reg(error).and_then(|()| self.reg(cause)),
            Op::Jump { target } => self.label(target),
            Op::JumpIf { test, target } | Op::JumpUnless { test, target } => {
                self.within(test.index(), program.tests.len())?;
                self.test(program.test(test))?;
                self.label(target)
            }
            Op::NoChoiceMatched => Ok(()),
            Op::Clear { dst } | Op::Context { dst, .. } => self.reg(dst),
            Op::Constant { dst, constant } => {
                self.within(constant.index(), program.constant_nodes.len())?;
                self.reg(dst)
            }
            Op::Move { dst, src } => self.reg(dst).and_then(|()| self.reg(src)),
            Op::Select { dst, src, path } => {
                self.within(path.index(), program.paths.len())?;
                self.reg(dst).and_then(|()| self.reg(src))
            }
            Op::Object { dst, first, shape } => {
                self.within(usize::from(shape), program.shapes.len())?;
                self.reg(dst)?;
                self.regs(first, program.shapes[usize::from(shape)].len())
            }
            Op::Array { dst, first, count } => {
                self.reg(dst).and_then(|()| self.regs(first, usize::from(count)))
            }
            Op::Intrinsic { dst, first, call } => {
                self.within(call.index(), program.calls.len())?;
                self.reg(dst)?;
                self.regs(first, usize::from(program.call(call).argument_count))
            }
            Op::SetPath { value, base, path } => {
                self.within(path.index(), program.paths.len())?;
                self.reg(value).and_then(|()| self.reg(base))
            }
            Op::WaitSeconds { seconds: reg } | Op::WaitUntil { timestamp: reg } => self.reg(reg),
            Op::Task { dst, first, task } => {
                self.within(task.index(), program.tasks.len())?;
                self.reg(dst).and_then(|()| self.regs(first, 3))
            }
            Op::Parallel { dst, input, fork } => {
                self.fork(fork.index(), false)?;
                self.reg(dst).and_then(|()| self.reg(input))
            }
            Op::Map { dst, first, fork } => {
                self.fork(fork.index(), true)?;
                self.reg(dst).and_then(|()| self.regs(first, 5))
            }
        }
    }

    fn fork(&self, index: usize, is_map: bool) -> Result<(), VerifyError> {
        self.within(index, self.program.forks.len())?;
        let fork = &self.program.forks[index];
        self.regs(Reg(1), usize::from(fork.variables))?;
        if matches!(fork.kind, ForkKind::Map { .. }) == is_map {
            Ok(())
        } else {
            fail("the wrong kind of fork", self.pc)
        }
    }

    fn test(&self, test: &Test) -> Result<(), VerifyError> {
        self.reg(test.source)?;
        self.within(test.variable.index(), self.program.paths.len())?;
        let operand = match &test.comparison {
            Comparison::String(_, Operand::Path { source, path })
            | Comparison::Numeric(_, Operand::Path { source, path })
            | Comparison::Timestamp(_, Operand::Path { source, path })
            | Comparison::Boolean(Operand::Path { source, path }) => Some((*source, *path)),
            _ => None,
        };
        let Some((source, path)) = operand else { return Ok(()) };
        self.reg(source)?;
        self.within(path.index(), self.program.paths.len())
    }
}
