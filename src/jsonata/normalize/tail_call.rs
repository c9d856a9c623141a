//! Which calls are the last thing that a lambda does.

use super::super::ast::{NodeId, NodeKind};
use super::tree::Normalizer;

impl Normalizer {
    /// Marks the calls whose result is that of the lambda with this body.
    ///
    /// A block or condition with filters of its own is not looked into: they have to see the result of the call. (The
    /// reference does look, and then filters the suspended call.)
    pub(super) fn mark_tail_calls(&mut self, body: NodeId) {
        let node = self.node_mut(body);
        if !node.predicates.is_empty() {
            return;
        }
        let is_grouped = node.group.is_some();
        match &mut node.kind {
            NodeKind::Call { is_tail, .. } => *is_tail = true,
            _ if is_grouped => {}
            &mut NodeKind::Condition { then, otherwise, .. } => {
                self.mark_tail_calls(then);
                if let Some(otherwise) = otherwise {
                    self.mark_tail_calls(otherwise);
                }
            }
            // The left side is needed to decide.
            &mut (NodeKind::Default { right, .. } | NodeKind::Coalesce { right, .. }) => {
                self.mark_tail_calls(right);
            }
            NodeKind::Block { expressions, .. } => {
                if let Some(&last) = expressions.last() {
                    self.mark_tail_calls(last);
                }
            }
            _ => {}
        }
    }
}
