//! Finding a key among a fixed set without comparing it with each of them.

/// Says of a text which keys of a set it may be. What is looked at is its length, its first and its last byte.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyTable {
    /// By hash: one more than the index of a key; then, by key, the same of the next one with its hash.
    links: Box<[u16]>,
    /// How many there are by hash, a power of two; none without keys.
    slots: u32,
    /// The marks of all keys: most other texts have another.
    marks: u64,
}

impl KeyTable {
    /// The table of these keys; of more than `u16` can number, the first.
    pub fn new<'k>(keys: impl ExactSizeIterator<Item = &'k [u8]>) -> Self {
        let count = keys.len().min(usize::from(u16::MAX) - 1);
        if count == 0 {
            return Self::default();
        }
        let slots = (4 * count).next_power_of_two() as u32;
        let mut links = vec![0; slots as usize + count];
        let mut marks = 0;
        for (index, key) in keys.take(count).enumerate() {
            marks |= mark(key.len(), key.first());
            let slot = hash(key, slots);
            links[slots as usize + index] = links[slot];
            links[slot] = index as u16 + 1;
        }
        Self { links: links.into(), slots, marks }
    }

    /// Whether a text of this length and first byte may be one of the keys.
    #[inline]
    pub fn may_have(&self, len: usize, first: Option<&u8>) -> bool {
        self.marks & mark(len, first) != 0
    }

    /// The index of the one key that is this text, given how to compare.
    #[inline]
    pub fn find(&self, text: &[u8], is_key: impl Fn(usize) -> bool) -> Option<usize> {
        if !self.may_have(text.len(), text.first()) {
            return None;
        }
        let mut link = *self.links.get(hash(text, self.slots))?;
        while link != 0 {
            let index = usize::from(link) - 1;
            if is_key(index) {
                return Some(index);
            }
            link = *self.links.get(self.slots as usize + index)?;
        }
        None
    }
}

/// One bit for a length and a first byte.
#[inline]
fn mark(len: usize, first: Option<&u8>) -> u64 {
    1 << (first.map_or(0, |byte| usize::from(*byte)).wrapping_add(len << 3) & 63)
}

#[inline]
fn hash(text: &[u8], slots: u32) -> usize {
    let (first, last) = match text {
        [first, .., last] => (*first, *last),
        [only] => (*only, *only),
        [] => (0, 0),
    };
    let mixed = (text.len() as u32) << 16 ^ u32::from(first) << 8 ^ u32::from(last);
    (mixed.wrapping_mul(0x9e37_79b1) >> 16 & (slots - 1)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_and_no_other_text() {
        let sets: &[&[&str]] = &[
            &[],
            &[""],
            &["a"],
            &["", "a", "b", "aa", "ab", "ba"],
            // The same length and ends.
            &["axb", "ayb", "azb", "a\u{e9}b"],
            &["type", "user", "file", "region", "status", "source", "amount", "attempt", "priority"],
        ];
        for keys in sets {
            let table = KeyTable::new(keys.iter().map(|key| key.as_bytes()));
            let find = |text: &str| table.find(text.as_bytes(), |index| keys[index] == text);
            for (index, key) in keys.iter().enumerate() {
                assert_eq!(find(key), Some(index), "{key:?} of {keys:?}");
            }
            for other in ["awb", "types", "user ", "A", "abc"] {
                assert_eq!(find(other), None, "{other:?} of {keys:?}");
            }
        }
    }

    #[test]
    fn a_thousand_keys_are_found() {
        let keys: Vec<String> = (0..1000).map(|number| format!("key{number}")).collect();
        let table = KeyTable::new(keys.iter().map(String::as_bytes));
        for (index, key) in keys.iter().enumerate() {
            assert_eq!(table.find(key.as_bytes(), |at| keys[at] == *key), Some(index));
        }
    }
}
