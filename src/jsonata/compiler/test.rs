//! Expressions whose truth decides where to go on.

use super::compile::Compiler;
use super::emit::Pending;
use super::frame::{Meaning, Name};
use crate::jsonata::ast::{NodeId, NodeKind, Operator};
use crate::jsonata::code::Op;

impl Compiler<'_> {
    /// Continues at `no` unless the expression is true.
    pub(super) fn test(&mut self, id: NodeId, no: Pending) {
        let node = self.ast.node(id);
        if node.predicates.is_empty() && node.group.is_none() {
            match node.kind {
                NodeKind::Binary { operator: Operator::And, left, right } => {
                    self.test(left, no);
                    self.test(right, no);
                    return;
                }
                NodeKind::Binary { operator: Operator::Or, left, right } => {
                    let (second, yes) = (self.pending(), self.pending());
                    self.test(left, second);
                    self.emit(Op::Jump { target: yes });
                    self.bind(second);
                    self.test(right, no);
                    self.bind(yes);
                    return;
                }
                _ => {}
            }
        }
        let mark = self.frame().mark();
        let test = self.value(id);
        self.emit(Op::JumpUnlessTrue { test, target: no });
        self.frame().release(mark);
    }

    /// Whether an expression is true, false or nothing, whatever it works on: then it is no position.
    pub(super) fn is_test(&mut self, id: NodeId) -> bool {
        let node = self.ast.node(id);
        if !node.predicates.is_empty() || node.group.is_some() {
            return false;
        }
        match &node.kind {
            NodeKind::Bool(_) => true,
            NodeKind::Binary { operator, .. } => matches!(
                operator,
                Operator::Equal
                    | Operator::NotEqual
                    | Operator::Less
                    | Operator::LessOrEqual
                    | Operator::Greater
                    | Operator::GreaterOrEqual
                    | Operator::In
                    | Operator::And
                    | Operator::Or
            ),
            NodeKind::Call { procedure, .. } => match &self.ast.node(*procedure).kind {
                NodeKind::Variable(name) if matches!(&**name, "not" | "exists" | "boolean" | "contains") => {
                    matches!(self.meaning(&Name::variable(name)), Meaning::Builtin(_))
                }
                _ => false,
            },
            _ => false,
        }
    }
}
