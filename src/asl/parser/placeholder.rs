//! `${Name}` placeholders, which deployment tools (SAM, CDK, Terraform) fill in.

use super::{object::Field, reader::Reader};
use crate::asl::text::{find, is_whole};
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::json::{NodeId, Tag};

/// Whether the node is one placeholder and nothing else.
pub(super) fn is_whole_node(reader: &Reader<'_>, node: NodeId) -> bool {
    reader.is_string(node) && is_whole(&reader.text_of(node))
}

/// Whether a placeholder is part of the text, so that its final form is unknown.
pub(super) fn is_in(text: &str) -> bool {
    find(text).is_some()
}

/// Rewrites `${Name}` outside strings as a string of the same length, so that every offset stays. Answers where they
/// begin, ascending.
pub(super) fn quote_unquoted(bytes: &mut [u8]) -> Vec<u32> {
    let mut starts = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = after_string(bytes, at),
            b'$' if bytes.get(at + 1) == Some(&b'{') => {
                let inside = &bytes[at + 2..];
                let length =
                    inside.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | b'{' | b'}' | 0..=31));
                let length = length.count();
                if length > 0 && inside.get(length) == Some(&b'}') {
                    let end = at + 2 + length;
                    bytes[at] = b'"';
                    bytes[end] = b'"';
                    starts.push(at as u32);
                    at = end + 1;
                } else {
                    at += 2;
                }
            }
            _ => at += 1,
        }
    }
    starts
}

fn after_string(bytes: &[u8], open: usize) -> usize {
    let mut at = open + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    at.min(bytes.len())
}

impl Reader<'_> {
    /// Whether the value is a placeholder as a whole; then it is noted as standing for a value.
    pub(super) fn take_placeholder(&mut self, field: &Field) -> bool {
        let is_whole = is_whole_node(self, field.node);
        if is_whole {
            self.substitute(field.node, &field.location);
        }
        is_whole
    }

    /// Whether the value is a `CloudFormation` function (`{"Fn::GetAtt": [...]}`, `{"Ref": "..."}`), which stands for
    /// a string as a placeholder does.
    pub(super) fn take_cloudformation_function(&mut self, field: &Field) -> bool {
        if self.doc.tag(field.node) != Tag::Object || self.doc.count(field.node) != 1 {
            return false;
        }
        let is_function = self.doc.members(field.node).any(|(key, _)| {
            let name = self.text_of(key);
            name == "Ref" || name.starts_with("Fn::")
        });
        if is_function {
            self.substitute(field.node, &field.location);
        }
        is_function
    }
}

/// One warning for all placeholders that are left in a definition, at the first.
pub(super) fn warn(reader: &mut Reader<'_>) {
    let mut count = 0;
    let mut first: Option<(Span, String)> = None;
    for index in 0..reader.doc.nodes().len() {
        let node = NodeId(index as u32);
        if !reader.is_string(node) {
            continue;
        }
        let text = reader.text_of(node);
        if let Some(found) = find(&text) {
            count += 1;
            if reader.is_unquoted_placeholder(node) {
                reader.substitute_in_free_json(node);
            }
            first.get_or_insert_with(|| (reader.span(node), found.to_owned()));
        }
    }
    let Some((span, name)) = first else { return };
    let others = match count {
        1 => String::new(),
        2 => " and 1 other value".to_owned(),
        _ => format!(" and {} other values", count - 1),
    };
    let message = format!("The placeholder {name}{others} must be filled in before the definition is run");
    reader.report(Diagnostic::warning(Code::SubstitutionPlaceholder, message, span).help(
        "a deployment tool (SAM, CDK, Terraform, CloudFormation) puts the values there; `--substitutions` does here",
    ));
}

#[cfg(test)]
mod tests {
    use super::quote_unquoted;

    #[test]
    fn quotes_outside_strings_only() {
        let mut bytes = br#"{"a${x}":"${y}\"${y}","b":${z},"c":${}}"#.to_vec();
        let starts = quote_unquoted(&mut bytes);
        assert_eq!(String::from_utf8_lossy(&bytes), r#"{"a${x}":"${y}\"${y}","b":"{z","c":${}}"#);
        assert_eq!(starts, [26]);
    }
}
