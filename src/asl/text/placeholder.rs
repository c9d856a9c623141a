//! `${Name}`: what counts as a placeholder.

/// Whether the text is one placeholder and nothing else.
pub(in crate::asl) fn is_whole(text: &str) -> bool {
    find(text).is_some_and(|found| found == text.trim())
}

/// The first placeholder. Its inside is anything but braces, quotes that JSON would need to escape, and line breaks:
/// Terraform and the Serverless Framework allow whole expressions there. `${}` is none (`States.Format('${}', ...)`).
/// In `{% %}` strings only a plain name counts, since `${` opens a group there.
pub(in crate::asl) fn find(text: &str) -> Option<&str> {
    let only_names = text.starts_with("{%");
    let mut from = 0;
    while let Some(at) = text[from..].find("${") {
        let start = from + at;
        let inside = &text[start + 2..];
        let length = inside.find(['{', '}', '\n', '"']).unwrap_or(inside.len());
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '-');
        let closed = inside[length..].starts_with('}') && !inside[..length].trim().is_empty();
        if closed && (!only_names || inside[..length].chars().all(is_name)) {
            return Some(&text[start..=start + 2 + length]);
        }
        from = start + 2;
    }
    None
}

/// The name at the beginning of a text that begins with `${`, as it is written, if it ends where a name can end.
pub(super) fn name_at(text: &str) -> Option<&str> {
    let inside = text.strip_prefix("${")?;
    let end = inside.find(['{', '}', '\n', '"', '\\'])?;
    inside[end..].starts_with('}').then(|| &inside[..end])
}

#[cfg(test)]
mod tests {
    use super::{find, is_whole, name_at};

    #[test]
    fn finds_placeholders() {
        let cases = [
            ("${Name}", Some("${Name}")),
            ("arn:${AWS::Partition}:states", Some("${AWS::Partition}")),
            ("${self:custom.x, 'dev'}", Some("${self:custom.x, 'dev'}")),
            ("States.Format('${}', $.a)", None),
            ("${", None),
            ("${${A}", Some("${A}")),
            ("{% ${\"a\": 1} %}", None),
            ("{% ${ a : b } %}", None),
            ("{% '${Table}' %}", Some("${Table}")),
        ];
        for (text, expected) in cases {
            assert_eq!(find(text), expected, "{text}");
        }
        assert!(is_whole(" ${A} "));
        assert!(!is_whole("${A}${B}"));
    }

    #[test]
    fn reads_names() {
        for (text, expected) in
            [("${A}b}", Some("A")), ("${ A }", Some(" A ")), ("${A", None), ("${A{}", None), ("$A", None)]
        {
            assert_eq!(name_at(text), expected, "{text}");
        }
    }
}
