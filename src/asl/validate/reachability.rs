//! Which states of a graph can be reached, and whether any of them ends it.

use crate::asl::model::StateIndex;

/// Where one state leads.
#[derive(Debug, Clone, Default)]
pub(in crate::asl) struct Outgoing {
    /// States that it may go to.
    pub(in crate::asl) targets: Vec<StateIndex>,
    /// Whether it ends its workflow.
    pub(in crate::asl) ends: bool,
    /// Whether it may lead elsewhere: a target is a placeholder, or could not be read.
    pub(in crate::asl) unknown: bool,
}

/// What can be said about a graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::asl) enum Walk {
    /// Nothing against it.
    Sound,
    /// No state ends it. AWS says nothing about reachability then.
    Endless,
    /// These states cannot be reached.
    Unreachable(Vec<StateIndex>),
}

/// Walks the graph. A start that names no state reaches nothing; an unknown target might be any state.
pub(in crate::asl) fn walk(start: Option<StateIndex>, states: &[Outgoing]) -> Walk {
    if states.iter().any(|state| state.unknown) {
        return Walk::Sound;
    }
    if !states.iter().any(|state| state.ends) {
        return Walk::Endless;
    }
    let mut reached = vec![false; states.len()];
    let mut pending: Vec<StateIndex> = start.into_iter().collect();
    while let Some(index) = pending.pop() {
        let index = index.0 as usize;
        if !reached[index] {
            reached[index] = true;
            pending.extend(&states[index].targets);
        }
    }
    let unreachable: Vec<StateIndex> = (0u32..)
        .zip(&reached)
        .filter(|(_, reached)| !**reached)
        .map(|(index, _)| StateIndex(index))
        .collect();
    if unreachable.is_empty() { Walk::Sound } else { Walk::Unreachable(unreachable) }
}

#[cfg(test)]
mod tests {
    use super::{Outgoing, StateIndex, Walk, walk};

    fn state(targets: &[u32], ends: bool) -> Outgoing {
        Outgoing { targets: targets.iter().copied().map(StateIndex).collect(), ends, unknown: false }
    }

    #[test]
    fn walks() {
        let end = || state(&[], true);
        let unreachable =
            |indices: &[u32]| Walk::Unreachable(indices.iter().copied().map(StateIndex).collect());
        let cases = [
            (Some(0), vec![end()], Walk::Sound),
            (Some(0), vec![state(&[1], false), state(&[0], false)], Walk::Endless),
            (Some(0), vec![state(&[1], false), state(&[0], false), end()], unreachable(&[2])),
            (Some(1), vec![state(&[0], false), end()], unreachable(&[0])),
            (None, vec![end()], unreachable(&[0])),
            (Some(0), vec![Outgoing { unknown: true, ..end() }, end()], Walk::Sound),
        ];
        for (start, states, expected) in cases {
            assert_eq!(walk(start.map(StateIndex), &states), expected, "{states:?}");
        }
    }
}
