//! Bodies in URL encoding (AWS docs, "Applying URL-encoding on request body").

use std::borrow::Cow;
use std::iter::Enumerate;

use super::url::push_percent;
use crate::json::{Doc, Elements, Members, NodeId, Tag};

/// How the elements of an array are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum ArrayFormat {
    /// `a[0]=x&a[1]=y`
    #[default]
    Indices,
    /// `a=x&a=y`
    Repeat,
    /// `a=x,y`
    Commas,
    /// `a[]=x&a[]=y`
    Brackets,
}

impl ArrayFormat {
    pub(super) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "INDICES" => Self::Indices,
            "REPEAT" => Self::Repeat,
            "COMMAS" => Self::Commas,
            "BRACKETS" => Self::Brackets,
            _ => return None,
        })
    }
}

/// Most bytes of a body: names are written out for every value, so a small one may become large.
const BODY_BYTES_MAX: usize = 4 << 20;

/// The values of one object or array that are still to be written; their names go on from `name_len`.
struct Level<'d> {
    values: Values<'d>,
    name_len: usize,
}

enum Values<'d> {
    Members(Members<'d>),
    Elements(Enumerate<Elements<'d>>),
}

/// Encodes an object; members of objects in it are named `outer[inner]`. `None`: it would be too long.
pub(super) fn encode(doc: Doc<'_>, root: NodeId, format: ArrayFormat) -> Option<String> {
    let (mut out, mut name) = (String::new(), String::new());
    // An explicit stack, for the body may be nested deeply.
    let mut levels = vec![Level { values: Values::Members(doc.members(root)), name_len: 0 }];
    while let Some(level) = levels.last_mut() {
        name.truncate(level.name_len);
        let Some(node) = level.next(doc, format, &mut name) else {
            levels.pop();
            continue;
        };
        let name_len = name.len();
        match doc.tag(node) {
            Tag::Object => levels.push(Level { values: Values::Members(doc.members(node)), name_len }),
            Tag::Array if format == ArrayFormat::Commas && is_flat(doc, node) => {
                begin(&name, &mut out);
                for (index, element) in doc.elements(node).enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    push_form(&scalar(doc, element), &mut out);
                }
            }
            Tag::Array => {
                let values = Values::Elements(doc.elements(node).enumerate());
                levels.push(Level { values, name_len });
            }
            _ => {
                begin(&name, &mut out);
                push_form(&scalar(doc, node), &mut out);
            }
        }
        if out.len() > BODY_BYTES_MAX {
            return None;
        }
    }
    Some(out)
}

impl Level<'_> {
    /// The next value, its name appended to `name`.
    fn next(&mut self, doc: Doc<'_>, format: ArrayFormat, name: &mut String) -> Option<NodeId> {
        match &mut self.values {
            Values::Members(members) => {
                let (key, value) = members.next()?;
                let is_inner = self.name_len > 0;
                if is_inner {
                    name.push('[');
                }
                push_form(&doc.string(key).to_text(), name);
                if is_inner {
                    name.push(']');
                }
                Some(value)
            }
            Values::Elements(elements) => {
                let (index, value) = elements.next()?;
                match format {
                    ArrayFormat::Indices | ArrayFormat::Commas => {
                        name.push('[');
                        name.push_str(itoa::Buffer::new().format(index));
                        name.push(']');
                    }
                    ArrayFormat::Brackets => name.push_str("[]"),
                    ArrayFormat::Repeat => {}
                }
                Some(value)
            }
        }
    }
}

fn begin(name: &str, out: &mut String) {
    if !out.is_empty() {
        out.push('&');
    }
    out.push_str(name);
    out.push('=');
}

fn is_flat(doc: Doc<'_>, array: NodeId) -> bool {
    doc.elements(array).all(|element| !matches!(doc.tag(element), Tag::Array | Tag::Object))
}

/// A value as text: a string without its quotes, null as nothing, all else as it stands.
pub(in crate::task) fn scalar(doc: Doc<'_>, node: NodeId) -> Cow<'_, str> {
    match doc.tag(node) {
        Tag::String | Tag::EscapedString => doc.string(node).to_text(),
        Tag::Null => Cow::Borrowed(""),
        _ => String::from_utf8_lossy(doc.raw(node)),
    }
}

/// `application/x-www-form-urlencoded`, as the WHATWG has it.
pub(in crate::task) fn push_form(text: &str, out: &mut String) {
    for &byte in text.as_bytes() {
        match byte {
            b' ' => out.push('+'),
            b'*' | b'-' | b'.' | b'_' => out.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            _ => push_percent(byte, out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Document;

    #[test]
    fn arrays_in_each_format_and_objects_in_brackets() {
        let check = |json: &str, format, expected: &str| {
            let document = Document::parse(json.as_bytes(), 16).expect("JSON");
            assert_eq!(encode(document.doc(), NodeId::ROOT, format).as_deref(), Some(expected), "{json}");
        };
        let json = r#"{"array":["a","b c",3],"key":"v&w"}"#;
        check(json, ArrayFormat::Indices, "array[0]=a&array[1]=b+c&array[2]=3&key=v%26w");
        check(json, ArrayFormat::Repeat, "array=a&array=b+c&array=3&key=v%26w");
        check(json, ArrayFormat::Commas, "array=a,b+c,3&key=v%26w");
        check(json, ArrayFormat::Brackets, "array[]=a&array[]=b+c&array[]=3&key=v%26w");
        let nested = r#"{"a":{"b":[{"c":1},{"d":null}],"ü":true},"e":[]}"#;
        check(nested, ArrayFormat::Indices, "a[b][0][c]=1&a[b][1][d]=&a[%C3%BC]=true");
        check(nested, ArrayFormat::Commas, "a[b][0][c]=1&a[b][1][d]=&a[%C3%BC]=true&e=");
        check("{}", ArrayFormat::Indices, "");
    }

    #[test]
    fn a_body_that_names_would_make_huge_is_refused() {
        let key = "k".repeat(10_000);
        let json = format!(r#"{{"{key}":[{}]}}"#, vec!["1"; 1_000].join(","));
        let document = Document::parse(json.into_bytes(), 16).expect("JSON");
        assert_eq!(encode(document.doc(), NodeId::ROOT, ArrayFormat::Indices), None);
    }
}
