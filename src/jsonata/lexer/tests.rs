use proptest::prelude::*;

use super::super::token::TokenKind;
use super::{Lexer, Slash};

/// The words as `text@position`, a slash dividing only behind an operand; an error as its code.
fn words(source: &str) -> String {
    let mut lexer = Lexer::new(source);
    let mut out = Vec::new();
    let mut slash = Slash::OpensRegex;
    loop {
        let token = match lexer.next_token(slash) {
            Ok(token) => token,
            Err(error) => {
                out.push(format!("{}@{:?}", error.code(), error.position().unwrap()));
                return out.join(" ");
            }
        };
        let text = match &token.kind {
            TokenKind::End => "end".to_owned(),
            TokenKind::Name(name) => format!("name:{name}"),
            TokenKind::Variable(name) => format!("${name}"),
            TokenKind::String(text) => format!("{text:?}"),
            TokenKind::Number(number) => format!("{number}"),
            TokenKind::Bool(bool) => format!("{bool}"),
            TokenKind::Null => "null".to_owned(),
            TokenKind::Regex { pattern, flags } => format!("regex:{pattern}:{flags}"),
            TokenKind::Symbol(symbol) => symbol.text().to_owned(),
        };
        slash = match token.kind {
            TokenKind::Symbol(_) => Slash::OpensRegex,
            _ => Slash::Divides,
        };
        out.push(format!("{text}@{}", token.position));
        if token.kind == TokenKind::End {
            return out.join(" ");
        }
    }
}

#[test]
fn words_end_where_the_reference_says() {
    for (source, expected) in [
        ("", "end@0"),
        (" \t\u{b}\r\n", "end@5"),
        ("a.b", "name:a@1 .@2 name:b@3 end@3"),
        ("  foo /* c */ & 1", "name:foo@5 &@15 1@17 end@17"),
        ("/**/a/*/ */", "name:a@5 end@11"),
        (
            "a..b..:=!=>=<=**~>?:??",
            "name:a@1 ..@3 name:b@4 ..@6 :=@8 !=@10 >=@12 <=@14 **@16 ~>@18 ?:@20 ??@22 end@22",
        ),
        (
            ". [ ] { } ( ) , @ # ; : ? + - * / x",
            ".@1 [@3 ]@5 {@7 }@9 (@11 )@13 ,@15 @@17 #@19 ;@21 :@23 ?@25 +@27 -@29 *@31 S0302@35",
        ),
        ("a/b%|=<>^&", "name:a@1 /@2 name:b@3 %@4 |@5 =@6 <@7 >@8 ^@9 &@10 end@10"),
        (
            "and or in android true false null nil",
            "and@3 or@6 in@9 name:android@17 true@22 false@28 null@33 name:nil@37 end@37",
        ),
        ("$ $$ $x-y $'", "$@1 $$@4 $x@7 -@8 name:y@9 $'@12 end@12"),
        ("a\"b 1a", "name:a\"b@3 1@5 name:a@6 end@6"),
        ("0 1.5 1e3 1E+2 1.5e-1", "0@1 1.5@5 1000@9 100@14 0.15@21 end@21"),
        (
            "01 1. 1.e 1e 1e+ 1..2",
            "0@1 1@2 1@4 .@5 1@7 .@8 name:e@9 1@11 name:e@12 1@14 name:e@15 +@16 1@18 ..@20 2@21 end@21",
        ),
        ("`a b`.``", "name:a b@5 .@6 name:@8 end@8"),
        ("😀 `é` \"é😀\" x", "name:😀@2 name:é@6 \"é😀\"@12 name:x@14 end@14"),
    ] {
        assert_eq!(words(source), expected, "{source}");
    }
}

#[test]
fn strings_resolve_their_escapes() {
    for (source, expected) in [
        (r#""a'b" 'a"b'"#, r#""a'b"@5 "a\"b"@11 end@11"#),
        (r#""\"\\\/\b\f\n\r\t""#, r#""\"\\/\u{8}\u{c}\n\r\t"@18 end@18"#),
        (r#""\u0041\u00e9""#, r#""Aé"@14 end@14"#),
        (r#""\ud83d\ude00""#, r#""😀"@14 end@14"#),
        (r#""\ud83dx\ude00""#, "\"\u{FFFD}x\u{FFFD}\"@15 end@15"),
        (r#""\ud83d\ud83d\ude00""#, "\"\u{FFFD}😀\"@20 end@20"),
        (r#""\ud83d""#, "\"\u{FFFD}\"@8 end@8"),
        (r#""a"#, "S0101@2"),
        (r#""\x""#, "S0103@2"),
        (r"'\'", "S0103@2"),
        (r#""\"#, "S0103@2"),
        (r#""\u00g0""#, "S0104@2"),
        (r#""\u"#, "S0104@2"),
        (r#""\u12"#, "S0101@5"),
    ] {
        assert_eq!(words(source), expected, "{source}");
    }
}

#[test]
fn regular_expressions_end_at_a_bare_slash() {
    for (source, expected) in [
        ("/ab+/i", "regex:ab+:i@6 end@6"),
        ("/a/mig", "regex:a:mi@5 name:g@6 end@6"),
        (r"/a\/b/", r"regex:a\/b:@6 end@6"),
        (r"/a\\/b", r"regex:a\\:@5 name:b@6 end@6"),
        ("/[/](/){/}/", "regex:[/](/){/}:@11 end@11"),
        (r"/\(/", r"regex:\(:@4 end@4"),
        ("/)/", "S0302@3"),
        ("//", "S0301@1"),
        ("/abc", "S0302@4"),
    ] {
        assert_eq!(words(source), expected, "{source}");
    }
}

#[test]
fn what_is_no_word_is_an_error() {
    for (source, expected) in [
        ("a ! b", "name:a@1 S0204@3"),
        ("~", "S0204@1"),
        ("1 + 1e400", "1@1 +@3 S0102@4"),
        ("a `b", "name:a@1 S0105@4"),
        ("a /* b", "name:a@1 S0106@2"),
        ("/*/", "S0106@0"),
    ] {
        assert_eq!(words(source), expected, "{source}");
    }
    let error = Lexer::new("1e400").next_token(Slash::Divides).unwrap_err();
    assert_eq!(error.to_string(), "S0102: Number out of range: \"1e400\"");
    let error = Lexer::new("!").next_token(Slash::Divides).unwrap_err();
    assert_eq!(error.to_string(), "S0204: Unknown operator: \"!\"");
}

proptest! {
    #[test]
    fn words_advance_to_the_end(source in "(\\PC|[ -~]|\\\\u[0-9a-f]{0,4}|[\"'`/*]){0,40}", divides: bool) {
        let length = source.encode_utf16().count() as u32;
        let slash = if divides { Slash::Divides } else { Slash::OpensRegex };
        let mut lexer = Lexer::new(&source);
        let mut before = 0;
        loop {
            match lexer.next_token(slash) {
                Ok(token) if token.kind == TokenKind::End => {
                    prop_assert_eq!(token.position, length);
                    break;
                }
                Ok(token) => {
                    prop_assert!(before < token.position && token.position <= length);
                    before = token.position;
                }
                Err(error) => {
                    prop_assert!(error.position().unwrap() <= length);
                    break;
                }
            }
        }
    }
}
