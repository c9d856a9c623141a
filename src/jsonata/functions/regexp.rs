//! JavaScript's regular expressions, as far as an engine that matches in linear time can speak them.

use std::iter::Peekable;
use std::str::Chars;

use regex::{Regex, RegexBuilder};

/// Most bytes that a compiled expression, and the cache of its matching, may take.
const COMPILED_BYTES_MAX: usize = 1 << 20;

const DIGIT: &str = "0-9";
const WORD: &str = "0-9A-Za-z_";
/// `WhiteSpace` and `LineTerminator` of ECMA-262.
const SPACE: &str =
    r"\t\n\x0B\f\r\x20\u{A0}\u{1680}\u{2000}-\u{200A}\u{2028}\u{2029}\u{202F}\u{205F}\u{3000}\u{FEFF}";
/// What `.` does not match.
const LINE_TERMINATORS: &str = r"\n\r\u{2028}\u{2029}";

/// Compiles `/pattern/flags` with the flags `i` and `m`. The error says what the pattern needs.
///
/// Without JavaScript's flag `u`, `\d`, `\w`, `\s` and `\b` are what ECMA-262 makes of them: mostly ASCII.
pub(crate) fn compile(pattern: &str, flags: &str) -> Result<Regex, String> {
    let translated = Translation::new(pattern).run()?;
    RegexBuilder::new(&translated)
        .case_insensitive(flags.contains('i'))
        .multi_line(flags.contains('m'))
        .crlf(flags.contains('m'))
        .size_limit(COMPILED_BYTES_MAX)
        .dfa_size_limit(COMPILED_BYTES_MAX)
        .build()
        .map_err(|error| reason(&error))
}

/// The last line of the crate's message, which says what is wrong; those before draw the pattern.
fn reason(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().next_back().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}

struct Translation<'p> {
    rest: Peekable<Chars<'p>>,
    out: String,
    /// What stands before may be repeated.
    is_repeatable: bool,
    /// Groups that are open.
    depth: usize,
}

/// What an escape stands for.
enum Escape {
    Character(char),
    /// The inside of a character class, and whether its complement is meant.
    Class(&'static str, bool),
}

impl<'p> Translation<'p> {
    fn new(pattern: &'p str) -> Self {
        let out = String::with_capacity(pattern.len() + 16);
        Self { rest: pattern.chars().peekable(), out, is_repeatable: false, depth: 0 }
    }

    fn run(mut self) -> Result<String, String> {
        while let Some(character) = self.rest.next() {
            let mut is_repeatable = true;
            match character {
                '\\' => is_repeatable = self.escape()?,
                '[' => self.class()?,
                '(' => {
                    self.group()?;
                    is_repeatable = false;
                }
                ')' if self.depth == 0 => return Err("unmatched ')'".to_owned()),
                ')' => {
                    self.depth -= 1;
                    self.out.push(')');
                }
                '*' | '+' | '?' => {
                    self.quantifier(&character.to_string())?;
                    is_repeatable = false;
                }
                '{' => match self.counts() {
                    Some(counts) => {
                        self.quantifier(&counts)?;
                        is_repeatable = false;
                    }
                    // JavaScript takes a brace that counts nothing as itself.
                    None => self.out.push_str(r"\{"),
                },
                '.' => self.push_class(LINE_TERMINATORS, true),
                '^' | '$' | '|' => {
                    self.out.push(character);
                    is_repeatable = false;
                }
                _ => self.literal(character),
            }
            self.is_repeatable = is_repeatable;
        }
        if self.depth > 0 {
            return Err("a group is not closed: ')' is missing".to_owned());
        }
        Ok(self.out)
    }

    fn literal(&mut self, character: char) {
        if character.is_ascii_punctuation() {
            self.out.push('\\');
        }
        self.out.push(character);
    }

    fn push_class(&mut self, inside: &str, is_negated: bool) {
        self.out.push_str(if is_negated { "[^" } else { "[" });
        self.out.push_str(inside);
        self.out.push(']');
    }

    fn quantifier(&mut self, text: &str) -> Result<(), String> {
        if !self.is_repeatable {
            return Err(format!("there is nothing to repeat before '{text}'"));
        }
        self.out.push_str(text);
        self.out.extend(self.rest.next_if_eq(&'?'));
        Ok(())
    }

    /// `n}`, `n,}` or `n,m}` behind a brace, with the braces; otherwise nothing is read.
    fn counts(&mut self) -> Option<String> {
        let ahead = self.rest.clone();
        let mut counts = String::from("{");
        for character in ahead {
            counts.push(character);
            if character == '}' {
                break;
            }
        }
        let inside = counts.strip_prefix('{')?.strip_suffix('}')?;
        let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if least.is_empty() || !is_digits(least) || !is_digits(most) {
            return None;
        }
        self.rest.by_ref().take(inside.len() + 1).for_each(drop);
        Some(counts)
    }

