//! What functions make of values.

use aslx::jsonpath::{Path, select};
use aslx::value::to_json;

use crate::with_json;

/// `expected`: the result as JSON, or after `!` the error's text.
fn check(path: &str, expected: &str) {
    let parsed = Path::parse(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let found = with_json(DATA, |root, heap| match select(&parsed, root, heap) {
        Ok(value) => {
            assert_eq!(to_json(value, heap.docs).len(), aslx::value::rendered_len(value, heap.docs));
            to_json(value, heap.docs)
        }
        Err(error) => format!("!{error}"),
    });
    assert_eq!(found, expected, "{path}");
}

const DATA: &str = r#"{"n":[3,1.5,"x",4,null,[9]],"s":["a","b\"c",7],"e":[],"o":{"k":1,"l":{"n":[2]}},"t":"text","q":8,
    "lines":[{"p":[1,2],"d":"x"},{"p":[5],"d":"y"}]}"#;

#[test]
fn length_and_size() {
    check("$.n.length()", "6");
    check("$.n.size()", "6");
    check("$.e.length()", "0");
    check("$.o.length()", "2");
    check("$.length()", "7");
    check("$.t.length()", "null");
    check("$.lines[*].p.length()", "[2,1]");
    check("$.lines[?(@.d == 'y')].length()", "[2]");
    check("$.missing.length()", "!Missing property in path $['missing']");
}

#[test]
fn numbers() {
    check("$.n.min()", "1.5");
    check("$.n.max()", "4.0");
    check("$.n.sum()", "8.5");
    check("$.n.avg()", "2.8333333333333335");
    check("$.lines[0].p.stddev()", "0.5");
    check("$.lines[1].p.stddev()", "0.0");
    check("$.n.sum($.q, 1)", "17.5");
    check("$.sum(1, $.lines[0].p)", "4.0");
    check("$.n.max($.lines[*].p[0])", "5.0");
    check("$.lines[*].p.sum()", "[3.0,5.0]");
    let empty = "!Aggregation function attempted to calculate value using empty array";
    check("$.e.sum()", empty);
    check("$.t.min()", empty);
    check("$.lines[*].d.max()", empty);
    check("$.n.sum($.missing)", "!No results for path: $['n'].sum(...)");
}

#[test]
fn texts_lists_and_names() {
    check("$.s.concat()", r#""ab\"c""#);
    check("$.s.concat(\"-\", $.t, 1, $.s)", r#""ab\"c-textab\"c7""#);
    check("$.t.concat(\"x\")", r#""x""#);
    check("$.e.append(1, \"x\", {\"a\": $})", r#"[1,"x",{"a":"$"}]"#);
    check("$.e.append($.o, $.e)", r#"[{"k":1,"l":{"n":[2]}},[]]"#);
    check("$.t.append(1)", r#""text""#);
    check("$.o.keys()", r#"["k","l"]"#);
    check("$.s.keys()", "null");
}

#[test]
fn elements() {
    check("$.s.first()", r#""a""#);
    check("$.s.last()", "7");
    check("$.s.index(1)", r#""b\"c""#);
    check("$.s.index(-3)", r#""a""#);
    check("$.s.index($.o.k)", r#""b\"c""#);
    check("$.s.index(3)", "!Target index:3 larger than object count:3");
    check("$.e.first()", "!Target index:0 larger than object count:0");
    check("$.e.last()", "!Target index:-1 larger than object count:0");
    check("$.t.first()", "!Aggregation function attempted to calculate value using empty array");
}

#[test]
fn steps_may_follow() {
    check("$.lines.first().d", r#""x""#);
    check("$.lines.last().p[0]", "5");
    check("$.lines.last().p.length()", "1");
    check("$.o.keys()[1]", r#""l""#);
    check("$.lines.first().x.y", "!Missing property in path $['lines'].first()['x']");
    check("$.lines.first()['d','p']", r#"{"d":"x","p":[1,2]}"#);
    check("$.lines.first().p[*]", "[1,2]");
}

#[test]
fn a_descent_gathers_for_the_function() {
    check("$..p[*].sum()", "8.0");
    check("$..p.length()", "3");
    check("$..d.concat()", r#""xy""#);
    check("$..p[*].max().length()", "null");
    check("$..missing.sum()", "!Aggregation function attempted to calculate value using empty array");
    check("$..p.keys()", r#"["n","s","e","o","t","q","lines"]"#);
    // Below a name it does not.
    check("$.lines..p.sum()", "[3.0,5.0]");
}

#[test]
fn numbers_are_written_as_java_writes_doubles() {
    let path = Path::parse("$.sum()").unwrap();
    for (number, text) in [
        ("0", "0.0"),
        ("-1", "-1.0"),
        ("9999999", "9999999.0"),
        ("10000000", "1.0E7"),
        ("-123456789.5", "-1.234567895E8"),
        ("0.001", "0.001"),
        ("0.00012", "1.2E-4"),
    ] {
        let found = with_json(&format!("[{number}]"), |root, heap| {
            to_json(select(&path, root, heap).unwrap(), heap.docs)
        });
        assert_eq!(found, text);
    }
}

#[test]
fn numbers_beyond_json_are_refused() {
    let path = Path::parse("$.sum()").unwrap();
    let message = with_json("[1e308,1e308]", |root, heap| select(&path, root, heap).unwrap_err().to_string());
    assert_eq!(message, "Aggregation function found no finite number");
}

#[test]
fn scripts_and_steps_of_slices() {
    check("$.n[(@.length-3)]", "4");
    check("$.lines[(@.length-1)].d", r#""y""#);
    check("$.n[0:4:2]", r#"[3,1.5,"x",4]"#);
}
