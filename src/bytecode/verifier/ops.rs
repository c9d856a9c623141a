//! Rules about single ops: their registers, ids and labels.

use std::ops::Range;

use super::VerifyError;
use super::layout::Layout;
use super::rule::fail;
use crate::bytecode::{
    Aspect, CallId, Comparison, ForkKind, GraphId, Label, MapRunId, MapRunInput, Op, Operand, Program, Reg,
    Test,
};

/// Every op's operands are within the frame, the tables and the graph, and what ops gather is in proportion to the
/// code: each gathered value was put in place by an op.
pub(super) fn verify_ops(program: &Program, layout: &Layout) -> Result<(), VerifyError> {
    let first_children: Vec<_> = program.forks.iter().map(|fork| first_child(&fork.kind)).collect();
    for (graph, ops) in layout.graphs() {
        let registers = program.graph(graph).registers;
        let first_children = &first_children;
        let mut check = Check { program, pc: ops.start, graph, registers, ops, gathered: 0, first_children };
        for op in &program.code[check.ops.clone()] {
            check.op(*op)?;
            check.pc += 1;
        }
        if check.gathered > check.ops.len() {
            return fail("a graph that gathers more values than it makes", graph.index());
        }
    }
    Ok(())
}

fn first_child(kind: &ForkKind) -> Option<GraphId> {
    match kind {
        ForkKind::Parallel { branches } => branches.iter().min().copied(),
        ForkKind::Map { processor, .. } => Some(*processor),
    }
}

