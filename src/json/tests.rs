//! What the parser accepts, what it refuses and where, and what it says about a document.

use super::*;

const DEPTH: u32 = 8;

/// Parses with every kernel, which must agree.
fn parse(text: &[u8]) -> Result<Tape, ParseError> {
    let parse_with = |kernel| {
        let mut tape = Tape::default();
        Parser::with_kernel(DEPTH, kernel).parse(text, &mut tape).map(|()| tape)
    };
    let expected = parse_with(Kernel::in_use());
    for kernel in Kernel::supported() {
        match (&expected, &parse_with(kernel)) {
            (Ok(a), Ok(b)) => assert_eq!((a.nodes(), a.flags()), (b.nodes(), b.flags()), "{kernel:?}"),
            (a, b) => assert_eq!(a.as_ref().err(), b.as_ref().err(), "{kernel:?}"),
        }
    }
    expected
}

/// All nodes in order, containers as bracket and count, the others as their text.
fn outline(text: &[u8], tape: &Tape) -> String {
    let doc = Doc::new(text, tape);
    let ids = (0..tape.nodes().len() as u32).map(NodeId);
    let show = |id| match doc.tag(id) {
        Tag::Array => format!("[{}", doc.count(id)),
        Tag::Object => format!("{{{}", doc.count(id)),
        Tag::EscapedString => format!("~{}", String::from_utf8_lossy(doc.raw(id))),
        _ => String::from_utf8_lossy(doc.raw(id)).into_owned(),
    };
    ids.map(show).collect::<Vec<_>>().join(" ")
}

