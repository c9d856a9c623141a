//! A hierarchical timing wheel (Varghese and Lauck 1987): timers by millisecond, each set, cancelled and fired
//! in constant time.
//!
//! Level `l` has 64 slots of `64^l` ms. A timer lives on the lowest level whose current turn holds it: level 0
//! if its time shares all but the last six bits with the wheel's time, level 1 if all but the last twelve, and
//! so on. Hence the invariants:
//! - every timer of a level fires before every timer of a higher one, so the next to fire is in the first
//!   occupied slot of the lowest occupied level;
//! - when the wheel's time reaches a slot of a higher level, its timers move down, in order, before any timer
//!   set later can stand beside them: timers of one millisecond fire in the order in which they were set.

const LEVELS: usize = 7;
const SLOT_BITS: usize = 6;
const SLOTS: usize = 1 << SLOT_BITS;
/// About 137 years, less than a whole turn of the highest level: a timer further away stands there first and
/// is moved on until it is near enough.
const DISTANCE_MAX: u64 = (SLOTS as u64 - 1) << ((LEVELS - 1) * SLOT_BITS);
const NONE: u32 = u32::MAX;

/// Timers with a value each.
#[derive(Debug)]
pub(super) struct TimerWheel<V> {
    now_ms: u64,
    levels: Box<[Level; LEVELS]>,
    /// Timers that were due when they were set.
    due: List,
    nodes: Vec<Node<V>>,
    free: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Level {
    occupied: u64,
    slots: [List; SLOTS],
}

/// First and last node of a linked list.
#[derive(Debug, Clone, Copy)]
struct List {
    head: u32,
    tail: u32,
}

const EMPTY: List = List { head: NONE, tail: NONE };

#[derive(Debug)]
struct Node<V> {
    at_ms: u64,
    next: u32,
    previous: u32,
    /// The list it is in: level and slot, or [`DUE`].
    list: u16,
    value: Option<V>,
}

/// The list of timers that were due when they were set.
const DUE: u16 = u16::MAX;

/// A timer that has not fired; using it after that is the caller's mistake, as the number is given out again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TimerId(u32);

impl<V> TimerWheel<V> {
    pub(super) fn new(now_ms: u64) -> Self {
        let level = Level { occupied: 0, slots: [EMPTY; SLOTS] };
        Self { now_ms, levels: Box::new([level; LEVELS]), due: EMPTY, nodes: Vec::new(), free: Vec::new() }
    }

    /// Sets a timer.
    pub(super) fn insert(&mut self, at_ms: u64, value: V) -> TimerId {
        let fresh = Node { at_ms, next: NONE, previous: NONE, list: DUE, value: Some(value) };
        let node = if let Some(node) = self.free.pop() {
            self.nodes[node as usize] = fresh;
            node
        } else {
            let node = u32::try_from(self.nodes.len()).ok().filter(|node| *node != NONE);
            self.nodes.push(fresh);
            node.expect("one timer per suspended execution, which admission bounds below 2^32")
        };
        self.link(node);
        TimerId(node)
    }

    /// Takes a timer back that has not fired.
    pub(super) fn cancel(&mut self, TimerId(node): TimerId) -> V {
        let Node { next, previous, list: place, .. } = self.nodes[node as usize];
        if next != NONE {
            self.nodes[next as usize].previous = previous;
        }
        if previous != NONE {
            self.nodes[previous as usize].next = next;
        }
        let list = self.list(place);
        if next == NONE {
            list.tail = previous;
        }
        if previous == NONE {
            list.head = next;
        }
        if list.head == NONE && place != DUE {
            let (level, slot) = (usize::from(place) / SLOTS, usize::from(place) % SLOTS);
            self.levels[level].occupied &= !(1 << slot);
        }
        self.release(node)
    }

    fn list(&mut self, place: u16) -> &mut List {
        match usize::from(place) {
            _ if place == DUE => &mut self.due,
            place => &mut self.levels[place / SLOTS].slots[place % SLOTS],
        }
    }

    /// A time at which [`advance`](Self::advance) has something to do: not later than that of any timer.
    pub(super) fn next_ms(&self) -> Option<u64> {
        if self.due.head != NONE {
            return Some(self.now_ms);
        }
        self.next_slot().map(|(_, _, at_ms)| at_ms)
    }

    /// Moves the time forward and appends the values of the timers that fire, in order of time.
    pub(super) fn advance(&mut self, now_ms: u64, fired: &mut Vec<V>) {
        let mut node = std::mem::replace(&mut self.due, EMPTY).head;
        while node != NONE {
            let next = self.nodes[node as usize].next;
            fired.push(self.release(node));
            node = next;
        }
        while let Some((level, slot, at_ms)) = self.next_slot() {
            if at_ms > now_ms {
                break;
            }
            self.now_ms = at_ms;
            let mut node = self.levels[level].slots[slot].head;
            self.levels[level].slots[slot] = EMPTY;
            self.levels[level].occupied &= !(1 << slot);
            while node != NONE {
                let next = self.nodes[node as usize].next;
                if self.nodes[node as usize].at_ms <= at_ms {
                    fired.push(self.release(node));
                } else {
                    self.link(node);
                }
                node = next;
            }
        }
        self.now_ms = self.now_ms.max(now_ms);
    }

