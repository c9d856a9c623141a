//! The documents a value may point into.

use super::Shape;
use crate::json::{Doc, DocFlags, Node};

/// Number of a document in [`Docs`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DocId(pub u32);

impl DocId {
    /// The program's constants.
    pub const CONSTANTS: Self = Self(0);
    /// The execution's input.
    pub const INPUT: Self = Self(1);
}

/// The documents in force while an execution runs, and the program's object shapes.
#[derive(Debug, Clone, Copy)]
pub struct Docs<'h> {
    /// Documents by [`DocId`].
    pub table: &'h [Doc<'h>],
    /// Shapes by [`super::ShapeId`].
    pub shapes: &'h [Shape],
}

impl<'h> Docs<'h> {
    /// One document, where it stands.
    #[inline]
    pub fn at(&self, id: DocId) -> &'h Doc<'h> {
        &self.table[id.0 as usize]
    }

    /// One document.
    #[inline]
    pub fn get(&self, id: DocId) -> Doc<'h> {
        self.table[id.0 as usize]
    }
}

/// A document whose bytes and nodes live in the arena.
#[derive(Debug)]
pub struct ArenaDoc<'a> {
    /// The source.
    pub bytes: &'a [u8],
    /// Its tape.
    pub nodes: &'a [Node],
    /// Its flags.
    pub flags: DocFlags,
}

impl<'a> ArenaDoc<'a> {
    /// A borrowed view.
    #[inline]
    pub fn doc(&self) -> Doc<'a> {
        Doc::from_parts(self.bytes, self.nodes, self.flags)
    }
}
