//! Values of one execution: 16 bytes, `Copy`, immutable, shared.
//!
//! A [`Value`] is a scalar, a *handle* into a document (the input line, the program's constants, a task's
//! reply), or a reference to something built in the execution's [`Arena`]. Handles name a document by its
//! number, never by address, so the input may be moved, dropped and parsed again between steps.
//! Reading takes a [`Heap`]: the documents in force and the arena.
//!
//! Invariant: whatever a `Value<'a>` points to lives in the arena borrowed for `'a` (or is `'static`).

mod access;
mod arena;
mod compare;
mod container;
mod docs;
mod heap;
pub mod java_hash_map;
pub mod random;
pub mod timestamp;
mod view;
mod write;

pub use arena::Arena;
pub use compare::{deep_equal, deep_equal_within};
pub use container::{Array, Members, Object, Shape, ShapeId, Text};
pub use docs::{ArenaDoc, DocId, Docs};
pub use heap::{Heap, ParseScratch};
pub use view::{ArrayIter, ArrayView, NumberView, ObjectIter, ObjectView, View};
pub use write::{is_longer, rendered_len, to_json, write_canonical, write_value};

use crate::json::NodeId;

/// A JSON value of an execution.
///
/// The tag takes four bytes: what is copied in pieces is then read in the same pieces. With a tag of one byte the
/// rest was stored as 4 + 2 + 1 bytes, which the processor cannot forward to a load of the document's number.
#[derive(Debug, Clone, Copy)]
#[repr(u32)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A computed integer.
    Int(i64),
    /// A computed number; always finite.
    Float(f64),
    /// A node of a document in the table of [`Docs`].
    Node {
        /// Which document.
        doc: DocId,
        /// Which node.
        node: NodeId,
    },
    /// A node of a document that lives in the arena.
    ArenaNode {
        /// Which node.
        node: NodeId,
        /// Its document.
        doc: &'a ArenaDoc<'a>,
    },
    /// A computed string.
    Text(&'a Text<'a>),
    /// A computed array.
    Array(&'a Array<'a>),
    /// A computed object.
    Object(&'a Object<'a>),
}

const _: () = assert!(size_of::<Value<'_>>() == 16 && size_of::<Option<Value<'_>>>() == 16);

impl Value<'_> {
    /// The root of a document in the table.
    #[inline]
    pub fn root(doc: DocId) -> Self {
        Self::Node { doc, node: NodeId::ROOT }
    }
}
