//! What a failed fork gives up: its other children, and all that runs within them.

use super::{EventType, Moment};
use crate::vm::machine::Machine;
use crate::vm::state::Status;

/// A strand and where it stands in its parent's fork; ordered by parent, then index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Link {
    parent: u32,
    index: u32,
    slot: u32,
}

/// A walk over the tree of strands, children before their parents.
enum Visit {
    Enter(Link),
    Leave(Link),
}

impl Machine<'_, '_, '_> {
    /// Records that all children of a strand are given up, the innermost first, in the order of items and branches.
    pub(in crate::vm) fn record_aborts(&mut self, slot: u32) {
        let mut links: Vec<Link> = Vec::new();
        for (child, strand) in self.state.strands.iter().enumerate() {
            // One that is stopping was given up before.
            if let Some(parent) = strand.parent
                && !matches!(strand.status, Status::Free | Status::Stopping)
            {
                links.push(Link { parent: parent.slot, index: parent.index, slot: child as u32 });
            }
        }
        links.sort_unstable();
        let children_of = |parent: u32| {
            let first = links.partition_point(|link| link.parent < parent);
            links[first..].iter().copied().take_while(move |link| link.parent == parent)
        };
        let mut visits: Vec<Visit> = Vec::new();
        let descend = |parent: u32, visits: &mut Vec<Visit>| {
            let at = visits.len();
            visits.extend(children_of(parent).map(Visit::Enter));
            visits[at..].reverse();
        };
        descend(slot, &mut visits);
        while let Some(visit) = visits.pop() {
            match visit {
                Visit::Enter(link) => {
                    visits.push(Visit::Leave(link));
                    descend(link.slot, &mut visits);
                }
                Visit::Leave(link) => self.record_abort(link),
            }
        }
    }

    fn record_abort(&mut self, link: Link) {
        let strand = &self.state.strands[link.slot as usize];
        if strand.in_state && EventType::aborted(self.program.state(strand.state).kind).is_some() {
            self.record(link.slot, || Moment::StateAborted);
        }
        if !self.state.strands[link.parent as usize].fork.items.is_empty() {
            self.record(link.slot, || Moment::IterationAborted);
        }
    }
}
