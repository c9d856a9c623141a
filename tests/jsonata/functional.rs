//! Functions as values: higher-order functions, lambdas, recursion, partial application, chains, matchers.

use super::check;

#[test]
fn functions_get_as_many_arguments_as_they_take() {
    check(
        r#"{"l":[1,2,3],"o":{"a":1,"b":2,"c":3}}"#,
        &[
            ("$map(l, function($v){$v * 2})", "[2,4,6]"),
            ("$map(l, function($v,$i){$v * $i})", "[0,2,6]"),
            ("$map(l, function($v,$i,$a){$count($a) + $v + $i})", "[4,6,8]"),
            ("$map(l, function(){7})", "[7,7,7]"),
            ("$map(l, function($v,$i,$a,$x){$exists($x)})", "[false,false,false]"),
            ("$map(l, $string)", r#"["1","2","3"]"#),
            ("$map(9, $string)", r#""9""#),
            ("$map([9], $string)", r#""9""#),
            ("$map(missing, $string)", ""),
            ("$map(l, function($v){$v > 1 ? $v})", "[2,3]"),
            ("$map(l, function($v){[$v]})", "[[1],[2],[3]]"),
            ("$map([[1,2],[3]], $sum)", "[3,3]"),
            ("$filter(l, function($v,$i){$i > 0})", "[2,3]"),
            ("$filter(l, function($v,$i,$a){$v = $max($a)})", "3"),
            ("$filter(l, function($v){false})", ""),
            ("$reduce(l, function($x,$y){$x + $y})", "6"),
            ("$reduce(l, function($x,$y){$x + $y}, 10)", "16"),
            ("$reduce(l, function($x,$y,$i,$a){$x & $i & $count($a)}, '')", r#""031323""#),
            ("$reduce([5], function($x,$y){0})", "5"),
            ("$reduce([], function($x,$y){0}, 7)", "7"),
            ("$reduce(l, $append)", "[1,2,3]"),
            ("$reduce(l, function($x){$x})", "!D3050@8"),
            ("$sift(o, function($v){$v > 1})", r#"{"b":2,"c":3}"#),
            ("$sift(o, function($v,$k){$k = 'a'})", r#"{"a":1}"#),
            ("$sift(o, function($v,$k,$o){$v = $max($o.*)})", r#"{"c":3}"#),
            ("$sift(o, function($v){false})", ""),
            ("o.$sift(function($v){$v = 2})", r#"{"b":2}"#),
            ("$each(o, function($v,$k){$k & $v})", r#"["a1","b2","c3"]"#),
            ("$each(o, function($v){$v > 2 ? $v})", "3"),
            ("$single(l, function($v){$v = 2})", "2"),
            ("$single(l, function($v){$v > 1})", "!D3138@8"),
            ("$single(l, function($v){false})", "!D3139@8"),
            ("$single([4])", "4"),
            ("$zip(l, ['a','b'])", r#"[[1,"a"],[2,"b"]]"#),
            ("$zip(l)", "[[1],[2],[3]]"),
            ("$zip(l, missing)", "[]"),
        ],
    );
}

#[test]
fn lambdas_close_over_what_is_around_them() {
    check(
        r#"{"a":2}"#,
        &[
            ("function($x){$x + 1}(2)", "3"),
            ("λ($x){$x * a}(4)", "8"),
            ("($f := function($x,$y){[$x,$y]}; $f(1))", "[1]"),
            ("($f := function($x){$x}; $f(1,2))", "1"),
            ("($add := function($x){function($y){$x + $y}}; $add(1)(2))", "3"),
            ("($add := function($x){function($y){$x + $y}}; $three := $add(3); $x := 100; $three(4))", "7"),
            ("($fs := $map([1,2], function($v){function(){$v}}); $fs[1]())", "2"),
            ("($o := {'f': function($x){$x & '!'}}; $o.f('a'))", r#""a!""#),
            ("function($x)<n:n>{$x}('a')", "!T0410@22"),
            ("function($x)<s-:s>{$x & '?'}(missing)", r#""?""#),
            ("('k'; $f := function($x)<s-:s>{$x & '?'}; 'v'.$f())", ""),
            ("nothing(1)", "!T1006@8"),
            ("sum(1)", "!T1005@4"),
            ("$missing(1)", "!T1006@9"),
            ("sum(?)", "!T1007@4"),
            ("$missing(?)", "!T1008@9"),
        ],
    );
}

#[test]
fn functions_call_themselves() {
    check(
        "null",
        &[
            ("($f := function($n){$n <= 1 ? 1 : $n * $f($n - 1)}; $f(10))", "3628800"),
            (
                "($even := function($n){$n = 0 ? true : $odd($n - 1)}; $odd := function($n){$n = 0 ? false : $even($n - 1)}; $even(101))",
                "false",
            ),
            ("($f := function($n,$x){$n = 0 ? $x : $f($n - 1, $x + $n)}; $f(100000, 0))", "5000050000"),
            ("($f := function($n){$n > 0 ? ($m := $n - 1; $f($m)) : 'end'}; $f(100000))", r#""end""#),
            ("($f := function($n){$n = 0 ? 0 : 1 + $f($n - 1)}; $f(1000))", "1000"),
            ("($f := function($n){1 + $f($n)}; $f(1))", "!D1011@36"),
            // The fixed point of a function that knows no name.
            (
                "(λ($g){(λ($x){$x($x)})(λ($y){$g(λ($a){$y($y)($a)})})})(λ($self){λ($n){$n < 2 ? 1 : $n * $self($n - 1)}})(6)",
                "720",
            ),
        ],
    );
}

#[test]
fn calls_in_tail_position_need_no_memory() {
    let mut limits = aslx::Limits::default();
    (limits.arena_bytes_max, limits.fuel_total_max) = (1 << 20, 2_000_000);
    let text = "($f := function($n, $x){$n = 0 ? $x : $f($n - 1, $x + 1)}; $f(100000, 0))";
    let mut evaluator = aslx::jsonata::Evaluator::new(&limits);
    let mut output = Vec::new();
    let counts = aslx::jsonata::Expression::new(text).unwrap();
    evaluator.evaluate(&counts, b"null", &mut output).unwrap();
    assert_eq!(output, b"100000");
    // What never ends is stopped.
    let endless = aslx::jsonata::Expression::new("($f := function($n){$f($n)}; $f(1))").unwrap();
    let stopped = evaluator.evaluate(&endless, b"null", &mut output).unwrap_err();
    assert!(stopped.to_string().contains("more steps than it may"), "{stopped}");
}

#[test]
fn partial_application_and_chains() {
    check(
        r#"{"s":"Hello World","l":[3,1,2]}"#,
        &[
            ("($first5 := $substring(?, 0, 5); $first5(s))", r#""Hello""#),
            ("($f := function($a,$b,$c){$a & $b & $c}; $g := $f(?, 'x', ?); $g(1, 2))", r#""1x2""#),
            ("($f := function($a,$b){$a - $b}; $f(?, 1)(5))", "4"),
            ("s ~> $uppercase()", r#""HELLO WORLD""#),
            ("s ~> $uppercase ~> $length", "11"),
            ("s ~> $substringBefore(' ') ~> $lowercase", r#""hello""#),
            ("($f := $uppercase ~> $substring(?, 0, 4); $f(s))", r#""HELL""#),
            ("($f := $string ~> $length; $f())", ""),
            ("($f := $string ~> $length; $f(12345, 6))", "5"),
            ("l ~> $sort ~> $reverse", "[3,2,1]"),
            ("l ~> $map(function($v){$v * 2}) ~> $sum", "12"),
            ("l ~> function($x){$x[0]}", "3"),
            ("missing ~> $keys", ""),
            ("missing ~> $uppercase", ""),
            ("s ~> 5", "!T2006@4"),
        ],
    );
}

#[test]
fn regular_expressions_are_functions() {
    check(
        r#"{"s":"ab12cd345","t":"a,b;c"}"#,
        &[
            ("$match(s, /[0-9]+/).match", r#"["12","345"]"#),
            (
                "$match(s, /([a-z])([0-9])/)",
                r#"[{"match":"b1","index":1,"groups":["b","1"]},{"match":"d3","index":5,"groups":["d","3"]}]"#,
            ),
            ("$match(s, /[a-z]+/).index", "[0,4]"),
            ("$match(s, /[a-z]+/, 1).match", r#""ab""#),
            ("$match(s, /x/)", ""),
            ("$contains(s, /B1/i) and $not($contains(s, /B1/))", "true"),
            ("$split(t, /[,;]/)", r#"["a","b","c"]"#),
            ("$replace(s, /([a-z])([a-z])/, '$2$1')", r#""ba12dc345""#),
            ("$replace(s, /[0-9]+/, function($m){$string($number($m.match) * 2)}, 1)", r#""ab24cd345""#),
            ("$replace(s, /[0-9]/, '<$0>$$', 1)", r#""ab<1>$2cd345""#),
            ("($m := /c(.)/; $m(s).groups)", r#"["d"]"#),
            ("($m := /[0-9]+/; $m(s).next().match)", r#""345""#),
            ("//", "!S0301@1"),
            ("/a", "!S0302@2"),
        ],
    );
}
