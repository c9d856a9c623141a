//! Items of one JSON text: elements of an array, or members of an object.

use std::io::Read;

use super::source::{Item, ItemSource};
use crate::json::{Document, NodeId, Tag, minify};
use crate::map_run::MapRunError;

/// Items of a text that is in memory: a state's input, or a JSON object of S3.
pub(super) struct JsonDocument {
    document: Document,
    /// The next element, or key, and the end of all.
    at: NodeId,
    end: NodeId,
    is_object: bool,
    total: u64,
    source: String,
}

impl JsonDocument {
    /// The items of an array or object.
    pub(super) fn new(
        text: Vec<u8>,
        pointer: Option<&str>,
        nesting_depth_max: u32,
        source: String,
    ) -> Result<Self, MapRunError> {
        let document = Document::parse(text, nesting_depth_max)
            .map_err(|error| MapRunError::reader(format!("{source} is not JSON: {error}")))?;
        let doc = document.doc();
        let Some(node) = resolve(&document, pointer.unwrap_or("")) else {
            let pointer = pointer.unwrap_or_default();
            return Err(MapRunError::reader(format!("ItemsPointer {pointer} leads to nothing in {source}")));
        };
        let is_object = match doc.tag(node) {
            Tag::Object => true,
            Tag::Array => false,
            _ => return Err(MapRunError::reader("Attempting to map over non-iterable node.")),
        };
        let (at, end) = (NodeId(node.0 + 1), NodeId(doc.node(node).next));
        let total = doc.count(node) as u64;
        Ok(Self { document, at, end, is_object, total, source })
    }

    /// The items of an object of S3, read whole: it may not have more than `bytes_max`.
    pub(super) fn read(
        from: Box<dyn Read + Send>,
        pointer: Option<&str>,
        nesting_depth_max: u32,
        bytes_max: u64,
        source: String,
    ) -> Result<Self, MapRunError> {
        let mut text = Vec::new();
        let read = from.take(bytes_max.saturating_add(1)).read_to_end(&mut text);
        read.map_err(|error| MapRunError::reader(format!("failed to read {source}: {error}")))?;
        if text.len() as u64 > bytes_max {
            return Err(MapRunError::reader(format!(
                "{source} has more than {bytes_max} bytes, the limit for JSON that is one value; JSON Lines have none"
            )));
        }
        Self::new(text, pointer, nesting_depth_max, source)
    }
}

impl ItemSource for JsonDocument {
    fn next(&mut self) -> Result<Option<Item>, MapRunError> {
        if self.at == self.end {
            return Ok(None);
        }
        let doc = self.document.doc();
        let mut node = self.at;
        let key = self.is_object.then(|| doc.string(node).to_text().into_owned());
        if self.is_object {
            node = NodeId(doc.node(node).next);
        }
        self.at = NodeId(doc.node(node).next);
        let mut value = Vec::new();
        minify(doc, node, &mut value);
        Ok(Some(Item { key, value }))
    }

    fn source(&self) -> &str {
        &self.source
    }

    fn total(&self) -> Option<u64> {
        Some(self.total)
    }
}

/// What a JSON Pointer (RFC 6901) leads to.
fn resolve(document: &Document, pointer: &str) -> Option<NodeId> {
    let doc = document.doc();
    let mut node = NodeId::ROOT;
    if pointer.is_empty() {
        return Some(node);
    }
    for token in pointer.strip_prefix('/')?.split('/') {
        node = match doc.tag(node) {
            Tag::Object => doc.member(node, &token.replace("~1", "/").replace("~0", "~"))?,
            Tag::Array if token == "0" || !token.starts_with(['0', '+']) => {
                doc.element(node, token.parse().ok()?)?
            }
            _ => return None,
        };
    }
    Some(node)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, pointer: &str, expected: &[&str]) {
        let source = JsonDocument::new(text.into(), Some(pointer), 64, "STATE_DATA".to_owned());
        let mut source = source.map_err(|error| error.cause).expect("items");
        assert_eq!(source.total(), Some(expected.len() as u64));
        for expected in expected {
            let Item { key, value } = source.next().expect("reads").expect("an item");
            let key = key.map_or_else(String::new, |key| format!("{key}="));
            assert_eq!(format!("{key}{}", String::from_utf8_lossy(&value)), *expected);
        }
        assert_eq!(source.next().expect("reads"), None);
    }

    #[test]
    fn arrays_objects_and_pointers() {
        check("[1, [2, 3], {\"a\" : 1.0}]", "", &["1", "[2,3]", "{\"a\":1.0}"]);
        check("[]", "", &[]);
        check("{\"a\": 1, \"b\\\"\": {\"c\": []}}", "", &["a=1", "b\"={\"c\":[]}"]);
        check("{\"a\": [{\"b/~\": [7, 8]}]}", "/a/0/b~1~0", &["7", "8"]);
        check("{\"\": {\"x\": 1}}", "/", &["x=1"]);
    }

    #[test]
    fn what_has_no_items_says_so() {
        let cause = |text: &str, pointer: &str| {
            let source = JsonDocument::new(text.into(), Some(pointer), 64, "S3://b/k".to_owned());
            source.map(|_| ()).expect_err(text).cause.expect("a cause")
        };
        assert_eq!(cause("7", ""), "Attempting to map over non-iterable node.");
        assert_eq!(cause("[1]", "/1"), "ItemsPointer /1 leads to nothing in S3://b/k");
        assert_eq!(cause("[[1]]", "/00"), "ItemsPointer /00 leads to nothing in S3://b/k");
        assert!(cause("[1,", "").starts_with("S3://b/k is not JSON: "));
    }
}