struct Check<'p> {
    program: &'p Program,
    pc: usize,
    /// The graph that the op is in, its registers and its ops.
    graph: GraphId,
    registers: u16,
    ops: Range<usize>,
    /// Values that its ops so far take from consecutive registers.
    gathered: usize,
    /// By fork: the first of the graphs it runs.
    first_children: &'p [Option<GraphId>],
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

    /// `count` registers from `first` on, whose values become parts of one.
    fn gather(&mut self, first: Reg, count: usize) -> Result<(), VerifyError> {
        self.gathered = self.gathered.saturating_add(count);
        self.regs(first, count)
    }

    fn label(&self, label: Label) -> Result<(), VerifyError> {
        if self.ops.contains(&label.index()) {
            return Ok(());
        }
        fail("a jump outside its graph", self.pc)
    }

    fn within(&self, index: usize, len: usize) -> Result<(), VerifyError> {
        if index < len { Ok(()) } else { fail("an id outside its table", self.pc) }
    }

    fn op(&mut self, op: Op) -> Result<(), VerifyError> {
        let program = self.program;
        match op {
            Op::Enter { state } => {
                self.within(state.index(), program.states.len())?;
                if program.state(state).graph == self.graph {
                    return Ok(());
                }
                fail("a state entered from outside its graph", self.pc)
            }
            Op::Exit { output, next } => self.reg(output).and_then(|()| self.transition(next)),
            Op::End { output } | Op::Return { output } => self.reg(output),
            Op::Fail { error, cause } => self.reg(error).and_then(|()| self.reg(cause)),
            Op::Jump { target } => self.label(target),
            Op::JumpIf { test, target } | Op::JumpUnless { test, target } => {
                self.within(test.index(), program.tests.len())?;
                self.test(program.test(test))?;
                self.label(target)
            }
            Op::JumpOn { test, target, .. } => self.reg(test).and_then(|()| self.label(target)),
            Op::NoChoiceMatched => Ok(()),
            Op::Clear { dst } | Op::Context { dst, .. } => self.reg(dst),
            Op::Constant { dst, constant } => {
                self.within(constant.index(), program.constant_nodes.len())?;
                self.reg(dst)
            }
            Op::Move { dst, src } | Op::MoveOptional { dst, src } => {
                self.reg(dst).and_then(|()| self.reg(src))
            }
            Op::Select { dst, src, path } => {
                self.within(path.index(), program.paths.len())?;
                self.reg(dst).and_then(|()| self.reg(src))
            }
            Op::Object { dst, first, shape } => {
                self.within(usize::from(shape), program.shapes.len())?;
                self.reg(dst)?;
                self.gather(first, program.shapes[usize::from(shape)].len())
            }
            Op::Array { dst, first, count } => {
                self.reg(dst).and_then(|()| self.gather(first, usize::from(count)))
            }
            Op::Intrinsic { dst, first, call } => self.reg(dst).and_then(|()| self.call(first, call)),
            Op::SetPath { dst, value, path } => {
                self.within(path.index(), program.paths.len())?;
                self.reg(dst).and_then(|()| self.reg(value))
            }
            _ => self.work(op),
        }
    }

    /// Ops that do a state's work.
    fn work(&mut self, op: Op) -> Result<(), VerifyError> {
        let program = self.program;
        match op {
            Op::WaitSeconds { seconds: reg } | Op::WaitUntil { timestamp: reg } => self.reg(reg),
            Op::Task { dst, first, task } => {
                self.within(task.index(), program.tasks.len())?;
                let count = if program.task(task).is_timed { 3 } else { 1 };
                self.reg(dst).and_then(|()| self.regs(first, count))
            }
            Op::Parallel { dst, input, fork } => {
                self.fork(fork.index(), false)?;
                self.reg(dst).and_then(|()| self.reg(input))
            }
            Op::Map { dst, first, fork } => {
                self.fork(fork.index(), true)?;
                if let ForkKind::Map { picked, .. } = &program.forks[fork.index()].kind {
                    self.regs(Reg(picked.first), usize::from(picked.count))?;
                }
                self.reg(dst).and_then(|()| self.regs(first, 5))
            }
            Op::MapRun { dst, first, run } => {
                self.map_run(run)?;
                self.reg(dst).and_then(|()| self.regs(first, MapRunInput::COUNT))
            }
            Op::Pick { dst, src, shape } => {
                self.within(usize::from(shape), program.shapes.len())?;
                self.reg(src)?;
                self.regs(dst, program.shapes[usize::from(shape)].len())
            }
            Op::Query { dst, first, query } => {
                self.within(query.index(), program.queries.len())?;
                self.reg(dst).and_then(|()| self.regs(first, program.query(query).parameter_count()))
            }
            Op::Inspect { src, aspect } => {
                if let Aspect::Variable(index) = aspect {
                    self.within(usize::from(index), program.graph(self.graph).variables.len())?;
                }
                self.reg(src)
            }
            // Everything else is checked by `op`.
            _ => Ok(()),
        }
    }

    /// The next state's `Enter`.
    fn transition(&self, next: Label) -> Result<(), VerifyError> {
        self.label(next)?;
        match self.program.code[next.index()] {
            Op::Enter { .. } => Ok(()),
            _ => fail("a transition that enters no state", self.pc),
        }
    }

    fn call(&mut self, first: Reg, call: CallId) -> Result<(), VerifyError> {
        self.within(call.index(), self.program.calls.len())?;
        let site = self.program.call(call);
        let count = usize::from(site.argument_count);
        if !site.function.arity().contains(&count) {
            return fail("a call with too few or too many arguments", self.pc);
        }
        self.gather(first, count)
    }

    fn fork(&self, index: usize, is_map: bool) -> Result<(), VerifyError> {
        self.within(index, self.program.forks.len())?;
        let fork = &self.program.forks[index];
        self.regs(Reg(1), usize::from(fork.variables))?;
        if matches!(fork.kind, ForkKind::Map { .. }) != is_map {
            return fail("the wrong kind of fork", self.pc);
        }
        if self.first_children[index].is_none_or(|graph| graph > self.graph) {
            return Ok(());
        }
        fail("a fork that does not lead to a later graph", self.pc)
    }

    fn map_run(&self, run: MapRunId) -> Result<(), VerifyError> {
        self.within(run.index(), self.program.map_runs.len())?;
        let site = self.program.map_run(run);
        let selector = site.selector;
        self.regs(Reg(1), selector.map_or(0, |selector| usize::from(selector.variables)))?;
        let mut graphs = selector.map(|selector| selector.graph).into_iter().chain([site.processor]);
        if graphs.all(|graph| graph > self.graph) {
            return Ok(());
        }
        fail("a Map Run that does not lead to later graphs", self.pc)
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
