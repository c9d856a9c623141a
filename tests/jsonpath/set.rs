//! `ResultPath`: what is put where.

use aslx::jsonpath::{Path, set};
use aslx::value::to_json;

use crate::with_json;

/// Puts `{"r":1}` into `json`; `expected`: the result as JSON, or after `!` the error's text.
fn check(json: &str, path: &str, expected: &str) {
    let path = Path::parse(path).unwrap();
    let found = with_json(json, |base, heap| {
        let value = heap.parse(br#"{"r":1}"#).unwrap();
        match set(&path, base, value, heap) {
            Ok(value) => to_json(value, heap.docs),
            Err(error) => format!("!{error}"),
        }
    });
    assert_eq!(found, expected, "{path} of {json}");
}

#[test]
fn the_root_is_replaced() {
    check(r#"{"a":1}"#, "$", r#"{"r":1}"#);
    check("null", "$", r#"{"r":1}"#);
}

#[test]
fn members_are_replaced_in_place_or_appended() {
    check(r#"{"a":1,"b":2}"#, "$.a", r#"{"a":{"r":1},"b":2}"#);
    check(r#"{"a":1}"#, "$.b", r#"{"a":1,"b":{"r":1}}"#);
    check("{}", "$['b c']", r#"{"b c":{"r":1}}"#);
    check(r#"{"a":{"x":0,"y":0},"b":2}"#, "$.a.y", r#"{"a":{"x":0,"y":{"r":1}},"b":2}"#);
    check(r#"{"a":null}"#, "$.a", r#"{"a":{"r":1}}"#);
}

#[test]
fn missing_objects_are_made() {
    check("{}", "$.a.b.c", r#"{"a":{"b":{"c":{"r":1}}}}"#);
    check(r#"{"a":{"x":0}}"#, "$.a.b.c", r#"{"a":{"x":0,"b":{"c":{"r":1}}}}"#);
}

#[test]
fn elements_are_replaced_where_they_exist() {
    check("[1,2,3]", "$[1]", r#"[1,{"r":1},3]"#);
    check("[1,2,3]", "$[-1]", r#"[1,2,{"r":1}]"#);
    check(r#"{"a":[{"b":1},{"b":2}]}"#, "$.a[1].c", r#"{"a":[{"b":1},{"b":2,"c":{"r":1}}]}"#);
}

#[test]
fn nothing_is_put_through_scalars_or_past_the_end() {
    let fail = |what: &str, path: &str| format!("!Unable to apply ReferencePath {path}: {what}");
    check("1", "$.a", &fail("['a'] needs an object but found 'number'", "$.a"));
    check("[1]", "$.a", &fail("['a'] needs an object but found 'array'", "$.a"));
    check(r#"{"a":"s"}"#, "$.a.b", &fail("['b'] needs an object but found 'string'", "$.a.b"));
    check(r#"{"a":null}"#, "$.a.b", &fail("['b'] needs an object but found 'null'", "$.a.b"));
    check(r#"{"a":{}}"#, "$.a[0]", &fail("[0] needs an array but found 'object'", "$.a[0]"));
    check("[1,2]", "$[2]", &fail("[2] is past the end of an array of 2", "$[2]"));
    check("[1,2]", "$[-3]", &fail("[-3] is past the end of an array of 2", "$[-3]"));
    check("{}", "$.a[0]", &fail("[0] needs an array but found nothing", "$.a[0]"));
    check("{}", "$[*]", &fail("[*] does not identify a single node", "$[*]"));
}