#[test]
fn accepted_texts() {
    let check = |text: &str, expected: &str| match parse(text.as_bytes()) {
        Ok(tape) => assert_eq!(outline(text.as_bytes(), &tape), expected, "{text}"),
        Err(error) => panic!("{text}: {error}"),
    };
    check("null", "null");
    check(" true ", "true");
    check("\tfalse\r\n", "false");
    check("0", "0");
    check("-0", "-0");
    check("-1.5e+10", "-1.5e+10");
    check("1E5", "1E5");
    check("0.0e-0", "0.0e-0");
    check("12345678", "12345678");
    check("123456789.123456789", "123456789.123456789");
    check("1e999", "1e999");
    check("123456789012345678901234567890", "123456789012345678901234567890");
    check(r#""""#, r#""""#);
    check(r#""a\"b""#, r#"~"a\"b""#);
    check(r#""\\""#, r#"~"\\""#);
    check(r#""\u00e9\ud83d\uDE00""#, r#"~"\u00e9\ud83d\uDE00""#);
    check(r#""\u0000""#, r#"~"\u0000""#);
    check("\"\u{7f}\u{e9}\u{1f600}\u{2028}\"", "\"\u{7f}\u{e9}\u{1f600}\u{2028}\"");
    check("[]", "[0");
    check("[ ]", "[0");
    check("{}", "{0");
    check("{ }", "{0");
    check("[1,2,[3],{}]", "[4 1 2 [1 3 {0");
    check(r#"{"a":1,"b":[true,null],"c":{"d":"e"}}"#, r#"{3 "a" 1 "b" [2 true null "c" {1 "d" "e""#);
    check(r#"{"a":1,"a":2}"#, r#"{2 "a" 1 "a" 2"#);
    check(r#"{"":""}"#, r#"{1 "" """#);
    check("[[[[[[[[]]]]]]]]", "[1 [1 [1 [1 [1 [1 [1 [0");
    check("[1 , 2\n,\t3 ]", "[3 1 2 3");
    check(r#"["[","{\"]}:,"]"#, r#"[2 "[" ~"{\"]}:,""#);
}

#[test]
fn refused_texts() {
    use ParseErrorKind as Kind;
    let check = |text: &[u8], offset, kind| {
        let shown = String::from_utf8_lossy(text).into_owned();
        assert_eq!(parse(text).err(), Some(ParseError { offset, kind }), "{shown}");
    };
    let checks = |kind, cases: &[(&str, u32)]| {
        for (text, offset) in cases {
            check(text.as_bytes(), *offset, kind);
        }
    };
    let ends = ["", " ", "[", "[1", "[1,", "{", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,"];
    let more_ends =
        ["\"", "\"\\", "\"\\\"", "\"a\\\\\\\"", "-", "1.", "1e", "1e+", "t", "nul", "[fals", "[[]"];
    for text in ends.into_iter().chain(more_ends) {
        check(text.as_bytes(), text.len() as u32, Kind::UnexpectedEnd);
    }
    checks(Kind::UnexpectedCharacter, &[("?", 0), ("[a]", 1), ("[,1]", 1), ("[1,,2]", 3), ("{\"a\":}", 5)]);
    checks(Kind::UnexpectedCharacter, &[("]", 0), ("}", 0), (",", 0), (":", 0), ("[}", 1), ("'a'", 0)]);
    checks(Kind::UnexpectedCharacter, &[("+1", 0), (".5", 0), ("NaN", 0), ("Infinity", 0), ("\\u0031", 0)]);
    checks(Kind::UnexpectedCharacter, &[("\u{feff}{}", 0), ("[\u{a0}1]", 1), ("\0", 0), ("[1,\u{c}2]", 3)]);
    checks(Kind::InvalidLiteral, &[("trux", 3), ("tru e", 3), ("nulls", 4), ("[falsey]", 6), ("tRUE", 1)]);
    checks(Kind::ExpectedKey, &[("{1:2}", 1), ("{a:1}", 1), ("{,}", 1), ("{\"a\":1,b", 7), ("{[]:1}", 1)]);
    checks(Kind::ExpectedColon, &[("{\"a\"}", 4), ("{\"a\",1}", 4), ("{\"a\" 1}", 5), ("{\"a\"\"b\"}", 4)]);
    checks(Kind::ExpectedCommaOrBracket, &[("[1 2]", 3), ("[1}", 2), ("[\"a\":1]", 4), ("[\"a\"b]", 4)]);
    checks(Kind::ExpectedCommaOrBracket, &[("[[]1]", 3), ("[1\"a\"]", 2), ("[true\"a\"]", 5)]);
    checks(Kind::ExpectedCommaOrBrace, &[("{\"a\":1]", 6), ("{\"a\":1 \"b\":2}", 7), ("{\"a\":1:2}", 6)]);
    checks(Kind::TrailingComma, &[("[1,]", 3), ("[1, ]", 4), ("{\"a\":1,}", 7), ("[1,}", 3), ("[{},]", 4)]);
    checks(
        Kind::TrailingText,
        &[("1 2", 2), ("[]]", 2), ("{}{}", 2), ("\"a\"b", 3), ("null,", 4), ("1}", 1)],
    );
    checks(Kind::InvalidNumber, &[("01", 1), ("-01", 2), ("00", 1), ("-a", 1), ("--1", 1), ("1.a", 2)]);
    // What follows the longest numbers that are checked at once.
    checks(Kind::InvalidNumber, &[("[1000000000000000.0000000000000zz]", 31)]);
    checks(Kind::InvalidNumber, &[("1.2.3", 3), ("1ee2", 2), ("1e5.0", 3), ("1e+-2", 3), ("[1._2]", 3)]);
    checks(
        Kind::InvalidNumber,
        &[("0x10", 1), ("12a", 2), ("1_000", 1), ("-]", 1), ("[1. ]", 3), ("1\\", 1)],
    );
    checks(
        Kind::InvalidNumber,
        &[("012345678", 1), ("123456789x", 9), ("1.23456789x", 10), ("-Infinity", 1)],
    );
    checks(Kind::InvalidEscape, &[(r#""\x""#, 1), (r#""a\S""#, 2), (r#""\u12""#, 1), (r#""\u12g4""#, 1)]);
    checks(Kind::InvalidEscape, &[(r#""\u+123""#, 1), (r#""\\\z""#, 3), ("\"\\\n\"", 1), (r#"{"\'":1}"#, 2)]);
    checks(Kind::LoneSurrogate, &[(r#""\ud800""#, 1), (r#""\udc00""#, 1), (r#""\ud800\ud800""#, 1)]);
    checks(Kind::LoneSurrogate, &[(r#""\ud800x""#, 1), (r#""\ud800\n""#, 1), (r#""\udc00\ud800""#, 1)]);
    checks(Kind::ControlCharacter, &[("\"a\nb\"", 2), ("\"\0\"", 1), ("{\"\t\":1}", 2), ("\"\u{1f}", 1)]);
    checks(Kind::TooDeep { limit: DEPTH }, &[("[[[[[[[[[]]]]]]]]]", 8), ("[[[[[[[{\"a\":[", 12)]);
    check(b"\"\xff\"", 1, Kind::InvalidUtf8);
    check(b"\"a\xe9\"", 2, Kind::InvalidUtf8);
    check(b"[\"\xed\xa0\x80\"]", 2, Kind::InvalidUtf8);
    check(b"\"\xc0\x80\"", 1, Kind::InvalidUtf8);
    check(b"\"\xf4\x90\x80\x80\"", 1, Kind::InvalidUtf8);
    check(b"\xff", 0, Kind::InvalidUtf8);
}

#[test]
fn the_first_problem_is_told() {
    let check =
        |text: &[u8], offset| assert_eq!(parse(text).map_err(|error| error.offset).err(), Some(offset));
    check(b"[\"\n\", ?]", 2);
    check(b"[?, \"\n\"]", 1);
    check(b"[\"\xff\", \"\n\"]", 2);
    check(b"[\"\n\", \"\xff\"]", 2);
    check(b"[\"\\x\", \"\n\"]", 2);
    check(b"[\\\"\n\"]", 1);
    check(b"{\"a\": tru\xff}", 9);
}

#[test]
fn flags_tell_what_is_in_a_document() {
    let check = |text: &str, expected: &[DocFlags]| {
        let mut flags = DocFlags::default();
        for flag in expected {
            flags.insert(*flag);
        }
        assert_eq!(parse(text.as_bytes()).map(|tape| tape.flags()), Ok(flags), "{text}");
    };
    let (space, escape) = (DocFlags::WHITESPACE, DocFlags::BACKSLASH);
    let (number, non_ascii) = (DocFlags::NUMBER_TEXT, DocFlags::NON_ASCII);
    check(r#"{"a b":[1,-2,true,"	"]}"#.replace('\t', " ").as_str(), &[]);
    check("[1, 2]", &[space]);
    check("1\n", &[space]);
    check(r#""a\nb""#, &[escape]);
    check("\"\u{e9}\"", &[non_ascii]);
    check("123456789012345", &[]);
    check("-123456789012345", &[]);
    check("[12345678901234567,0]", &[number]);
    check("[0,999999999999999,-0,0]", &[number]);
    check("[0,-123456789012345,999999999999999,10]", &[]);
    for text in ["1234567890123456", "1.5", "1.0", "1e3", "-0", "0.0", "-1.5", "1E400", "12345678.5"] {
        check(text, &[number]);
    }
    check(" [\"\\t\u{e9}\",1.0]", &[space, escape, number, non_ascii]);
}

#[test]
fn a_parser_and_its_tape_are_reused() {
    let (mut parser, mut tape) = (Parser::new(DEPTH), Tape::default());
    let long = format!("[{}1]", "1.5, ".repeat(1000));
    assert_eq!(parser.parse(long.as_bytes(), &mut tape), Ok(()));
    assert_eq!(tape.nodes().len(), 1002);
    assert_eq!(parser.parse(b"{\"a\":0}", &mut tape), Ok(()));
    assert_eq!((tape.nodes().len(), tape.flags()), (3, DocFlags::default()));
    assert!(parser.parse(b"[1,2", &mut tape).is_err());
    assert!(tape.nodes().is_empty());
    assert_eq!(tape.clone().nodes().len(), 0);
}

#[test]
fn there_is_room_for_the_densest_texts() {
    let deep = u32::MAX;
    for (text, depth) in [("[", deep), ("[", 8), ("1,", 8), ("[1,", deep), ("[[],", deep), ("{\"\":", deep)] {
        for repeats in [1, 7, 63, 64, 65, 1000] {
            let open = text.repeat(repeats);
            for text in [open.clone(), format!("[{open}"), format!("[{open}1]"), format!("[1,{open}")] {
                let mut tape = Tape::default();
                let parsed = Parser::new(depth).parse(text.as_bytes(), &mut tape);
                assert_eq!(
                    parsed.is_ok(),
                    serde_json::from_str::<serde_json::Value>(&text).is_ok(),
                    "{text}"
                );
            }
        }
    }
}

#[test]
fn of_a_repeated_key_the_last_one_wins() {
    let text = br#"{"k":1,"other":2,"\u006b":3,"x":4}"#;
    let tape = parse(text).unwrap();
    let doc = Doc::new(text, &tape);
    let member = |key| doc.member(NodeId::ROOT, key).map(|id| doc.raw(id));
    assert_eq!(member("k"), Some(&b"3"[..]));
    assert_eq!(member("other"), Some(&b"2"[..]));
    assert_eq!(member("\\u006b"), None);
    assert_eq!(member(""), None);
}

/// Wherever it stands among others, and however many they are.
#[test]
fn what_must_be_escaped_is_found_at_every_place() {
    for len in 0..36 {
        let clean = "x".repeat(len);
        let mut out = Vec::new();
        write_json_string(&clean, &mut out);
        assert_eq!(out, format!("\"{clean}\"").into_bytes());
        for at in 0..len {
            for (escaped, becomes) in
                [("\"", "\\\""), ("\\", "\\\\"), ("\n", "\\n"), ("\u{1f}", "\\u001f"), ("!", "!")]
            {
                // The second is never found before the first.
                let text = format!("{}{escaped}{}\t", &clean[..at], &clean[at + 1..]);
                let expected = format!("\"{}{becomes}{}\\t\"", &clean[..at], &clean[at + 1..]);
                let mut out = Vec::new();
                write_json_string(&text, &mut out);
                assert_eq!(out, expected.as_bytes(), "{text:?}");
                assert_eq!(json_string_len(&text), expected.len());
            }
        }
    }
}

#[test]
fn errors_read_well() {
    let message = |text: &[u8]| parse(text).map(|_| ()).map_err(|error| error.to_string());
    assert_eq!(message(b"{\"a\":1"), Err("unexpected end of the text at byte 6".to_owned()));
    assert_eq!(message(b"{\"a\":1]"), Err("expected `,` or `}` at byte 6".to_owned()));
    assert_eq!(message(b"[[[[[[[[["), Err("nested deeper than 8 levels at byte 8".to_owned()));
}

/// A parser that allows just that depth takes the text; one that allows less does not.
#[test]
fn the_nesting_depth_is_what_a_parser_must_allow() {
    let texts =
        [("1", 0), ("[]", 1), (r#"{"a":[]}"#, 2), ("[[],[[1],2],[]]", 3), (r#"[{"a":{"b":[0]}},[[]]]"#, 4)];
    for (text, depth) in texts {
        let document = Document::parse(text.as_bytes(), depth).expect(text);
        assert_eq!(document.doc().nesting_depth(), depth, "{text}");
        assert!(depth == 0 || Document::parse(text.as_bytes(), depth - 1).is_err(), "{text}");
    }
}
