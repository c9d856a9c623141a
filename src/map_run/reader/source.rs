//! Items, one by one.

use crate::json::{Doc, Document, NodeId, Tag};
use crate::map_run::MapRunError;

/// One item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::map_run) struct Item {
    /// Its key, if the items are the members of an object.
    pub(in crate::map_run) key: Option<String>,
    /// Its value, as minified JSON.
    pub(in crate::map_run) value: Vec<u8>,
}

impl Item {
    /// An item without a key.
    pub(super) fn new(value: Vec<u8>) -> Self {
        Self { key: None, value }
    }
}

/// Gives items until there are no more.
pub(in crate::map_run) trait ItemSource: Send {
    /// The next item.
    fn next(&mut self) -> Result<Option<Item>, MapRunError>;

    /// `Map.Item.Source` of the last item.
    fn source(&self) -> &str;

    /// How many items there are in all, if that is known before they are read.
    fn total(&self) -> Option<u64> {
        None
    }
}

/// A member of a JSON object that is a string.
pub(in crate::map_run) fn text_member(document: Option<&Document>, name: &str) -> Option<String> {
    let doc = document?.doc();
    text_of(doc, NodeId::ROOT, name)
}

/// The same, of an object inside a document.
pub(super) fn text_of(doc: Doc<'_>, object: NodeId, name: &str) -> Option<String> {
    let node = (doc.tag(object) == Tag::Object).then(|| doc.member(object, name))??;
    let is_string = matches!(doc.tag(node), Tag::String | Tag::EscapedString);
    is_string.then(|| doc.string(node).to_text().into_owned())
}
