//! Suspended executions by (slot, generation).
//!
//! A slot is reused as soon as its value is taken; the generation tells a key of the former tenant from one
//! of the present one, so that a late wake reaches nobody instead of somebody else.

/// Where a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SlotKey {
    slot: u32,
    generation: u32,
}

/// Values by key.
#[derive(Debug)]
pub(super) struct Slab<T> {
    slots: Vec<Slot<T>>,
    free: Vec<u32>,
}

#[derive(Debug)]
struct Slot<T> {
    generation: u32,
    value: Option<T>,
}

impl<T> Slab<T> {
    pub(super) fn new() -> Self {
        Self { slots: Vec::new(), free: Vec::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    pub(super) fn insert(&mut self, value: T) -> SlotKey {
        if let Some(slot) = self.free.pop() {
            let tenant = &mut self.slots[slot as usize];
            tenant.value = Some(value);
            return SlotKey { slot, generation: tenant.generation };
        }
        let slot =
            u32::try_from(self.slots.len()).expect("admission bounds the suspended executions below 2^32");
        self.slots.push(Slot { generation: 0, value: Some(value) });
        SlotKey { slot, generation: 0 }
    }

    /// The keys of all values.
    pub(super) fn keys(&self) -> Vec<SlotKey> {
        let slots = (0_u32..).zip(&self.slots).filter(|(_, tenant)| tenant.value.is_some());
        slots.map(|(slot, tenant)| SlotKey { slot, generation: tenant.generation }).collect()
    }

    /// Takes a value out for a while: its slot stays its own until it is [put back](Self::put_back) or its key is
    /// [removed](Self::remove).
    pub(super) fn take(&mut self, key: SlotKey) -> Option<T> {
        self.tenant(key)?.value.take()
    }

    /// Puts a value back into the slot it was taken from.
    pub(super) fn put_back(&mut self, key: SlotKey, value: T) {
        if let Some(slot) = self.tenant(key) {
            slot.value = Some(value);
        }
    }

    pub(super) fn get_mut(&mut self, key: SlotKey) -> Option<&mut T> {
        self.tenant(key)?.value.as_mut()
    }

    /// Gives a slot free, with its value if that is there; its key is dead from then on.
    pub(super) fn remove(&mut self, key: SlotKey) -> Option<T> {
        let slot = self.tenant(key)?;
        let value = slot.value.take();
        slot.generation = slot.generation.wrapping_add(1);
        self.free.push(key.slot);
        value
    }

    fn tenant(&mut self, key: SlotKey) -> Option<&mut Slot<T>> {
        self.slots.get_mut(key.slot as usize).filter(|slot| slot.generation == key.generation)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_dies_with_its_value() {
        let mut slab = Slab::new();
        let first = slab.insert("first");
        assert_eq!(slab.remove(first), Some("first"));
        let second = slab.insert("second");
        assert_eq!((second.slot, first.slot), (0, 0));
        assert_eq!(slab.remove(first), None);
        assert_eq!(slab.remove(second), Some("second"));
    }

    proptest! {
        #[test]
        fn behaves_as_a_list_of_pairs(operations in proptest::collection::vec((any::<bool>(), any::<prop::sample::Index>()), 0..200)) {
            let mut slab = Slab::new();
            let mut model: Vec<(SlotKey, usize)> = Vec::new();
            let mut dead = Vec::new();
            for (number, (insert, index)) in operations.into_iter().enumerate() {
                if insert || model.is_empty() {
                    model.push((slab.insert(number), number));
                } else {
                    let (key, value) = model.swap_remove(index.index(model.len()));
                    prop_assert_eq!(slab.remove(key), Some(value));
                    dead.push(key);
                }
                prop_assert_eq!(slab.len(), model.len());
            }
            for key in dead {
                prop_assert_eq!(slab.remove(key), None);
            }
            for (key, value) in model {
                prop_assert_eq!(slab.remove(key), Some(value));
            }
        }
    }
}
