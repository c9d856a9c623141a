//! The JSON front end against `serde_json` and `simd-json`: what they accept, what it means, where it stands.
//!
//! Known differences, which are no findings:
//! - `simd-json` reads every number: what fits neither `i64`, `u64` nor `f64` (`1e999`, 30 digits) it refuses,
//!   while a tape keeps the text.
//! - `serde_json` with arbitrary precision takes an object with one reserved key for a number.
//! - `simd-json` allows deeper nesting than the 127 levels of `serde_json`, which is the bound used here.
#![no_main]

use std::cell::RefCell;

use aslx::json::{
    Doc, Kernel, Node, NodeId, Num, ParseError, ParseErrorKind, Parser, Tag, Tape, canonical_string_len,
    minified_len, minify, write_canonical_string,
};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use simd_json::StaticNode;

const DEPTH: u32 = 127;

fuzz_target!(|text: &[u8]| {
    let parsed = parse(text);
    check_kernels(text, &parsed);
    match &parsed {
        Ok(tape) => {
            check_spans(text, tape);
            check_writers(text, tape);
        }
        Err(error) => check_error(text, *error),
    }
    check_serde_json(text, &parsed);
    check_simd_json(text, &parsed);
});

thread_local! {
    /// Kept from run to run: what an earlier text left in the buffers must not matter.
    static PARSER: RefCell<Parser> = RefCell::new(Parser::new(DEPTH));
}

fn parse(text: &[u8]) -> Result<Tape, ParseError> {
    let mut tape = Tape::default();
    PARSER.with_borrow_mut(|parser| parser.parse(text, &mut tape)).map(|()| tape)
}

/// All kernels that this machine can run say the same, the one for every machine among them.
fn check_kernels(text: &[u8], parsed: &Result<Tape, ParseError>) {
    for kernel in Kernel::supported() {
        let mut tape = Tape::default();
        match (parsed, Parser::with_kernel(DEPTH, kernel).parse(text, &mut tape)) {
            (Ok(expected), Ok(())) => {
                assert_eq!((expected.nodes(), expected.flags()), (tape.nodes(), tape.flags()), "{kernel:?}");
            }
            (expected, other) => assert_eq!(expected.as_ref().err(), other.err().as_ref(), "{kernel:?}"),
        }
    }
}

/// What stands before the place of an error is JSON, or the beginning of it.
fn check_error(text: &[u8], error: ParseError) {
    let offset = error.offset as usize;
    match parse(&text[..offset]) {
        Ok(_) => {}
        Err(before) => {
            assert_eq!(before, ParseError { offset: error.offset, kind: ParseErrorKind::UnexpectedEnd });
        }
    }
    let is_told_early = matches!(error.kind, ParseErrorKind::InvalidEscape | ParseErrorKind::LoneSurrogate);
    if offset < text.len() && !is_told_early {
        assert_eq!(parse(&text[..=offset]).err().map(|error| error.offset), Some(error.offset));
    }
}

/// A scalar's span is a document of its own; a container's holds its children and ends with its bracket.
fn check_spans(text: &[u8], tape: &Tape) {
    let nodes = tape.nodes();
    for (at, node) in nodes.iter().enumerate() {
        let span = &text[node.start as usize..node.end as usize];
        match node.tag() {
            Tag::Array => assert!(span.starts_with(b"[") && span.ends_with(b"]")),
            Tag::Object => assert!(span.starts_with(b"{") && span.ends_with(b"}")),
            tag => {
                let own = parse(span).expect("a scalar is a document");
                assert_eq!(own.nodes(), &[Node::new(tag, 0, span.len() as u32, 1, 0)]);
            }
        }
        let inside = &nodes[at + 1..node.next as usize];
        assert!(inside.iter().all(|child| node.start < child.start && child.end < node.end));
    }
    assert_eq!(nodes.first().map(|root| root.next as usize), Some(nodes.len()));
}

/// Minified text has the same meaning and the promised length; canonical strings read back.
fn check_writers(text: &[u8], tape: &Tape) {
    let doc = Doc::new(text, tape);
    let mut small = Vec::new();
    minify(doc, NodeId::ROOT, &mut small);
    assert_eq!(minified_len(doc, NodeId::ROOT), small.len());
    let again = parse(&small).expect("minified text is JSON");
    assert_eq!(again.nodes().len(), tape.nodes().len());
    for id in (0..tape.nodes().len() as u32).map(NodeId) {
        let other = Doc::new(&small, &again);
        assert_eq!((doc.tag(id), doc.count(id)), (other.tag(id), other.count(id)));
        match doc.tag(id) {
            Tag::Array | Tag::Object => {}
            Tag::String | Tag::EscapedString => check_canonical(doc, id),
            _ => assert_eq!(doc.raw(id), other.raw(id)),
        }
    }
}