    /// Behind `(`.
    fn group(&mut self) -> Result<(), String> {
        self.depth += 1;
        if self.rest.next_if_eq(&'?').is_none() {
            self.out.push('(');
            return Ok(());
        }
        match self.rest.next() {
            Some(':') => self.out.push_str("(?:"),
            Some('=' | '!') => return Err("look-ahead is not supported".to_owned()),
            Some('<') if matches!(self.rest.peek(), Some('=' | '!')) => {
                return Err("look-behind is not supported".to_owned());
            }
            Some('<') => {
                self.out.push_str("(?<");
                for character in self.rest.by_ref() {
                    self.out.push(character);
                    if character == '>' {
                        break;
                    }
                }
            }
            _ => return Err("this kind of group is not supported: '(?' takes ':' or '<name>'".to_owned()),
        }
        Ok(())
    }

    /// Behind a backslash, outside a class. Whether it may be repeated.
    fn escape(&mut self) -> Result<bool, String> {
        match self.rest.peek() {
            Some('b') => self.out.push_str(r"(?-u:\b)"),
            Some('B') => self.out.push_str(r"(?-u:\B)"),
            Some('1'..='9' | 'k') => return Err("back-references are not supported".to_owned()),
            _ => {
                match self.escaped()? {
                    Escape::Character(character) => self.literal(character),
                    Escape::Class(inside, is_negated) => self.push_class(inside, is_negated),
                }
                return Ok(true);
            }
        }
        self.rest.next();
        Ok(false)
    }

    /// What stands behind a backslash, in a class or not.
    fn escaped(&mut self) -> Result<Escape, String> {
        let Some(character) = self.rest.next() else { return Err(r"the pattern ends with '\'".to_owned()) };
        Ok(match character {
            'd' => Escape::Class(DIGIT, false),
            'D' => Escape::Class(DIGIT, true),
            'w' => Escape::Class(WORD, false),
            'W' => Escape::Class(WORD, true),
            's' => Escape::Class(SPACE, false),
            'S' => Escape::Class(SPACE, true),
            't' => Escape::Character('\t'),
            'n' => Escape::Character('\n'),
            'v' => Escape::Character('\u{b}'),
            'f' => Escape::Character('\u{c}'),
            'r' => Escape::Character('\r'),
            '0' => Escape::Character('\0'),
            'x' => Escape::Character(self.hexadecimal(2).and_then(char::from_u32).unwrap_or('x')),
            'u' => Escape::Character(self.utf16_unit()?),
            // Anything else stands for itself.
            _ => Escape::Character(character),
        })
    }

    /// `digits` hexadecimal digits; nothing is read if there are fewer.
    fn hexadecimal(&mut self, digits: usize) -> Option<u32> {
        let mut ahead = self.rest.clone();
        let mut value = 0;
        for _ in 0..digits {
            value = value * 16 + ahead.next()?.to_digit(16)?;
        }
        self.rest = ahead;
        Some(value)
    }

    /// The character of `\uXXXX`, or of two that are a surrogate pair.
    fn utf16_unit(&mut self) -> Result<char, String> {
        let Some(first) = self.hexadecimal(4) else { return Ok('u') };
        if let Some(character) = char::from_u32(first) {
            return Ok(character);
        }
        let second = (self.rest.next() == Some('\\') && self.rest.next() == Some('u'))
            .then(|| self.hexadecimal(4))
            .flatten()
            .unwrap_or_default();
        let pair = [first as u16, second as u16];
        match char::decode_utf16(pair).next() {
            Some(Ok(character)) => Ok(character),
            _ => Err(r"half a surrogate pair matches no text: write both halves, '\uD83D\uDE00'".to_owned()),
        }
    }

    /// Behind `[`.
    fn class(&mut self) -> Result<(), String> {
        let is_negated = self.rest.next_if_eq(&'^').is_some();
        let mut inside = String::new();
        loop {
            match self.rest.next() {
                None => return Err("a character class is not closed: ']' is missing".to_owned()),
                Some(']') => break,
                Some(character) => self.class_member(character, &mut inside)?,
            }
        }
        match (inside.is_empty(), is_negated) {
            (true, false) => self.push_class(r"\s\S", true),
            (true, true) => self.push_class(r"\s\S", false),
            _ => self.push_class(&inside, is_negated),
        }
        Ok(())
    }

