//! Calling functions in tests.

use super::{Builtin, json::write_string};
use crate::json::Document;
use crate::jsonata::evaluation::Evaluation;
use crate::jsonata::item::Item;
use crate::value::random::Random;
use crate::value::{Arena, DocId, Docs, Heap, ParseScratch, Value};

/// Runs `test` with an evaluation and the elements of a JSON array.
pub(super) fn with_items<R>(
    json: &str,
    test: impl for<'h, 'a> FnOnce(&mut Evaluation<'h, 'a>, &[Item<'a>]) -> R,
) -> R {
    let parse = |json: &str| Document::parse(json.as_bytes(), 1 << 20).unwrap();
    let (constants, input) = (parse("null"), parse(json));
    let table = [constants.doc(), input.doc()];
    let docs = Docs { table: &table, shapes: &[] };
    let (arena, scratch) = (Arena::default(), ParseScratch::new(1 << 20));
    let heap = Heap { docs: &docs, arena: &arena, scratch: &scratch };
    let items: Vec<Item<'_>> =
        Value::root(DocId::INPUT).as_array(&docs).unwrap().iter().map(Item::Json).collect();
    let mut evaluation = Evaluation { heap, now_millis: 1_510_067_557_121, random: Random::new(1) };
    test(&mut evaluation, &items)
}

/// Calls a function on the elements of a JSON array: what `$string` makes of its result, `undefined`, or an error's
/// code and text. The string `undefined` as an argument stands for nothing.
pub(super) fn call(name: &str, arguments: &str) -> String {
    call_on(name, arguments, "undefined")
}

/// The same with a context.
pub(super) fn call_on(name: &str, arguments: &str, context: &str) -> String {
    let all = format!("[{context:?}, {}", arguments.trim().strip_prefix('[').unwrap());
    let all = if context == "undefined" { all } else { all.replacen(&format!("{context:?}"), context, 1) };
    let all = all.replace(", ]", "]");
    with_items(&all, |evaluation, items| {
        let docs = evaluation.heap.docs;
        let is_absent = |item: &Item<'_>| item.as_str(docs).is_some_and(|text| text == *"undefined");
        let items: Vec<_> =
            items.iter().map(|item| if is_absent(item) { Item::Undefined } else { *item }).collect();
        let builtin = Builtin::named(name).unwrap_or_else(|| panic!("no function {name}"));
        let validated = builtin.signature().unwrap().validate(evaluation, &items[1..], items[0]);
        match validated.and_then(|arguments| builtin.call(evaluation, &arguments)) {
            Ok(item) if item.unwrapped().is_undefined() => "undefined".to_owned(),
            Ok(item) => {
                let mut out = Vec::new();
                match write_string(item.unwrapped(), false, docs, &mut out) {
                    Ok(()) => String::from_utf8(out).unwrap(),
                    Err(error) => format!("!{error}"),
                }
            }
            Err(error) => format!("!{error}"),
        }
    })
}

/// Calls functions with arguments and compares what comes out.
pub(super) fn check(name: &str, cases: &[(&str, &str)]) {
    for (arguments, expected) in cases {
        assert_eq!(call(name, arguments), *expected, "${name} of {arguments}");
    }
}
