//! One walk over JSON that renames members and replaces values.

use std::borrow::Cow;

use crate::json::{Doc, Elements, Members, NodeId, Tag, minify, write_json_string};

/// What a walk changes.
pub(super) trait Rewrite {
    /// The name that a member gets.
    fn key<'k>(&self, key: Cow<'k, str>) -> Cow<'k, str>;

    /// Writes the value of a member itself, and says so; `key` is the name it came with.
    fn value(&self, key: &str, doc: Doc<'_>, value: NodeId, out: &mut Vec<u8>) -> bool;
}

enum Level<'d> {
    Members(Members<'d>),
    Elements(Elements<'d>),
}

/// Writes a value with what is to be changed in it. The stack is explicit, for a value may be nested deeply.
pub(super) fn rewrite(doc: Doc<'_>, root: NodeId, with: &impl Rewrite, out: &mut Vec<u8>) {
    let mut levels = Vec::new();
    open(doc, root, &mut levels, out);
    while let Some(level) = levels.last_mut() {
        let is_first = matches!(out.last(), Some(b'{' | b'['));
        let comma = |out: &mut Vec<u8>| {
            if !is_first {
                out.push(b',');
            }
        };
        let value = match level {
            Level::Members(members) => {
                let Some((key, value)) = members.next() else {
                    out.push(b'}');
                    levels.pop();
                    continue;
                };
                comma(out);
                let key = doc.string(key).to_text();
                write_json_string(&with.key(Cow::Borrowed(&key)), out);
                out.push(b':');
                if with.value(&key, doc, value, out) {
                    continue;
                }
                value
            }
            Level::Elements(elements) => {
                let Some(value) = elements.next() else {
                    out.push(b']');
                    levels.pop();
                    continue;
                };
                comma(out);
                value
            }
        };
        open(doc, value, &mut levels, out);
    }
}

fn open<'d>(doc: Doc<'d>, node: NodeId, levels: &mut Vec<Level<'d>>, out: &mut Vec<u8>) {
    match doc.tag(node) {
        Tag::Object => {
            out.push(b'{');
            levels.push(Level::Members(doc.members(node)));
        }
        Tag::Array => {
            out.push(b'[');
            levels.push(Level::Elements(doc.elements(node)));
        }
        _ => minify(doc, node, out),
    }
}

/// The text with its first letter in lower case.
pub(super) fn camel(name: Cow<'_, str>) -> Cow<'_, str> {
    first(name, |letter| letter.to_ascii_lowercase())
}

/// The text with its first letter in upper case.
pub(super) fn pascal(name: Cow<'_, str>) -> Cow<'_, str> {
    first(name, |letter| letter.to_ascii_uppercase())
}

fn first(name: Cow<'_, str>, change: impl Fn(char) -> char) -> Cow<'_, str> {
    match name.chars().next() {
        Some(letter) if change(letter) != letter => {
            let mut changed = String::with_capacity(name.len());
            changed.push(change(letter));
            changed.push_str(&name[letter.len_utf8()..]);
            Cow::Owned(changed)
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Document;

    struct Upper;

    impl Rewrite for Upper {
        fn key<'k>(&self, key: Cow<'k, str>) -> Cow<'k, str> {
            pascal(key)
        }

        fn value(&self, key: &str, _: Doc<'_>, _: NodeId, out: &mut Vec<u8>) -> bool {
            let is_mine = key == "mine";
            if is_mine {
                out.extend_from_slice(b"5");
            }
            is_mine
        }
    }

    #[test]
    fn members_are_renamed_and_replaced_at_any_depth() {
        let check = |json: &str, expected: &str| {
            let document = Document::parse(json.as_bytes(), 64).expect("JSON");
            let mut out = Vec::new();
            rewrite(document.doc(), NodeId::ROOT, &Upper, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        };
        check(
            r#"{ "a": [ {"mine": {"x":1}, "b":"[" }, [], {}, 2 ], "C": null }"#,
            r#"{"A":[{"Mine":5,"B":"["},[],{},2],"C":null}"#,
        );
        check("[]", "[]");
        check("\"a\"", "\"a\"");
    }
}
