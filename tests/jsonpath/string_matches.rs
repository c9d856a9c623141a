//! The patterns of the Choice operator `StringMatches`.

use aslx::json::JsonStr;
use aslx::jsonpath::Pattern;

fn matches(pattern: &str, text: &str) -> bool {
    Pattern::parse(pattern).unwrap().matches(JsonStr::plain(text))
}

#[test]
fn stars_stand_for_any_run() {
    for (pattern, text) in [
        ("", ""),
        ("*", ""),
        ("*", "anything at all"),
        ("**", "x"),
        ("log-*", "log-"),
        ("*.txt", "a.txt"),
        ("a*b*c", "a-b-b-c"),
        ("*ab*", "aab"),
        ("*a*a*", "aa"),
        ("ü*ß", "über Maß"),
        (r"\**\*", "* and *"),
        (r"C:\\*", r"C:\temp"),
        ("[a-z]?", "[a-z]?"),
    ] {
        assert!(matches(pattern, text), "{pattern} should match {text}");
    }
}

#[test]
fn nothing_else_matches() {
    for (pattern, text) in [
        ("", "x"),
        ("abc", "abcd"),
        ("abc", "ABC"),
        ("ab*ba", "aba"),
        ("*aa*aa*", "aaa"),
        ("a*b*c", "a-c-b"),
        ("*.txt", "a.txt.gz"),
        (r"\*", "x"),
        ("a?c", "abc"),
        ("[ab]", "a"),
    ] {
        assert!(!matches(pattern, text), "{pattern} should not match {text}");
    }
}

#[test]
fn escaped_text_is_unescaped_first() {
    let pattern = Pattern::parse("a\nb*").unwrap();
    assert!(pattern.matches(JsonStr::new(br"a\nb\u0063", true)));
    assert!(!pattern.matches(JsonStr::new(br"a\\nb", true)));
}

#[test]
fn an_open_backslash_is_an_error() {
    for (pattern, offset) in [(r"\", 0), (r"ab\c", 2), (r"\\\", 2), (r"*\?", 1)] {
        assert_eq!(Pattern::parse(pattern).unwrap_err().offset, offset, "{pattern}");
    }
}

#[test]
fn many_stars_take_no_exponential_time() {
    let pattern = format!("{}b", "a*".repeat(2000));
    assert!(!matches(&pattern, &"a".repeat(100_000)));
}
