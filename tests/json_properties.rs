//! Laws of the JSON front end, with `serde_json` as the judge of what is JSON and what it means.

use aslx::json::{
    Doc, DocFlags, Kernel, NodeId, Num, Number, ParseError, ParseErrorKind, Parser, Tag, Tape,
    canonical_string_len, json_string_len, minified_len, minify, write_canonical_string, write_json_string,
};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

/// `serde_json`'s own bound.
const DEPTH: u32 = 127;

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

/// A JSON text with everything that the grammar allows, some of it unusual.
fn json_text() -> impl Strategy<Value = String> {
    let space = || "[ \t\r\n]{0,2}";
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned()),
        number(),
        string()
    ];
    let value = leaf.prop_recursive(6, 64, 8, move |inner| {
        let item =
            (space(), inner.clone(), space()).prop_map(|(before, item, after)| before + &item + &after);
        let member = (space(), string(), space(), item.clone())
            .prop_map(|(before, key, after, item)| format!("{before}{key}{after}:{item}"));
        prop_oneof![
            (space(), vec(item, 0..8)).prop_map(|(space, items)| enclose('[', &space, &items, ']')),
            (space(), vec(member, 0..8)).prop_map(|(space, members)| enclose('{', &space, &members, '}')),
        ]
    });
    (space(), value, space()).prop_map(|(before, value, after)| before + &value + &after)
}

fn enclose(open: char, space: &str, items: &[String], close: char) -> String {
    if items.is_empty() {
        format!("{open}{space}{close}")
    } else {
        format!("{open}{}{close}", items.join(","))
    }
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "-?(0|[1-9][0-9]{0,4})",
        2 => "-?(0|[1-9][0-9]{0,4})\\.[0-9]{1,3}",
        1 => "-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,24})?([eE][+-]?[0-9]{1,3})?",
    ]
}

/// A string with its quotes.
fn string() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => "[a-zA-Z0-9 :,\\[\\]{}]{1,12}",
        1 => "[^\"\\\\\\p{C}]{1,3}",
        1 => r#"\\["\\/bfnrt]"#,
        1 => r"(\\\\){1,5}",
        1 => any::<char>().prop_map(escape),
    ];
    vec(piece, 0..6).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

fn escape(c: char) -> String {
    let units: Vec<String> =
        c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect();
    units.concat()
}

/// A text, often not quite JSON.
fn mutated_text() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        3 => proptest::sample::select(br#"{}[]:,"\ -+.eE019tfnu"#.to_vec()),
        1 => any::<u8>(),
    ];
    let mutation = (any::<proptest::sample::Index>(), 0..4, byte);
    (json_text(), vec(mutation, 0..4)).prop_map(|(text, mutations)| {
        let mut text = text.into_bytes();
        for (place, kind, byte) in mutations {
            let at = place.index(text.len() + 1);
            match kind {
                0 => text.insert(at, byte),
                1 => text.truncate(at),
                2 if at < text.len() => text[at] = byte,
                _ if at < text.len() => drop(text.remove(at)),
                _ => {}
            }
        }
        text
    })
}

/// Whether the node means what `serde_json` understood.
fn is_same(doc: Doc<'_>, id: NodeId, expected: &Value) -> bool {
    match (doc.tag(id), expected) {
        (Tag::Null, Value::Null) => true,
        (Tag::True, Value::Bool(value)) => *value,
        (Tag::False, Value::Bool(value)) => !value,
        (Tag::Number, Value::Number(number)) => {
            match doc.number(id).read() {
                // `-0` is an integer here and the double `-0.0` there.
                Num::Int(0) => number.as_f64() == Some(0.0),
                Num::Int(int) => number.as_i64() == Some(int),
                Num::Float(float) => number.as_f64().is_some_and(|expected| is_close(float, expected)),
            }
        }
        (Tag::String | Tag::EscapedString, Value::String(text)) => {
            doc.string(id) == **text && doc.string(id).to_text() == *text
        }
        (Tag::Array, Value::Array(items)) => {
            doc.count(id) == items.len()
                && doc.elements(id).count() == items.len()
                && doc.elements(id).zip(items).all(|(id, item)| is_same(doc, id, item))
        }
        (Tag::Object, Value::Object(members)) => {
            let is_known = |(key, _)| members.contains_key(&*doc.string(key).to_text());
            doc.members(id).count() == doc.count(id)
                && doc.members(id).all(is_known)
                && members
                    .iter()
                    .all(|(key, value)| doc.member(id, key).is_some_and(|id| is_same(doc, id, value)))
        }
        _ => false,
    }
}

