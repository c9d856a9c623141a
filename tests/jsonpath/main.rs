//! JSONPath: syntax, selection, filters, functions, reference paths, and the patterns of `StringMatches`.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod filters;
mod functions;
mod properties;
mod selection;
mod set;
mod string_matches;
mod syntax;

use aslx::json::Document;
use aslx::value::{Arena, DocId, Docs, Heap, ParseScratch, Value};

/// Runs `test` with the value of a JSON text and a heap around it.
fn with_json<R>(json: &str, test: impl for<'h, 'a> FnOnce(Value<'a>, Heap<'h, 'a>) -> R) -> R {
    let parse = |json: &str| Document::parse(json.as_bytes(), 1 << 20).unwrap();
    let (constants, input) = (parse("null"), parse(json));
    let table = [constants.doc(), input.doc()];
    let docs = Docs { table: &table, shapes: &[] };
    let (arena, scratch) = (Arena::default(), ParseScratch::new(1 << 20));
    test(Value::root(DocId::INPUT), Heap { docs: &docs, arena: &arena, scratch: &scratch })
}
