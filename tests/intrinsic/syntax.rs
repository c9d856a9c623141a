//! What is a call, and where a text stops being one.

use aslx::intrinsic::{Argument, Call, Function, NESTING_DEPTH_MAX, SyntaxErrorKind, parse};
use aslx::jsonpath::Path;

fn string(text: &str) -> Argument {
    Argument::String(text.to_owned())
}

#[test]
fn reads_every_kind_of_argument() {
    let call = parse("States.Array('a b', 1, -2.50e+3, true ,false,null, $.x[0], $$.y, $z, States.UUID()) ");
    let number = |text: &str| Argument::Number(text.to_owned());
    let path = |text| Argument::Path(Path::parse(text).unwrap());
    assert_eq!(
        call.unwrap(),
        Call {
            function: Function::Array,
            arguments: vec![
                string("a b"),
                number("1"),
                number("-2.50e+3"),
                Argument::Bool(true),
                Argument::Bool(false),
                Argument::Null,
                path("$.x[0]"),
                path("$$.y"),
                path("$z"),
                Argument::Call(Call { function: Function::Uuid, arguments: vec![], span: 69..82 }),
            ],
            span: 0..83,
        }
    );
    assert_eq!(parse("States.Array( )").unwrap().arguments, []);
}

#[test]
fn ends_paths_where_they_end() {
    let call = parse("States.Array($['a, b)'].c, $.d[ 0 ] , $.e\\,f, $.[1:],$..g)").unwrap();
    let paths: Vec<String> = call
        .arguments
        .iter()
        .map(|argument| match argument {
            Argument::Path(path) => path.to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(paths, ["$['a, b)'].c", "$.d[0]", "$['e,f']", "$[1:]", "$..g"]);
}

#[test]
fn resolves_escapes() {
    let first = |text: &str| parse(text).unwrap().arguments.swap_remove(0);
    assert_eq!(first(r"States.Array('it\'s \{\} C:\\')"), string(r"it's {} C:\"));
    assert_eq!(first("States.Array('{\"a\": 1}\n')"), string("{\"a\": 1}\n"));
    // A template's braces and backslashes are resolved by the function.
    assert_eq!(first(r"States.Format('it\'s \{\} C:\\{}', 1)"), string(r"it's \{\} C:\\{}"));
}

fn check_error(text: &str, kind: SyntaxErrorKind, offset: u32) {
    let error = parse(text).expect_err(text);
    assert_eq!((error.kind, error.offset), (kind, offset), "{text}: {error}");
}

#[test]
fn refuses_what_is_no_call() {
    for (text, offset) in [
        ("", 0),
        ("$.a", 0),
        (" States.UUID()", 0),
        ("JsonToString($)", 0),
        ("States.Xyz($.a)", 0),
        ("States.uuid()", 0),
        ("States. ", 0),
        ("States.UUID", 11),
        ("States.UUID ()", 11),
        ("States.UUID(", 12),
        ("States.UUID()x", 13),
        ("States.UUID()[0]", 13),
        ("States.UUID() States.UUID()", 14),
        ("States.JsonToString($", 21),
        ("States.JsonToString $.a)", 19),
        ("States.Array(1,)", 15),
        ("States.Array(,1)", 13),
        ("States.Array(1 2)", 15),
        ("States.Array(01)", 13),
        ("States.Array(-)", 14),
        ("States.Array(1.)", 15),
        ("States.Array(.5)", 13),
        ("States.Array(1e)", 15),
        ("States.Array(+1)", 13),
        ("States.Array(truth)", 13),
        ("States.Array(trueish)", 17),
        ("States.Array(\"a\")", 13),
        ("States.Array('a)", 16),
        ("States.Array('a\\')", 18),
        (r#"States.Array('a\"b')"#, 15),
        (r"States.Array('a\nb')", 15),
        ("States.Array($.)", 15),
        ("States.Array($.a[)", 17),
        ("States.Array(States.Uuid())", 13),
        ("States.Array([1])", 13),
    ] {
        check_error(text, SyntaxErrorKind::Malformed, offset);
    }
}

#[test]
fn counts_arguments() {
    for text in [
        "States.UUID(1)",
        "States.Format()",
        "States.MathAdd(1)",
        "States.MathAdd(1, 2, 3)",
        "States.MathRandom(1)",
        "States.MathRandom(1, 2, 3, 4)",
        "States.JsonMerge($.a, $.b)",
    ] {
        check_error(text, SyntaxErrorKind::Malformed, 0);
    }
    let error = parse("States.Array(States.MathAdd(1))").unwrap_err();
    assert_eq!(error.to_string(), "'States.MathAdd' does not take 1 arguments at offset 13");
}

#[test]
fn reads_filters_and_functions_in_paths() {
    for path in [
        "$.a[?(@.k == 'x, )')].v",
        "$.a[?(@.k in ['x', \")]\"] && @.v =~ /[',)\\/\"(]+/i)][0]",
        "$.a[?(/(,'/ =~ @.k)]",
        "$.a.concat($.b, \", )\")",
        "$.a.length()",
    ] {
        let path = path.replace("/(,'/", "/[(,']/");
        let call =
            parse(&format!("States.ArrayGetItem( {path} , 0)")).unwrap_or_else(|e| panic!("{path}: {e}"));
        let found = match &call.arguments[..] {
            [Argument::Path(found), Argument::Number(_)] => found.text(),
            other => panic!("{path}: {other:?}"),
        };
        assert_eq!(found, path);
    }
}

#[test]
fn passes_on_what_paths_cannot_run() {
    check_error("States.ArrayGetItem($.a[?(@.k == FooBar)].v, 0)", SyntaxErrorKind::Unsupported, 33);
    check_error("States.ArrayGetItem($.a[?(@.k == FooBar)].v, 0", SyntaxErrorKind::Malformed, 46);
}

#[test]
fn bounds_nesting() {
    let nested = |depth: u32| {
        let depth = depth as usize;
        format!("{}{}", "States.Array(".repeat(depth), ")".repeat(depth))
    };
    assert!(parse(&nested(NESTING_DEPTH_MAX)).is_ok());
    check_error(&nested(NESTING_DEPTH_MAX + 1), SyntaxErrorKind::Malformed, 130);
    check_error(&nested(100_000), SyntaxErrorKind::Malformed, 130);
}

#[test]
fn knows_its_functions() {
    for function in Function::ALL {
        assert_eq!(Function::from_name(function.name()), Some(function));
        assert_eq!(function as usize, Function::ALL.iter().position(|f| *f == function).unwrap());
    }
    assert!(Function::Format.is_pure(2) && Function::MathRandom.is_pure(3));
    assert!(!Function::Uuid.is_pure(0) && !Function::MathRandom.is_pure(2));
}
