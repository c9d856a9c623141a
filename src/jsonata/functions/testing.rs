//! Evaluating expressions in tests.

use super::{to_value, write_string};
use crate::json::Document;
use crate::jsonata::code::Parameter;
use crate::jsonata::compiler::{Dialect, Instructions, compile};
use crate::jsonata::evaluation::{Buffers, Settings, evaluate};
use crate::jsonata::item::Item;
use crate::jsonata::{Error, parse};
use crate::value::{Arena, DocId, Docs, Heap, ParseScratch, Shape, Value, to_json};

/// What `$string` makes of an expression's result, `undefined`, or `!` and an error's code and text.
pub(super) fn run(expression: &str, input: &str) -> String {
    with_result(expression, input, |result, heap| match result {
        Ok(item) if item.is_undefined() => "undefined".to_owned(),
        Ok(item) => {
            let mut out = Vec::new();
            match write_string(item, false, heap.docs, &mut out) {
                Ok(()) => String::from_utf8(out).unwrap(),
                Err(error) => format!("!{error}"),
            }
        }
        Err(error) => format!("!{error}"),
    })
}

/// An expression's result as a value of the execution.
pub(super) fn run_to_value(expression: &str) -> String {
    with_result(expression, "null", |result, heap| match to_value(result.unwrap(), heap) {
        Ok(value) => to_json(value, heap.docs),
        Err(reason) => format!("!{reason:?}"),
    })
}

fn with_result<R>(
    expression: &str,
    input: &str,
    test: impl for<'h, 'a> FnOnce(Result<Item<'a>, Error>, Heap<'h, 'a>) -> R,
) -> R {
    let mut shapes: Vec<Shape> = Vec::new();
    let code = parse(expression).and_then(|ast| {
        compile(&ast, Dialect::Reference { shadowed: &[] }, Instructions::All, &mut |keys| {
            shapes.push(Shape::new(keys.iter().map(|key| &**key)));
            u32::try_from(shapes.len() - 1).ok()
        })
    });
    let document = |json: &str| Document::parse(json.as_bytes(), 1 << 20).unwrap();
    let (constants, input) = (document("null"), document(input));
    let table = [constants.doc(), input.doc()];
    let docs = Docs { table: &table, shapes: &shapes };
    let (arena, scratch) = (Arena::default(), ParseScratch::new(1 << 20));
    let heap = Heap { docs: &docs, arena: &arena, scratch: &scratch };
    let code = match code {
        Ok(code) => code,
        Err(error) => return test(Err(error), heap),
    };
    let settings = Settings {
        now_millis: 1_510_067_557_121,
        seed: 1,
        fuel_max: 100_000_000,
        arena_bytes_max: 256 << 20,
    };
    let input = Item::Json(Value::root(DocId::INPUT));
    let (result, _) = evaluate(
        &code,
        heap,
        input,
        &mut |parameter| if *parameter == Parameter::Root { input } else { Item::Undefined },
        &settings,
        &mut Buffers::default(),
    );
    test(result, heap)
}

/// Evaluates expressions over an input and compares what comes out.
pub(super) fn check_on(input: &str, cases: &[(&str, &str)]) {
    for (expression, expected) in cases {
        assert_eq!(run(expression, input), *expected, "{expression}");
    }
}

/// The same without an input.
pub(super) fn check(cases: &[(&str, &str)]) {
    check_on("null", cases);
}
