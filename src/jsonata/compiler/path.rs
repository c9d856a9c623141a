//! Paths: steps, filters, order.

use super::compile::{Compiler, Dialect};
use super::load::Whose;
use crate::jsonata::ast::{Group, NodeId, NodeKind, SortTerm, Stage, Step};
use crate::jsonata::code::{Close, Op, Over, Reg};

/// What the steps behind work on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source {
    pub register: Reg,
    pub over: Over,
}

impl<'c> Compiler<'c> {
    pub(super) fn path(
        &mut self,
        steps: &[Step],
        keep_singleton: bool,
        tuple: bool,
        group: Option<&Group>,
        dst: Reg,
    ) {
        if tuple || steps.iter().any(|step| step.tuple) {
            return self.tuple_path(steps, keep_singleton, tuple, group, dst);
        }
        let mark = self.frame().mark();
        let source = self.steps(steps, steps.len(), keep_singleton, dst);
        let is_loaded = self.loaded.iter().any(|(_, _, member)| *member == source.register);
        self.move_to(dst, source.register);
        if keep_singleton {
            self.emit(Op::KeepSingleton { dst });
        }
        match group {
            Some(group) => self.group(&group.pairs, group.position, dst, dst),
            None if is_loaded && !keep_singleton || self.is_unwrapped(dst) => {}
            None => self.emit(Op::Unwrap { dst }),
        }
        self.frame().release(mark);
    }

    /// The steps before `count`. What they lead to is in `dst`, or where it was already.
    pub(super) fn steps(&mut self, steps: &[Step], count: usize, keep: bool, dst: Reg) -> Source {
        let total = steps.len();
        let (mut source, mut at) = self.first_step(steps, count, dst);
        // An array constructor without elements is what the whole path comes to.
        let empty = (source.over == Over::Elements && at > 0 && at < count).then(|| self.pending());
        if let Some(target) = empty {
            self.emit(Op::JumpIfEmpty { test: source.register, target });
        }
        while at < count {
            let names = self.names(&steps[at..count]);
            let len = names.len().max(1);
            let step = &steps[at + len - 1];
            if names.is_empty() || (!step.stages.is_empty() && !self.is_filtered_at_once(step)) {
                let plain = names.len().saturating_sub(1);
                if plain > 0 {
                    let register = self.chain(&names[..plain], source.register, dst);
                    source = Source { register, over: Over::Results };
                }
                at += plain;
                self.step(&steps[at], source, at + 1 == total, keep, dst);
                at += 1;
                source = Source { register: dst, over: Over::Results };
            } else {
                let mut register = self.chain(&names, source.register, dst);
                at += len;
                for (index, stage) in step.stages.iter().enumerate() {
                    let is_result = at == total && index + 1 == step.stages.len() && !keep;
                    let close = if is_result { Close::Unwrapped } else { Close::Sequence };
                    if let Stage::Filter(filter) = stage {
                        self.filter(*filter, register, dst, close);
                        register = dst;
                    }
                }
                source = Source { register, over: Over::Results };
            }
        }
        if let Some(label) = empty {
            self.bind(label);
        }
        source
    }

    /// Steps that are looked at once and not for each item of the context: variables and array constructors.
    fn first_step(&mut self, steps: &[Step], count: usize, dst: Reg) -> (Source, usize) {
        let context = Source { register: self.context, over: Over::Context };
        let Some(first) = steps.first().filter(|_| count > 0) else { return (context, 0) };
        let node = self.ast.node(first.node);
        let (mut source, taken) = match &node.kind {
            NodeKind::Variable(name) => {
                let (register, taken) = match self.states_step(name, steps, count) {
                    Some(register) => (register, 2),
                    None => (self.value(first.node), 1),
                };
                (Source { register, over: Over::Results }, taken)
            }
            NodeKind::Array { is_step: true, .. } => {
                self.expression(first.node, dst);
                (Source { register: dst, over: Over::Elements }, 1)
            }
            _ => return (context, 0),
        };
        for stage in &steps[taken - 1].stages {
            if let Stage::Filter(filter) = stage {
                self.filter(*filter, source.register, dst, Close::Sequence);
                source = Source { register: dst, over: Over::Results };
            }
        }
        (source, taken)
    }

    /// Whether a step is an array constructor that is not flattened.
    pub(super) fn is_step_array(&self, step: &Step) -> bool {
        matches!(self.ast.node(step.node).kind, NodeKind::Array { is_step: true, .. })
    }

    /// `$states.input` and the like, which expressions of state machines are given one by one.
    fn states_step(&mut self, name: &str, steps: &[Step], count: usize) -> Option<Reg> {
        if !matches!(self.dialect, Dialect::States) || name != "states" || count < 2 {
            return None;
        }
        let first = self.ast.node(steps[0].node);
        if !steps[0].stages.is_empty() || !first.predicates.is_empty() {
            return None;
        }
        match &self.ast.node(steps[1].node).kind {
            NodeKind::Name(member) => Some(self.states_member(member)),
            _ => None,
        }
    }

