use proptest::prelude::*;

use super::dump::dump;
use super::parse;

fn check(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        let tree = parse(source).map_or_else(|error| error.to_string(), |ast| dump(&ast, false));
        assert_eq!(tree, *expected, "{source}");
    }
}

#[test]
fn operators_bind_as_strongly_as_the_reference_says() {
    check(&[
        ("1 + 2 * 3 - 4", "(- (+ 1 (* 2 3)) 4)"),
        ("1 & 2 + 3", "(+ (& 1 2) 3)"),
        ("1 < 2 and 3 = 4 or 5 in 6", "(or (and (< 1 2) (= 3 4)) (in 5 6))"),
        ("1 or 2 and 3", "(or 1 (and 2 3))"),
        ("-$a * 2", "(* (- $a) 2)"),
        ("- -3", "3"),
        ("-$a[0]", "(- $a?[0])"),
        ("1 ? 2 : 3 ? 4 : 5", "(if 1 2 (if 3 4 5))"),
        ("1 ? 2", "(if 1 2)"),
        ("$a ?: $b ?: $c", "(?: $a (?: $b $c))"),
        ("$a ?? $b + 1 ?? $c", "(?? $a (?? (+ $b 1) $c))"),
        ("1 = $a ?? 2", "(?? (= 1 $a) 2)"),
        ("$a := $b := 1 + 2", "(:= $a (:= $b (+ 1 2)))"),
        ("$a ~> $f ~> $g(1)", "(~> (~> $a $f) (call $g 1))"),
        ("[1..$n + 1, 2]", "(array (.. 1 (+ $n 1)) 2)"),
        ("{'a': 1, $k: 2}", "{\"a\": 1, $k: 2}"),
        ("and and and", "(and (path and) (path and))"),
        ("(1; 2;)", "(block 1 2)"),
        ("()", "(block)"),
        ("$f(?, 1)(2)", "(call (partial $f ? 1) 2)"),
        ("function($a, $b)<n - n:n>{ 1 }(2, 3)", "(call (lambda (a b)<n-n:n> 1) 2 3)"),
        ("λ(){1}", "(lambda () 1)"),
        ("|$|{'a': 1}, 'b'|", "(transform $ {\"a\": 1} \"b\")"),
        ("/a/i", "/regex/"),
        ("6/3/ 2", "(/ (/ 6 3) 2)"),
    ]);
}

#[test]
fn paths_are_flat() {
    check(&[
        ("a", "(path a)"),
        ("a.b.'c'.*.**", "(path a b c * **)"),
        ("a.(b.c).d", "(path a (block (path b c)) d)"),
        ("$.a", "(path $ a)"),
        ("$", "$"),
        ("$$.a", "(path $$ a)"),
        ("a[0].b[x][1]", "(path a[0] b[(path x)][1])"),
        ("$a[0]", "$a?[0]"),
        ("$a[0].b", "(path $a?[0] b)"),
        ("b.$a[0]", "(path b $a[0])"),
        ("a[]", "(path-keep a[])[]"),
        ("a[0][]", "(path-keep a[][0])[]"),
        ("a.b[].c", "(path-keep a b[] c)"),
        ("$a[]", "$a[]"),
        ("$a[] ~> $f", "(~> $a[] $f)[]"),
        ("[1].a", "(path (step-array 1) a)"),
        ("a.[b]", "(path a (step-array (path b)))"),
        ("a.[b].c", "(path a (step-array (path b)) c)"),
        ("([1].a)", "(step-block (path (step-array 1) a))"),
        ("((a.[b]))", "(block (block (path a (step-array (path b)))))"),
        ("a.b{k: v}", "(path a b)?{(path k): (path v)}"),
        ("a{k: v}[0].c", "(path a[0] c)?{(path k): (path v)}"),
        ("$a{k: v}.b", "(path $a?{(path k): (path v)} b)"),
        ("a^(b, >c)[0]", "(path a (sort <(path b) >(path c))[0])"),
        ("$a^(<b)", "(path $a (sort <(path b)))"),
        ("a@$x.b@$y[0]", "(path a@x~ b@y[0]~)"),
        ("a#$i.b[0]#$j", "(path a#i~ b[0][#j]~)"),
        ("$a[0]#$i", "(path $a[0][#i]~)"),
    ]);
}

