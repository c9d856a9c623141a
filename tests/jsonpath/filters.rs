//! What filters let through, case by case as Jayway's evaluators have it.

use aslx::jsonpath::{Path, select};
use aslx::value::to_json;

use crate::with_json;

/// `expected`: the result as JSON, or after `!` the error's text.
fn check(json: &str, path: &str, expected: &str) {
    let path = Path::parse(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let found = with_json(json, |root, heap| match select(&path, root, heap) {
        Ok(value) => to_json(value, heap.docs),
        Err(error) => format!("!{error}"),
    });
    assert_eq!(found, expected, "{path} of {json}");
}

/// Whether `element` passes.
fn passes(element: &str, test: &str) -> bool {
    let path = Path::parse(&format!("$[?({test})]")).unwrap_or_else(|error| panic!("{test}: {error}"));
    let found = with_json(&format!("[{element}]"), |root, heap| {
        to_json(select(&path, root, heap).unwrap_or_else(|error| panic!("{test}: {error}")), heap.docs)
    });
    match found.as_str() {
        "[]" => false,
        found => {
            assert_eq!(found, format!("[{element}]"), "{test}");
            true
        }
    }
}

fn check_all(element: &str, passing: &[&str], failing: &[&str]) {
    for test in passing {
        assert!(passes(element, test), "{element} should pass {test}");
    }
    for test in failing {
        assert!(!passes(element, test), "{element} should fail {test}");
    }
}

const STORE: &str = r#"{"limit":10,"want":["a","d"],"books":[
    {"id":"a","price":8.5,"tags":["x","y"],"isbn":null},
    {"id":"b","price":12,"tags":[],"author":{"name":"Ann"}},
    {"id":"c","price":"8.5"},
    {"id":"d","price":22.99,"tags":["y"]},
    7]}"#;

fn check_ids(test: &str, expected: &str) {
    let ids: Vec<String> = expected.chars().map(|id| format!("\"{id}\"")).collect();
    check(STORE, &format!("$.books[?({test})].id"), &format!("[{}]", ids.join(",")));
}

