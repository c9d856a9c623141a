//! The order in which Java's `HashMap` lists its keys.
//!
//! AWS builds payload templates, `States.JsonMerge` results and CSV rows in such maps, so this order is
//! visible in every recorded output.

use smallvec::SmallVec;

/// The order in which a `java.util.HashMap<String, ?>` filled with `keys`, in this order, iterates over them:
/// indexes into `keys`. A key that repeats is listed once, where its first occurrence puts it.
///
/// Buckets are listed in turn; within one bucket the keys come in the order of insertion, which growing the
/// table keeps. (Java turns a bucket of more than eight keys into a tree, whose root it moves to the front:
/// that is not followed here.)
///
/// ```
/// use aslx::value::java_hash_map::hash_map_order;
/// // `q` and `a` share a bucket, and so do `b` and `r`.
/// assert_eq!(hash_map_order(&["b", "q", "r", "a"]), [1, 3, 0, 2]);
/// ```
pub fn hash_map_order(keys: &[&str]) -> Vec<usize> {
    hash_map_entries(keys.len(), |index| keys[index]).iter().map(|entry| entry.first as usize).collect()
}

/// One key of a `HashMap` and what was put under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Index of the key's first occurrence: it decides the place.
    pub first: u32,
    /// Index of its last occurrence: `put` replaces the value.
    pub last: u32,
    hash: u32,
}

/// Entries on the stack up to this count.
pub type Entries = SmallVec<[Entry; 32]>;

/// As [`hash_map_order`] for `count` keys read through `key`, with the index of the value that counts.
pub fn hash_map_entries<'k>(count: usize, key: impl Fn(usize) -> &'k str) -> Entries {
    let mut entries = Entries::with_capacity(count);
    let small = count <= entries.inline_size();
    for index in 0..count {
        let hash = spread(key(index));
        let index = index as u32;
        let earlier =
            |entry: &&mut Entry| entry.hash == hash && key(entry.first as usize) == key(index as usize);
        match if small { entries.iter_mut().find(earlier) } else { None } {
            Some(entry) => entry.last = index,
            None => entries.push(Entry { first: index, last: index, hash }),
        }
    }
    if !small {
        // Untrusted keys may share one hash: sorting by text as well keeps this from becoming quadratic.
        entries.sort_unstable_by(|a, b| {
            let texts = || key(a.first as usize).cmp(key(b.first as usize));
            a.hash.cmp(&b.hash).then_with(texts).then(a.first.cmp(&b.first))
        });
        entries.dedup_by(|later, kept| {
            let same = later.hash == kept.hash && key(later.first as usize) == key(kept.first as usize);
            if same {
                kept.last = later.last;
            }
            same
        });
    }
    let mask = table_len(entries.len()) - 1;
    entries.sort_unstable_by_key(|entry| (entry.hash & mask, entry.first));
    entries
}

/// Slots of a default `HashMap` after `count` insertions: 16, doubled whenever it is over three quarters full.
fn table_len(count: usize) -> u32 {
    let mut len = 16_u32;
    while count > len as usize / 4 * 3 && len < 1 << 30 {
        len *= 2;
    }
    len
}

/// `HashMap.hash`: `String.hashCode`, its high half folded into the low one.
fn spread(key: &str) -> u32 {
    let hash = if key.is_ascii() {
        key.bytes().fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)))
    } else {
        key.encode_utf16().fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)))
    };
    hash ^ hash >> 16
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(keys: &str, expected: &str) {
        let keys: Vec<&str> = keys.split_whitespace().collect();
        let ordered: Vec<&str> = hash_map_order(&keys).into_iter().map(|index| keys[index]).collect();
        assert_eq!(ordered.join(" "), expected);
    }

    /// Orders that OpenJDK 17 prints for `new HashMap` filled from left to right.
    #[test]
    fn lists_keys_as_java_does() {
        check("", "");
        check("c b a", "a b c");
        check("r b q a", "q a r b");
        check("b a b", "a b");
        // Thirteen keys double the table: `q` (113) no longer shares a bucket with `a` (97).
        check("q a b c d e f g h i j k", "q a b c d e f g h i j k");
        check("q a b c d e f g h i j k l", "a b c d e f g h i j k l q");
        // Non-ASCII keys hash as UTF-16.
        check("é z 😀", "😀 é z");
    }

    proptest! {
        #[test]
        fn large_maps_follow_the_same_rule(keys in prop::collection::vec("[a-d]{1,3}", 0..120)) {
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            let entries = hash_map_entries(keys.len(), |index| keys[index]);
            let mut distinct: Vec<usize> =
                (0..keys.len()).filter(|&i| !keys[..i].contains(&keys[i])).collect();
            let mask = table_len(distinct.len()) - 1;
            distinct.sort_by_key(|&i| spread(keys[i]) & mask);
            prop_assert_eq!(entries.iter().map(|e| e.first as usize).collect::<Vec<_>>(), distinct);
            for entry in &entries {
                let last = keys.iter().rposition(|key| *key == keys[entry.first as usize]);
                prop_assert_eq!(Some(entry.last as usize), last);
            }
        }
    }
}