    /// The first occupied slot: level, slot, and the time at which it begins.
    fn next_slot(&self) -> Option<(usize, usize, u64)> {
        let level = self.levels.iter().position(|level| level.occupied != 0)?;
        let shift = level * SLOT_BITS;
        let current = (self.now_ms >> shift) as usize & (SLOTS - 1);
        // On the highest level the slots behind the present one belong to its next turn.
        let ahead = self.levels[level].occupied.rotate_right(current as u32).trailing_zeros() as usize;
        let slot = (current + ahead) & (SLOTS - 1);
        let turn_ms = 1_u64 << (shift + SLOT_BITS);
        let mut at_ms = (self.now_ms & !(turn_ms - 1)) + ((slot as u64) << shift);
        if slot < current {
            at_ms = at_ms.saturating_add(turn_ms);
        }
        Some((level, slot, at_ms.max(self.now_ms)))
    }

    /// Appends a node to the list that its time belongs to.
    fn link(&mut self, node: u32) {
        let at_ms = self.nodes[node as usize].at_ms;
        let place = if at_ms <= self.now_ms {
            DUE
        } else {
            let at_ms = at_ms.min(self.now_ms.saturating_add(DISTANCE_MAX));
            let differing = (self.now_ms ^ at_ms) | (SLOTS as u64 - 1);
            let level = ((63 - differing.leading_zeros() as usize) / SLOT_BITS).min(LEVELS - 1);
            let slot = (at_ms >> (level * SLOT_BITS)) as usize & (SLOTS - 1);
            self.levels[level].occupied |= 1 << slot;
            (level * SLOTS + slot) as u16
        };
        let list = self.list(place);
        let tail = std::mem::replace(&mut list.tail, node);
        if tail == NONE {
            list.head = node;
        } else {
            self.nodes[tail as usize].next = node;
        }
        let node = &mut self.nodes[node as usize];
        (node.next, node.previous, node.list) = (NONE, tail, place);
    }

    fn release(&mut self, index: u32) -> V {
        self.free.push(index);
        self.nodes[index as usize].value.take().expect("a linked node has its value")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same as a sorted list: (time or the time of setting if that is later, order of setting).
    #[derive(Default)]
    struct Model {
        now_ms: u64,
        timers: Vec<(u64, usize)>,
    }

    #[derive(Debug, Clone)]
    enum Operation {
        Insert(u64),
        Cancel(prop::sample::Index),
        Advance(u64),
        ToNext,
    }

    fn distance() -> impl Strategy<Value = u64> {
        prop_oneof![
            0..70_u64,
            0..5_000_u64,
            0..2_000_000_u64,
            0..1_u64 << 40,
            Just(99_999_999_000),
            Just(1 << 45)
        ]
    }

    fn operation() -> impl Strategy<Value = Operation> {
        prop_oneof![
            4 => distance().prop_map(Operation::Insert),
            1 => any::<prop::sample::Index>().prop_map(Operation::Cancel),
            2 => distance().prop_map(Operation::Advance),
            2 => Just(Operation::ToNext),
        ]
    }

    fn check_advance(wheel: &mut TimerWheel<usize>, model: &mut Model, to_ms: u64) {
        let mut fired = Vec::new();
        wheel.advance(to_ms, &mut fired);
        model.now_ms = model.now_ms.max(to_ms);
        model.timers.sort_unstable();
        let due = model.timers.partition_point(|(at_ms, _)| *at_ms <= model.now_ms);
        let expected: Vec<usize> = model.timers.drain(..due).map(|(_, order)| order).collect();
        assert_eq!(fired, expected);
    }

    proptest! {
        #[test]
        fn fires_as_a_sorted_list_would(
            start_ms in prop_oneof![Just(0), 0..1_u64 << 42, Just(1_790_000_000_000)],
            operations in proptest::collection::vec(operation(), 1..120)
        ) {
            let mut wheel = TimerWheel::new(start_ms);
            let mut model = Model { now_ms: start_ms, timers: Vec::new() };
            let mut ids = std::collections::BTreeMap::new();
            for (order, operation) in operations.into_iter().enumerate() {
                match operation {
                    Operation::Insert(distance) => {
                        let at_ms = (model.now_ms + distance).saturating_sub(10);
                        ids.insert(order, wheel.insert(at_ms, order));
                        model.timers.push((at_ms.max(model.now_ms), order));
                    }
                    Operation::Cancel(index) => {
                        if !model.timers.is_empty() {
                            let (_, order) = model.timers.swap_remove(index.index(model.timers.len()));
                            prop_assert_eq!(wheel.cancel(ids[&order]), order);
                        }
                    }
                    Operation::Advance(distance) => {
                        let to_ms = model.now_ms + distance;
                        check_advance(&mut wheel, &mut model, to_ms);
                    }
                    Operation::ToNext => {
                        let earliest = model.timers.iter().map(|(at_ms, _)| *at_ms).min();
                        let next = wheel.next_ms();
                        prop_assert_eq!(next.is_some(), earliest.is_some());
                        if let (Some(next), Some(earliest)) = (next, earliest) {
                            prop_assert!(next <= earliest && next >= model.now_ms);
                            check_advance(&mut wheel, &mut model, next);
                        }
                    }
                }
            }
            // Going from hint to hint fires everything: no timer is ever lost.
            let mut steps = 0;
            while let Some(next) = wheel.next_ms() {
                check_advance(&mut wheel, &mut model, next);
                steps += 1;
                prop_assert!(steps < 5_000);
            }
            prop_assert!(model.timers.is_empty());
        }
    }
}