    /// The names that steps start with, up to and with the first that has stages.
    fn names(&self, steps: &[Step]) -> Vec<&'c str> {
        let ast = self.ast;
        let mut names = Vec::new();
        for step in steps {
            let node = ast.node(step.node);
            // A string that is a step has kept its predicates and its group.
            let is_plain = node.predicates.is_empty() && node.group.is_none();
            let NodeKind::Name(name) = &node.kind else { break };
            if !is_plain {
                break;
            }
            names.push(&**name);
            if !step.stages.is_empty() {
                break;
            }
        }
        names
    }

    /// Filters that may go over the flattened results of a step, because they do not ask for positions.
    fn is_filtered_at_once(&mut self, step: &Step) -> bool {
        step.stages.iter().all(|stage| match stage {
            Stage::Filter(filter) => self.is_test(*filter),
            Stage::Index(_) => false,
        })
    }

    /// The register of what names lead to: `dst`, if it is in none yet.
    fn chain(&mut self, names: &[&str], src: Reg, dst: Reg) -> Reg {
        let names: Box<[u16]> = names.iter().map(|name| self.name(name)).collect();
        let (src, names) = match self.loaded(src, names[0]) {
            Some(member) => (member, Box::from(&names[1..])),
            None => (src, names),
        };
        match *names {
            [] => return src,
            [name] => {
                self.emit(Op::Field { dst, src, name });
                return dst;
            }
            _ => {}
        }
        let chains = &mut self.code.chains;
        let chain = chains.iter().position(|known| *known == names).unwrap_or_else(|| {
            chains.push(names);
            chains.len() - 1
        });
        self.emit(Op::Chain { dst, src, chain: chain as u16 });
        dst
    }

    /// One step: for each item of the source, then flattened.
    fn step(&mut self, step: &Step, source: Source, is_last: bool, keep: bool, dst: Reg) {
        let node = self.ast.node(step.node);
        if let NodeKind::Sort(terms) = &node.kind {
            self.sort(terms, source.register, source.over, node.position, dst);
            for stage in &step.stages {
                if let Stage::Filter(filter) = stage {
                    self.filter(*filter, dst, dst, Close::Sequence);
                }
            }
            return;
        }
        let mark = self.frame().mark();
        let (item, result) = (self.register(), self.register());
        self.emit(Op::Loop { src: source.register, over: source.over });
        self.emit(Op::Open);
        let (next, exit) = (self.bound(), self.pending());
        self.emit(Op::Next { dst: item, exit });
        self.within(item, |compiler| {
            let loaded = compiler.load(Whose::Context, &[step.node], item);
            compiler.expression(step.node, result);
            compiler.unload(loaded);
        });
        for stage in &step.stages {
            if let Stage::Filter(filter) = stage {
                self.filter(*filter, result, result, Close::Sequence);
            }
        }
        self.emit(Op::Push { src: result });
        self.emit(Op::Jump { target: next });
        self.bind(exit);
        let close = match (is_last, keep) {
            (true, false) => Close::Path,
            (true, true) => Close::LastStep,
            (false, _) => Close::Step,
        };
        self.emit(Op::Close { dst, close });
        self.frame().release(mark);
    }

    /// Compiles with another context.
    pub(super) fn within(&mut self, context: Reg, body: impl FnOnce(&mut Self)) {
        let outer =
            (std::mem::replace(&mut self.context, context), std::mem::take(&mut self.context_is_whole));
        body(self);
        (self.context, self.context_is_whole) = outer;
    }

    /// `src[predicate]`; `dst` may be `src`.
    pub(super) fn filter(&mut self, predicate: NodeId, src: Reg, dst: Reg, close: Close) {
        let node = self.ast.node(predicate);
        if let (NodeKind::Number(number), true) = (&node.kind, node.predicates.is_empty()) {
            let number = self.number(*number);
            self.emit(Op::Index { dst, src, number });
            if close == Close::Unwrapped {
                self.emit(Op::Unwrap { dst });
            }
            return;
        }
        let mark = self.frame().mark();
        let item = self.register();
        self.emit(Op::Loop { src, over: Over::Elements });
        self.emit(Op::Open);
        let (next, exit) = (self.bound(), self.pending());
        self.emit(Op::Next { dst: item, exit });
        let is_test = self.is_test(predicate);
        self.within(item, |compiler| {
            let loaded = compiler.load(Whose::Context, &[predicate], item);
            if is_test {
                compiler.test(predicate, next);
                compiler.emit(Op::Push { src: item });
            } else {
                let test = compiler.register();
                compiler.expression(predicate, test);
                compiler.emit(Op::PushMatch { item, test });
            }
            compiler.unload(loaded);
        });
        self.emit(Op::Jump { target: next });
        self.bind(exit);
        self.emit(Op::Close { dst, close });
        self.frame().release(mark);
    }

    /// The elements of the source in order.
    pub(super) fn sort(&mut self, terms: &[SortTerm], src: Reg, over: Over, position: u32, dst: Reg) {
        let mark = self.frame().mark();
        let item = self.register();
        let first = self.frame().allocate(terms.len());
        self.emit(Op::Loop { src, over });
        self.emit(Op::Open);
        let (next, exit) = (self.bound(), self.pending());
        self.emit(Op::Next { dst: item, exit });
        self.within(item, |compiler| {
            let keys: Vec<NodeId> = terms.iter().map(|term| term.expression).collect();
            let loaded = compiler.load(Whose::Context, &keys, item);
            compiler.sort_keys(terms, first);
            compiler.unload(loaded);
        });
        self.emit(Op::PushKeys { item, first, count: terms.len() as u16 });
        self.emit(Op::Jump { target: next });
        self.bind(exit);
        self.close_sorted(terms, position, dst);
        self.frame().release(mark);
    }

    pub(super) fn sort_keys(&mut self, terms: &[SortTerm], first: Reg) {
        for (index, term) in terms.iter().enumerate() {
            self.expression(term.expression, first.offset(index as u16));
        }
    }

    pub(super) fn close_sorted(&mut self, terms: &[SortTerm], position: u32, dst: Reg) {
        self.code.sorts.push(terms.iter().map(|term| term.descending).collect());
        let sort = (self.code.sorts.len() - 1) as u16;
        self.emit_at(Op::CloseSorted { dst, sort }, position);
    }
}
