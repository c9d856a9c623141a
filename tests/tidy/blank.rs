//! Rust text without its comments and literals, so that a rule sees code only.

/// Same length, same line breaks; comments and what stands inside quotes become blanks.
pub(crate) fn blank_comments_and_literals(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let before = code.chars().next_back().unwrap_or(' ');
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment_bytes(rest)
        } else if first == '"' || first == '\'' {
            quoted_bytes(rest, first)
        } else if !before.is_alphanumeric() && before != '_' {
            raw_string_bytes(rest)
        } else {
            0
        };
        if skipped == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        for character in rest[..skipped].chars() {
            let blank = if character == '\n' { "\n" } else { &" ".repeat(character.len_utf8()) };
            code.push_str(blank);
        }
        rest = &rest[skipped..];
    }
    code
}

fn block_comment_bytes(text: &str) -> usize {
    let (mut at, mut depth) = (2, 1);
    while depth > 0 {
        let Some(next) = text[at..].find("*/") else { return text.len() };
        depth += text[at..at + next].matches("/*").count();
        depth -= 1;
        at += next + 2;
    }
    at
}

/// A string or character literal; 0 for a lifetime.
fn quoted_bytes(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (count, (offset, character)) in text.char_indices().enumerate().skip(1) {
        if quote == '\'' && count == 2 && !escaped && character != '\'' && !text.starts_with("'\\") {
            return 0;
        }
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return offset + 1,
            _ => {}
        }
    }
    text.len()
}

/// `r"..."`, `br#"..."#`; 0 for anything else.
fn raw_string_bytes(text: &str) -> usize {
    let Some(rest) = text.trim_start_matches(['b', 'c']).strip_prefix('r') else { return 0 };
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    if !rest[hashes..].starts_with('"') {
        return 0;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    let start = text.len() - rest.len() + hashes + 1;
    text[start..].find(&end).map_or(text.len(), |offset| start + offset + end.len())
}

#[test]
fn blanking_keeps_offsets() {
    let text = "a('\\'', '\"', b\"x\\\"\", r#\"\"q\"\"#, br#\"{\"#, \"é\"); // c\nfn f<'a>(x: &'a str) {} /* /* */ d */ e";
    let code = blank_comments_and_literals(text);
    assert_eq!(code.len(), text.len());
    let kept: Vec<_> = code.split_whitespace().collect();
    assert_eq!(kept.join(" "), "a( , , b , , , ); fn f<'a>(x: &'a str) {} e");
}
