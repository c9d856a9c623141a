//! What a path selects.

use aslx::jsonpath::{Path, select};
use aslx::value::to_json;

use crate::with_json;

/// `expected`: the result as JSON, or after `!` the error's text.
fn check(json: &str, path: &str, expected: &str) {
    let path = Path::parse(path).unwrap();
    let found = with_json(json, |root, heap| match select(&path, root, heap) {
        Ok(value) => to_json(value, heap.docs),
        Err(error) => format!("!{error}"),
    });
    assert_eq!(found, expected, "{path} of {json}");
}

const ORDER: &str =
    r#"{"id":7,"lines":[{"sku":"a","n":1},{"sku":"b"},{"n":3,"tags":["x","y"]}],"note":null}"#;

#[test]
fn definite_paths_give_the_value() {
    check(ORDER, "$", ORDER);
    check(ORDER, "$.id", "7");
    check(ORDER, "$.note", "null");
    check(ORDER, "$.lines[0].sku", r#""a""#);
    check(ORDER, "$.lines[-1].tags[-2]", r#""x""#);
    check(ORDER, "$['id','note','other']", r#"{"id":7,"note":null}"#);
    check(ORDER, "$.lines[0]['n','sku','n']", r#"{"n":1,"sku":"a"}"#);
    check(r#"{"a":1,"a":2}"#, "$.a", "2");
    check(r#"{"tab\there":1}"#, "$['tab\there']", "1");
}

#[test]
fn definite_paths_that_lead_nowhere_say_so_as_jayway_does() {
    check(ORDER, "$.total", "!No results for path: $['total']");
    check(ORDER, "$.customer.name.first", "!Missing property in path $['customer']");
    check(ORDER, "$.lines[0].price.net", "!Missing property in path $['lines'][0]['price']");
    check(ORDER, "$.lines[0].price", "!No results for path: $['lines'][0]['price']");
    check(ORDER, "$.lines[3].sku", "!No results for path: $['lines'][3]['sku']");
    check(ORDER, "$.lines[-4]", "!No results for path: $['lines'][-4]");
    check(
        ORDER,
        "$.id.x",
        "!Expected to find an object with property ['x'] in path $['id'] but found 'number'",
    );
    check(
        ORDER,
        "$.note['x','y']",
        "!Expected to find an object with property ['x','y'] in path $['note'] but found 'null'",
    );
    check(ORDER, "$[0]", "!Filter: [0] can only be applied to arrays; in path $ it found 'object'");
}

#[test]
fn indefinite_paths_give_an_array() {
    check(ORDER, "$.lines[*].sku", r#"["a","b"]"#);
    check(ORDER, "$.lines[*].n", "[1,3]");
    check(ORDER, "$.lines[2].tags[*]", r#"["x","y"]"#);
    check(ORDER, "$.lines[0].*", r#"["a",1]"#);
    check(ORDER, "$.lines[0,-1].n", "[1,3]");
    check(ORDER, "$.lines[0,0,9].sku", r#"["a","a"]"#);
    check(ORDER, "$['id','note'].x", "[]");
    check(ORDER, "$.lines[*]['n','sku']", r#"[{"n":1,"sku":"a"},{"sku":"b"},{"n":3}]"#);
    check(ORDER, "$.lines['n','sku'].x", "[]");
}

#[test]
fn indefinite_paths_never_fail() {
    check("{}", "$[*]", "[]");
    check("{}", "$.lines.all[1:5].sku", "[]");
    check(ORDER, "$.id[*]", "[]");
    check(ORDER, "$.id..x", "[]");
    check("7", "$..*", "[]");
    check(ORDER, "$.lines[*].sku[0]", "[]");
}

#[test]
fn slices_follow_jayway() {
    let items = "[0,1,2,3,4]";
    check(items, "$[1:3]", "[1,2]");
    check(items, "$[1:]", "[1,2,3,4]");
    check(items, "$[:2]", "[0,1]");
    check(items, "$[3:99]", "[3,4]");
    check(items, "$[9:]", "[]");
    check(items, "$[-2:]", "[3,4]");
    check(items, "$[-9:]", items);
    check(items, "$[:-2]", "[0,1,2]");
    check(items, "$[:-9]", "[]");
    check(items, "$[-3:-1]", "[2,3]");
    check(items, "$[-9:-4]", "[0]");
    // Jayway does not count the end from the back if a start is given, and goes through zero.
    check(items, "$[1:-1]", "[]");
    check(items, "$[-2:2]", "[3,4,0,1]");
    check("[]", "$[-2:2]", "[]");
}

#[test]
fn descent_finds_everything_in_document_order() {
    let tree = r#"{"v":1,"l":{"v":[2,{"v":3}],"r":{"w":4}},"v2":[{"v":5}]}"#;
    check(tree, "$..v", r#"[1,[2,{"v":3}],3,5]"#);
    check(tree, "$..v[0]", "[2]");
    check(tree, "$..[0]", r#"[2,{"v":5}]"#);
    check(tree, "$.l..*", r#"[[2,{"v":3}],{"w":4},2,{"v":3},3,4]"#);
    check(tree, "$..x", "[]");
    check(r#"[{"a":1,"b":2},{"a":3}]"#, "$..['a','b']", r#"[{"a":1,"b":2}]"#);
    check(r#"{"a":{"a":{"a":1}}}"#, "$..a..a", r#"[{"a":1},1,1]"#);
}

#[test]
fn deep_data_needs_no_stack() {
    let depth = 100_000;
    let json = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    let path = Path::parse("$..[1]").unwrap();
    assert_eq!(with_json(&json, |root, heap| to_json(select(&path, root, heap).unwrap(), heap.docs)), "[]");
}

#[test]
fn an_exploding_path_ends_with_an_error() {
    let json = format!("{}{}", "[".repeat(900), "]".repeat(900));
    check(&json, "$..*..*..*..*", "!More than 4194304 values to look at for path: $..[*]..[*]..[*]..[*]");
}
