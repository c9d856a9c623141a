//! Resource patterns: text in which `*` stands for any run of characters.

/// A pattern of a task file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    text: String,
}

impl Pattern {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether the whole of `text` is matched.
    pub(super) fn matches(&self, text: &str) -> bool {
        matches(self.text.as_bytes(), text.as_bytes())
    }
}

/// Greedy with one point to return to: the last `*` seen takes one more byte whenever the rest fails, so the
/// time is bounded by the product of the lengths, whatever the pattern.
pub(super) fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut from) = (0, 0);
    let mut star = None;
    while from < text.len() {
        if pattern.get(at) == Some(&b'*') {
            star = Some((at, from));
            at += 1;
        } else if pattern.get(at) == Some(&text[from]) {
            at += 1;
            from += 1;
        } else if let Some((star_at, taken)) = star {
            star = Some((star_at, taken + 1));
            at = star_at + 1;
            from = taken + 1;
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|&byte| byte == b'*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn star_is_any_run() {
        let check = |pattern: &str, text: &str, expected| {
            assert_eq!(Pattern::new(pattern).matches(text), expected, "{pattern} on {text}");
        };
        check("", "", true);
        check("", "a", false);
        check("*", "", true);
        check("a*b", "ab", true);
        check("a*b", "a-b-b", true);
        check("a*b", "a-b-c", false);
        check("*:function:Pay*", "arn:aws:lambda:eu-west-1:1:function:Payment", true);
        check("arn:aws:lambda:*:function:X", "arn:aws:lambda:us-east-1:123456789012:function:X", true);
        check("arn:aws:lambda:*:function:X", "arn:aws:lambda:us-east-1:123456789012:function:XY", false);
        check("**a**", "ba", true);
    }

    proptest! {
        #[test]
        fn a_text_matches_every_pattern_made_by_cutting_runs_out_of_it(
            pieces in proptest::collection::vec(("[ab]{0,4}", any::<bool>()), 0..6)
        ) {
            let text: String = pieces.iter().map(|(piece, _)| piece.as_str()).collect();
            let pattern: String =
                pieces.iter().map(|(piece, cut)| if *cut { "*" } else { piece.as_str() }).collect();
            prop_assert!(Pattern::new(pattern).matches(&text));
        }
    }
}