#[test]
fn parents_find_their_step() {
    check(&[
        ("a.b.%", "(path a b!0~ %0)"),
        ("a.b.c.%.%", "(path a b!0~ c!1~ %1 %0)"),
        ("a.b.{'x': %.y, 'z': %.%.w}", "(path a!0~ b!1~ {\"x\": (path %1 y), \"z\": (path %1 %0 w)})"),
        ("a.b[%.x = 1]", "(path a b[(= (path %0 x) 1)]!0~)"),
        ("a.b[%.%.x]", "(path a!0~ b[(path %1 %0 x)]!1~)"),
        ("a.b^(%.x)", "(path a b!0~ (sort <(path %0 x)))"),
        ("a.(b.c).%", "(path a (block (path-tuple b c!0~))~ %0)"),
        ("a.*.(%)", "(path a *!0~ (block %0))"),
        ("a@$x.b@$y.%", "(path a@x!0~ b@y~ %0)"),
        // Two that mean the same step share its label.
        ("a.[%.b, %.c]", "(path a!0~ (step-array (path %0 b) (path %0 c)))"),
        // Nothing binds these; they are undefined.
        ("a[%]", "(path a[%0])"),
        ("a.function(){%}", "(path a (lambda () %0))"),
    ]);
}

#[test]
fn tail_calls_are_marked_in_lambdas_only() {
    check(&[
        ("$f(1)", "(call $f 1)"),
        ("function(){$f($g())}", "(lambda () (tail-call $f (call $g)))"),
        ("function(){$f()[0]}", "(lambda () (call $f)?[0])"),
        ("function(){($f(); $g())}", "(lambda () (block (call $f) (tail-call $g)))"),
        ("function(){($f())[0]}", "(lambda () (block (call $f))?[0])"),
        (
            "function(){$a() ? $f() : ($g())}",
            "(lambda () (if (call $a) (tail-call $f) (block (tail-call $g))))",
        ),
        ("function(){$f() ?: $g()}", "(lambda () (?: (call $f) (tail-call $g)))"),
        ("function(){$f() ?? $g()}", "(lambda () (?? (call $f) (tail-call $g)))"),
        ("function(){1 + $f()}", "(lambda () (+ 1 (call $f)))"),
        ("function(){a.$f()}", "(lambda () (path a (call $f)))"),
        ("function(){function(){$f()}}", "(lambda () (lambda () (tail-call $f)))"),
    ]);
}

#[test]
fn positions_are_offsets_behind_the_words() {
    let tree = dump(&parse("a.b[1] + $f('é😀') ").unwrap(), true);
    assert_eq!(tree, "(+ (path a:1 b:3[1:5]) (call $f:11 \"é😀\":17):12):8");
    let tree = dump(&parse("[1 .. 2]{k: -v}").unwrap(), true);
    assert_eq!(tree, "(array (.. 1:2 2:7):5):1?{(path k:10): (- (path v:14)):13}:9");
}

#[test]
fn what_cannot_be_normalised_is_an_error() {
    for (source, position, expected) in [
        ("", Some(0), "S0207: Unexpected end of expression"),
        ("1 + ", Some(4), "S0207: Unexpected end of expression"),
        ("$a{b: 1}[0]", Some(9), "S0209: A predicate cannot follow a grouping expression in a step"),
        ("a{b: 1}{c: 2}", Some(8), "S0210: Each step can only have one grouping expression"),
        ("a.1", Some(3), "S0213: The literal value 1 cannot be used as a step within a path expression"),
        (
            "null.a",
            Some(4),
            "S0213: The literal value null cannot be used as a step within a path expression",
        ),
        ("a[0]@$x", Some(5), "S0215: A context variable binding must precede any predicates on a step"),
        (
            "a^(b)@$x",
            Some(6),
            "S0216: A context variable binding must precede the 'order-by' clause on a step",
        ),
        ("%", None, "S0217: The object representing the 'parent' cannot be derived from this expression"),
        ("a.%.%", None, "S0217: The object representing the 'parent' cannot be derived from this expression"),
        (
            "1 + %",
            Some(3),
            "S0217: The object representing the 'parent' cannot be derived from this expression",
        ),
        (
            "$a.%",
            Some(2),
            "S0217: The object representing the 'parent' cannot be derived from this expression",
        ),
    ] {
        let error = parse(source).unwrap_err();
        assert_eq!(error.to_string(), expected, "{source}");
        assert_eq!(error.position(), position, "{source}");
    }
}

