//! Any text as a path, and as an intrinsic call, over any document: nothing panics, and what a path renders to
//! parses back to it.
//!
//! The input is the expression, a line feed, and the document; without a line feed the document is `null`.

#![no_main]

use aslx::intrinsic::{IntrinsicError, evaluate, parse};
use aslx::json::Document;
use aslx::jsonpath::{Path, Pattern, select, set};
use aslx::value::random::Random;
use aslx::value::{Arena, DocId, Docs, Heap, ParseScratch, Value, is_longer, rendered_len, to_json};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (expression, document) = match data.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&data[..end], &data[end + 1..]),
        None => (data, &b"null"[..]),
    };
    let Ok(expression) = std::str::from_utf8(expression) else { return };
    let path = Path::parse(expression).ok();
    if let Some(path) = &path {
        assert_eq!(Path::parse(&path.to_string()).as_ref(), Ok(path));
        assert!(!path.is_reference_path() || path.is_definite());
    }
    let call = parse(expression).ok();
    let pattern = Pattern::parse(expression).ok();
    let Ok(document) = Document::parse(document, 512) else { return };
    let table = [document.doc(), document.doc()];
    let docs = Docs { table: &table, shapes: &[] };
    let (arena, scratch) = (Arena::default(), ParseScratch::new(512));
    let heap = Heap { docs: &docs, arena: &arena, scratch: &scratch };
    let root = Value::root(DocId::INPUT);
    let check = |value| {
        let len = to_json(value, &docs).len();
        assert!(len <= rendered_len(value, &docs));
        assert!(is_longer(value, len - 1, &docs) && !is_longer(value, len, &docs));
    };
    if let Some(path) = &path {
        match select(path, root, heap) {
            Ok(value) => check(value),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
        match set(path, root, Value::Int(-7), heap) {
            Ok(value) => {
                check(value);
                assert!(matches!(select(path, value, heap), Ok(Value::Int(-7))), "{path}");
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    if let Some(call) = &call {
        let mut resolve =
            |path: &Path| select(path, root, heap).map_err(|error| IntrinsicError::new(error.to_string()));
        if let Ok(value) = evaluate(call, &mut resolve, heap, &mut Random::new(1)) {
            check(value);
        }
    }
    if let (Some(pattern), Some(text)) = (&pattern, root.as_str(&docs)) {
        pattern.matches(text);
    }
});
