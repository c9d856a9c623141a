//! What is built in the arena: strings, arrays, objects. Each carries a bound of its rendered length: what replaces
//! a member of a document's object adds to it without a look at what it replaces.

use super::Value;
use crate::json::{KeyTable, same_bytes};

/// A computed string.
#[derive(Debug)]
pub struct Text<'a> {
    /// The text.
    pub text: &'a str,
    /// Bytes it takes as JSON, quotes and escapes included; saturating.
    pub len_rendered: u32,
}

/// A computed array.
#[derive(Debug)]
pub struct Array<'a> {
    /// Its elements.
    pub items: &'a [Value<'a>],
    /// Bytes it takes as JSON, at most; saturating.
    pub len_rendered: u32,
}

/// A computed object.
#[derive(Debug)]
pub struct Object<'a> {
    /// Its members.
    pub members: Members<'a>,
    /// Bytes it takes as JSON, at most; saturating.
    pub len_rendered: u32,
}

/// How an object's members are held. No key appears twice.
#[derive(Debug)]
pub enum Members<'a> {
    /// Keys from the program, values from the arena.
    Shaped {
        /// The keys.
        shape: ShapeId,
        /// The values, in the shape's order.
        values: &'a [Value<'a>],
    },
    /// Keys and values from the arena.
    Listed(&'a [(&'a str, Value<'a>)]),
    /// An object (never itself an overlay) with members replaced or appended.
    Overlay {
        /// The object below.
        base: Value<'a>,
        /// What is replaced in place, or appended in this order where the base lacks the key.
        changes: &'a [(&'a str, Value<'a>)],
    },
}

/// Number of a [`Shape`] in its program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ShapeId(pub u32);

/// The keys of a template's object, in order, with their JSON text rendered once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shape {
    /// Each key as `"key":`, with a leading comma for all but the first; blanks; the keys that have escapes there.
    text: Box<str>,
    keys: Box<[Key]>,
    table: KeyTable,
    len_rendered: usize,
}

/// Where a key stands in its shape's text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Key {
    text: (u32, u32),
    rendered: (u32, u32),
}

impl Shape {
    /// A shape of distinct keys.
    pub fn new<'k>(keys: impl IntoIterator<Item = &'k str, IntoIter: Clone>) -> Self {
        let keys = keys.into_iter();
        let (count, len) = keys.clone().fold((0, 0), |(count, len), key| (count + 1, len + key.len()));
        // Quotes, colons and commas; only escapes take more.
        let mut rendered = Vec::with_capacity((len + 4 * count).saturating_sub(1));
        let (mut places, mut escaped) = (Vec::with_capacity(count), Vec::new());
        for (index, key) in keys.enumerate() {
            let start = rendered.len();
            if index > 0 {
                rendered.push(b',');
            }
            let quote = rendered.len();
            crate::json::write_json_string(key, &mut rendered);
            let text = (quote as u32 + 1, rendered.len() as u32 - 1);
            rendered.push(b':');
            if (text.1 - text.0) as usize != key.len() {
                escaped.push((index, key));
            }
            places.push(Key { text, rendered: (start as u32, rendered.len() as u32) });
        }
        let len_rendered = rendered.len();
        // Room for a copy of a fixed size.
        rendered.resize(rendered.len() + 32, b' ');
        for (index, key) in escaped {
            let start = rendered.len();
            rendered.extend_from_slice(key.as_bytes());
            places[index].text = (start as u32, rendered.len() as u32);
        }
        // What JSON writes of text is text.
        let text: Box<str> = String::from_utf8(rendered).unwrap_or_default().into();
        let bytes = |key: &Key| &text.as_bytes()[key.text.0 as usize..key.text.1 as usize];
        let table = KeyTable::new(places.iter().map(bytes));
        Self { text, keys: places.into(), table, len_rendered }
    }

    /// Number of keys.
    #[inline]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The key at `index`.
    #[inline]
    pub fn key(&self, index: usize) -> &str {
        let (start, end) = self.keys[index].text;
        &self.text[start as usize..end as usize]
    }

    /// The key's JSON text, `"key":`, with a leading comma for all but the first: what it is part of, where it
    /// starts and ends. Something follows it that may be copied along.
    #[inline]
    pub(super) fn rendered_in(&self, index: usize) -> (&[u8], usize, usize) {
        let (start, end) = self.keys[index].rendered;
        (self.text.as_bytes(), start as usize, end as usize)
    }

    /// Where `key` stands.
    #[inline]
    pub fn position(&self, key: &str) -> Option<usize> {
        self.table.find(key.as_bytes(), |index| same_bytes(self.key_bytes(index), key.as_bytes()))
    }

    /// What finds the keys.
    #[inline]
    pub(super) fn table(&self) -> &KeyTable {
        &self.table
    }

    #[inline]
    pub(super) fn key_bytes(&self, index: usize) -> &[u8] {
        let (start, end) = self.keys[index].text;
        &self.text.as_bytes()[start as usize..end as usize]
    }

    /// Bytes of all keys and commas.
    pub fn len_rendered(&self) -> usize {
        self.len_rendered
    }
}
