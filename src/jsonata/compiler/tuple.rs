//! Paths that bind: `@$x`, `#$i`, and what `%` looks back to. They carry tuples of a context and bindings.

use super::compile::Compiler;
use super::frame::{Name, Variable};
use super::path::Source;
use crate::jsonata::ast::{Group, NodeId, NodeKind, SortTerm, Stage, Step};
use crate::jsonata::code::{Close, Op, Over, Reg, TupleStep};

impl Compiler<'_> {
    pub(super) fn tuple_path(
        &mut self,
        steps: &[Step],
        keep_singleton: bool,
        tuple: bool,
        group: Option<&Group>,
        dst: Reg,
    ) {
        let mark = self.frame().mark();
        let start = steps.iter().position(|step| step.tuple).unwrap_or(steps.len());
        let mut source = self.steps(steps, start, false, dst);
        let is_array = steps.first().is_some_and(|first| self.is_step_array(first));
        let leaves = is_array && (1..steps.len()).contains(&start) && group.is_none() && !tuple;
        let empty = leaves.then(|| self.pending());
        if let Some(target) = empty {
            self.emit(Op::JumpIfEmpty { test: source.register, target });
        }
        let mut is_stream = false;
        for (at, step) in steps.iter().enumerate().skip(start) {
            let node = self.ast.node(step.node);
            match &node.kind {
                NodeKind::Sort(terms) if is_stream => {
                    self.sort_tuples(terms, source.register, node.position, dst);
                }
                NodeKind::Sort(terms) => {
                    self.sort(terms, source.register, source.over, node.position, dst);
                    self.emit(Op::TupleStart { dst, src: dst });
                    if let Some(name) = &step.index {
                        let binding = self.binding(&Name::Variable(name.clone()));
                        self.emit(Op::TupleNumber { stream: dst, binding });
                    }
                }
                NodeKind::Variable(_) if at == 0 => self.tuple_step(step, None, dst),
                _ => self.tuple_step(step, Some(source), dst),
            }
            is_stream = true;
            source = Source { register: dst, over: Over::Elements };
            for stage in &step.stages {
                match stage {
                    Stage::Filter(filter) => self.filter_tuples(*filter, dst),
                    Stage::Index(name) => {
                        let binding = self.binding(&Name::Variable(name.clone()));
                        self.emit(Op::TupleNumber { stream: dst, binding });
                    }
                }
            }
        }
        if !is_stream {
            // A path that is a step of one that binds, and binds nothing itself.
            self.move_to(dst, source.register);
            self.emit(Op::Unwrap { dst });
        } else if let Some(group) = group {
            self.group_tuples(&group.pairs, group.position, dst);
        } else if !tuple {
            self.emit(Op::TupleContexts { dst, src: dst });
            if let Some(label) = empty {
                self.bind(label);
            }
            if keep_singleton {
                self.emit(Op::KeepSingleton { dst });
            }
            self.emit(Op::Unwrap { dst });
        }
        self.frame().release(mark);
    }

    fn binding(&self, name: &Name) -> u16 {
        self.bindings.iter().position(|known| known == name).unwrap_or_default() as u16
    }

    /// Registers for a tuple: its context, then its bindings.
    fn tuple_registers(&mut self) -> Reg {
        let count = 1 + self.bindings.len();
        self.frame().allocate(count)
    }

    /// Compiles what is evaluated for a tuple in the registers from `first`.
    fn within_tuple(&mut self, first: Reg, body: impl FnOnce(&mut Self)) {
        let scope = self.bindings.iter().enumerate().map(|(index, name)| Variable {
            name: name.clone(),
            register: first.offset(1 + index as u16),
            is_cell: false,
            is_bound: false,
        });
        let scope = scope.collect();
        self.frame().scopes.push(scope);
        self.within(first, body);
        self.frame().scopes.pop();
    }

    fn tuple_step(&mut self, step: &Step, source: Option<Source>, dst: Reg) {
        let mark = self.frame().mark();
        let first = self.tuple_registers();
        let result = self.register();
        let number =
            |name: &Option<Box<str>>| name.as_ref().map(|name| self.binding(&Name::Variable(name.clone())));
        let bound = TupleStep {
            focus: number(&step.focus),
            index: number(&step.index),
            ancestor: step.ancestor.map(|label| self.binding(&Name::Label(label))),
        };
        self.code.tuple_steps.push(bound);
        let index = (self.code.tuple_steps.len() - 1) as u16;
        let (next, exit) = (self.pending(), self.pending());
        if let Some(Source { register, over }) = source {
            self.emit(Op::Loop { src: register, over });
            self.emit(Op::Open);
            self.bind(next);
            self.emit(Op::Next { dst: first, exit });
            self.emit(Op::TupleLoad { first, src: first });
        } else {
            // A variable does not depend on the context: once is enough.
            self.emit(Op::Open);
            self.emit(Op::TupleLoad { first, src: self.context });
        }
        let is_whole = source.is_none() && self.context_is_whole;
        self.within_tuple(first, |compiler| {
            compiler.context_is_whole = is_whole;
            compiler.expression(step.node, result);
        });
        self.emit(Op::TuplePush { first, result, step: index });
        if source.is_some() {
            self.emit(Op::Jump { target: next });
        }
        self.bind(exit);
        self.emit(Op::Close { dst, close: Close::Tuples });
        self.frame().release(mark);
    }

    pub(super) fn filter_tuples(&mut self, predicate: NodeId, dst: Reg) {
        let node = self.ast.node(predicate);
        if let (NodeKind::Number(number), true) = (&node.kind, node.predicates.is_empty()) {
            let number = self.number(*number);
            return self.emit(Op::Index { dst, src: dst, number });
        }
        let mark = self.frame().mark();
        let item = self.register();
        let first = self.tuple_registers();
        self.emit(Op::Loop { src: dst, over: Over::Elements });
        self.emit(Op::Open);
        let (next, exit) = (self.bound(), self.pending());
        self.emit(Op::Next { dst: item, exit });
        self.emit(Op::TupleLoad { first, src: item });
        self.within_tuple(first, |compiler| {
            let test = compiler.register();
            compiler.expression(predicate, test);
            compiler.emit(Op::PushMatch { item, test });
        });
        self.emit(Op::Jump { target: next });
        self.bind(exit);
        self.emit(Op::Close { dst, close: Close::Tuples });
        self.frame().release(mark);
    }

    fn sort_tuples(&mut self, terms: &[SortTerm], src: Reg, position: u32, dst: Reg) {
        let mark = self.frame().mark();
        let item = self.register();
        let first = self.tuple_registers();
        let keys = self.frame().allocate(terms.len());
        self.emit(Op::Loop { src, over: Over::Elements });
        self.emit(Op::Open);
        let (next, exit) = (self.bound(), self.pending());
        self.emit(Op::Next { dst: item, exit });
        self.emit(Op::TupleLoad { first, src: item });
        self.within_tuple(first, |compiler| compiler.sort_keys(terms, keys));
        self.emit(Op::PushKeys { item, first: keys, count: terms.len() as u16 });
        self.emit(Op::Jump { target: next });
        self.bind(exit);
        self.close_sorted(terms, position, dst);
        self.frame().release(mark);
    }

    fn group_tuples(&mut self, pairs: &[(NodeId, NodeId)], position: u32, dst: Reg) {
        let mark = self.frame().mark();
        let item = self.register();
        let first = self.tuple_registers();
        self.emit(Op::GroupOpen);
        self.emit(Op::Loop { src: dst, over: Over::Elements });
        let (next, exit) = (self.bound(), self.pending());
        self.emit(Op::Next { dst: item, exit });
        self.emit(Op::TupleLoad { first, src: item });
        self.within_tuple(first, |compiler| {
            for (pair, (key, _)) in pairs.iter().enumerate() {
                let key = compiler.value(*key);
                compiler.emit_at(Op::GroupAdd { key, item, pair: pair as u16 }, position);
            }
        });
        self.emit(Op::Jump { target: next });
        self.bind(exit);
        for (pair, (_, value)) in pairs.iter().enumerate() {
            let (next, exit) = (self.bound(), self.pending());
            self.emit(Op::GroupNextTuple { first, pair: pair as u16, exit });
            self.within_tuple(first, |compiler| {
                let src = compiler.value(*value);
                compiler.emit(Op::GroupValue { src });
            });
            self.emit(Op::Jump { target: next });
            self.bind(exit);
        }
        self.emit(Op::GroupClose { dst });
        self.frame().release(mark);
    }
}
