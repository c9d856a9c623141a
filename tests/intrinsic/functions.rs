//! What each function gives, and what it refuses.

use crate::{run, run_seeded};

/// Calls without input.
fn check(call: &str, expected: &str) {
    assert_eq!(run(call, "{}"), expected, "{call}");
}

/// Calls over an input.
fn check_with(call: &str, input: &str, expected: &str) {
    assert_eq!(run(call, input), expected, "{call} of {input}");
}

#[test]
fn array() {
    check("States.Array()", "[]");
    check("States.Array(null, 'a', 'a', 1.50, States.Array(true))", r#"[null,"a","a",1.50,[true]]"#);
    check_with("States.Array($.a, $.b)", r#"{"a":{"x":[]},"b":null}"#, r#"[{"x":[]},null]"#);
}

#[test]
fn array_partition() {
    check_with("States.ArrayPartition($, 2)", "[0,1,2]", "[[0,1],[2]]");
    check_with("States.ArrayPartition($, 3)", "[0,1,2]", "[[0,1,2]]");
    check_with("States.ArrayPartition($, 1.5)", "[0,1,2]", "[[0,1],[2]]");
    check_with("States.ArrayPartition($, 4)", "[]", "[]");
    check_with("States.ArrayPartition(States.ArrayPartition($, 1), 2)", "[0,1,2]", "[[[0],[1]],[[2]]]");
    check_with(
        "States.ArrayPartition($, 0)",
        "[]",
        "!States.ArrayPartition needs a chunk size of at least 1",
    );
    check_with(
        "States.ArrayPartition($, -1)",
        "[]",
        "!States.ArrayPartition needs a chunk size of at least 1",
    );
    check_with(
        "States.ArrayPartition($, 1)",
        "{}",
        "!States.ArrayPartition needs an array as argument 1, found an object",
    );
    check_with(
        "States.ArrayPartition($, '1')",
        "[]",
        "!States.ArrayPartition needs a number as argument 2, found a string",
    );
}

#[test]
fn array_contains() {
    let nested = r#"[[1,2],{"a":{"b":null}},1.0,"x"]"#;
    check_with("States.ArrayContains($, 1)", nested, "true");
    check_with("States.ArrayContains($, 'x')", nested, "true");
    check_with("States.ArrayContains($, '1')", nested, "false");
    check_with("States.ArrayContains($, null)", nested, "false");
    check_with("States.ArrayContains($, $[0])", nested, "true");
    check_with("States.ArrayContains($, States.StringToJson('{\"a\":{\"b\":null}}'))", nested, "true");
    check_with("States.ArrayContains($, null)", "[]", "false");
    check_with(
        "States.ArrayContains($, 1)",
        "1",
        "!States.ArrayContains needs an array as argument 1, found a number",
    );
}

#[test]
fn array_range() {
    check("States.ArrayRange(0, 9, 3)", "[0,3,6,9]");
    check("States.ArrayRange(0, 8, 3)", "[0,3,6]");
    check("States.ArrayRange(5, 5, 7)", "[5]");
    check("States.ArrayRange(3, -3, -2)", "[3,1,-1,-3]");
    check("States.ArrayRange(1, 0, 1)", "[]");
    check("States.ArrayRange(0, 1, -1)", "[]");
    check("States.ArrayRange(0.5, 2.4, 1.2)", "[1,2]");
    check("States.ArrayLength(States.ArrayRange(1, 1000, 1))", "1000");
    check("States.ArrayRange(1, 1001, 1)", "!States.ArrayRange gives 1000 elements at most, given 1001");
    check(
        "States.ArrayRange(-9223372036854775808, 9223372036854775807, 1)",
        "!States.ArrayRange gives 1000 elements at most, given 18446744073709551616",
    );
    check("States.ArrayRange(9223372036854775806, 9223372036854775807, 9)", "[9223372036854775806]");
    check("States.ArrayRange(1, 2, 0)", "!States.ArrayRange needs a step other than 0");
}

#[test]
fn array_get_item() {
    check_with("States.ArrayGetItem($, 1)", "[5,6,7]", "6");
    check_with("States.ArrayGetItem($, 1.6)", "[5,6,7]", "7");
    check_with(
        "States.ArrayGetItem($, 3)",
        "[5,6,7]",
        "!States.ArrayGetItem finds no element 3 in an array of 3",
    );
    check_with(
        "States.ArrayGetItem($, -1)",
        "[5,6,7]",
        "!States.ArrayGetItem finds no element -1 in an array of 3",
    );
}

#[test]
fn array_length() {
    check_with("States.ArrayLength($)", "[[],null,1]", "3");
    check_with("States.ArrayLength($)", "[]", "0");
    check_with("States.ArrayLength($[*])", "{}", "0");
    check_with(
        "States.ArrayLength($)",
        "{}",
        "!States.ArrayLength needs an array as argument 1, found an object",
    );
}

#[test]
fn array_unique() {
    check_with("States.ArrayUnique($)", "[1,2,2,3,3,4]", "[1,2,3,4]");
    check_with(
        "States.ArrayUnique($)",
        r#"[null,null,true,false,true,1,1.0,1.1,0,-0,"a","\u0061",[],{},[],[null],{"a":1,"b":[2]},{"b":[2],"a":1}]"#,
        r#"[null,true,false,1,1.1,0,"a",[],{},[null],{"a":1,"b":[2]}]"#,
    );
    let many: Vec<String> = (0..20_000).map(|n| format!("{{\"k\":{}}}", n % 10_000)).collect();
    let many = format!("[{}]", many.join(","));
    check_with("States.ArrayLength(States.ArrayUnique($))", &many, "10000");
}

#[test]
fn base64() {
    check("States.Base64Encode('')", r#""""#);
    check("States.Base64Encode('Hello, wörld?')", r#""SGVsbG8sIHfDtnJsZD8=""#);
    check("States.Base64Decode('')", r#""""#);
    check("States.Base64Decode('SGVsbG8sIHfDtnJsZD8=')", r#""Hello, wörld?""#);
    // Java's decoder needs no padding; what is not UTF-8 is replaced.
    check("States.Base64Decode('SGk')", r#""Hi""#);
    check("States.Base64Decode('//79')", "\"\u{fffd}\u{fffd}\u{fffd}\"");
    check_with(
        "States.Base64Encode($)",
        "7",
        "!States.Base64Encode needs a string as argument 1, found a number",
    );
    assert!(run("States.Base64Decode('a b')", "{}").starts_with("!States.Base64Decode cannot decode"));
    let long = |len: usize| format!("\"{}\"", "é".repeat(len));
    assert!(run("States.Base64Encode($)", &long(10_000)).starts_with("\"w6nD"));
    check_with(
        "States.Base64Encode($)",
        &long(10_001),
        "!States.Base64Encode takes 10000 characters at most, given 10001",
    );
}

#[test]
fn hash() {
    for (algorithm, digest) in [
        ("MD5", "900150983cd24fb0d6963f7d28e17f72"),
        ("SHA-1", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("SHA-256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "SHA-384",
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
        ),
        (
            "SHA-512",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
             2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        ),
    ] {
        check(&format!("States.Hash('abc', '{algorithm}')"), &format!("\"{digest}\""));
    }
    // Other values are hashed as their JSON text.
    let of_text = run("States.Hash('{\"a\":[1,null]}', 'MD5')", "{}");
    check_with("States.Hash($, 'MD5')", r#"{ "a": [1, null] }"#, &of_text);
    let known = "MD5, SHA-1, SHA-256, SHA-384 and SHA-512";
    check("States.Hash('abc', 'md5')", &format!("!States.Hash knows {known}, not the algorithm \"md5\""));
}

#[test]
fn json_merge() {
    let both = r#"[{"z":1,"b":{"x":1},"a":2},{"b":{"y":2},"q":3}]"#;
    // In the order of a Java HashMap, in which `q` and `a` share a bucket.
    check_with("States.JsonMerge($[0], $[1], false)", both, r#"{"a":2,"q":3,"b":{"y":2},"z":1}"#);
    check_with("States.JsonMerge($[1], $[0], false)", both, r#"{"q":3,"a":2,"b":{"x":1},"z":1}"#);
    check_with("States.JsonMerge($, $, false)", r#"{"a":1,"\u0061":2,"b\n":3}"#, r#"{"a":2,"b\n":3}"#);
    check("States.JsonMerge($, $, false)", "{}");
    check_with(
        "States.JsonMerge($[0], $[1], true)",
        both,
        "!States.JsonMerge merges on the first level only: its third argument must be false",
    );
    check_with(
        "States.JsonMerge($[0], $, false)",
        both,
        "!States.JsonMerge needs an object as argument 2, found an array",
    );
}

#[test]
fn string_to_json() {
    for (text, json) in [
        ("", "null"),
        (" \n", "null"),
        ("-0", "0"),
        ("[-0,-0.0,10,-0e1,{\"-0\":-0}]", "[0,-0.0,10,-0e1,{\"-0\":0}]"),
        (" 1.10 ", "1.10"),
        ("\"a\\u0062\"", "\"a\\u0062\""),
        ("{ \"a\" : [ 1 ] }", "{\"a\":[1]}"),
    ] {
        check_with("States.StringToJson($)", &serde_json::to_string(text).unwrap(), json);
    }
    assert!(
        run("States.StringToJson('{')", "{}").starts_with("!States.StringToJson cannot parse its argument")
    );
    check_with(
        "States.StringToJson($)",
        "{}",
        "!States.StringToJson needs a string as argument 1, found an object",
    );
}

#[test]
fn json_to_string() {
    check("States.JsonToString('a\"b')", r#""\"a\\\"b\"""#);
    check("States.JsonToString(null)", r#""null""#);
    check_with(
        "States.JsonToString($)",
        r#"{ "a": [1.0, "\u0041\n"], "b": {} }"#,
        r#""{\"a\":[1.0,\"A\\n\"],\"b\":{}}""#,
    );
}

#[test]
fn math_add() {
    check("States.MathAdd(2, -5)", "-3");
    // Each is rounded first, a half upwards.
    check("States.MathAdd(1.5, 1.49)", "3");
    check("States.MathAdd(2.5, 0)", "3");
    check("States.MathAdd(-2.5, 0)", "-2");
    check("States.MathAdd(-0.5, 0.5)", "1");
    check("States.MathAdd(1e3, 0)", "1000");
    check(
        "States.MathAdd(9223372036854775807, 1)",
        "!States.MathAdd cannot hold the sum of 9223372036854775807 and 1",
    );
    check("States.MathAdd('1', 1)", "!States.MathAdd needs a number as argument 1, found a string");
}

#[test]
fn math_random() {
    for seed in 0..50 {
        let number: i64 = run_seeded("States.MathRandom(1, 4)", "{}", seed).parse().unwrap();
        assert!((1..4).contains(&number));
        // A seed of its own makes the execution's seed irrelevant.
        assert_eq!(
            run_seeded("States.MathRandom(1, 1000000, 9)", "{}", seed),
            run("States.MathRandom(1, 1000000, 9)", "{}")
        );
    }
    assert_ne!(
        run_seeded("States.MathRandom(0, 1e9)", "{}", 1),
        run_seeded("States.MathRandom(0, 1e9)", "{}", 2)
    );
    check("States.MathRandom(3, 3)", "!States.MathRandom needs a start below its end, given 3 and 3");
}

#[test]
fn string_split() {
    check("States.StringSplit('1,2,,3,', ',')", r#"["1","2","3"]"#);
    check("States.StringSplit('one.two+three', '+.=')", r#"["one","two","three"]"#);
    check("States.StringSplit(',,,', ',')", "[]");
    check("States.StringSplit(' , ', ',')", r#"[" "," "]"#);
    check("States.StringSplit('', ',')", "[]");
    check("States.StringSplit('a,b', '')", r#"["a,b"]"#);
    check("States.StringSplit('größer', 'öß')", r#"["gr","er"]"#);
    check("States.StringSplit('aéb', 'é')", r#"["a","b"]"#);
    check_with("States.StringSplit($, 'n')", r#""a\nb""#, r#"["a\nb"]"#);
    check("States.StringSplit(1, ',')", "!States.StringSplit needs a string as argument 1, found a number");
}

#[test]
fn uuid() {
    let uuid = run_seeded("States.UUID()", "{}", 1);
    assert_eq!((uuid.len(), &uuid[15..16]), (38, "4"), "{uuid}");
    assert_eq!(uuid, run_seeded("States.UUID()", "{}", 1));
    assert_ne!(uuid, run_seeded("States.UUID()", "{}", 2));
    let two = run("States.ArrayUnique(States.Array(States.UUID(), States.UUID()))", "{}");
    assert_eq!(two.len(), 2 * 38 + 3);
}

#[test]
fn format() {
    check("States.Format('Hello {}, you are {}!', 'Ann', 42)", r#""Hello Ann, you are 42!""#);
    check("States.Format('{}{}', null, true)", r#""nulltrue""#);
    check("States.Format('{}', 1.10)", r#""1.10""#);
    check("States.Format('{}', States.MathAdd(1, 2))", r#""3""#);
    check("States.Format('no hole')", r#""no hole""#);
    check("States.Format('')", r#""""#);
    check(r"States.Format('\{{}\} \\ it\'s', 1)", r#""{1} \\ it's""#);
    check(r"States.Format('\\{}', 1)", r#""\\1""#);
    check("States.Format('{ {\"a\":{}} }', 1)", r#""{ {\"a\":1} }""#);
    check("States.Format('{}', '{}')", r#""{}""#);
    check_with("States.Format($.t, $.v)", r#"{"t":"<{}>\t","v":"\u00e9\n"}"#, "\"<é\\n>\\t\"");
    // Lists and maps as Java prints them.
    check_with(
        "States.Format('{} {}', $, $.a)",
        r#"{"a":["x",1.0,null,[]],"b":{"c d":{},"e":false}}"#,
        r#""{a=[x, 1.0, null, []], b={c d={}, e=false}} [x, 1.0, null, []]""#,
    );
    for call in ["States.Format('{}')", "States.Format('', 1)", "States.Format('{} {}', 1)"] {
        assert!(run(call, "{}").starts_with("!States.Format needs as many values as its template has {}"));
    }
    check("States.Format(1)", "!States.Format needs a string as argument 1, found a number");
}

#[test]
fn nested_calls() {
    check(
        "States.ArrayGetItem(States.StringSplit('a-b-c', '-'), \
         States.MathAdd(States.ArrayLength(States.StringSplit('a-b-c', '-')), -1))",
        r#""c""#,
    );
    check("States.MathAdd($.a, 1)", "!No results for path: $['a']");
}
