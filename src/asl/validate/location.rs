//! Locations in AWS's form: `/States/A/Output/list[0]/name`.

use crate::json::{Doc, NodeId, Tag};

/// The location of a member.
pub(in crate::asl) fn child(location: &str, name: &str) -> String {
    if location == "/" { format!("/{name}") } else { format!("{location}/{name}") }
}

/// The location of a value below `root`, whose own is `location`; `None` for a key.
pub(in crate::asl) fn locate(doc: Doc<'_>, root: NodeId, target: NodeId, location: &str) -> Option<String> {
    let mut location = location.to_owned();
    let mut at = root;
    while at != target {
        let holds = |node: NodeId| node.0 <= target.0 && target.0 < doc.node(node).next;
        if doc.tag(at) == Tag::Array {
            let (index, node) = doc.elements(at).enumerate().find(|&(_, node)| holds(node))?;
            location = format!("{location}[{index}]");
            at = node;
        } else {
            let (key, node) = doc.members(at).find(|&(_, node)| holds(node))?;
            location = child(&location, &doc.string(key).to_text());
            at = node;
        }
    }
    Some(location)
}
