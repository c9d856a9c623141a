//! Array and object constructors, grouping.

use super::compile::Compiler;
use super::load::Whose;
use crate::jsonata::ast::{NodeId, NodeKind};
use crate::jsonata::code::{Close, Op, Over, Reg};

impl Compiler<'_> {
    pub(super) fn array(&mut self, items: &[NodeId], is_step: bool, dst: Reg) {
        let mark = self.frame().mark();
        self.emit(Op::Open);
        for item in items {
            let inner = self.frame().mark();
            let src = self.value(*item);
            // An array constructor inside another keeps its brackets; everything else is spread.
            let node = self.ast.node(*item);
            self.emit(match node.kind {
                NodeKind::Array { .. } => Op::Push { src },
                _ => Op::PushSpread { src },
            });
            self.frame().release(inner);
        }
        let close = if is_step { Close::Constructed } else { Close::Array };
        self.emit(Op::Close { dst, close });
        self.frame().release(mark);
    }

    /// An object constructor: grouping, of the context.
    pub(super) fn object(&mut self, pairs: &[(NodeId, NodeId)], position: u32, dst: Reg) {
        let Some(keys) = self.literal_keys(pairs) else {
            return self.group(pairs, position, self.context, dst);
        };
        let mark = self.frame().mark();
        let context = if self.context_is_item() {
            self.context
        } else {
            let context = self.register();
            self.emit(Op::GroupContext { dst: context, src: self.context });
            context
        };
        let first = self.frame().allocate(pairs.len());
        let whole = self.context_is_whole && context == self.context;
        self.within(context, |compiler| {
            compiler.context_is_whole = whole;
            let values: Vec<NodeId> = pairs.iter().map(|(_, value)| *value).collect();
            let loaded = compiler.load(Whose::Context, &values, context);
            for (index, (_, value)) in pairs.iter().enumerate() {
                compiler.expression(*value, first.offset(index as u16));
            }
            compiler.unload(loaded);
        });
        let shape = self.shape(keys);
        self.emit(Op::Object { dst, first, shape });
        self.frame().release(mark);
    }

    /// In state machines there is no input, and so no array that would count as several items.
    fn context_is_item(&self) -> bool {
        matches!(self.dialect, super::compile::Dialect::States) && self.context == Reg::CONTEXT
    }

    /// The keys, if all are different literals.
    fn literal_keys(&self, pairs: &[(NodeId, NodeId)]) -> Option<Vec<Box<str>>> {
        let mut keys: Vec<Box<str>> = Vec::with_capacity(pairs.len());
        for (key, _) in pairs {
            let node = self.ast.node(*key);
            let NodeKind::String(text) = &node.kind else { return None };
            if !node.predicates.is_empty() || keys.len() > 255 || keys.contains(text) {
                return None;
            }
            keys.push(text.clone());
        }
        Some(keys)
    }

    /// `src{k: v, …}`; `dst` may be `src`.
    pub(super) fn group(&mut self, pairs: &[(NodeId, NodeId)], position: u32, src: Reg, dst: Reg) {
        let mark = self.frame().mark();
        let item = self.register();
        self.emit(Op::GroupOpen);
        self.emit(Op::Loop { src, over: Over::Group });
        let (next, exit) = (self.bound(), self.pending());
        self.emit(Op::Next { dst: item, exit });
        self.within(item, |compiler| {
            for (pair, (key, _)) in pairs.iter().enumerate() {
                let inner = compiler.frame().mark();
                let key = compiler.value(*key);
                compiler.emit_at(Op::GroupAdd { key, item, pair: pair as u16 }, position);
                compiler.frame().release(inner);
            }
        });
        self.emit(Op::Jump { target: next });
        self.bind(exit);
        for (pair, (_, value)) in pairs.iter().enumerate() {
            let (next, exit) = (self.bound(), self.pending());
            self.emit(Op::GroupNext { dst: item, pair: pair as u16, exit });
            self.within(item, |compiler| {
                let inner = compiler.frame().mark();
                let src = compiler.value(*value);
                compiler.emit(Op::GroupValue { src });
                compiler.frame().release(inner);
            });
            self.emit(Op::Jump { target: next });
            self.bind(exit);
        }
        self.emit(Op::GroupClose { dst });
        self.frame().release(mark);
    }
}
