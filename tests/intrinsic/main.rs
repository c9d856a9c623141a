//! The intrinsic functions: syntax of calls, results, failures.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod functions;
mod properties;
mod syntax;

use aslx::intrinsic::{IntrinsicError, evaluate, parse};
use aslx::json::Document;
use aslx::jsonpath::{Root, select};
use aslx::value::random::Random;
use aslx::value::{Arena, DocId, Docs, Heap, ParseScratch, Value, rendered_len, to_json};

/// Evaluates a call over an input: the result as JSON, or after `!` the error's text.
fn run(call: &str, input: &str) -> String {
    run_seeded(call, input, 1)
}

fn run_seeded(call: &str, input: &str, seed: u64) -> String {
    let call = parse(call).unwrap_or_else(|error| panic!("{call}: {error}"));
    let parse = |json: &str| Document::parse(json.as_bytes(), 1 << 20).unwrap();
    let (constants, input) = (parse("null"), parse(input));
    let table = [constants.doc(), input.doc()];
    let docs = Docs { table: &table, shapes: &[] };
    let (arena, scratch) = (Arena::default(), ParseScratch::new(1024));
    let heap = Heap { docs: &docs, arena: &arena, scratch: &scratch };
    let mut resolve = |path: &aslx::jsonpath::Path| {
        assert_eq!(path.root(), &Root::Input);
        select(path, Value::root(DocId::INPUT), heap).map_err(|error| IntrinsicError::new(error.to_string()))
    };
    match evaluate(&call, &mut resolve, heap, &mut Random::new(seed)) {
        Ok(value) => {
            let json = to_json(value, &docs);
            assert_eq!(rendered_len(value, &docs), json.len(), "{json}");
            json
        }
        Err(error) => format!("!{error}"),
    }
}
