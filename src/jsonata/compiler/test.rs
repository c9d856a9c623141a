//! Expressions whose truth decides where to go on.

use super::compile::Compiler;
use super::emit::Pending;
use super::frame::{Meaning, Name};
use crate::jsonata::ast::{NodeId, NodeKind, Operator};
use crate::jsonata::code::{Comparison, Constant, Op, Reg, Test};

impl Compiler<'_> {
    /// Continues at `no` unless the expression is true.
    pub(super) fn test(&mut self, id: NodeId, no: Pending) {
        let node = self.ast.node(id);
        if node.predicates.is_empty()
            && node.group.is_none()
            && let NodeKind::Binary { operator, left, right } = node.kind
        {
            if matches!(operator, Operator::And | Operator::Or) {
                return self.test_operator(operator, left, right, no);
            }
            if let (Some(comparison), true) = (comparison(operator), self.is_fused) {
                return self.test_comparison(comparison, left, right, node.position, no);
            }
        }
        let mark = self.frame().mark();
        let test = self.value(id);
        self.emit(Op::JumpUnlessTrue { test, target: no });
        self.frame().release(mark);
    }

    /// The same for `left and right`, `left or right`.
    pub(super) fn test_operator(&mut self, operator: Operator, left: NodeId, right: NodeId, no: Pending) {
        if operator == Operator::And {
            self.test(left, no);
            return self.test(right, no);
        }
        let (second, yes) = (self.pending(), self.pending());
        self.test(left, second);
        self.emit(Op::Jump { target: yes });
        self.bind(second);
        self.test(right, no);
        self.bind(yes);
    }

    fn test_comparison(
        &mut self,
        comparison: Comparison,
        left: NodeId,
        right: NodeId,
        position: u32,
        no: Pending,
    ) {
        let mark = self.frame().mark();
        let op = if let Some(constant) = self.constant(comparison, right) {
            let (src, test) = self.literal_test(comparison, left, constant);
            Op::JumpUnless { src, test, target: no }
        } else {
            let (left, right) = (self.operand(left, right), self.value(right));
            Op::JumpUnlessCompared { comparison, left, right, target: no }
        };
        self.emit_at(op, position);
        self.frame().release(mark);
    }

    /// The register of what is compared with a literal, and the comparison.
    pub(super) fn literal_test(
        &mut self,
        comparison: Comparison,
        left: NodeId,
        constant: Constant,
    ) -> (Reg, u16) {
        let (src, name) = match self.member(left) {
            Some((src, name)) => {
                let name = self.name(name);
                self.loaded(src, name).map_or((src, Some(name)), |member| (member, None))
            }
            None => (self.value(left), None),
        };
        let test = Test { name, comparison, constant };
        let tests = &mut self.code.tests;
        let index = tests.iter().position(|known| *known == test).unwrap_or_else(|| {
            tests.push(test);
            tests.len() - 1
        });
        (src, index as u16)
    }

    /// A literal that values can be compared with by one instruction.
    pub(super) fn constant(&mut self, comparison: Comparison, id: NodeId) -> Option<Constant> {
        let node = self.ast.node(id);
        if !self.is_fused || !node.predicates.is_empty() || node.group.is_some() {
            return None;
        }
        match &node.kind {
            NodeKind::Number(number) if number.is_finite() => Some(Constant::Number(*number)),
            NodeKind::String(text) if matches!(comparison, Comparison::Equal | Comparison::NotEqual) => {
                Some(Constant::String(self.string(text)))
            }
            _ => None,
        }
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

/// The comparison that an operator is.
pub(super) fn comparison(operator: Operator) -> Option<Comparison> {
    Some(match operator {
        Operator::Equal => Comparison::Equal,
        Operator::NotEqual => Comparison::NotEqual,
        Operator::Less => Comparison::Less,
        Operator::LessOrEqual => Comparison::LessOrEqual,
        Operator::Greater => Comparison::Greater,
        Operator::GreaterOrEqual => Comparison::GreaterOrEqual,
        _ => return None,
    })
}
