//! Documents: source bytes together with their tape.

use super::{DocFlags, JsonStr, KeyTable, Node, NodeId, Number, ParseError, Parser, Tag, Tape, same_bytes};

/// A borrowed document: `Copy`, two slices and the flags.
#[derive(Debug, Clone, Copy)]
pub struct Doc<'d> {
    bytes: &'d [u8],
    nodes: &'d [Node],
    flags: DocFlags,
}

impl<'d> Doc<'d> {
    /// Joins bytes with the tape that was parsed from them.
    #[inline]
    pub fn new(bytes: &'d [u8], tape: &'d Tape) -> Self {
        Self::from_parts(bytes, tape.nodes(), tape.flags())
    }

    /// Joins bytes with nodes and flags that were parsed from them.
    #[inline]
    pub fn from_parts(bytes: &'d [u8], nodes: &'d [Node], flags: DocFlags) -> Self {
        Self { bytes, nodes, flags }
    }

    /// The whole source.
    #[inline]
    pub fn bytes(self) -> &'d [u8] {
        self.bytes
    }

    /// All nodes.
    #[inline]
    pub fn nodes(self) -> &'d [Node] {
        self.nodes
    }

    /// The document's flags.
    #[inline]
    pub fn flags(self) -> DocFlags {
        self.flags
    }

    /// One node.
    #[inline]
    pub fn node(self, id: NodeId) -> Node {
        self.nodes[id.0 as usize]
    }

    /// What the node is.
    #[inline]
    pub fn tag(self, id: NodeId) -> Tag {
        self.node(id).tag()
    }

    /// The source text of a sub-tree.
    #[inline]
    pub fn raw(self, id: NodeId) -> &'d [u8] {
        let node = self.node(id);
        &self.bytes[node.start as usize..node.end as usize]
    }

    /// The text of a string node (or an object's key).
    #[inline]
    pub fn string(self, id: NodeId) -> JsonStr<'d> {
        let node = self.node(id);
        debug_assert!(matches!(node.tag(), Tag::String | Tag::EscapedString));
        JsonStr::new(
            &self.bytes[node.start as usize + 1..node.end as usize - 1],
            node.tag() == Tag::EscapedString,
        )
    }

    /// The text of a number node.
    #[inline]
    pub fn number(self, id: NodeId) -> Number<'d> {
        Number::new(self.raw(id))
    }

    /// Elements of an array or members of an object.
    #[inline]
    pub fn count(self, id: NodeId) -> usize {
        self.node(id).count() as usize
    }

    /// The elements of an array, in order.
    #[inline]
    pub fn elements(self, id: NodeId) -> Elements<'d> {
        Elements { nodes: self.nodes, at: id.0 + 1, end: self.node(id).next }
    }

    /// The members of an object as (key, value) nodes, in order; a repeated key appears each time.
    #[inline]
    pub fn members(self, id: NodeId) -> Members<'d> {
        Members { nodes: self.nodes, at: id.0 + 1, end: self.node(id).next }
    }

    /// The element at `index`.
    pub fn element(self, id: NodeId, index: usize) -> Option<NodeId> {
        self.elements(id).nth(index)
    }

    /// How deep containers nest: 0 for a scalar.
    pub fn nesting_depth(self) -> u32 {
        let (mut open, mut deepest) = (Vec::new(), 0);
        for (at, node) in self.nodes.iter().enumerate() {
            while open.pop_if(|end| *end as usize <= at).is_some() {}
            if node.is(Tag::Array) || node.is(Tag::Object) {
                open.push(node.next);
                deepest = deepest.max(open.len());
            }
        }
        deepest as u32
    }

    /// The value of an object's member; of a repeated key the last one wins.
    #[inline]
    pub fn member(&self, id: NodeId, key: &str) -> Option<NodeId> {
        self.seek(id, key).0
    }

    /// The value of an object's member, and whether its key is repeated; the last one wins.
    pub fn seek(&self, id: NodeId, key: &str) -> (Option<NodeId>, bool) {
        if self.flags.contains(DocFlags::BACKSLASH) {
            return self.seek_escaped(id, key);
        }
        let (mut found, mut matches) = (0, 0);
        let (key, key_len, first) = (key.as_bytes(), key.len() as u32 + 2, key.as_bytes().first());
        let mut at = id.0 as usize + 1;
        let nodes = self.nodes.get(..self.node(id).next as usize).unwrap_or_default();
        while at + 1 < nodes.len() {
            let (name, value) = (&nodes[at], &nodes[at + 1]);
            // Most keys differ in length, which the node knows: the source is then not touched. Of the others most
            // differ in the first byte.
            if name.end.wrapping_sub(name.start) == key_len
                && (first.is_none() || self.bytes.get(name.start as usize + 1) == first)
                && same_bytes(self.inside(name), key)
            {
                (found, matches) = (at as u32 + 1, matches + 1);
            }
            at = value.next as usize;
        }
        ((matches > 0).then_some(NodeId(found)), matches > 1)
    }

    /// What stands between a string's quotes.
    #[inline]
    fn inside(&self, string: &Node) -> &'d [u8] {
        self.bytes.get(string.start as usize + 1..string.end as usize - 1).unwrap_or_default()
    }

    /// Calls `found` with the number of a key and the value of the member that has it, for every member whose key
    /// is among some; `key` gives the text of each.
    #[inline]
    pub fn pick<'k>(
        &self,
        id: NodeId,
        keys: &KeyTable,
        key: impl Fn(usize) -> &'k [u8],
        mut found: impl FnMut(usize, NodeId),
    ) {
        let nodes = self.nodes.get(..self.node(id).next as usize).unwrap_or_default();
        let mut at = id.0 as usize + 1;
        while at + 1 < nodes.len() {
            let (name, value) = (&nodes[at], &nodes[at + 1]);
            let here = at;
            at = value.next as usize;
            let index = if name.is(Tag::EscapedString) {
                let text = self.string(NodeId(here as u32)).to_text();
                keys.find(text.as_bytes(), |index| key(index) == text.as_bytes())
            } else {
                let len = (name.end - name.start) as usize - 2;
                let first = if len == 0 { None } else { self.bytes.get(name.start as usize + 1) };
                if !keys.may_have(len, first) {
                    continue;
                }
                let text = self.inside(name);
                keys.find(text, |index| same_bytes(key(index), text))
            };
            if let Some(index) = index {
                found(index, NodeId(here as u32 + 1));
            }
        }
    }

    /// The same where keys may hold escapes.
    fn seek_escaped(self, id: NodeId, key: &str) -> (Option<NodeId>, bool) {
        let (mut found, mut repeated) = (None, false);
        for (name, value) in self.members(id) {
            if self.string(name) == *key {
                repeated |= found.is_some();
                found = Some(value);
            }
        }
        (found, repeated)
    }
}

