//! Which ops belong to which graph.

use std::ops::Range;

use super::VerifyError;
use super::rule::fail;
use crate::bytecode::{GraphId, Label, Program};

/// The ops of every graph: they are contiguous, and graphs stand in the order of their entries.
pub(super) struct Layout {
    order: Vec<GraphId>,
    /// By graph.
    ranges: Vec<Range<usize>>,
}

impl Layout {
    pub(super) fn of(program: &Program) -> Result<Self, VerifyError> {
        let graphs = &program.graphs;
        let mut order = Vec::with_capacity(graphs.len());
        for index in 0..graphs.len() {
            order.push(GraphId::new(index).ok_or(VerifyError { what: "too many graphs", pc: index })?);
        }
        order.sort_by_key(|id: &GraphId| graphs[id.index()].entry.0);
        if order.first().is_none_or(|first| program.graph(*first).entry != Label(0)) {
            return fail("no graph starts at op 0", 0);
        }
        let mut ranges = vec![0..0; graphs.len()];
        let mut end = program.code.len();
        for id in order.iter().rev() {
            let start = program.graph(*id).entry.index();
            if start >= end {
                return fail("a graph without ops", id.index());
            }
            ranges[id.index()] = start..end;
            end = start;
        }
        Ok(Self { order, ranges })
    }

    /// The ops of a graph.
    pub(super) fn range(&self, graph: GraphId) -> Range<usize> {
        self.ranges[graph.index()].clone()
    }

    /// All graphs with their ops, in the order of the code; together the ops are the whole code.
    pub(super) fn graphs(&self) -> impl Iterator<Item = (GraphId, Range<usize>)> {
        self.order.iter().map(|id| (*id, self.range(*id)))
    }
}