/// `serde_json` reads doubles fast by default, not to the last bit.
fn is_close(float: f64, expected: f64) -> bool {
    (float - expected).abs() <= expected.abs() * 4.0 * f64::EPSILON + f64::from_bits(4)
}

/// Whether both accept the text with the same meaning, or both refuse it.
fn assert_agreement(text: &[u8]) {
    let shown = String::from_utf8_lossy(text);
    match (parse(text), serde_json::from_slice::<Value>(text)) {
        (Ok(tape), Ok(value)) => assert!(is_same(Doc::new(text, &tape), NodeId::ROOT, &value), "{shown}"),
        (Err(_), Err(_)) => {}
        // It reads numbers at once, and refuses those that no double can hold; their text is JSON all the same.
        (Ok(_), Err(error)) if error.to_string().starts_with("number out of range") => {}
        (ours, theirs) => panic!("{shown}: {:?}, serde_json {:?}", ours.err(), theirs.err()),
    }
}

fn minified(text: &[u8], tape: &Tape, id: NodeId) -> Vec<u8> {
    let mut out = Vec::new();
    minify(Doc::new(text, tape), id, &mut out);
    assert_eq!(minified_len(Doc::new(text, tape), id), out.len());
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn generated_texts_mean_what_serde_json_reads(text in json_text()) {
        prop_assert!(parse(text.as_bytes()).is_ok(), "{}", text);
        assert_agreement(text.as_bytes());
    }

    #[test]
    fn mutated_texts_are_judged_as_serde_json_does(text in mutated_text()) {
        assert_agreement(&text);
    }

    #[test]
    fn an_error_names_the_first_byte_that_no_text_could_have(text in mutated_text()) {
        let Err(error) = parse(&text) else { return Ok(()) };
        let shown = String::from_utf8_lossy(&text);
        let offset = error.offset as usize;
        let before = parse(&text[..offset]).map(|_| ());
        let end = ParseError { offset: error.offset, kind: ParseErrorKind::UnexpectedEnd };
        prop_assert!(before == Ok(()) || before == Err(end), "{}: {:?} but {:?} before it", shown, error, before);
        let is_told_early = matches!(error.kind, ParseErrorKind::InvalidEscape | ParseErrorKind::LoneSurrogate);
        if offset < text.len() && !is_told_early {
            // Cut here a character may be incomplete, so only the place is the same.
            prop_assert_eq!(parse(&text[..=offset]).err().map(|error| error.offset), Some(error.offset));
        }
    }

    #[test]
    fn a_node_is_the_span_of_its_value(text in json_text()) {
        let tape = parse(text.as_bytes()).unwrap();
        let doc = Doc::new(text.as_bytes(), &tape);
        for (at, node) in tape.nodes().iter().enumerate() {
            let own = parse(doc.raw(NodeId(at as u32))).unwrap();
            let (root, rest) = own.nodes().split_first().unwrap();
            prop_assert_eq!((root.start, root.end), (0, node.end - node.start));
            prop_assert_eq!((root.tag(), root.count()), (node.tag(), node.count()));
            prop_assert_eq!(rest.len() + 1, node.next as usize - at);
        }
    }

    #[test]
    fn minified_text_is_the_same_document(text in json_text()) {
        let tape = parse(text.as_bytes()).unwrap();
        for at in 0..tape.nodes().len() as u32 {
            let raw = Doc::new(text.as_bytes(), &tape).raw(NodeId(at));
            let small = minified(text.as_bytes(), &tape, NodeId(at));
            let again = parse(&small).unwrap();
            prop_assert!(!again.flags().contains(DocFlags::WHITESPACE));
            prop_assert_eq!(minified(&small, &again, NodeId::ROOT), &small[..]);
            prop_assert!(tape.flags().contains(DocFlags::WHITESPACE) || small == raw);
            let (before, after) = (serde_json::from_slice::<Value>(raw), serde_json::from_slice::<Value>(&small));
            // Where a number is out of `serde_json`'s range, both texts must be.
            prop_assert_eq!(before.ok(), after.ok());
        }
    }

    #[test]
    fn strings_are_written_as_serde_json_writes_them(text: String) {
        let mut out = Vec::new();
        write_json_string(&text, &mut out);
        prop_assert_eq!(json_string_len(&text), out.len());
        prop_assert_eq!(String::from_utf8(out).unwrap(), serde_json::to_string(&text).unwrap());
    }

    #[test]
    fn canonical_strings_are_those_of_the_text(text in string()) {
        let tape = parse(text.as_bytes()).unwrap();
        let string = Doc::new(text.as_bytes(), &tape).string(NodeId::ROOT);
        let mut out = Vec::new();
        write_canonical_string(string, &mut out);
        prop_assert_eq!(canonical_string_len(string), out.len());
        prop_assert_eq!(String::from_utf8(out).unwrap(), serde_json::to_string(&string.to_text()).unwrap());
    }

    #[test]
    fn strings_are_equal_and_ordered_by_their_text(a in string(), b in string()) {
        let tapes = [&a, &b].map(|text| parse(text.as_bytes()).unwrap());
        let [x, y] = [(&a, &tapes[0]), (&b, &tapes[1])]
            .map(|(text, tape)| Doc::new(text.as_bytes(), tape).string(NodeId::ROOT));
        let units = |text: &str| text.encode_utf16().collect::<Vec<_>>();
        prop_assert_eq!(x.cmp_utf16(y), units(&x.to_text()).cmp(&units(&y.to_text())));
        prop_assert_eq!(x == y, x.to_text() == y.to_text());
        prop_assert!(x == x && x == *x.to_text());
    }

    #[test]
    fn numbers_are_ordered(a in number(), b in number()) {
        let [x, y] = [&a, &b].map(|text| Number::new(text.as_bytes()));
        let order = x.compare(y);
        prop_assert_eq!(y.compare(x), order.reverse());
        let doubles = [&a, &b].map(|text| text.parse::<f64>().unwrap());
        let rounded = doubles[0].partial_cmp(&doubles[1]).unwrap();
        prop_assert!(rounded == order || rounded.is_eq(), "{:?} but {:?} as doubles", order, rounded);
    }
}

