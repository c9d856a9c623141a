//! What the functions do, by chapters of JSONata's documentation.

use super::testing::{check, check_on, run, run_to_value};
use super::{Builtin, merge_sort};

#[test]
fn text_is_made_of_values() {
    check(&[
        ("$string('a')", "a"),
        ("$string(5)", "5"),
        ("$string(1e21)", "1e+21"),
        ("$string(1/3)", "0.333333333333333"),
        ("$string(100000000000000.5)", "100000000000001"),
        ("$string([1, 'a', null, true, {'b': 0.1 + 0.2}])", r#"[1,"a",null,true,{"b":0.3}]"#),
        (r#"$string(["\"\\\n\u0001\u007fü"])"#, "[\"\\\"\\\\\\n\\u0001\u{7f}ü\"]"),
        ("$string([$sum, function(){1}])", r#"["",""]"#),
        ("$string($sum)", ""),
        ("$string([], true) & $string({}, true)", "[]{}"),
        (
            "$string({'a': [1, {}], 'b': {'c': 2}}, true)",
            "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": {\n    \"c\": 2\n  }\n}",
        ),
        ("$string($lookup({}, 'a'))", "undefined"),
    ]);
    check_on(
        r#"{"a": 1.0, "b": 12345678901234567890, "a": 2}"#,
        &[("$string($)", r#"{"a":2,"b":12345678901234567000}"#)],
    );
}

#[test]
fn text_is_measured_in_code_points() {
    check(&[
        ("$length('')", "0"),
        ("$length('😂é')", "2"),
        ("$length(1)", "!T0410: Argument 1 of function \"length\" does not match function signature"),
        ("$substring('hello', 3)", "lo"),
        ("$substring('hello', -3, 2)", "ll"),
        ("$substring('hello', -9, 2)", "he"),
        ("$substring('hello', 1, -2)", ""),
        ("$substring('hello', 1.9, 1.2)", "el"),
        ("$substring('😂é1', 1, 1)", "é"),
        ("$substring('hello', 99)", ""),
        ("$substring(nothing, 1)", "undefined"),
        ("$substringBefore('a,b,c', ',')", "a"),
        ("$substringAfter('a,b,c', ',')", "b,c"),
        ("$substringAfter('abc', 'x') & $substringBefore('abc', 'x')", "abcabc"),
        ("$uppercase('straße') & $lowercase('ÀB')", "STRASSEàb"),
        ("$trim('  a \t\n b ')", "a b"),
        ("$pad('a', 3) & '|' & $pad('a', -3, '#') & '|' & $pad('a', 6, 'xy')", "a  |##a|axyxyx"),
        ("$pad('abc', 2, '') & $pad('a', 2.9, '')", "abca "),
        ("$length($pad('', 4194304, 'é'))", "4194304"),
        ("$pad('', 8388608)", "!The expression builds a string of more than 4194304 characters"),
        ("$join(['a', 'b'], '-') & $join('c') & $join([])", "a-bc"),
        ("$join([1])", "!T0412: Argument 1 of function \"join\" must be an array of \"strings\""),
    ]);
}

#[test]
fn patterns_are_strings_or_regular_expressions() {
    check(&[
        ("$contains('abracadabra', 'bra') and $contains('abracadabra', /a.*a/)", "true"),
        ("$contains('abc', /B/) or $contains('abc', 'B')", "false"),
        ("$split('so many words', ' ')", r#"["so","many","words"]"#),
        ("$split('a, b,  c', /,\\s*/)", r#"["a","b","c"]"#),
        ("$split('a,b,c', ',', 2.9)", r#"["a","b"]"#),
        ("$split('a,b,c', /,/, 2)", r#"["a","b"]"#),
        ("$split('abc', '')", r#"["a","b","c"]"#),
        ("$split('abc', /x/)", r#"["abc"]"#),
        ("$split('a,b', ',', 0)", "[]"),
        (
            "$split('a,b', ',', -1)",
            "!D3020: Third argument of split function must evaluate to a positive number",
        ),
        (
            "$match('ababbxabb', /a(b+)/)",
            r#"[{"match":"ab","index":0,"groups":["b"]},{"match":"abb","index":2,"groups":["bb"]},{"match":"abb","index":6,"groups":["bb"]}]"#,
        ),
        ("$match('😂é1', /\\d|é/).index", "[2,3]"),
        ("$match('ab', /(a)|(b)/, 1)", r#"{"match":"a","index":0,"groups":["a",null]}"#),
        ("$match('ab', /x/)", "undefined"),
        ("$match('ab', /a*/)", "!D1004: Regular expression matches zero length string"),
        (
            "$match('a', /a/, -1)",
            "!D3040: Third argument of match function must evaluate to a positive number",
        ),
    ]);
}

#[test]
fn matches_are_replaced() {
    check(&[
        ("$replace('a.b.c', '.', '-')", "a-b-c"),
        ("$replace('a.b.c', '.', '$1', 1)", "a$1b.c"),
        ("$replace('John Smith', /(\\w+)\\s(\\w+)/, '$2, $1')", "Smith, John"),
        ("$replace('265USD', /([0-9]+)USD/, '$$$1 $0 $5 $w')", "$265 265USD  $w"),
        ("$replace('abc', /b/, '[$0$1]')", "a[b]c"),
        ("$replace('abcdefghijkl', /(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)/, '$10$11$2')", "ja1bkl"),
        ("$replace('a1b2', /\\d/, function($m) { $string($number($m.match) + 1) })", "a2b3"),
        (
            "$replace('a1b2', /\\d/, function($m) { 1 })",
            "!D3012: Attempted to replace a matched string with a non-string value",
        ),
        ("$replace('abc', '', 'x')", "!D3010: Second argument of replace function cannot be an empty string"),
        (
            "$replace('abc', 'b', 'x', -1)",
            "!D3011: Fourth argument of replace function must evaluate to a positive number",
        ),
        ("$replace('abc', /x/, 'y') & $replace('abc', 'b', 'x', 0)", "abcabc"),
        // A regular expression is a function.
        ("/b/('abc').[match, start, end]", r#"["b",1,2]"#),
        ("/b/('abcb').next().start", "3"),
        ("/b/('abcb').next().next()", "undefined"),
        (
            "$split('a-b', function($s) { {'match': '-', 'start': 1, 'end': 2, 'groups': [], 'next': function() { nothing }} })",
            r#"["a","b"]"#,
        ),
        (
            "$contains('a', function($s) { {'x': 1} })",
            "!T1010: The matcher function argument passed to function \"contains\" does not return the correct object structure",
        ),
    ]);
}

#[test]
fn text_is_encoded() {
    check(&[
        ("$base64encode('hello:world')", "aGVsbG86d29ybGQ="),
        ("$base64decode('aGVsbG86d29ybGQ=') & $base64decode('_-8')", "hello:worldÿï"),
        ("$encodeUrlComponent('?x=t e') & $encodeUrl('?x=t e')", "%3Fx%3Dt%20e?x=t%20e"),
        ("$decodeUrlComponent('%3Fx') & $decodeUrl('%3Fx')", "?x%3Fx"),
        ("$decodeUrl('%E0')", "!D3140: Malformed URL passed to $decodeUrl(): \"%E0\""),
    ]);
}

#[test]
fn numbers_are_computed() {
    check(&[
        ("[$number('-1.5e2'), $number('0x1F'), $number(true), $number(7)]", "[-150,31,1,7]"),
        ("$number('x')", "!D3030: Unable to cast value to a number: \"x\""),
        ("$number(null)", "!T0410: Argument 1 of function \"number\" does not match function signature"),
        (
            "[$abs(-5), $floor(-5.3), $ceil(-5.3), $round(2.5), $round(4.525, 2), $round(125, -1)]",
            "[5,-6,-5,2,4.52,120]",
        ),
        ("[$power(2, 8), $sqrt(64)]", "[256,8]"),
        ("$sqrt(-1)", "!D3060: The sqrt function cannot be applied to a negative number: -1"),
        (
            "$power(100, 1000)",
            "!D3061: The power function has resulted in a value that cannot be represented as a JSON number: base=100, exponent=1000",
        ),
        (
            "$formatNumber(12345.6, '#,###.00') & ' ' & $formatBase(100, 2) & ' ' & $formatInteger(12, 'I')",
            "12,345.60 1100100 XII",
        ),
        ("$parseInteger('twelve', 'w')", "12"),
        ("[$sum([1, 2]), $max([1, 3, 2]), $min([3, 1]), $average([1, 2]), $sum(5)]", "[3,3,1,1.5,5]"),
        ("[$sum([]), $max([]), $average(nothing)]", "[0]"),
        ("$sum([1, 'a'])", "!T0412: Argument 1 of function \"sum\" must be an array of \"numbers\""),
    ]);
}

#[test]
fn everything_is_true_or_false() {
    check(&[
        (
            "[$boolean(0), $boolean(''), $boolean(null), $boolean({}), $boolean([]), $boolean([0, [0]]), $boolean($sum)]",
            "[false,false,false,false,false,false,false]",
        ),
        (
            "[$boolean(-1), $boolean('a'), $boolean({'a': 0}), $boolean([0, [0, [1]]]), $boolean([[1]])]",
            "[true,true,true,true,true]",
        ),
        ("[$not(0), $exists(nothing), $exists(null)]", "[true,false,true]"),
        ("[$not(nothing)]", "[]"),
    ]);
    // Shared arrays are looked at once.
    check(&[(
        "$boolean($reduce([1..60], function($a, $i) { $map([1, 2], function($x) { $a }) }, [0, 0]))",
        "false",
    )]);
}

#[test]
fn arrays_are_built_from_arrays() {
    check(&[
        ("[$count([1, 2]), $count(nothing), $count('a')]", "[2,0,1]"),
        ("$append([1], [2, 3])", "[1,2,3]"),
        ("$append(1, nothing)", "1"),
        ("$append(nothing, [])", "[]"),
        ("$reverse([1, 2, 3])", "[3,2,1]"),
        ("$reverse([1])", "[1]"),
        ("$sort([3, 1, 2])", "[1,2,3]"),
        ("$sort(['b', 'B', 'a'])", r#"["B","a","b"]"#),
        (
            "$sort([1, 'a'])",
            "!D3070: The single argument form of the sort function can only be applied to an array of strings or an array of numbers.  Use the second argument to specify a comparison function",
        ),
        (
            "$sort([[2, 'a'], [1, 'b'], [2, 'c']], function($l, $r) { $l[0] > $r[0] })",
            r#"[[1,"b"],[2,"a"],[2,"c"]]"#,
        ),
        (
            "$distinct([1, '1', 1.0, null, null, {'a': 1, 'b': 2}, {'b': 2, 'a': 1}, [1], [1]])",
            r#"[1,"1",null,{"a":1,"b":2},[1]]"#,
        ),
        ("$distinct(5)", "5"),
        ("$zip([1, 2, 3], [4, 5], 6)", "[[1,4,6]]"),
        ("$zip([1, 2], nothing)", "[]"),
        ("$sort($shuffle([1..50])) = [1..50] and $shuffle([1..50]) != [1..50]", "true"),
        ("{'a': [1, {'b': null}]} = {'a': [1, {'b': null}]}", "true"),
        ("{'a': 1} = {'b': 1} or [1] = [1, 2] or 'a' = 1", "false"),
    ]);
}

#[test]
fn merge_sort_is_stable_and_asks_in_the_order_of_a_recursive_one() {
    let mut asked = Vec::new();
    let mut list = [5, 3, 4, 1, 2];
    merge_sort(&mut list, |a: i32, b: i32| {
        asked.push((a, b));
        Ok(a > b)
    })
    .unwrap();
    assert_eq!(list, [1, 2, 3, 4, 5]);
    assert_eq!(asked, [(5, 3), (1, 2), (4, 1), (4, 2), (3, 1), (3, 2), (3, 4), (5, 4)]);
}

#[test]
fn objects_are_taken_apart_and_put_together() {
    check_on(
        r#"{"o": {"a": 1, "b": [2, 3]}, "l": [{"a": 1}, [{"a": [2, 3]}, 7]], "e": []}"#,
        &[
            ("$keys(o)", r#"["a","b"]"#),
            ("$keys([o, {'c': 1, 'a': 2}, 5])", r#"["a","b","c"]"#),
            ("$keys(5)", "undefined"),
            ("$lookup(o, 'b')", "[2,3]"),
            ("$lookup(l, 'a')", "[1,2,3]"),
            ("$lookup(o, 'x')", "undefined"),
            ("$spread(o)", r#"[{"a":1},{"b":[2,3]}]"#),
            ("$spread([{'a': 1}])", r#"[{"a":1}]"#),
            ("$spread('a')", "a"),
            ("$merge([o, {'a': 5, 'c': 6}])", r#"{"a":5,"b":[2,3],"c":6}"#),
            ("$merge([])", "{}"),
            ("$each(o, function($v, $k) { $k & $string($v) })", r#"["a1","b[2,3]"]"#),
            ("$sift(o, function($v, $k) { $k = 'b' })", r#"{"b":[2,3]}"#),
            ("$sift(o, function($v) { false })", "undefined"),
            (
                "[$type(1), $type('a'), $type(true), $type(null), $type(l), $type(o), $type($sum)]",
                r#"["number","string","boolean","null","array","object","function"]"#,
            ),
            ("$error('mine')", "!D3137: mine"),
            ("$error()", "!D3137: $error() function evaluated"),
            ("$assert(false, 'wrong')", "!D3141: wrong"),
            ("$assert(true)", "undefined"),
        ],
    );
}

#[test]
fn functions_are_applied() {
    check(&[
        ("$map([1, 2], function($v, $i, $a) { $v * 10 + $i + $count($a) })", "[12,23]"),
        ("$map([1, 2], function($v) { nothing })", "undefined"),
        ("$map([1, 4], $sqrt)", "[1,2]"),
        ("$map(['a'], $uppercase)", "A"),
        ("$filter([1, 2, 3], function($v, $i) { $i > 0 })", "[2,3]"),
        ("$single([1, 2, 3], function($v) { $v = 2 })", "2"),
        (
            "$single([1, 2], function($v) { true })",
            "!D3138: The $single() function expected exactly 1 matching result.  Instead it matched more.",
        ),
        (
            "$single([1, 2], function($v) { false })",
            "!D3139: The $single() function expected exactly 1 matching result.  Instead it matched 0.",
        ),
        ("$reduce([1..5], function($a, $v) { $a + $v })", "15"),
        ("$reduce([1, 2], function($a, $v, $i, $l) { $a + $v * $i + $count($l) }, 10)", "16"),
        (
            "$reduce([1], function($a) { 1 })",
            "!D3050: The second argument of reduce function must be a function with at least two arguments",
        ),
        ("$reduce([], function($a, $b) { 1 }, 7)", "7"),
    ]);
}

#[test]
fn the_time_stands_still() {
    check(&[
        ("$now()", "2017-11-07T15:12:37.121Z"),
        ("$millis() = $toMillis($now())", "true"),
        ("$now('[Y]-[M01]', '+0100')", "2017-11"),
        ("$fromMillis(0)", "1970-01-01T00:00:00.000Z"),
        ("$toMillis('07/11/2017', '[D01]/[M01]/[Y]')", "1510012800000"),
        (
            "$toMillis('x')",
            "!D3110: The argument of the toMillis function must be an ISO 8601 formatted timestamp. Given \"x\"",
        ),
    ]);
}

#[test]
fn step_functions_adds_its_own() {
    check(&[
        ("$partition([1, 2, 3], 2)", "[[1,2],[3]]"),
        ("$partition([0], 3)", "[[0]]"),
        ("$partition([1], 0)", "!$partition needs a size of at least 1, given 0"),
        ("$range(0, 10, 3)", "[0,3,6,9]"),
        ("$range(1, 9, 9)", "1"),
        ("$range(3, 1, -1)", "[3,2,1]"),
        ("$range(1, 2, 0)", "!$range needs finite numbers and a step other than 0, given 0"),
        ("$count($range(1, 873782, 1))", "873782"),
        (
            "$range(1, 873783, 1)",
            "!The expression builds a sequence of 873783 elements; at most 873782 are allowed",
        ),
        ("$hash('input data', 'MD5')", "812f45842bc6d66ee14572ce20db8e86"),
        ("$length($hash('', 'SHA-384'))", "96"),
        (
            "$hash('', 'md5')",
            "!$hash knows the algorithms MD5, SHA-1, SHA-256, SHA-384 and SHA-512, given \"md5\"",
        ),
        ("$random(7) = $random(7) and $random(7) != $random(8) and $random() != $random()", "true"),
        ("$length($uuid())", "36"),
        ("$parse('{\"a\": [1, -0]}').a", "[1,0]"),
        ("$exists($eval)", "false"),
    ]);
    assert!(run("$parse('{')", "null").starts_with("!$parse cannot read its argument as JSON: "));
}

#[test]
fn signatures_complete_arguments() {
    check_on(
        r#"{"s": "text", "n": 4}"#,
        &[
            ("s.$length()", "4"),
            ("s.$substring(1)", "ext"),
            (
                "n.$length()",
                "!T0411: Context value is not a compatible type with argument 1 of function \"length\"",
            ),
            (
                "$length('a', 'b')",
                "!T0410: Argument 2 of function \"length\" does not match function signature",
            ),
            ("$map([1])", "!T0410: Argument 2 of function \"map\" does not match function signature"),
        ],
    );
    for index in 0..u8::MAX {
        let builtin = Builtin(index);
        assert!(builtin.name().is_empty() || builtin.signature().is_some(), "{}", builtin.name());
    }
}

#[test]
fn items_become_values() {
    let check =
        |expression: &str, expected: &str| assert_eq!(run_to_value(expression), expected, "{expression}");
    check(
        "[1, 1.5, -0.0, 9007199254740993, 'a', {'b': [true]}]",
        r#"[1,1.5,0,9007199254740992,"a",{"b":[true]}]"#,
    );
    check("{'f': [$sum]}", "!Function");
    check("$append([], [])", "[]");
}
