//! XML as AWS's services write it: elements and text. Attributes and what is not content are passed over.

use super::query::write_typed;
use crate::json::write_json_string;

/// Deepest nesting that is read.
const DEPTH_MAX: usize = 64;
/// Lists that repeat their elements without one around them.
const FLAT_LISTS: [&str; 2] = ["Contents", "CommonPrefixes"];

/// A document: its elements in the order of their start, so that an element's own follow it.
#[derive(Debug)]
pub(super) struct Xml {
    elements: Vec<Element>,
}

#[derive(Debug)]
struct Element {
    name: String,
    text: String,
    /// The first element after this one and all in it.
    end: usize,
}

/// An element of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ElementId(usize);

impl Xml {
    /// Reads a document; `None` if it is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut elements: Vec<Element> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find('<') {
            if let Some(&element) = open.last() {
                push_unescaped(&rest[..at], &mut elements[element].text)?;
            }
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix("!--") {
                rest = &after[after.find("-->")? + 3..];
            } else if let Some(after) = rest.strip_prefix("![CDATA[") {
                let end = after.find("]]>")?;
                elements[*open.last()?].text.push_str(&after[..end]);
                rest = &after[end + 3..];
            } else {
                let end = rest.find('>')?;
                let tag = &rest[..end];
                rest = &rest[end + 1..];
                if tag.starts_with(['?', '!']) {
                    continue;
                }
                if let Some(name) = tag.strip_prefix('/') {
                    let element = open.pop()?;
                    let count = elements.len();
                    elements[element].end = count;
                    if elements[element].name != local(name) {
                        return None;
                    }
                    continue;
                }
                if open.is_empty() && !elements.is_empty() || open.len() >= DEPTH_MAX {
                    return None;
                }
                let is_empty = tag.ends_with('/');
                let name = local(tag.trim_end_matches('/')).to_owned();
                let index = elements.len();
                elements.push(Element { name, text: String::new(), end: index + 1 });
                if !is_empty {
                    open.push(index);
                }
            }
        }
        (open.is_empty() && !elements.is_empty()).then_some(Self { elements })
    }

    /// The element around all others.
    pub(super) const ROOT: ElementId = ElementId(0);

    /// The text of an element.
    pub(super) fn text(&self, element: ElementId) -> &str {
        self.elements[element.0].text.trim()
    }

    /// The first element of this name in another.
    pub(super) fn find(&self, element: ElementId, name: &str) -> Option<ElementId> {
        self.children(element).find(|child| self.elements[child.0].name == name)
    }

    fn children(&self, element: ElementId) -> impl Iterator<Item = ElementId> {
        let (mut at, end) = (element.0 + 1, self.elements[element.0].end);
        std::iter::from_fn(move || {
            let child = (at < end).then_some(ElementId(at))?;
            at = self.elements[at].end;
            Some(child)
        })
    }

    /// Writes what is in an element as JSON: elements as members, lists as arrays, the rest as text. The depth of
    /// the recursion is that of the document, which is bounded.
    pub(super) fn write_json(&self, element: ElementId, out: &mut Vec<u8>) {
        let children: Vec<_> = self.children(element).collect();
        let Some(first) = children.first() else {
            return write_typed(&self.elements[element.0].name, &self.elements[element.0].text, out);
        };
        let name = |child: ElementId| self.elements[child.0].name.as_str();
        if ["member", "Bucket"].contains(&name(*first)) {
            return self.write_list(&children, out);
        }
        out.push(b'{');
        let mut written: Vec<&str> = Vec::new();
        for &child in &children {
            if written.contains(&name(child)) {
                continue;
            }
            if !written.is_empty() {
                out.push(b',');
            }
            written.push(name(child));
            write_json_string(name(child), out);
            out.push(b':');
            if FLAT_LISTS.contains(&name(child)) {
                let items: Vec<_> =
                    children.iter().copied().filter(|item| name(*item) == name(child)).collect();
                self.write_list(&items, out);
            } else {
                self.write_json(child, out);
            }
        }
        out.push(b'}');
    }

    fn write_list(&self, items: &[ElementId], out: &mut Vec<u8>) {
        out.push(b'[');
        for (index, &item) in items.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            self.write_json(item, out);
        }
        out.push(b']');
    }
}

/// An element's name without its attributes and its namespace.
fn local(tag: &str) -> &str {
    let name = tag.split_whitespace().next().unwrap_or_default();
    name.rsplit(':').next().unwrap_or(name)
}

/// Appends text with its entities replaced; only those of XML itself and characters by number are known.
fn push_unescaped(mut text: &str, out: &mut String) -> Option<()> {
    while let Some(at) = text.find('&') {
        out.push_str(&text[..at]);
        let (entity, rest) = text[at + 1..].split_once(';')?;
        out.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let number = entity.strip_prefix('#')?;
                let code = match number.strip_prefix('x') {
                    Some(digits) => u32::from_str_radix(digits, 16),
                    None => number.parse(),
                };
                char::from_u32(code.ok()?)?
            }
        });
        text = rest;
    }
    out.push_str(text);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> String {
        let xml = Xml::parse(text).unwrap_or_else(|| panic!("{text}"));
        let mut out = Vec::new();
        xml.write_json(Xml::ROOT, &mut out);
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn elements_become_members_lists_and_text() {
        assert_eq!(
            json(
                "<?xml version=\"1.0\"?>\n<R xmlns=\"u\"><!-- c --><A>x &lt;&#38;&#x41;</A>\n<IsTruncated>false</IsTruncated>\
                 <Contents><Key>a</Key><Size>5</Size></Contents><Contents><Key>b</Key></Contents><E/>\
                 <L><member>1</member><member><![CDATA[<2>]]></member></L></R>"
            ),
            r#"{"A":"x <&A","IsTruncated":false,"Contents":[{"Key":"a","Size":5},{"Key":"b"}],"E":"","L":["1","<2>"]}"#
        );
    }

    #[test]
    fn what_is_no_document_is_refused() {
        let deep = format!("{}{}", "<a>".repeat(100), "</a>".repeat(100));
        for text in [
            "",
            "text",
            "<a>",
            "<a></b>",
            "<a></a><b></b>",
            "</a>",
            "<a>&nbsp;</a>",
            "<a",
            "<a>&#xD800;</a>",
            &deep,
        ] {
            assert!(Xml::parse(text).is_none(), "{text}");
        }
    }
}
