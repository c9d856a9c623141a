//! Names of members, prepared for being looked up.

use serde::{Deserialize, Serialize};

use crate::json::{Doc, DocFlags, JsonStr, Node, NodeId, Tag};

/// The name of a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Box<str>", into = "Box<str>")]
pub(crate) struct Name {
    text: Box<str>,
    /// The first eight bytes, and which bits of them the name has.
    head: u64,
    mask: u64,
    key_len: u32,
}

/// Bytes of a name that are compared at once.
const HEAD_BYTES: u32 = 8;

impl From<Box<str>> for Name {
    fn from(text: Box<str>) -> Self {
        let (mut head, mut mask) = ([0; HEAD_BYTES as usize], [0; HEAD_BYTES as usize]);
        for ((byte, head), mask) in text.bytes().zip(&mut head).zip(&mut mask) {
            (*head, *mask) = (byte, u8::MAX);
        }
        let key_len = text.len() as u32 + 2;
        Self { text, key_len, head: u64::from_le_bytes(head), mask: u64::from_le_bytes(mask) }
    }
}

impl From<Name> for Box<str> {
    fn from(name: Name) -> Self {
        name.text
    }
}

impl Name {
    /// The name itself.
    #[inline]
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Bytes of a key of this name without escapes, quotes included.
    #[inline]
    pub(crate) fn key_len(&self) -> u32 {
        self.key_len
    }

    /// The value of the member of this name, if an object has it; of a repeated key the last one wins.
    #[inline]
    pub(crate) fn member(&self, doc: &Doc<'_>, object: NodeId) -> Option<NodeId> {
        if doc.flags().contains(DocFlags::BACKSLASH) {
            self.member_among::<true>(doc, object)
        } else {
            self.member_among::<false>(doc, object)
        }
    }

    #[inline]
    fn member_among<const ESCAPES: bool>(&self, doc: &Doc<'_>, object: NodeId) -> Option<NodeId> {
        let len = self.key_len;
        let nodes = &doc.nodes()[..doc.node(object).next as usize];
        let (mut at, mut found) = (object.0 as usize + 1, None);
        while let Some([key, value]) = nodes.get(at..at + 2) {
            // Most names differ in length, which the node knows: the source is then not touched.
            let is_same_len = key.end - key.start == len;
            if is_same_len && self.is_key(head(doc, key), doc, key)
                || ESCAPES && key.is(Tag::EscapedString) && self.is_any_key(doc, key)
            {
                found = Some(NodeId(at as u32 + 1));
            }
            at = value.next as usize;
        }
        found
    }

    /// Whether this is an object's key of the name's length, without escapes. `head`: see [`head`].
    #[inline]
    pub(crate) fn is_key(&self, head: Option<u64>, doc: &Doc<'_>, key: &Node) -> bool {
        match head {
            Some(head) if self.key_len <= HEAD_BYTES + 2 => (head ^ self.head) & self.mask == 0,
            _ => self.is_any_key(doc, key),
        }
    }

    /// Whether this is an object's key.
    #[inline(never)]
    pub(crate) fn is_any_key(&self, doc: &Doc<'_>, key: &Node) -> bool {
        let text = &doc.bytes()[key.start as usize + 1..key.end as usize - 1];
        JsonStr::new(text, key.is(Tag::EscapedString)) == *self.text
    }
}

/// The first bytes of a key, or what stands behind it; nothing close to the end of the document.
#[inline]
pub(crate) fn head(doc: &Doc<'_>, key: &Node) -> Option<u64> {
    let text = doc.bytes().get(key.start as usize + 1..)?;
    text.first_chunk().map(|head| u64::from_le_bytes(*head))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Document;

    proptest::proptest! {
        #[test]
        fn finds_what_a_document_finds(
            keys in proptest::collection::vec("[ab]{0,2}|[a-c]{7,10}|a\\\\u0062", 0..6),
            name in "[ab]{0,2}|[a-c]{7,10}",
        ) {
            let members: Vec<String> = keys.iter().map(|key| format!("\"{key}\":[{{\"a\":1}}]")).collect();
            let document = Document::parse(format!("{{{}}}", members.join(",")).into_bytes(), 9).unwrap();
            let found = Name::from(Box::from(&*name)).member(&document.doc(), NodeId::ROOT);
            proptest::prop_assert_eq!(found, document.doc().member(NodeId::ROOT, &name));
        }
    }
}
