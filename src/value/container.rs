//! What is built in the arena: strings, arrays, objects. Each carries its rendered length.

use super::Value;
use crate::json::same_bytes;

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
    /// Bytes it takes as JSON; saturating.
    pub len_rendered: u32,
}

/// A computed object.
#[derive(Debug)]
pub struct Object<'a> {
    /// Its members.
    pub members: Members<'a>,
    /// Bytes it takes as JSON; saturating.
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
    keys: Vec<Key>,
    len_rendered: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    text: Box<str>,
    /// `"key":`, with a leading comma for all but the first.
    rendered: Box<[u8]>,
}

impl Shape {
    /// A shape of distinct keys.
    pub fn new<'k>(keys: impl IntoIterator<Item = &'k str>) -> Self {
        let mut shape = Self::default();
        for text in keys {
            let mut rendered = Vec::with_capacity(text.len() + 4);
            if !shape.keys.is_empty() {
                rendered.push(b',');
            }
            crate::json::write_json_string(text, &mut rendered);
            rendered.push(b':');
            shape.len_rendered += rendered.len();
            shape.keys.push(Key { text: text.into(), rendered: rendered.into() });
        }
        shape
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
        &self.keys[index].text
    }

    /// The key's JSON text: `"key":`, with a leading comma for all but the first.
    #[inline]
    pub fn rendered(&self, index: usize) -> &[u8] {
        &self.keys[index].rendered
    }

    /// Where `key` stands.
    #[inline]
    pub fn position(&self, key: &str) -> Option<usize> {
        self.keys.iter().position(|known| same_bytes(known.text.as_bytes(), key.as_bytes()))
    }

    /// Bytes of all keys and commas.
    pub fn len_rendered(&self) -> usize {
        self.len_rendered
    }
}