#[test]
fn what_crosses_a_block_means_the_same_at_every_place() {
    let fragments = [
        r#""""#,
        r#""abc""#,
        r#""\\""#,
        r#""\\\\\"""#,
        r#""\"\\\"""#,
        r#""\u00e9\ud83d\ude00""#,
        "\"\u{e9}\u{1f600}\"",
        r#"["a",1,{"b":[]}]"#,
        r#"{"k\"":"v","n":-12.5e3}"#,
        "12345678901234567890.5",
        "false",
        r#""\\\""#,
        r#""\""#,
        r#""a"b"#,
        "12x",
        "truex",
        "\"\t\"",
        r#""\ud83d""#,
    ];
    for fragment in fragments {
        for before in 0..=130 {
            for after in [0, 1, 63, 64] {
                let (before, after) = (" ".repeat(before), " ".repeat(after));
                assert_agreement(format!("{before}{fragment}{after}").as_bytes());
                assert_agreement(format!("[\"{before}\",{fragment}{after}]").as_bytes());
                assert_agreement(format!("[{fragment},\"\\\\{before}\"]").as_bytes());
            }
            // Backslashes of every number, ending at every place of a block.
            let escapes = "\\".repeat(before);
            assert_agreement(format!("[\"{escapes}\",{fragment}]").as_bytes());
        }
    }
}

#[test]
fn a_truncated_text_ends_too_early() {
    let text =
        "{\"a\\n\u{e9}\":[1,-2.5e+3,true,false,null,\"\\u00e9\\ud83d\\ude00\u{1f600}\"],\"b\":{\"c\":{}}}";
    let padded = |pad: usize| format!("{}{text}", " ".repeat(pad));
    for pad in [0, 1, 17, 63] {
        let text = padded(pad);
        assert!(parse(text.as_bytes()).is_ok());
        for end in 0..text.len() {
            let error = parse(&text.as_bytes()[..end]).err();
            let (offset, kind) = if text.is_char_boundary(end) {
                (end, ParseErrorKind::UnexpectedEnd)
            } else {
                (text.floor_char_boundary(end), ParseErrorKind::InvalidUtf8)
            };
            assert_eq!(error, Some(ParseError { offset: offset as u32, kind }), "{}", &text[..offset]);
        }
    }
}

#[test]
fn nesting_is_bounded_by_the_limit_alone() {
    let levels = 1_000_000;
    let text = "[".repeat(levels) + &"]".repeat(levels);
    let mut tape = Tape::default();
    let refused = Parser::new(1024).parse(text.as_bytes(), &mut tape);
    assert_eq!(refused, Err(ParseError { offset: 1024, kind: ParseErrorKind::TooDeep { limit: 1024 } }));
    assert_eq!(Parser::new(u32::MAX).parse(text.as_bytes(), &mut tape), Ok(()));
    assert_eq!(tape.nodes().len(), levels);
    assert_eq!(minified_len(Doc::new(text.as_bytes(), &tape), NodeId::ROOT), text.len());
}