#[test]
fn select_elements() {
    check_ids("@.price < 10", "a");
    check_ids("@.price >= 12", "bd");
    check_ids("@.price > $.limit", "bd");
    check_ids("@.id in $.want", "ad");
    check_ids("@['id'] == 'b' || @.price < 9", "ab");
    check_ids("@.price > 5 && @.price < 20", "ab");
    check_ids("!(@.price > 5)", "c");
    check_ids("@.author.name == \"Ann\"", "b");
    check_ids("@.tags[0] == 'x'", "a");
    check_ids("@.tags[*] contains 'y'", "ad");
    check_ids("@.tags[?(@ == 'y')] empty false", "ad");
    check_ids("@.tags.length() > 1", "a");
    check(STORE, "$.books[?(@ == 7)]", "[7]");
    check(STORE, "$.books[?(@.id == 'a')].tags[?(@ != 'x')]", r#"["y"]"#);
    check(r#"{"users":[{"year":1997,"status":0},{"year":1998,"status":1}]}"#, "$.[?(@.status == 0)]", "[]");
    check(
        r#"{"users":[{"year":1997,"status":0},{"year":1998,"status":1}]}"#,
        "$.users[?(@.status == 0)]",
        r#"[{"year":1997,"status":0}]"#,
    );
}

#[test]
fn an_object_passes_as_a_whole_and_scalars_never_do() {
    check(r#"{"a":{"b":1}}"#, "$.a[?(@.b == 1)]", r#"[{"b":1}]"#);
    check(r#"{"a":{"b":1}}"#, "$.a[?(@.b == 1)].b", "[1]");
    check(r#"{"a":{"b":1}}"#, "$.a[?(@.b == 2)]", "[]");
    check(r#"{"a":7}"#, "$.a[?(@ == 7)]", "[]");
    check(r#"{"a":7}"#, "$.b[?(@ == 7)]", "[]");
}

#[test]
fn a_path_alone_asks_whether_it_leads_somewhere() {
    check_ids("@.isbn", "a");
    check_ids("!@.isbn", "bcd");
    check_ids("@.author.name", "b");
    check_ids("@.tags[0]", "ad");
    check_ids("@.tags[*]", "abd");
    check_ids("@['id','isbn']", "a");
    check_ids("$.limit && @.id", "abcd");
    check_ids("$.nothing || @.isbn", "a");
    // Jayway wants the name in every object of a descent.
    check(r#"[{"a":1},{"a":{"a":2}},{"a":{"b":2}}]"#, "$[?(@..a)].a", r#"[1,{"a":2}]"#);
    // A `!` before a path that is compared means nothing.
    check_ids("!@.id == 'a'", "a");
}

#[test]
fn descents_look_at_objects_and_at_arrays_as_such() {
    let tree = r#"{"l":[{"v":1},{"v":2,"r":{"v":1}}],"v":3}"#;
    check(tree, "$..[?(@.v == 1)]", r#"[{"v":1},{"v":1}]"#);
    check(tree, "$..[?(@.v)].v", "[3,1,2,1]");
    check(tree, "$..l[?(@.v > 1)].r", r#"[{"v":1}]"#);
    check("[1,5]", "$..[?(@ > 3)]", "[]");
    check("[[1,5],[7]]", "$..[?(@.length() > 1)]", "[[1,5]]");
}

#[test]
fn equality_of_numbers_and_texts() {
    check_all(
        r#"{"n":1,"f":1.0,"s":"1","t":"1.0","big":9007199254740993,"neg":-0.5}"#,
        &[
            "@.n == 1",
            "@.n == 1.0",
            "@.f == 1",
            "@.n == @.f",
            "@.n == 01",
            "@.neg == -.5",
            "@.f == 1e0",
            "@.n == '1'",
            "@.n == '1.0'",
            "@.n == '+1'",
            "@.s == 1",
            "@.s != 1.0",
            "@.t != 1",
            "@.s == '1'",
            "@.n === 1.0",
            "@.n !== '1'",
            "@.s !== 1",
            "@.big == 9007199254740993",
            "@.big != 9007199254740992",
        ],
        &["@.n == 2", "@.n == 'x'", "@.n != '1.0'", "@.t == 1", "@.s === 1", "@.n == true", "@.n == '1 '"],
    );
}

#[test]
fn equality_of_null_and_of_what_is_missing() {
    check_all(
        r#"{"null":null,"t":true,"f":false}"#,
        &[
            "@.null == null",
            "@.null != 0",
            "@.t == true",
            "@.f != true",
            "@.x != null",
            "@.x != @.x",
            "@.null === null",
        ],
        &[
            "@.x == null",
            "@.x == @.x",
            "@.null == false",
            "@.f == 0",
            "@.t == 'true'",
            "@.x < 1",
            "@.null < 1",
        ],
    );
}

#[test]
fn equality_of_arrays_and_objects() {
    check_all(
        r#"{"a":[1,{"b":[2]}],"b":[1,{"b":[2.0]}],"o":{"x":1,"y":2},"e":[]}"#,
        &[
            "@.a == [1,{'b':[2]}]",
            "@.a == @.b",
            "@.o == {y:2, 'x':1}",
            "@.e == []",
            "@.e != {}",
            "@.o != [1]",
            "@.a != [1]",
            "@.a === @.b",
            "@.e == @.a[?(@ == 9)]",
        ],
        // The text of what stands on the left is compared, as in Jayway.
        &["[1] == [1]", "[1,{'b':[2]}] == @.a", "@.o == {x:1}", "@.a == 1", "@.e == null"],
    );
}

#[test]
fn order() {
    check_all(
        r#"{"n":10,"s":"b","e":"é","deep":1e400}"#,
        &["@.n > 9", "@.n >= 10.0", "@.s > 'a'", "@.s <= 'b'", "@.e > 'z'", "9 < @.n", "@.deep > 1e399"],
        &["@.n > '9'", "@.s < 99", "@.n < null", "@.n > true", "@.s >= @.x", "@.n < 1e1"],
    );
}

#[test]
fn lists() {
    check_all(
        r#"{"s":"a","n":1,"l":["a",1,null],"o":{}}"#,
        &[
            "@.s in ['a','b']",
            "@.s in [a, b]",
            "@.n in ['1']",
            "@.s IN @.l",
            "@.s nin ['b']",
            "@.x nin [1]",
            "@.s nin {}",
            "@.l contains 'a'",
            "@.l contains null",
            "@.l contains 1.0",
            "@.l subsetof ['a','1',null,2]",
            "@.l anyof ['z',1]",
            "@.l noneof ['z']",
            "[] subsetof @.l",
            "'abc' contains @.s",
        ],
        &[
            "@.s in ['b']",
            "@.s in {}",
            "@.s nin ['a']",
            "@.x in [null]",
            "@.l contains 'b'",
            "@.o contains 'a'",
            "@.n contains 1",
            "@.l subsetof ['a']",
            "@.l anyof ['z']",
            "@.l noneof ['a']",
            "@.l noneof {}",
            "@.s contains 'ab'",
            "@.s contains 1",
        ],
    );
}

#[test]
fn what_an_operator_is_not_for_fails_the_whole_test() {
    check_all(
        r#"{"s":"a","n":1,"l":[1]}"#,
        &["@.n == 1 || @.s in 'a'"],
        &[
            "@.s in 'a'",
            "@.s nin 'a'",
            "!(@.s in 'a')",
            "@.s in @.x",
            "@.s nin @.x",
            "@.s subsetof ['a']",
            "@.l subsetof 1",
            "@.l anyof @.x",
            "@.l empty 1",
            "@.l empty null",
            "@.s in 'a' || @.n == 1",
            "@.n[?(@ == 1)] == 1",
            "!(@.n[?(@ == 1)])",
        ],
    );
}

#[test]
fn size_and_empty() {
    check_all(
        r#"{"s":"aé😀","l":[1,2],"o":{"a":1},"e":"","el":[],"eo":{},"n":0}"#,
        &[
            "@.s size 4",
            "@.l size 2",
            "@.l size 2.9",
            "@.o size -1",
            "@.e size 0",
            "@.e empty true",
            "@.el empty true",
            "@.eo empty true",
            "@.s empty false",
            "@.l empty false",
            "@.o empty false",
        ],
        &[
            "@.l size 3",
            "@.l size '2'",
            "@.n size 0",
            "@.x size 0",
            "@.n empty true",
            "@.x empty true",
            "@.e empty false",
        ],
    );
}

#[test]
fn regular_expressions() {
    check_all(
        r#"{"s":"Book 12","n":42,"l":["x","Book"],"t":true,"o":{},"m":"a\nb","d":"٣","nested":[1]}"#,
        &[
            "@.s =~ /Book \\d+/",
            "@.s =~ /book.*/i",
            "@.s =~ /b o o k .+ # c/ix",
            "@.n =~ /4./",
            "@.l =~ /b.*/i",
            "@.t =~ /tru./",
            "@.m =~ /a.b/s",
            "@.m =~ /a\\nb/",
            "@.x =~ /.*/",
            "@.o =~ //",
            "/Book.*/ =~ @.s",
            "@.s =~ /(?i)BOOK\\b.*/",
            "@.s =~ /x|Book 12|y/g",
            "@.d =~ /\\d/U",
            "@.d =~ /\\D/",
            "@.s =~ /\\p{Alpha}+[\\P{Alpha}]+/",
            "@.s =~ /[+*+]*?[a-zB]+\\s\\d{1,2}?/",
            "@.s =~ /[\\w\\s]+/",
        ],
        &[
            "@.s =~ /Book/",
            "@.s =~ /book.*/",
            "@.l =~ /y/",
            "@.m =~ /a.b/",
            "@.x =~ /.+/",
            "@.d =~ /\\d/",
            "@.s =~ 'Book.*'",
            "/a/ =~ /a/",
            "@.s =~ /Book|12/",
        ],
    );
}

#[test]
fn lists_of_lists_are_an_error_as_in_jayway() {
    let json = r#"[{"l":[[1]]},{"l":[1]}]"#;
    let error = "!Could not determine value type";
    check(json, "$[?(@.l contains 1)]", error);
    check(json, "$[?(1 in @.l)]", error);
    check(json, "$[?(@.l anyof [1])]", error);
    check(json, "$[?(@.l =~ /1/)]", error);
    check(json, "$[?(@.l == [1])]", r#"[{"l":[1]}]"#);
}

#[test]
fn strings_take_escapes() {
    check_all(
        r#"{"s":"it's \"é\"\n\\","u":"😀"}"#,
        &[
            r#"@.s == 'it\'s "\u00e9"\n\\'"#,
            r#"@.s == "it's \"é\"\n\\""#,
            r"@.u == '\ud83d\ude00'",
            r"@.u != '\ud83d'",
        ],
        &["@.s == ''"],
    );
}

#[test]
fn the_budget_ends_what_would_take_hours() {
    let numbers: Vec<String> = (0..4000).map(|n: i32| n.to_string()).collect();
    let json = format!(r#"{{"a":[{0}],"b":[{0}],"o":[{{"l":[{0}]}}]}}"#, numbers.join(","));
    let too_many = |path: &str| {
        let path = Path::parse(path).unwrap();
        with_json(&json, |root, heap| {
            select(&path, root, heap).is_err_and(|e| e.to_string().starts_with("More than"))
        })
    };
    assert!(too_many("$.a[?(@ in $.b)]"));
    assert!(too_many("$.o[?(@.l subsetof $.b)]"));
    assert!(too_many("$.a[?($.a == $.b)]"));
    assert!(too_many("$.a[?($.b[?($.a[?($.b)])])]"));
    assert!(too_many("$.a[?(@.concat($.a, $.b) == '')]"));
    assert!(!too_many("$.a[?(@ == $.b[7])]"));
}