fn check_canonical(doc: Doc<'_>, id: NodeId) {
    let string = doc.string(id);
    let mut canonical = Vec::new();
    write_canonical_string(string, &mut canonical);
    assert_eq!(canonical_string_len(string), canonical.len());
    let tape = parse(&canonical).expect("a canonical string is JSON");
    let again = Doc::new(&canonical, &tape).string(NodeId::ROOT);
    assert!(string == again && again == string && string.cmp_utf16(again).is_eq());
    assert_eq!(string.to_text(), again.to_text());
    assert_eq!(serde_json::to_vec(&*string.to_text()).expect("text is JSON"), canonical);
}

fn check_serde_json(text: &[u8], parsed: &Result<Tape, ParseError>) {
    const RESERVED_KEY: &[u8] = b"serde_json::private";
    if text.windows(RESERVED_KEY.len()).any(|window| window == RESERVED_KEY) {
        return;
    }
    match (parsed, serde_json::from_slice::<Value>(text)) {
        (Ok(tape), Ok(value)) => assert!(is_same(Doc::new(text, tape), NodeId::ROOT, &value)),
        (Err(_), Err(_)) => {}
        (ours, theirs) => panic!("aslx {:?}, serde_json {:?}", ours.as_ref().err(), theirs.err()),
    }
}

/// Whether the node means what `serde_json` read. Recursion is bounded by [`DEPTH`].
fn is_same(doc: Doc<'_>, id: NodeId, expected: &Value) -> bool {
    match (doc.tag(id), expected) {
        (Tag::Null, Value::Null) => true,
        (Tag::True, Value::Bool(value)) => *value,
        (Tag::False, Value::Bool(value)) => !value,
        (Tag::Number, Value::Number(number)) => match doc.number(id).read() {
            Num::Int(int) => number.as_str().parse() == Ok(int),
            Num::Float(float) => number.as_str().parse() == Ok(float),
        },
        (Tag::String | Tag::EscapedString, Value::String(text)) => doc.string(id) == **text,
        (Tag::Array, Value::Array(items)) => {
            doc.elements(id).count() == items.len()
                && doc.elements(id).zip(items).all(|(id, item)| is_same(doc, id, item))
        }
        (Tag::Object, Value::Object(members)) => {
            doc.members(id).all(|(key, _)| members.contains_key(&*doc.string(key).to_text()))
                && members
                    .iter()
                    .all(|(key, value)| doc.member(id, key).is_some_and(|id| is_same(doc, id, value)))
        }
        _ => false,
    }
}

fn check_simd_json(text: &[u8], parsed: &Result<Tape, ParseError>) {
    let mut copy = text.to_vec();
    match (parsed, simd_json::to_tape(&mut copy)) {
        (Ok(tape), Ok(theirs)) => {
            let doc = Doc::new(text, tape);
            assert_eq!(tape.nodes().len(), theirs.0.len());
            for (id, node) in (0..).map(NodeId).zip(&theirs.0) {
                assert!(is_same_node(doc, id, node), "{id:?}: {node:?}");
            }
        }
        (Ok(tape), Err(error)) => {
            let doc = Doc::new(text, tape);
            let mut ids = (0..tape.nodes().len() as u32).map(NodeId);
            assert!(ids.any(|id| has_number_beyond(doc, id)), "simd-json: {error}");
        }
        (Err(error), Ok(_)) => {
            assert!(matches!(error.kind, ParseErrorKind::TooDeep { .. }), "simd-json accepts: {error}");
        }
        (Err(_), Err(_)) => {}
    }
}

fn is_same_node(doc: Doc<'_>, id: NodeId, expected: &simd_json::Node<'_>) -> bool {
    let number = || doc.number(id).read();
    match (doc.tag(id), expected) {
        (Tag::Null, simd_json::Node::Static(StaticNode::Null)) => true,
        (Tag::True, simd_json::Node::Static(StaticNode::Bool(value))) => *value,
        (Tag::False, simd_json::Node::Static(StaticNode::Bool(value))) => !value,
        (Tag::Number, simd_json::Node::Static(StaticNode::I64(int))) => number() == Num::Int(*int),
        (Tag::Number, simd_json::Node::Static(StaticNode::U64(int))) => number().as_f64() == *int as f64,
        (Tag::Number, simd_json::Node::Static(StaticNode::F64(float))) => number().as_f64() == *float,
        (Tag::String | Tag::EscapedString, simd_json::Node::String(text)) => doc.string(id) == **text,
        (Tag::Array, simd_json::Node::Array { len, count })
        | (Tag::Object, simd_json::Node::Object { len, count }) => {
            let inside = doc.node(id).next - id.0 - 1;
            doc.count(id) == *len && inside as usize == *count
        }
        _ => false,
    }
}

/// Whether the node is a number that only its text can hold.
fn has_number_beyond(doc: Doc<'_>, id: NodeId) -> bool {
    doc.tag(id) == Tag::Number && {
        let (text, read) = (doc.number(id).text(), doc.number(id).read());
        let is_integer = text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-');
        !read.as_f64().is_finite() || is_integer && matches!(read, Num::Float(_))
    }
}