    /// A character, a class or a range within a class.
    fn class_member(&mut self, character: char, inside: &mut String) -> Result<(), String> {
        let start = match self.class_atom(character)? {
            Escape::Character(start) => start,
            Escape::Class(class, is_negated) => {
                inside.push_str(if is_negated { "[^" } else { "[" });
                inside.push_str(class);
                inside.push(']');
                return Ok(());
            }
        };
        push_in_class(start, inside);
        let mut ahead = self.rest.clone();
        // A hyphen before the end stands for itself, and so it does beside a class.
        let (Some('-'), Some(end)) = (ahead.next(), ahead.next().filter(|end| *end != ']')) else {
            return Ok(());
        };
        let before = std::mem::replace(&mut self.rest, ahead);
        match self.class_atom(end)? {
            Escape::Character(end) if end < start => {
                return Err(format!("the range {start}-{end} of a character class is out of order"));
            }
            Escape::Character(end) => {
                inside.push('-');
                push_in_class(end, inside);
            }
            Escape::Class(..) => {
                self.rest = before;
                self.rest.next();
                push_in_class('-', inside);
            }
        }
        Ok(())
    }

    fn class_atom(&mut self, character: char) -> Result<Escape, String> {
        match character {
            '\\' if self.rest.next_if_eq(&'b').is_some() => Ok(Escape::Character('\u{8}')),
            '\\' => self.escaped(),
            _ => Ok(Escape::Character(character)),
        }
    }
}

fn push_in_class(character: char, inside: &mut String) {
    if character.is_ascii_punctuation() {
        inside.push('\\');
    }
    inside.push(character);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn javascript_patterns_match_as_in_javascript() {
        for (pattern, flags, text, expected) in [
            (r"b+", "", "abbc", Some("bb")),
            (r"B", "i", "abc", Some("b")),
            (r"^b", "m", "a\nb", Some("b")),
            (r"^b", "", "a\nb", None),
            (r"a$", "m", "a\r\nb", Some("a")),
            (r"a.c", "", "a\nc abc", Some("abc")),
            (r"a[^]c", "", "a\nc", Some("a\nc")),
            (r"a[]c", "", "ac", None),
            (r"\d+", "", "٣7", Some("7")),
            (r"\w+", "", "éab", Some("ab")),
            (r"\bb", "", "éb", Some("b")),
            (r"\s", "", "\u{a0}", Some("\u{a0}")),
            (r"[\s\d]+", "", "a 1b", Some(" 1")),
            (r"[^\s]+", "", " ab ", Some("ab")),
            (r"[a\]b]+", "", "x]ab", Some("]ab")),
            (r"[[&&~~-]+", "", "a[&~-", Some("[&~-")),
            (r"[\w-]+", "", "a-b c", Some("a-b")),
            (r"[\w-.]+", "", "a-b.c d", Some("a-b.c")),
            (r"[+-]\d", "", "x-1", Some("-1")),
            (r"[\b]", "", "\u{8}", Some("\u{8}")),
            (r"\/", "", "a/b", Some("/")),
            (r"\x41\u0042\u{43}", "", r"ABuuuu", None),
            (r"\x41\u0042", "", r"xAB", Some("AB")),
            (r"\uD83D\uDE02", "", "a😂", Some("😂")),
            (r"a{2}", "", "aaa", Some("aa")),
            (r"a{,2}", "", "a{,2}", Some("a{,2}")),
            (r"a{", "", "a{", Some("a{")),
            (r"a{1,2}?", "", "aa", Some("a")),
            (r"}]", "", "}]", Some("}]")),
            (r"a|ab", "", "ab", Some("a")),
            (r"(?:ab)+(?<x>c)", "", "ababc", Some("ababc")),
            (r"#\-\#", "", "#-#", Some("#-#")),
            (r"\cx\p", "", "cxp", Some("cxp")),
        ] {
            let regex = compile(pattern, flags).unwrap_or_else(|error| panic!("{pattern}: {error}"));
            assert_eq!(
                regex.find(text).map(|found| found.as_str()),
                expected,
                "/{pattern}/{flags} on {text:?}"
            );
        }
    }

    #[test]
    fn what_needs_backtracking_is_refused_with_the_reason() {
        for (pattern, reason) in [
            (r"(a)\1", "back-references are not supported"),
            (r"\k<x>", "back-references are not supported"),
            (r"a(?=b)", "look-ahead is not supported"),
            (r"a(?!b)", "look-ahead is not supported"),
            (r"(?<=a)b", "look-behind is not supported"),
            (r"(?i)b", "this kind of group is not supported: '(?' takes ':' or '<name>'"),
            (r"a**", "there is nothing to repeat before '*'"),
            (r"*", "there is nothing to repeat before '*'"),
            (r"(", "a group is not closed: ')' is missing"),
            (r"a)", "unmatched ')'"),
            (r"[a", "a character class is not closed: ']' is missing"),
            (r"[b-a]", "the range b-a of a character class is out of order"),
            (r"a\", r"the pattern ends with '\'"),
        ] {
            assert_eq!(compile(pattern, "").unwrap_err(), reason, "{pattern}");
        }
        assert!(compile("(?:a{1000}){1000}", "").unwrap_err().contains("size limit"));
    }
}