/// Iterator over the elements of an array.
#[derive(Debug, Clone)]
pub struct Elements<'d> {
    nodes: &'d [Node],
    at: u32,
    end: u32,
}

impl Iterator for Elements<'_> {
    type Item = NodeId;

    #[inline]
    fn next(&mut self) -> Option<NodeId> {
        if self.at >= self.end {
            return None;
        }
        let id = self.at;
        self.at = self.nodes[id as usize].next;
        Some(NodeId(id))
    }
}

/// Iterator over the members of an object.
#[derive(Debug, Clone)]
pub struct Members<'d> {
    nodes: &'d [Node],
    at: u32,
    end: u32,
}

impl Iterator for Members<'_> {
    type Item = (NodeId, NodeId);

    #[inline]
    fn next(&mut self) -> Option<(NodeId, NodeId)> {
        if self.at >= self.end {
            return None;
        }
        let key = self.at;
        self.at = self.nodes[key as usize + 1].next;
        Some((NodeId(key), NodeId(key + 1)))
    }
}

/// An owned document.
#[derive(Debug, Clone)]
pub struct Document {
    bytes: Box<[u8]>,
    tape: Tape,
}

impl Document {
    /// Parses `bytes`, which the document then owns.
    pub fn parse(bytes: impl Into<Box<[u8]>>, nesting_depth_max: u32) -> Result<Self, ParseError> {
        let bytes = bytes.into();
        let mut tape = Tape::default();
        Parser::new(nesting_depth_max).parse(&bytes, &mut tape)?;
        Ok(Self { bytes, tape })
    }

    /// A borrowed view.
    #[inline]
    pub fn doc(&self) -> Doc<'_> {
        Doc::new(&self.bytes, &self.tape)
    }
}
