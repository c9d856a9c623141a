//! Which characters of the text stand for which characters of a string.

use super::tree::Style;

/// Where the string itself begins and ends in its node's text: behind tag, anchor and opening quote, and before the
/// closing quote and what follows.
pub(super) fn inside(written: &str, style: Style) -> (usize, usize) {
    let mut start = 0;
    while written[start..].starts_with(['!', '&']) {
        let rest = &written[start..];
        let property = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let blank = rest[property..].find(|c: char| !c.is_whitespace()).unwrap_or(rest.len() - property);
        start += property + blank;
    }
    let end = written.trim_end().len().max(start);
    match style {
        Style::SingleQuoted | Style::DoubleQuoted if end - start >= 2 => (start + 1, end - 1),
        Style::Block if written[start..].starts_with(['|', '>']) => {
            let line = written[start..].find('\n').map_or(end, |length| start + length + 1);
            (line.min(end), end)
        }
        _ => (start, end),
    }
}

/// Walks through the text of a string beside its characters. Where it loses the thread, the rest of the text stands for
/// the rest of the string.
#[derive(Debug)]
pub(super) struct Aligner<'t> {
    written: &'t str,
    at: usize,
    style: Style,
}

impl<'t> Aligner<'t> {
    /// `written`: the inside of the string.
    pub(super) fn new(written: &'t str, style: Style) -> Self {
        Self { written, at: 0, style }
    }

    /// The stretch that stands for the next character.
    pub(super) fn next(&mut self, character: char) -> (usize, usize) {
        if self.style == Style::Derived {
            return (0, self.written.len());
        }
        let mut start = self.at;
        if let Some(end) = self.stands_for(start, character) {
            self.at = end;
            return (start, end);
        }
        // Breaks and indentation: what folds into one blank, or into nothing.
        let blank = self.blank(start);
        if character.is_whitespace() && blank > start {
            self.at = blank;
            return (start, blank);
        }
        start = blank;
        let end = self.stands_for(start, character).unwrap_or(self.written.len());
        self.at = end;
        (start, end)
    }

    /// The end of what begins at `start`, if that stands for the character by itself.
    fn stands_for(&self, start: usize, character: char) -> Option<usize> {
        let rest = &self.written[start..];
        match self.style {
            Style::SingleQuoted if character == '\'' && rest.starts_with("''") => Some(start + 2),
            Style::DoubleQuoted if rest.starts_with('\\') => {
                let mut chars = rest[1..].chars();
                let kind = chars.next()?;
                let digits = match kind {
                    'x' => 2,
                    'u' => 4,
                    'U' => 8,
                    _ => 0,
                };
                let length = 1 + kind.len_utf8() + chars.take(digits).map(char::len_utf8).sum::<usize>();
                (!matches!(kind, '\n' | '\r')).then_some(start + length)
            }
            _ => rest.starts_with(character).then_some(start + character.len_utf8()),
        }
    }

    /// Past the blanks, breaks and escaped breaks at `start`.
    fn blank(&self, start: usize) -> usize {
        let mut at = start;
        loop {
            let rest = &self.written[at..];
            let is_escaped_break =
                self.style == Style::DoubleQuoted && (rest.starts_with("\\\n") || rest.starts_with("\\\r"));
            at += match rest.chars().next() {
                Some('\\') if is_escaped_break => 2,
                Some(c) if c.is_whitespace() => c.len_utf8(),
                _ => return at,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For each character of `value` what stands for it.
    fn check(written: &str, style: Style, value: &str, expected: &[&str]) {
        let (start, end) = inside(written, style);
        let mut aligner = Aligner::new(&written[start..end], style);
        let found: Vec<&str> = value
            .chars()
            .map(|c| {
                let (from, to) = aligner.next(c);
                &written[start + from..start + to]
            })
            .collect();
        assert_eq!(found, expected, "{written}");
    }

    #[test]
    fn follows_every_style() {
        check("!Sub  &a ab ", Style::Plain, "ab", &["a", "b"]);
        check("a\n   b", Style::Plain, "a b", &["a", "\n   ", "b"]);
        check("'a''b'", Style::SingleQuoted, "a'b", &["a", "''", "b"]);
        check(
            "\"\\x41\\u00e9\\\"\\\n  b\"",
            Style::DoubleQuoted,
            "A\u{e9}\"b",
            &["\\x41", "\\u00e9", "\\\"", "b"],
        );
        check("|\n  a\n  b\n", Style::Block, "a\nb\n", &["a", "\n", "b", ""]);
        check("a\n    b\n", Style::Block, "a b", &["a", "\n    ", "b"]);
        check("ab", Style::Derived, "x", &["ab"]);
        check("ab", Style::Plain, "axb", &["a", "b", ""]);
    }
}
