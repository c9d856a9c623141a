//! The tape: 16-byte pre-order nodes.

/// Index of a node on its tape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

impl NodeId {
    /// The document's root.
    pub const ROOT: Self = Self(0);
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Tag {
    /// `null`
    Null = 0,
    /// `false`
    False = 1,
    /// `true`
    True = 2,
    /// A number, as text.
    Number = 3,
    /// A string without a backslash: its bytes between the quotes are its text.
    String = 4,
    /// A string with at least one escape.
    EscapedString = 5,
    /// An array; `count` elements follow.
    Array = 6,
    /// An object; `count` members follow, each a key node and its value's sub-tree.
    Object = 7,
}

impl Tag {
    const ALL: [Self; 8] = [
        Self::Null,
        Self::False,
        Self::True,
        Self::Number,
        Self::String,
        Self::EscapedString,
        Self::Array,
        Self::Object,
    ];
}

/// One value: its source span, the node after its sub-tree, its tag and its number of children.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct Node {
    /// First byte of the value in the source (a string's opening quote).
    pub start: u32,
    /// One past its last byte.
    pub end: u32,
    /// The node after this value's sub-tree.
    pub next: u32,
    meta: u32,
}

const _: () = assert!(size_of::<Node>() == 16);

impl Node {
    /// Most elements or members one container may have.
    pub const COUNT_MAX: u32 = (1 << 28) - 1;

    /// A node; `count` is 0 for scalars.
    pub fn new(tag: Tag, start: u32, end: u32, next: u32, count: u32) -> Self {
        debug_assert!(count <= Self::COUNT_MAX);
        Self { start, end, next, meta: (tag as u32) << 28 | count }
    }

    /// Ends a container that was written when it began.
    #[inline]
    pub(super) fn close(&mut self, end: u32, next: u32, count: u32) {
        debug_assert!(count <= Self::COUNT_MAX);
        self.end = end;
        self.next = next;
        self.meta |= count;
    }

    /// What the node is.
    #[inline]
    pub fn tag(self) -> Tag {
        Tag::ALL[(self.meta >> 28 & 7) as usize]
    }

    /// Whether the node is one of these: a comparison, without a look at a table.
    #[inline]
    pub fn is(self, tag: Tag) -> bool {
        self.meta >> 28 == tag as u32
    }

    /// Elements of an array, members of an object, 0 for scalars.
    #[inline]
    pub fn count(self) -> u32 {
        self.meta & Self::COUNT_MAX
    }
}

/// What is known of a whole document; each flag set means "somewhere in it".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DocFlags(u8);

impl DocFlags {
    /// White space outside strings: sub-trees must be minified when written.
    pub const WHITESPACE: Self = Self(1);
    /// A backslash in a string.
    pub const BACKSLASH: Self = Self(2);
    /// A number whose text is not its canonical form (`1.0`, `1e3`, `-0`, more than 15 digits).
    pub const NUMBER_TEXT: Self = Self(4);
    /// A byte over 0x7f.
    pub const NON_ASCII: Self = Self(8);

    /// Whether all of `other` is set.
    #[inline]
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Sets all of `other`.
    #[inline]
    pub fn insert(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Sets all of `other` if `condition` holds.
    #[inline]
    pub(super) fn set(&mut self, other: Self, condition: bool) {
        self.0 |= if condition { other.0 } else { 0 };
    }
}

/// The nodes of one document; reused from document to document.
#[derive(Debug, Default)]
pub struct Tape {
    /// As long as the longest tape so far: a node is then written without asking for room.
    nodes: Vec<Node>,
    len: usize,
    flags: DocFlags,
}

impl Tape {
    /// All nodes in pre-order; none if the last text was not JSON.
    #[inline]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes[..self.len]
    }

    /// The document's flags.
    #[inline]
    pub fn flags(&self) -> DocFlags {
        self.flags
    }

    /// Forgets the last document.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.len = 0;
        self.flags = DocFlags::default();
    }

    /// Room for `count` nodes, to be written from the front and then made known by [`Self::finish`].
    #[inline]
    pub(super) fn room(&mut self, count: usize) -> &mut [Node] {
        if self.nodes.len() < count {
            self.grow(count);
        }
        &mut self.nodes[..count]
    }

    #[cold]
    fn grow(&mut self, count: usize) {
        self.nodes.resize(count.max(self.nodes.len() * 2).max(64), Node::new(Tag::Null, 0, 0, 0, 0));
    }

    /// The first `len` nodes of the room are a document.
    #[inline]
    pub(super) fn finish(&mut self, len: usize, flags: DocFlags) {
        self.len = len;
        self.flags = flags;
    }
}

impl Clone for Tape {
    fn clone(&self) -> Self {
        Self { nodes: self.nodes().to_vec(), len: self.len, flags: self.flags }
    }
}