/// The error's text, if there is one. Tests run on threads with 2 MiB of stack.
fn failure(source: &str) -> Option<String> {
    parse(source).err().map(|error| error.to_string())
}

#[test]
fn nesting_is_bounded() {
    let too_deep = Some("The expression is nested too deeply; the limit is 500".to_owned());
    for (open, inner, close) in [
        ("(", "1", ")"),
        ("[", "1", "]"),
        ("-", "$a", ""),
        ("{'a':", "1", "}"),
        ("$f(", "1", ")"),
        ("$a:=", "1", ""),
        ("1?", "1", ":1"),
        ("a[", "1", "]"),
        ("|a|", "{}", "|"),
        ("function(){", "1", "}"),
        ("a.(", "a", ")"),
        ("$a??", "1", ""),
        ("a^(", "a", ")"),
        ("a{1:", "a", "}"),
    ] {
        let nested = |depth: usize| open.repeat(depth) + inner + &close.repeat(depth);
        assert_eq!(failure(&nested(249)), None, "{open}");
        assert_eq!(failure(&nested(500)), too_deep, "{open}");
        assert_eq!(failure(&open.repeat((1 << 20) / open.len())), too_deep, "{open}");
    }
    for (operand, operator) in
        [("1", "+"), ("a", "."), ("a", "[1]"), ("a", "~>"), ("a", "{1:1}"), ("a", "#$i")]
    {
        let chain = |depth: usize| match operator {
            "+" | "." | "~>" => operand.to_owned() + &format!("{operator}{operand}").repeat(depth),
            _ => operand.to_owned() + &operator.repeat(depth),
        };
        if operator != "{1:1}" {
            assert_eq!(failure(&chain(499)), None, "{operator}");
        }
        assert_eq!(failure(&chain(500)), too_deep, "{operator}");
        assert_eq!(failure(&chain(200_000)), too_deep, "{operator}");
    }
}

#[test]
fn long_texts_take_linear_time() {
    let repeated = |start: &str, part: &str, end: &str| {
        let source = format!("{start}{}{end}", part.repeat((1 << 20) / part.len()));
        failure(&source)
    };
    assert_eq!(repeated("[", "1,", "1]"), None);
    assert_eq!(repeated("(", "$a:=1;", "1)"), None);
    assert_eq!(repeated("\"", "é", "\""), None);
    assert_eq!(repeated("", "/**/", "1"), None);
    assert_eq!(repeated("", "/", "").map(|text| text[..5].to_owned()).as_deref(), Some("S0301"));
    assert_eq!(repeated("/(", "\\/", ")/"), None);
    assert_eq!(repeated("[/*", "*", "").map(|text| text[..5].to_owned()).as_deref(), Some("S0106"));
    assert_eq!(repeated("a.b.[", "%,", "1]"), None);
    let path = ".%".repeat(400);
    let hostile = repeated(&format!("a.({}).[", &path[1..]), "%,", "1]").unwrap();
    assert!(hostile.starts_with("The parent operator % looks back over too many steps"), "{hostile}");
}

proptest! {
    #[test]
    fn any_text_parses_or_fails_within_it(
        source in "([ -~]|\\PC|and|\\$[a-z]|function\\(\\$|:=|~>|\\?\\?|\\.%|[\\[\\](){}%@#^.]){0,40}"
    ) {
        if let Err(error) = parse(&source) {
            let length = source.encode_utf16().count() as u32;
            prop_assert!(error.position().is_none_or(|position| position <= length));
            prop_assert!(error.code().starts_with('S'));
        }
    }
}
